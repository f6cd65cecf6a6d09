#include "base/cgroup.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>
#include <vector>

namespace freshet {
namespace {

namespace fs = std::filesystem;

// The leading decimal number of the text; nothing for "max", "-1" and other things.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end != text.data() ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> read_number(const fs::path& path) {
  const auto line = read_line(path);
  return line ? parse_number(*line) : std::nullopt;
}

// The value of a "key value" line.
std::optional<std::uint64_t> read_field(const fs::path& path, std::string_view key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key) && line.size() > key.size() && line[key.size()] == ' ') {
      return parse_number(std::string_view(line).substr(key.size() + 1));
    }
  }
  return std::nullopt;
}

bool contains_word(std::string_view list, std::string_view word) {
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    if (list.substr(begin, end - begin) == word) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

// The folders of this process's group and of the groups around it. /proc/self/cgroup has a line
// "number:controllers:/path" for each hierarchy; version 2 has number 0 and no controllers. Inside
// a container the path may name folders that cannot be seen: those are looked at and not found,
// and the hierarchy's own root, which then is the container's, still counts.
std::vector<fs::path> group_folders(const fs::path& root, std::string_view controller) {
  const fs::path mount = root / "sys/fs/cgroup";
  std::vector<fs::path> folders;
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) {
      continue;
    }
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::vector<fs::path> hierarchies;
    if (controllers.empty()) {
      hierarchies = {mount, mount / "unified"};
    } else if (contains_word(controllers, controller)) {
      hierarchies = {mount / controllers, mount / controller};
    }
    const fs::path group = fs::path(line.substr(second + 1)).relative_path().lexically_normal();
    for (const fs::path& hierarchy : hierarchies) {
      fs::path folder = hierarchy;
      folders.push_back(folder);
      for (const fs::path& part : group) {
        if (part != ".." && part != "." && !part.empty()) {
          folders.push_back(folder /= part);
        }
      }
    }
  }
  return folders;
}

std::optional<double> quota_of(const fs::path& folder) {
  std::optional<std::uint64_t> quota;
  std::optional<std::uint64_t> period;
  if (const auto line = read_line(folder / "cpu.max")) {  // "200000 100000" or "max 100000"
    quota = parse_number(*line);
    const std::size_t space = line->find(' ');
    period = space == std::string::npos ? std::optional<std::uint64_t>(100'000)
                                        : parse_number(std::string_view(*line).substr(space + 1));
  } else {
    quota = read_number(folder / "cpu.cfs_quota_us");  // -1 is no quota
    period = read_number(folder / "cpu.cfs_period_us");
  }
  if (!quota || !period || *period == 0) {
    return std::nullopt;
  }
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<CgroupMemory> memory_of(const fs::path& folder) {
  std::optional<std::uint64_t> limit = read_number(folder / "memory.max");
  std::optional<std::uint64_t> used = read_number(folder / "memory.current");
  std::optional<std::uint64_t> cache = read_field(folder / "memory.stat", "inactive_file");
  if (!used) {
    limit = read_number(folder / "memory.limit_in_bytes");
    used = read_number(folder / "memory.usage_in_bytes");
    cache = read_field(folder / "memory.stat", "total_inactive_file");
  }
  if (!limit || !used) {
    return std::nullopt;
  }
  const std::uint64_t held = *used - std::min(cache.value_or(0), *used);
  return CgroupMemory{.limit = *limit, .available = *limit - std::min(held, *limit)};
}

}  // namespace

std::optional<std::string> read_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  return std::getline(file, line) ? std::optional(line) : std::nullopt;
}

std::optional<double> cgroup_cpu_quota(const fs::path& root) {
  std::optional<double> least;
  for (const fs::path& folder : group_folders(root, "cpu")) {
    if (const auto quota = quota_of(folder)) {
      least = std::min(*quota, least.value_or(*quota));
    }
  }
  return least;
}

std::optional<CgroupMemory> cgroup_memory(const fs::path& root) {
  std::optional<CgroupMemory> least;
  for (const fs::path& folder : group_folders(root, "memory")) {
    if (const auto memory = memory_of(folder)) {
      const CgroupMemory before = least.value_or(*memory);
      least = CgroupMemory{.limit = std::min(memory->limit, before.limit),
                           .available = std::min(memory->available, before.available)};
    }
  }
  return least;
}

}  // namespace freshet
