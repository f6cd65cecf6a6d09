#include "gguf/cursor.h"

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"

namespace freshet {

Cursor::Cursor(std::span<const std::byte> bytes, std::string_view file) noexcept
    : bytes_(bytes.first(std::min(bytes.size(), kMaxHeaderBytes))),
      is_cut_(bytes_.size() < bytes.size()),
      file_(file) {}

std::span<const std::byte> Cursor::take(uint64_t n, std::string_view what) {
  if (n > left()) {
    fail_here(formatted("{} of {} bytes expected, {} {} left", what, n, left(),
                        is_cut_ ? "bytes of the most that a header may take (256 MiB)" : "bytes"));
  }
  const auto taken = bytes_.subspan(position_, static_cast<size_t>(n));
  position_ += taken.size();
  return taken;
}

std::string_view Cursor::string(std::string_view what) {
  const auto length = number<uint64_t>("the length of a string,");
  const auto text = take(length, what);
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

uint64_t Cursor::count(size_t least_bytes, std::string_view what) {
  const auto n = number<uint64_t>(what);
  if (n > left() / least_bytes) {
    fail_here(formatted("{} is {}, which takes at least {} bytes each; {} bytes left{}", what, n,
                        least_bytes, left(),
                        is_cut_ ? " of the most that a header may take (256 MiB)" : ""));
  }
  return n;
}

void Cursor::fail_here(std::string_view problem) const {
  std::string where(place_.part);
  if (place_.index > 0) where += formatted(" {} of {}", place_.index, place_.count);
  if (!place_.name.empty()) where += ' ' + quoted(place_.name, 64);
  fail(ErrorKind::kBadFile,
       "{}: {}, byte {}: {}; the file is damaged or incomplete, download or convert it again",
       file_, where, position_, problem);
}

}  // namespace freshet
