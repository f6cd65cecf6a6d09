// What the machine offers to this process: processors, cores worth a thread, memory. All of it is
// read through a MachineView, so that tests can describe other machines.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// The processors in this process's affinity mask, ascending; never empty.
std::vector<int> allowed_cpus();

/// Where the machine is read from.
struct MachineView {
  std::filesystem::path root = "/";           ///< holds sys/ and proc/
  std::vector<int> allowed = allowed_cpus();  ///< the affinity mask
};

struct ThreadChoice {
  int n_threads;    ///< at least 1
  std::string why;  ///< "2 threads: 2 physical performance cores of 2 processors allowed by ..."
};

/// The number of threads that serves inference best: one for each physical performance core within
/// the affinity mask, but no more than the cgroup's CPU quota, rounded down.
///
/// Performance cores are the ones that Intel's hybrid processors list in
/// /sys/devices/cpu_core/cpus, else those whose cpu_capacity is at least two thirds of the
/// greatest, else all of them. Hyper-threads of a core share its multipliers and count once.
/// https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files (cpu.max)
ThreadChoice default_threads(const MachineView& machine = {});

struct MachineMemory {
  std::uint64_t total;      ///< bytes this process could ever have: the machine's or the cgroup's
  std::uint64_t available;  ///< bytes that can be taken now without swapping
};

/// Memory of the machine, or of the tightest enclosing cgroup; nothing where the system does not
/// say.
std::optional<MachineMemory> machine_memory(const MachineView& machine = {});

/// The numbers of a kernel list such as "0-3,8,10-11", ascending as written; stops at the first
/// character that does not belong to one. Numbers above 65,535 are not taken for processors.
std::vector<int> parse_cpu_list(std::string_view text);

}  // namespace freshet
