// The limits that control groups, version 1 or 2, put on this process.
// https://docs.kernel.org/admin-guide/cgroup-v2.html and .../cgroup-v1/
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace freshet {

/// The first line of a small file under /sys or /proc, without the newline; nothing if unreadable.
std::optional<std::string> read_line(const std::filesystem::path& path);

/// Processors' worth of time that this process may use: the least quota of its group and the groups
/// around it; nothing when there is no quota. `root` holds sys/ and proc/.
std::optional<double> cgroup_cpu_quota(const std::filesystem::path& root);

struct CgroupMemory {
  std::uint64_t limit;      ///< bytes; the least of all enclosing groups
  std::uint64_t available;  ///< bytes left below the tightest limit, page cache counted as free
};

/// Memory limit of this process's groups; nothing when there is none.
std::optional<CgroupMemory> cgroup_memory(const std::filesystem::path& root);

}  // namespace freshet
