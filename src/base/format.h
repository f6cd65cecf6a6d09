// Text from a format string and values, by fmt. What does the work is compiled once, in format.cpp:
// fmt as headers alone would otherwise be compiled anew, three seconds of it, wherever it is used.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace freshet {

/// What fmt::vformat does.
std::string vformatted(fmt::string_view format, fmt::format_args args);

/// What fmt::format does: formatted("{} of {}", 1, 2) is "1 of 2".
template <class... Args>
std::string formatted(fmt::format_string<Args...> format, Args&&... args) {
  return vformatted(format, fmt::make_format_args(args...));
}

/// What fmt::print does. Failures to write are left to the stream's error flag.
template <class... Args>
void print(std::FILE* stream, fmt::format_string<Args...> format, Args&&... args) {
  const std::string text = vformatted(format, fmt::make_format_args(args...));
  std::fwrite(text.data(), 1, text.size(), stream);
}

}  // namespace freshet
