#include "base/cpu_topology.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>

#include "base/cgroup.h"
#include "base/format.h"

namespace freshet {
namespace {

namespace fs = std::filesystem;

std::vector<int> intersection(const std::vector<int>& a, std::vector<int> b) {
  std::erase_if(b, [&](int cpu) { return std::find(a.begin(), a.end(), cpu) == a.end(); });
  return b;
}

fs::path cpu_folder(const MachineView& machine, int cpu) {
  return machine.root / formatted("sys/devices/system/cpu/cpu{}", cpu);
}

// The processors of the mask that belong to fast cores. All of them where all are alike, where the
// system does not say, and where the mask holds slow ones only.
std::vector<int> performance_cpus(const MachineView& machine) {
  if (const auto list = read_line(machine.root / "sys/devices/cpu_core/cpus")) {
    auto fast = intersection(parse_cpu_list(*list), machine.allowed);
    return fast.empty() ? machine.allowed : fast;
  }
  std::vector<long> capacities;
  for (const int cpu : machine.allowed) {
    const auto line = read_line(cpu_folder(machine, cpu) / "cpu_capacity");
    capacities.push_back(line ? std::atol(line->c_str()) : 0);
  }
  const long greatest = *std::max_element(capacities.begin(), capacities.end());
  std::vector<int> fast;
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    if (capacities[i] * 3 >= greatest * 2) {
      fast.push_back(machine.allowed[i]);
    }
  }
  return fast;
}

// Hyper-threads of one core name the same list of siblings.
int count_cores(const MachineView& machine, const std::vector<int>& cpus) {
  std::set<std::vector<int>> cores;
  for (const int cpu : cpus) {
    const auto line = read_line(cpu_folder(machine, cpu) / "topology/thread_siblings_list");
    std::vector<int> siblings = parse_cpu_list(line.value_or(""));
    cores.insert(siblings.empty() ? std::vector<int>{cpu} : siblings);
  }
  return static_cast<int>(cores.size());
}

std::uint64_t meminfo_bytes(std::string_view line) {  // "MemTotal:       24684084 kB"
  const std::size_t digit = std::min(line.find_first_of("0123456789"), line.size());
  std::uint64_t kib = 0;
  std::from_chars(line.data() + digit, line.data() + line.size(), kib);
  return kib * 1024;
}

}  // namespace

std::vector<int> allowed_cpus() {
  std::vector<int> cpus;
  // The kernel refuses a mask shorter than its own, whose length it does not tell.
  for (int n_cpus = 1024; n_cpus <= 65'536 && cpus.empty(); n_cpus *= 2) {
    cpu_set_t* mask = CPU_ALLOC(n_cpus);
    const std::size_t size = CPU_ALLOC_SIZE(n_cpus);
    if (mask != nullptr && sched_getaffinity(0, size, mask) == 0) {
      for (int cpu = 0; cpu < n_cpus; ++cpu) {
        if (CPU_ISSET_S(cpu, size, mask)) {
          cpus.push_back(cpu);
        }
      }
    }
    CPU_FREE(mask);
  }
  return cpus.empty() ? std::vector<int>{0} : cpus;
}

ThreadChoice default_threads(const MachineView& machine) {
  const std::vector<int> fast = performance_cpus(machine);
  const int n_cores = count_cores(machine, fast);
  const auto quota = cgroup_cpu_quota(machine.root);
  const int n_threads =
      quota ? std::clamp(static_cast<int>(std::min(*quota, 65'536.0)), 1, n_cores) : n_cores;
  const auto s = [](std::size_t n) { return n == 1 ? "" : "s"; };
  return {
      .n_threads = n_threads,
      .why = formatted("{} thread{}: {} physical performance core{} of {} processor{} allowed "
                       "by the affinity mask; quota {}",
                       n_threads, s(static_cast<std::size_t>(n_threads)), n_cores,
                       s(static_cast<std::size_t>(n_cores)), machine.allowed.size(),
                       s(machine.allowed.size()), quota ? formatted("{:.3g}", *quota) : "none")};
}

std::optional<MachineMemory> machine_memory(const MachineView& machine) {
  MachineMemory memory{};
  std::ifstream meminfo(machine.root / "proc/meminfo");
  for (std::string line; std::getline(meminfo, line);) {
    if (line.starts_with("MemTotal:")) {
      memory.total = meminfo_bytes(line);
    } else if (line.starts_with("MemAvailable:")) {
      memory.available = meminfo_bytes(line);
    }
  }
  if (memory.total == 0) {
    return std::nullopt;
  }
  if (const auto group = cgroup_memory(machine.root)) {
    memory.total = std::min(memory.total, group->limit);
    memory.available = std::min(memory.available, group->available);
  }
  return memory;
}

std::vector<int> parse_cpu_list(std::string_view text) {
  constexpr int kMaxCpu = 65'535;
  std::vector<int> cpus;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (;;) {
    int first = 0;
    const auto parsed = std::from_chars(at, end, first);
    if (parsed.ec != std::errc{} || first < 0 || first > kMaxCpu) {
      return cpus;
    }
    at = parsed.ptr;
    int last = first;
    if (at != end && *at == '-') {
      const auto range = std::from_chars(at + 1, end, last);
      if (range.ec != std::errc{} || last < first || last > kMaxCpu) {
        return cpus;
      }
      at = range.ptr;
    }
    for (int cpu = first; cpu <= last; ++cpu) {
      cpus.push_back(cpu);
    }
    if (at == end || *at != ',') {
      return cpus;
    }
    ++at;
  }
}

}  // namespace freshet
