#include <freshet/error.h>

namespace freshet {

Error::Error(ErrorKind kind, const std::string& message)
    : std::runtime_error(message), kind_(kind) {}

}  // namespace freshet
