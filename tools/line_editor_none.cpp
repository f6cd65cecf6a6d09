// Built where there is no libedit: lines are read, not edited, and no history is kept.
#include "tools/line_reader.h"

namespace freshet {

std::unique_ptr<LineReader> make_editing_reader(const std::optional<std::filesystem::path>&) {
  return make_plain_reader(/*shows_prompt=*/true);
}

}  // namespace freshet
