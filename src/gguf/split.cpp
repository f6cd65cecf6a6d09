#include "gguf/split.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "base/error.h"

namespace freshet {
namespace {

// "-00002-of-00003.gguf"
constexpr std::string_view kPattern = "-#####-of-#####.gguf";

bool matches_pattern(std::string_view suffix) noexcept {
  return std::ranges::equal(suffix, kPattern, [](char c, char expected) {
    return expected == '#' ? c >= '0' && c <= '9' : c == expected;
  });
}

}  // namespace

SplitInfo split_info(const Metadata& metadata) {
  SplitInfo split;
  split.count = std::max(1u, metadata.get<uint32_t>("split.count").value_or(1));
  if (split.count == 1) return split;
  split.no = metadata.require<uint32_t>("split.no");
  split.n_tensors = metadata.get<uint64_t>("split.tensors.count");
  if (split.no >= split.count) {
    fail(ErrorKind::kBadFile,
         "{}: metadata key \"split.no\": a number below \"split.count\" ({}) expected, {} found; "
         "the "
         "file is damaged, download or split it again",
         metadata.file(), split.count, split.no);
  }
  return split;
}

std::vector<std::string> split_paths(const std::string& part, uint32_t count) {
  const std::string_view path = part;
  const size_t stem_bytes = path.size() - std::min(path.size(), kPattern.size());
  const std::string_view suffix = path.substr(stem_bytes);
  const std::string of_count = formatted("-of-{:05}.gguf", count);
  if (!matches_pattern(suffix) || !suffix.ends_with(of_count)) {
    fail(ErrorKind::kBadFile,
         "{}: the file is one of {} parts, but its name does not say which: a name that ends in "
         "-00001{} expected; give the parts their names back",
         part, count, of_count);
  }
  std::vector<std::string> paths;
  std::vector<std::string> missing;
  for (uint32_t i = 1; i <= count; ++i) {
    paths.push_back(formatted("{}-{:05}{}", path.substr(0, stem_bytes), i, of_count));
    std::error_code ignored;
    if (!std::filesystem::exists(paths.back(), ignored)) missing.push_back(paths.back());
  }
  if (!missing.empty()) {
    fail(
        ErrorKind::kBadFile,
        "{}: {} of the model's {} parts {} missing, the first is {}; put all parts into one folder",
        part, missing.size(), count, missing.size() == 1 ? "is" : "are", missing.front());
  }
  return paths;
}

}  // namespace freshet
