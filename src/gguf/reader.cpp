#include "gguf/reader.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/utf8.h"
#include "gguf/parser.h"
#include "gguf/split.h"

namespace freshet {

GgufFile::GgufFile(const std::string& path) {
  mappings_.emplace_back(path);
  ParsedFile parsed = parse_gguf(mappings_.front().bytes(), path);
  const SplitInfo split = split_info(parsed.metadata);
  if (split.count > 1) {
    mappings_.clear();
    open_parts(split_paths(path, split.count));
    return;
  }
  file_bytes_ = mappings_.front().bytes().size();
  paths_ = {path};
  version_ = parsed.version;
  metadata_ = std::move(parsed.metadata);
  tensors_ = std::move(parsed.tensors);
  index_tensors();
}

GgufFile::GgufFile(std::span<const std::byte> image, std::string name)
    : paths_{std::move(name)}, file_bytes_(image.size()) {
  ParsedFile parsed = parse_gguf(image, path());
  if (const SplitInfo split = split_info(parsed.metadata); split.count > 1) {
    fail(ErrorKind::kUnsupported,
         "{}: part {} of a model in {} parts, which cannot be read from memory; merge the parts "
         "into "
         "one file",
         path(), split.no + 1, split.count);
  }
  version_ = parsed.version;
  metadata_ = std::move(parsed.metadata);
  tensors_ = std::move(parsed.tensors);
  index_tensors();
}

void GgufFile::open_parts(const std::vector<std::string>& paths) {
  paths_ = paths;
  std::optional<uint64_t> n_tensors;
  for (uint32_t i = 0; i < paths.size(); ++i) {
    mappings_.emplace_back(paths[i]);
    const auto bytes = mappings_.back().bytes();
    ParsedFile part = parse_gguf(bytes, paths[i]);
    const SplitInfo split = split_info(part.metadata);
    if (split.no != i || split.count != paths.size()) {
      fail(
          ErrorKind::kBadFile,
          "{}: part {} of {} expected by its name, part {} of {} found; give the parts their names "
          "back or download them again",
          paths[i], i + 1, paths.size(), split.no + 1, split.count);
    }
    file_bytes_ += bytes.size();
    tensors_.insert(tensors_.end(), part.tensors.begin(), part.tensors.end());
    if (i > 0) continue;
    n_tensors = split.n_tensors;
    version_ = part.version;
    metadata_ = std::move(part.metadata);
  }
  if (n_tensors && *n_tensors != tensors_.size()) {
    fail(ErrorKind::kBadFile,
         "{}: {} tensors expected in all {} parts, {} found; the parts are of different models, "
         "download them again",
         path(), *n_tensors, paths_.size(), tensors_.size());
  }
  index_tensors();
}

void GgufFile::index_tensors() {
  by_name_.resize(tensors_.size());
  std::iota(by_name_.begin(), by_name_.end(), 0u);
  const auto name_of = [this](uint32_t i) { return tensors_[i].name; };
  std::ranges::sort(by_name_, {}, name_of);
  const auto twice = std::ranges::adjacent_find(by_name_, {}, name_of);
  if (twice != by_name_.end()) {
    fail(ErrorKind::kBadFile,
         "{}: tensor {} occurs twice, expected once; the file is damaged or was converted wrongly, "
         "download or convert it again",
         path(), quoted(name_of(*twice), 64));
  }
}

const Tensor* GgufFile::find(std::string_view name) const noexcept {
  const auto name_of = [this](uint32_t i) { return tensors_[i].name; };
  const auto found = std::ranges::lower_bound(by_name_, name, {}, name_of);
  return found != by_name_.end() && name_of(*found) == name ? &tensors_[*found] : nullptr;
}

std::vector<std::span<const std::byte>> GgufFile::fillable() const {
  std::vector<std::span<const std::byte>> parts;
  for (const MappedFile& mapping : mappings_) {
    if (mapping.tells_residency()) parts.push_back(mapping.bytes());
  }
  return parts;
}

}  // namespace freshet
