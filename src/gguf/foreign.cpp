#include "gguf/foreign.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/utf8.h"

namespace freshet {
namespace {

struct Signature {
  std::string_view bytes;  // after white space and a byte order mark
  std::string_view what;
  std::string_view advice;
};

constexpr std::string_view kGetTheFile = "download the .gguf file itself";
constexpr std::string_view kConvert = "use the model's GGUF file, or convert it to GGUF";

// "<" stands for HTML and XML of any kind: servers answer with such pages when a link has expired.
constexpr std::array kSignatures = {
    Signature{"version https://git-lfs", "a Git LFS pointer and not the file it points to",
              "run `git lfs pull`, or download the .gguf file itself"},
    Signature{"<", "a web page", "use the page's download link (on Hugging Face, .../resolve/...)"},
    Signature{"{", "JSON, perhaps a server's error message", kGetTheFile},
    Signature{"Entry not found", "a server's error message", kGetTheFile},
    Signature{"PK\x03\x04", "a zip archive or PyTorch checkpoint", kConvert},
    Signature{"\x80\x02", "a pickled PyTorch checkpoint", kConvert},
    Signature{"\x1f\x8b", "gzip-compressed", "decompress it first"},
    Signature{"\x28\xb5\x2f\xfd", "zstd-compressed", "decompress it first"},
    Signature{"lmgg", "the GGML format from before GGUF", kConvert},
    Signature{"fmgg", "the GGMF format from before GGUF", kConvert},
    Signature{"tjgg", "the GGJT format from before GGUF", kConvert},
};

std::string_view skip_leading_space(std::string_view text) noexcept {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == text.npos ? std::string_view() : text.substr(begin);
}

// The length of a JSON header as a 64-bit number, then the header.
bool is_safetensors(std::string_view text) noexcept {
  return text.size() > 8 && text[8] == '{' && text.substr(5, 3) == std::string_view("\0\0\0", 3);
}

}  // namespace

void refuse_foreign_file(std::span<const std::byte> bytes, std::string_view file) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              std::min<size_t>(bytes.size(), 256));
  if (is_safetensors(text)) {
    fail(ErrorKind::kBadFile, "{}: expected a GGUF file, found a safetensors file; {}", file,
         kConvert);
  }
  const std::string_view start = skip_leading_space(text);
  for (const Signature& signature : kSignatures) {
    if (!start.starts_with(signature.bytes)) continue;
    fail(ErrorKind::kBadFile, "{}: expected a GGUF file, found {}; {}", file, signature.what,
         signature.advice);
  }
  if (bytes.size() < 4 && std::string_view("GGUF").starts_with(text)) {
    fail(ErrorKind::kBadFile,
         "{}: the file ends after {} bytes, in the magic \"GGUF\"; the download is incomplete, "
         "download it again",
         file, bytes.size());
  }
  fail(
      ErrorKind::kBadFile,
      "{}: expected a GGUF file beginning with \"GGUF\", found {}; check that it is the model file",
      file, quoted(text.substr(0, 4)));
}

}  // namespace freshet
