// Files that are not GGUF, told apart by their first bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace freshet {

/// For bytes that do not begin with GGUF's magic: throws Error{kBadFile} that says what the file
/// seems to be instead (a web page, a Git LFS pointer, another model format, ...) and what to do.
[[noreturn]] void refuse_foreign_file(std::span<const std::byte> bytes, std::string_view file);

}  // namespace freshet
