#include "tools/hub_cache.h"

#include <freshet/error.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "base/format.h"

namespace freshet {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefaultQuant = "Q4_K_M";

struct RepoName {
  std::string user, model, quant;  // quant empty: not asked for
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

fs::path cache_folder() {
  if (const auto hub = environment("HF_HUB_CACHE"); !hub.empty()) return hub;
  if (const auto home = environment("HF_HOME"); !home.empty()) return fs::path(home) / "hub";
  if (const auto xdg = environment("XDG_CACHE_HOME"); !xdg.empty()) {
    return fs::path(xdg) / "huggingface/hub";
  }
  return fs::path(environment("HOME")) / ".cache/huggingface/hub";
}

// Letters, digits and ._- only, so that no name leaves the cache's folder.
bool is_plain_name(std::string_view name) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.front() != '.' && std::ranges::all_of(name, is_plain);
}

RepoName parse_repo(const std::string& repo) {
  const size_t colon = repo.find(':');
  const std::string path = repo.substr(0, colon);
  const size_t slash = path.find('/');
  RepoName name{.user = path.substr(0, slash),
                .model = slash == std::string::npos ? "" : path.substr(slash + 1),
                .quant = colon == std::string::npos ? "" : repo.substr(colon + 1)};
  if (!is_plain_name(name.user) || !is_plain_name(name.model) ||
      (colon != std::string::npos && !is_plain_name(name.quant))) {
    throw Error(ErrorKind::kUsage,
                formatted("-hf {}: expected user/model or user/model:quant", repo));
  }
  return name;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// The revision that "main" names first, then any other.
std::vector<fs::path> snapshots(const fs::path& repo_folder) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(repo_folder / "snapshots", error)) {
    folders.push_back(entry.path());
  }
  std::ranges::sort(folders);
  std::string main;
  std::ifstream(repo_folder / "refs/main") >> main;
  std::stable_partition(folders.begin(), folders.end(),
                        [&](const fs::path& f) { return f.filename() == main; });
  return folders;
}

/// GGUF models below a snapshot, in the order of their names; later parts of split files and
/// projectors left out.
std::vector<fs::path> models_in(const fs::path& snapshot) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(snapshot, error)) {
    const std::string name = lower(entry.path().filename().string());
    const size_t of = name.rfind("-of-");
    const bool is_later_part =
        of != std::string::npos && of >= 6 && name.substr(of - 6, 6) != "-00001";
    if (name.ends_with(".gguf") && !name.starts_with("mmproj") && !is_later_part) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

/// model-Q4_K_M.gguf, model.q4_k_m-00001-of-00002.gguf: the quant as a word of its own.
bool has_quant(const fs::path& file, std::string_view quant) {
  const std::string name = lower(file.filename().string());
  const std::string word = lower(std::string(quant));
  const size_t at = name.rfind(word);
  if (at == std::string::npos || at == 0) return false;
  const size_t end = at + word.size();
  const auto separates = [](char c) { return c == '-' || c == '.'; };
  return separates(name[at - 1]) && end < name.size() && separates(name[end]);
}

const fs::path* choose(const std::vector<fs::path>& files, const RepoName& repo) {
  const std::string_view quant = repo.quant.empty() ? kDefaultQuant : std::string_view(repo.quant);
  for (const fs::path& file : files) {
    if (has_quant(file, quant)) return &file;
  }
  return repo.quant.empty() && !files.empty() ? &files.front() : nullptr;
}

}  // namespace

fs::path find_in_hub_cache(const std::string& repo, const std::string& file) {
  const RepoName name = parse_repo(repo);
  const fs::path cache = cache_folder();
  const fs::path folder = cache / formatted("models--{}--{}", name.user, name.model);
  for (const fs::path& snapshot : snapshots(folder)) {
    if (file.empty()) {
      const std::vector<fs::path> files = models_in(snapshot);
      if (const fs::path* found = choose(files, name)) return *found;
    } else if (fs::path(file).is_relative() && file.find("..") == std::string::npos &&
               fs::exists(snapshot / file)) {
      return snapshot / file;
    }
  }
  throw Error(ErrorKind::kBadFile,
              formatted("-hf {}: {} is not in the local cache {}, and freshet has no network "
                        "support; run hf download {}/{} first, or pass -m FILE",
                        repo, file.empty() ? "a matching GGUF file" : file, cache.string(),
                        name.user, name.model));
}

}  // namespace freshet
