// Bytes made visible.
#pragma once

#include <string>
#include <string_view>

namespace freshet {

/// In double quotes: printable characters as they are, \n \t \r \" \\ by name, control characters
/// and bytes that are not UTF-8 as \xHH. unescape() in prompt_input.h is its inverse.
std::string quote_bytes(std::string_view bytes);

}  // namespace freshet
