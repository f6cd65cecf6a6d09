// check_includes ROOT: holds every #include of the sources against the arrows of src/README.md.
// Prints each include that no arrow permits and returns 1 if there is one.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;

// Box -> the boxes it may include, besides itself. "public" is include/freshet; "formats" is what
// others may know of memory that kernels read: kernels/formats and kLayouts.
const std::map<std::string, std::set<std::string>> kArrows = {
    {"public", {}},
    {"formats", {}},
    {"kernels", {"formats"}},
    {"base", {"public"}},
    {"tensor", {"base", "public", "formats"}},
    {"gguf", {"tensor", "base", "public"}},
    {"backend", {"tensor", "kernels", "formats", "base", "public"}},
    {"text", {"gguf", "base", "public"}},
    {"jinja", {"base", "public"}},
    {"chat", {"jinja", "text", "gguf", "base", "public"}},
    {"sampling", {"base", "public"}},
    {"grammar", {"sampling", "base", "public"}},
    {"model", {"backend", "gguf", "tensor", "formats", "base", "public"}},
    {"models", {}},
    {"engine",
     {"chat", "model", "models", "text", "grammar", "sampling", "backend", "gguf", "tensor", "base",
      "public"}},
    {"tasks",
     {"engine", "model", "models", "text", "grammar", "sampling", "backend", "gguf", "tensor",
      "kernels", "formats", "base", "public"}},
    {"server", {"engine", "base", "public"}},
    {"tools", {"public"}},
};

constexpr const char* kLayouts = "kernels/cpu/layouts.h";
// fmt, so to speak: open to all, like a library's header.
constexpr const char* kFormat = "src/base/format.h";

// The box that a path, relative to the root, belongs to; nothing for paths outside the boxes.
std::optional<std::string> box_of(const fs::path& path) {
  auto part = path.begin();
  const auto next = [&] { return part == path.end() ? std::string() : (part++)->string(); };
  const std::string top = next();
  const std::string second = next();
  if (path == kFormat) {
    return std::nullopt;
  }
  if (top == "include") {
    return "public";
  }
  if (path == kLayouts) {
    return "formats";
  }
  if (top == "kernels") {
    return second == "cpu" || second == "cuda" ? "kernels" : "formats";
  }
  if (top == "models" || top == "tools") {
    return top;
  }
  return top == "src" && part != path.end() ? std::optional(second) : std::nullopt;
}

// The file that an include names, relative to the root; nothing for the system's headers.
std::optional<fs::path> resolve(const fs::path& root, const fs::path& from,
                                const std::string& name) {
  for (const fs::path& base : {root / from.parent_path(), root / "src", root, root / "include"}) {
    if (fs::is_regular_file(base / name)) {
      return fs::relative(base / name, root);
    }
  }
  return std::nullopt;
}

std::optional<std::string> included_name(const std::string& line) {
  const std::size_t hash = line.find_first_not_of(" \t");
  if (hash == std::string::npos || line.compare(hash, 8, "#include") != 0) {
    return std::nullopt;
  }
  const std::size_t open = line.find_first_of("<\"", hash);
  const std::size_t close =
      open == std::string::npos ? open : line.find(line[open] == '<' ? '>' : '"', open + 1);
  return close == std::string::npos ? std::nullopt
                                    : std::optional(line.substr(open + 1, close - open - 1));
}

int count_mistakes(const fs::path& root, const fs::path& file) {
  const std::string box = *box_of(file);
  const auto arrows = kArrows.find(box);
  if (arrows == kArrows.end()) {
    std::printf("%s: the box '%s' has no row in check_includes.cpp\n", file.c_str(), box.c_str());
    return 1;
  }
  int n_mistakes = 0;
  std::ifstream source(root / file);
  int line_number = 0;
  for (std::string line; std::getline(source, line);) {
    ++line_number;
    const auto name = included_name(line);
    const auto target = name ? resolve(root, file, *name) : std::nullopt;
    const auto target_box = target ? box_of(*target) : std::nullopt;
    if (target_box && *target_box != box && !arrows->second.contains(*target_box)) {
      std::printf("%s:%d: %s may not include %s (%s)\n", file.c_str(), line_number, box.c_str(),
                  target_box->c_str(), name->c_str());
      ++n_mistakes;
    }
  }
  return n_mistakes;
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path root = argc == 2 ? argv[1] : ".";
  int n_files = 0;
  int n_mistakes = 0;
  for (const char* top : {"include", "src", "kernels", "models", "tools"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const fs::path file = fs::relative(entry.path(), root);
      const bool is_source = file.extension() == ".h" || file.extension() == ".cpp";
      if (entry.is_regular_file() && is_source && box_of(file)) {
        ++n_files;
        n_mistakes += count_mistakes(root, file);
      }
    }
  }
  std::printf("%d files, %d includes against the arrows\n", n_files, n_mistakes);
  return n_files > 0 && n_mistakes == 0 ? 0 : 1;
}
