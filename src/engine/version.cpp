#include <freshet/version.h>

namespace freshet {

const char* version() noexcept { return FRESHET_VERSION; }

}  // namespace freshet
