// The text of a template, and places in it.
#pragma once

#include <freshet/error.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "jinja/text.h"

namespace freshet::jinja {

/// A template as it is read: line ends are LF, and the last one does not count.
struct Source {
  std::string name;  ///< what messages call it
  Text text;

  Source(std::string what, std::string_view utf8);

  /// Throws Error{kind}: "NAME, line 3, column 7: MESSAGE". `offset` counts characters.
  [[noreturn]] void refuse(ErrorKind kind, uint32_t offset, std::string_view message) const;
};

}  // namespace freshet::jinja
