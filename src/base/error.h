// Throwing freshet::Error with a formatted message.
#pragma once

#include <freshet/error.h>

#include <utility>

#include "base/format.h"

namespace freshet {

/// fail(ErrorKind::kBadFile, "{}: expected {} bytes, found {}; download it again", path, a, b);
template <class... Args>
[[noreturn]] void fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(kind, formatted(format, std::forward<Args>(args)...));
}

}  // namespace freshet
