#include "base/thread_team.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/cpu_topology.h"
#include "base/error.h"
#include "base/portability.h"

namespace freshet {
namespace {

constexpr std::chrono::nanoseconds kSpinTime{50'000};
// After a spin in vain so many waits spin for a fraction of that. With a dozen compilers running
// beside it, a barrier of two threads took 190 us without this and 25 to 40 us with it.
constexpr int kHurriedWaits = 16;
constexpr int kHurry = 16;

// The number of looks that take about kSpinTime. A pause is 10 cycles on one core and 140 on the
// next, and reading the clock in the loop would cost more than a look, so the pause is timed once.
// The least of a few tries, since any one of them may be interrupted.
int spins_for_spin_time() {
  using Clock = std::chrono::steady_clock;
  constexpr int kPauses = 64;
  auto best = std::chrono::nanoseconds::max();
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto start = Clock::now();
    for (int i = 0; i < kPauses; ++i) {
      cpu_relax();
    }
    best =
        std::min(best, std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start));
  }
  const auto spins = kSpinTime.count() * kPauses / std::max<std::int64_t>(best.count(), 1);
  return static_cast<int>(std::clamp<std::int64_t>(spins, 200, 20'000));
}

int checked_size(int n_threads) {
  if (n_threads < 1 || n_threads > ThreadTeam::kMaxThreads) {
    fail(ErrorKind::kUsage,
         "number of threads: expected 1 to {}, found {}; choose one in that range",
         ThreadTeam::kMaxThreads, n_threads);
  }
  return n_threads;
}

}  // namespace

ThreadTeam::ThreadTeam(int n_threads, std::function<bool()> idle_work)
    : size_(checked_size(n_threads)),
      n_spins_(0),
      tasks_(static_cast<std::size_t>(size_)),
      idle_work_(std::move(idle_work)),
      caller_(*this, 0) {
  if (size_ == 1) {
    return;
  }
  // With more threads than processors the one that is waited for may need this very core: sleep.
  const auto n_processors = static_cast<int>(allowed_cpus().size());
  n_spins_ = size_ > n_processors ? 0 : spins_for_spin_time();
  threads_.reserve(static_cast<std::size_t>(size_ - 1));
  try {
    for (int index = 1; index < size_; ++index) {
      threads_.emplace_back(&ThreadTeam::thread_main, this, Worker(*this, index));
    }
  } catch (const std::system_error& error) {
    stop();
    fail(ErrorKind::kResources,
         "starting {} threads: the system gave {} ({}); ask for fewer threads", size_,
         threads_.size() + 1, error.what());
  }
}

ThreadTeam::~ThreadTeam() { stop(); }

void ThreadTeam::stop() noexcept {
  stopping_ = true;
  n_runs_.fetch_add(1, std::memory_order_release);
  n_runs_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void ThreadTeam::run_job(Job job) {
  FRESHET_CHECK(!running_);
  running_ = true;
  if (size_ > 1) {
    job_ = job;
    first_phase_ = caller_.phase_;
    n_runs_.fetch_add(1, std::memory_order_release);
    n_runs_.notify_all();
  }
  job.call(job.body, caller_);
  wait_for_threads();
  running_ = false;
}

void ThreadTeam::wait_for_threads() noexcept {
  const std::uint32_t all =
      n_runs_.load(std::memory_order_relaxed) * static_cast<std::uint32_t>(size_ - 1);
  for (;;) {
    const std::uint32_t n_done = n_done_.load(std::memory_order_acquire);
    if (n_done == all) return;
    if (!spin_while(n_done_, n_done, caller_)) n_done_.wait(n_done, std::memory_order_acquire);
  }
}

void ThreadTeam::thread_main(Worker worker) {
  for (std::uint32_t n_runs = 0;; ++n_runs) {
    if (!spin_while(n_runs_, n_runs, worker)) {
      while (n_runs_.load(std::memory_order_acquire) == n_runs && idle_work_ && idle_work_()) {
      }
      n_runs_.wait(n_runs, std::memory_order_acquire);
    }
    if (stopping_) {
      return;
    }
    worker.phase_ = first_phase_;
    // What a body has captured mostly lies beside it on the caller's stack, in lines that the
    // caller has just written: asked for together, they arrive together.
    for (std::ptrdiff_t line = -4; line < 12; ++line) {
      __builtin_prefetch(static_cast<const char*>(job_.body) + line * std::ptrdiff_t{kCacheLine});
    }
    job_.call(job_.body, worker);
    n_done_.fetch_add(1, std::memory_order_release);
    n_done_.notify_one();
  }
}

// The last to arrive opens the barrier for the others. It resets the count first, so that a thread
// that is through may arrive at the next barrier at once.
void ThreadTeam::barrier(Worker& worker) noexcept {
  const std::uint32_t n_barriers = n_barriers_.load(std::memory_order_relaxed);
  if (n_arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 < size_) {
    if (!spin_while(n_barriers_, n_barriers, worker)) {
      n_barriers_.wait(n_barriers, std::memory_order_acquire);
    }
    return;
  }
  n_arrived_.store(0, std::memory_order_relaxed);
  n_barriers_.store(n_barriers + 1, std::memory_order_release);
  n_barriers_.notify_all();
}

bool ThreadTeam::spin_while(const std::atomic<std::uint32_t>& value, std::uint32_t old,
                            Worker& worker) const noexcept {
  const bool hurried = worker.hurried_waits_ > 0;
  worker.hurried_waits_ -= hurried ? 1 : 0;
  const int n_spins = hurried ? n_spins_ / kHurry : n_spins_;
  for (int spin = 0; spin < n_spins; ++spin) {
    if (value.load(std::memory_order_acquire) != old) {
      return true;
    }
    cpu_relax();
  }
  if (!hurried) {
    worker.hurried_waits_ = kHurriedWaits;
  }
  return false;
}

}  // namespace freshet
