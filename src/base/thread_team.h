// A fixed team of threads that runs one body at a time, for work of microseconds.
//
//   ThreadTeam team(n_threads);
//   team.run([&](Worker& worker) {
//     worker.for_each_chunk(n_rows, 16, [&](std::size_t begin, std::size_t end) { ... });
//     worker.barrier();  // all rows are done before anyone goes on
//     worker.for_each_chunk(n_heads, 1, [&](std::size_t begin, std::size_t end) { ... });
//   });
//
// Waiting threads spin for tens of microseconds and then sleep, so a token's hundreds of barriers
// cost under a microsecond each, while an idle team burns nothing. When spinning was in vain, as it
// is where another process holds the core of the one that is waited for, the next waits spin less.
// A team of one has no threads and pays for no atomics.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

#include "base/check.h"

namespace freshet {

class ThreadTeam;

/// Hands out chunk numbers 0, 1, 2... of one phase after another, each exactly once, without ever
/// being reset: the counter carries the phase it counts. A thread that asks for a later phase has
/// seen the earlier one exhausted, so it may start the new count at once, barrier or not, and a
/// straggler that finds a later phase knows that nothing is left of its own. Written by many
/// threads: a cache line of its own.
class alignas(64) TaskCounter {
 public:
  struct Chunks {
    std::uint32_t first = 0, n = 0;
    bool operator==(const Chunks&) const = default;
  };
  /// The next chunks of `phase`, below `n_chunks`: half of what is left, `most` at most; none when
  /// all are handed out. Every thread asks until it gets none, and phases ascend (modulo 2^32).
  Chunks take(std::uint32_t phase, std::uint32_t n_chunks, std::uint32_t most) noexcept {
    std::uint64_t seen = state_.load(std::memory_order_relaxed);
    for (;;) {
      const auto ahead = static_cast<std::int32_t>(static_cast<std::uint32_t>(seen >> 32) - phase);
      const std::uint32_t first = ahead < 0 ? 0 : static_cast<std::uint32_t>(seen);
      if (ahead > 0 || first >= n_chunks) {
        return {};
      }
      const std::uint32_t n = std::clamp((n_chunks - first) / 2, std::uint32_t{1}, most);
      const std::uint64_t next = (static_cast<std::uint64_t>(phase) << 32) | (first + n);
      if (state_.compare_exchange_weak(seen, next, std::memory_order_relaxed)) {
        return {first, n};
      }
    }
  }

 private:
  std::atomic<std::uint64_t> state_{0};  // [phase : 32 | next chunk : 32]
};

/// One thread's place in a running team; valid inside the body given to ThreadTeam::run.
class Worker {
 public:
  [[nodiscard]] int index() const noexcept { return index_; }  ///< 0 is the caller of run()
  [[nodiscard]] int size() const noexcept;

  /// Returns when every thread of the team has called it; what they wrote before is visible.
  void barrier() noexcept;

  /// Calls body(begin, end) for chunks of `grain` items (the last may be shorter) that together
  /// cover [0, n_items): the team as a whole does each chunk once. A worker begins with a range of
  /// neighbouring chunks, in ascending order, so that what is asked for ahead is its own, and helps
  /// with the others' ranges when its own is done. Every worker must make the same calls in the
  /// same order. Returns when no chunk is left to take, which does not mean that the others have
  /// finished theirs: barrier() for that. The chunks do not depend on the number of threads.
  /// `grain` is at least 1.
  template <class F>
  void for_each_chunk(std::size_t n_items, std::size_t grain, F&& body) {
    for_each_piece(n_items, grain, 1, static_cast<F&&>(body));
  }

  /// The same for pieces of up to `most` neighbouring chunks: half of what is left of a range at a
  /// time, so that pieces are few and large, and yet the workers end together. Where a piece ends
  /// depends on how fast the workers are.
  template <class F>
  void for_each_piece(std::size_t n_items, std::size_t grain, std::size_t most, F&& body);

 private:
  friend class ThreadTeam;
  Worker(ThreadTeam& team, int index) : team_(&team), index_(index) {}

  ThreadTeam* team_;
  int index_;
  std::uint32_t phase_ = 0;  // counts the for_each_chunk calls, over all runs
  int hurried_waits_ = 0;    // to come: a spin in vain makes the next ones short
};

class ThreadTeam {
 public:
  /// Starts n_threads - 1 threads; the caller of run() is the last one. Throws Error(kUsage) when
  /// n_threads is not within 1..kMaxThreads, Error(kResources) when the system has no more threads.
  ///
  /// Threads that have spun in vain for the next run call idle_work, several at once, until it
  /// returns false, and then sleep; it takes some hundred microseconds at most, for which a run may
  /// begin with fewer threads, and must not throw.
  explicit ThreadTeam(int n_threads, std::function<bool()> idle_work = {});
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  static constexpr int kMaxThreads = 1024;

  [[nodiscard]] int size() const noexcept { return size_; }

  /// Runs body(Worker&) on every thread, the caller being worker 0, and returns when all have
  /// finished; what they wrote is then visible to the caller. The body must not throw (the program
  /// ends if it does) and must not call run() again. One caller at a time.
  template <class F>
  void run(F&& body) {
    using Body = std::remove_reference_t<F>;
    run_job({[](void* b, Worker& worker) noexcept { (*static_cast<Body*>(b))(worker); },
             const_cast<void*>(static_cast<const void*>(std::addressof(body)))});
  }

 private:
  friend class Worker;
  struct Job {
    void (*call)(void* body, Worker& worker) noexcept;
    void* body;
  };
  static constexpr std::size_t kCacheLine = 64;

  void run_job(Job job);
  void thread_main(Worker worker);
  void barrier(Worker& worker) noexcept;
  void wait_for_threads() noexcept;
  /// Spins until value is not old; false if it was in vain.
  bool spin_while(const std::atomic<std::uint32_t>& value, std::uint32_t old,
                  Worker& worker) const noexcept;
  void stop() noexcept;

  // Between cores that share no cache a line takes a quarter of a microsecond to travel, so what is
  // only read, what one thread writes, and what many write lie in lines of their own.
  int size_;
  int n_spins_;                     // how often a waiting thread looks before it sleeps
  std::vector<TaskCounter> tasks_;  // one per thread's range
  std::function<bool()> idle_work_;
  std::vector<std::thread> threads_;

  alignas(kCacheLine) Worker caller_;
  bool running_ = false;

  alignas(kCacheLine) std::atomic<std::uint32_t> n_runs_{0};  // + 1 starts the threads ...
  std::uint32_t first_phase_ = 0;                             // ... which then read these
  bool stopping_ = false;
  Job job_{};

  alignas(kCacheLine) std::atomic<std::uint32_t> n_barriers_{0};  // + 1 opens a barrier
  alignas(kCacheLine) std::atomic<int> n_arrived_{0};             // at the barrier that is closed
  alignas(kCacheLine) std::atomic<std::uint32_t> n_done_{0};      // threads, over all runs
};

inline int Worker::size() const noexcept { return team_->size(); }

inline void Worker::barrier() noexcept {
  if (team_->size_ > 1) {
    team_->barrier(*this);
  }
}

template <class F>
void Worker::for_each_piece(std::size_t n_items, std::size_t grain, std::size_t most, F&& body) {
  FRESHET_CHECK(grain > 0 && most > 0);
  const std::size_t n_chunks = n_items / grain + (n_items % grain != 0 ? 1 : 0);
  FRESHET_CHECK(n_chunks < UINT32_MAX && most < UINT32_MAX);
  const auto do_chunks = [&](std::size_t first, std::size_t n) {
    body(first * grain, std::min((first + n) * grain, n_items));
  };
  if (team_->size_ == 1) {
    for (std::size_t first = 0; first < n_chunks; first += most) {
      do_chunks(first, most);
    }
    return;
  }
  if (n_chunks == 1) {  // nothing to share out: no counter, whose line another core would have
    if (index_ == 0) do_chunks(0, 1);
    return;
  }
  ++phase_;
  const auto n_ranges = static_cast<std::size_t>(team_->size_);
  for (std::size_t i = 0; i < n_ranges; ++i) {
    const std::size_t range = (static_cast<std::size_t>(index_) + i) % n_ranges;
    const std::size_t begin = n_chunks * range / n_ranges;
    const std::size_t n = n_chunks * (range + 1) / n_ranges - begin;
    for (;;) {
      const TaskCounter::Chunks chunks = team_->tasks_[range].take(
          phase_, static_cast<std::uint32_t>(n), static_cast<std::uint32_t>(most));
      if (chunks.n == 0) {
        break;
      }
      do_chunks(begin + chunks.first, chunks.n);
    }
  }
}

}  // namespace freshet
