#include "base/format.h"

namespace freshet {

std::string vformatted(fmt::string_view format, fmt::format_args args) {
  return fmt::vformat(format, args);
}

}  // namespace freshet
