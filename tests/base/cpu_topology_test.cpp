#include "base/cpu_topology.h"

#include <gtest/gtest.h>

#include <numeric>

#include "base/format.h"
#include "support/temporary_folder.h"

namespace freshet {
namespace {

// A machine made of files, looked at with an affinity mask of all its processors.
class FakeMachine {
 public:
  explicit FakeMachine(int n_cpus) : allowed_(static_cast<std::size_t>(n_cpus)) {
    std::iota(allowed_.begin(), allowed_.end(), 0);
  }
  FakeMachine& file(const std::string& name, const std::string& text) {
    folder_.write(name, text + "\n");
    return *this;
  }
  FakeMachine& siblings(int cpu, const std::string& list) {
    return file(formatted("sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu), list);
  }
  FakeMachine& capacity(int cpu, int value) {
    return file(formatted("sys/devices/system/cpu/cpu{}/cpu_capacity", cpu), std::to_string(value));
  }
  FakeMachine& allow(std::vector<int> cpus) {
    allowed_ = std::move(cpus);
    return *this;
  }
  [[nodiscard]] MachineView view() const { return {.root = folder_.path(), .allowed = allowed_}; }
  [[nodiscard]] int threads() const { return default_threads(view()).n_threads; }

 private:
  testing::TemporaryFolder folder_;
  std::vector<int> allowed_;
};

// Eight hyper-threads on four fast cores, then four slow cores of one thread.
void make_hybrid(FakeMachine& machine) {
  for (int cpu = 0; cpu < 8; ++cpu) {
    machine.siblings(cpu, formatted("{}-{}", cpu / 2 * 2, cpu / 2 * 2 + 1));
  }
  for (int cpu = 8; cpu < 12; ++cpu) {
    machine.siblings(cpu, std::to_string(cpu));
  }
  machine.file("sys/devices/cpu_core/cpus", "0-7").file("sys/devices/cpu_atom/cpus", "8-11");
}

constexpr const char* kGroups = "proc/self/cgroup";

TEST(CpuList, ReadsNumbersAndRanges) {
  EXPECT_EQ(parse_cpu_list("0-3,8,10-11\n"), (std::vector<int>{0, 1, 2, 3, 8, 10, 11}));
  EXPECT_EQ(parse_cpu_list("5"), std::vector<int>{5});
}

TEST(CpuList, StopsAtWhatIsNotAList) {
  EXPECT_TRUE(parse_cpu_list("").empty());
  EXPECT_TRUE(parse_cpu_list("-3").empty());
  EXPECT_TRUE(parse_cpu_list("3-1").empty());
  EXPECT_TRUE(parse_cpu_list("0-4000000000").empty());
  EXPECT_EQ(parse_cpu_list("1,x"), std::vector<int>{1});
}

TEST(DefaultThreads, TakeEveryProcessorOfAMachineThatSaysNothing) {
  EXPECT_EQ(FakeMachine(6).threads(), 6);
}

TEST(DefaultThreads, CountHyperThreadsOfACoreOnce) {
  FakeMachine machine(4);
  machine.siblings(0, "0,2").siblings(1, "1,3").siblings(2, "0,2").siblings(3, "1,3");
  EXPECT_EQ(machine.threads(), 2);
}

TEST(DefaultThreads, LeaveOutTheEfficiencyCoresOfAnIntelHybrid) {
  FakeMachine machine(12);
  make_hybrid(machine);
  EXPECT_EQ(machine.threads(), 4);
}

TEST(DefaultThreads, UseEfficiencyCoresWhenTheMaskHoldsNoOthers) {
  FakeMachine machine(12);
  make_hybrid(machine);
  EXPECT_EQ(machine.allow({8, 9, 10}).threads(), 3);
}

TEST(DefaultThreads, LeaveOutTheLittleCoresOfABigLittle) {
  FakeMachine machine(8);  // the shape of an RK3588: four of 414, four of 1024
  for (int cpu = 0; cpu < 8; ++cpu) {
    machine.capacity(cpu, cpu < 4 ? 414 : 1024);
  }
  EXPECT_EQ(machine.threads(), 4);
}

TEST(DefaultThreads, KeepTheMiddleCoresOfThreeKinds) {
  FakeMachine machine(8);
  for (int cpu = 0; cpu < 8; ++cpu) {
    machine.capacity(cpu, cpu < 4 ? 300 : cpu < 7 ? 800 : 1024);
  }
  EXPECT_EQ(machine.threads(), 4);
}

TEST(DefaultThreads, StayWithinTheAffinityMask) {
  FakeMachine machine(4);
  machine.siblings(0, "0-1").siblings(1, "0-1").siblings(2, "2-3").siblings(3, "2-3");
  EXPECT_EQ(machine.allow({1, 2}).threads(), 2);
  EXPECT_EQ(machine.allow({2, 3}).threads(), 1);
}

TEST(DefaultThreads, RoundTheQuotaOfVersion2Down) {
  FakeMachine machine(8);
  machine.file(kGroups, "0::/app").file("sys/fs/cgroup/app/cpu.max", "350000 100000");
  EXPECT_EQ(machine.threads(), 3);
  machine.file("sys/fs/cgroup/app/cpu.max", "50000 100000");
  EXPECT_EQ(machine.threads(), 1);
  machine.file("sys/fs/cgroup/app/cpu.max", "max 100000");
  EXPECT_EQ(machine.threads(), 8);
}

TEST(DefaultThreads, ObeyTheTightestQuotaOfTheGroupsAround) {
  FakeMachine machine(8);
  machine.file(kGroups, "0::/outer/inner");
  machine.file("sys/fs/cgroup/outer/cpu.max", "200000 100000");
  machine.file("sys/fs/cgroup/outer/inner/cpu.max", "600000 100000");
  EXPECT_EQ(machine.threads(), 2);
}

TEST(DefaultThreads, ObeyAQuotaOfVersion1) {
  FakeMachine machine(8);
  machine.file(kGroups, "3:cpu,cpuacct:/docker/abc");
  machine.file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "250000");
  machine.file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000");
  EXPECT_EQ(machine.threads(), 2) << "the container sees its own group as the root";
  machine.file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1");
  EXPECT_EQ(machine.threads(), 8);
}

TEST(DefaultThreads, SayWhy) {
  FakeMachine machine(4);
  machine.siblings(0, "0-1").siblings(1, "0-1").siblings(2, "2-3").siblings(3, "2-3");
  EXPECT_EQ(default_threads(machine.view()).why,
            "2 threads: 2 physical performance cores of 4 processors allowed by the affinity mask; "
            "quota none");
  machine.file(kGroups, "0::/").file("sys/fs/cgroup/cpu.max", "150000 100000");
  EXPECT_EQ(default_threads(machine.view()).why,
            "1 thread: 2 physical performance cores of 4 processors allowed by the affinity mask; "
            "quota 1.5");
}

TEST(DefaultThreads, OfThisMachineAreWithinItsMask) {
  const ThreadChoice choice = default_threads();
  EXPECT_GE(choice.n_threads, 1);
  EXPECT_LE(choice.n_threads, static_cast<int>(allowed_cpus().size()));
}

constexpr std::uint64_t kGiB = 1ULL << 30;

FakeMachine& with_memory(FakeMachine& machine) {
  return machine.file("proc/meminfo",
                      "MemTotal:       16777216 kB\nMemFree:  1 kB\nMemAvailable:    8388608 kB");
}

TEST(MachineMemory, IsTheMachinesWithoutGroups) {
  FakeMachine machine(1);
  const auto memory = machine_memory(with_memory(machine).view());
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->total, 16 * kGiB);
  EXPECT_EQ(memory->available, 8 * kGiB);
}

TEST(MachineMemory, IsNotTheGroupsWhenThatHasNoLimit) {
  FakeMachine machine(1);
  with_memory(machine).file(kGroups, "0::/a").file("sys/fs/cgroup/a/memory.max", "max");
  machine.file("sys/fs/cgroup/a/memory.current", "1000");
  EXPECT_EQ(machine_memory(machine.view())->total, 16 * kGiB);
}

TEST(MachineMemory, CountsThePageCacheOfALimitedGroupAsFree) {
  FakeMachine machine(1);
  with_memory(machine).file(kGroups, "0::/a");
  machine.file("sys/fs/cgroup/a/memory.max", std::to_string(4 * kGiB));
  machine.file("sys/fs/cgroup/a/memory.current", std::to_string(3 * kGiB));
  machine.file("sys/fs/cgroup/a/memory.stat",
               "anon 1\nactive_file 5\ninactive_file " + std::to_string(2 * kGiB));
  const auto memory = machine_memory(machine.view());
  EXPECT_EQ(memory->total, 4 * kGiB);
  EXPECT_EQ(memory->available, 3 * kGiB);
}

TEST(MachineMemory, ObeysALimitOfVersion1) {
  FakeMachine machine(1);
  with_memory(machine).file(kGroups, "4:memory:/a");
  machine.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
  machine.file("sys/fs/cgroup/memory/memory.usage_in_bytes", std::to_string(9 * kGiB));
  machine.file("sys/fs/cgroup/memory/a/memory.limit_in_bytes", std::to_string(2 * kGiB));
  machine.file("sys/fs/cgroup/memory/a/memory.usage_in_bytes", std::to_string(1 * kGiB));
  const auto memory = machine_memory(machine.view());
  EXPECT_EQ(memory->total, 2 * kGiB);
  EXPECT_EQ(memory->available, 1 * kGiB);
}

TEST(MachineMemory, IsUnknownWhereTheSystemDoesNotSay) {
  EXPECT_FALSE(machine_memory(FakeMachine(1).view()));
}

TEST(MachineMemory, OfThisMachineIsPlausible) {
  const auto memory = machine_memory();
  ASSERT_TRUE(memory);
  EXPECT_GT(memory->total, kGiB / 8);
  EXPECT_LE(memory->available, memory->total);
}

}  // namespace
}  // namespace freshet
