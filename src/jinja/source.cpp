#include "jinja/source.h"

#include <algorithm>

#include "base/error.h"

namespace freshet::jinja {
namespace {

constexpr size_t kMaxBytes = size_t{4} << 20;

Text with_plain_lines(std::string_view utf8) {
  std::string plain;
  plain.reserve(utf8.size());
  for (size_t i = 0; i < utf8.size(); ++i) {
    if (utf8[i] != '\r') {
      plain += utf8[i];
    } else if (i + 1 == utf8.size() || utf8[i + 1] != '\n') {
      plain += '\n';
    }
  }
  if (plain.ends_with('\n')) plain.pop_back();
  return from_utf8(plain);
}

}  // namespace

Source::Source(std::string what, std::string_view utf8) : name(std::move(what)) {
  if (utf8.size() > kMaxBytes) {
    fail(ErrorKind::kBadFile, "{}: a template of {} bytes; at most {} are read", name, utf8.size(),
         kMaxBytes);
  }
  text = with_plain_lines(utf8);
}

void Source::refuse(ErrorKind kind, uint32_t offset, std::string_view message) const {
  const TextView before = TextView(text).substr(0, std::min<size_t>(offset, text.size()));
  const auto line = std::ranges::count(before, U'\n') + 1;
  const size_t last = before.rfind(U'\n');
  const size_t column = before.size() - (last == TextView::npos ? 0 : last + 1) + 1;
  std::string one_line(message);
  std::ranges::replace_if(
      one_line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  fail(kind, "{}, line {}, column {}: {}", name, line, column, one_line);
}

}  // namespace freshet::jinja
