// What one rendering may cost. Templates come with models, and a model may come from anybody.
#pragma once

#include <freshet/error.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/format.h"

namespace freshet::jinja {

struct Limits {
  uint64_t steps = 1'000'000;  ///< expressions evaluated, and as much for every 16 characters
  uint64_t bytes = uint64_t{96} << 20;  ///< of strings and lists alive at once
  size_t output = size_t{16} << 20;     ///< characters of the result
  int depth = 300;  ///< nesting of what is evaluated: expressions, blocks, calls
};

/// Something that a template did is wrong. The interpreter knows where, and makes it an Error.
struct Fault : std::runtime_error {
  Fault(ErrorKind of, const std::string& message) : std::runtime_error(message), kind(of) {}
  ErrorKind kind;
};

template <class... Args>
[[noreturn]] void fault(fmt::format_string<Args...> format, Args&&... args) {
  throw Fault(ErrorKind::kBadRequest, formatted(format, std::forward<Args>(args)...));
}

/// Counts what a rendering uses, and throws a Fault where a limit is passed. Values refer to the
/// budget that paid for them and die before it.
class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_(limits), steps_left_(limits.steps) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  void spend(uint64_t steps) {
    if (steps > steps_left_) refuse_steps();
    steps_left_ -= steps;
  }
  /// Looking at so many characters, or copying them.
  void spend_on(size_t characters) { spend(characters / 16 + 1); }

  /// To be asked before so many bytes are taken.
  void require(uint64_t bytes) {
    if (bytes > limits_.bytes - bytes_) refuse_bytes();
  }
  void take(uint64_t bytes) {
    require(bytes);
    bytes_ += bytes;
  }
  void give_back(uint64_t bytes) noexcept { bytes_ -= bytes; }

  void enter() {
    if (depth_ >= limits_.depth) refuse_depth();
    ++depth_;
  }
  void leave() noexcept { --depth_; }

  [[nodiscard]] const Limits& limits() const noexcept { return limits_; }

 private:
  [[noreturn]] void refuse_steps() const;
  [[noreturn]] void refuse_bytes() const;
  [[noreturn]] void refuse_depth() const;

  Limits limits_;
  uint64_t steps_left_;
  uint64_t bytes_ = 0;
  int depth_ = 0;
};

/// One level of nesting.
class Level {
 public:
  explicit Level(Budget& budget) : budget_(budget) { budget_.enter(); }
  ~Level() { budget_.leave(); }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  Budget& budget_;
};

/// Bytes that something holds as long as it lives; of no budget, if it was not made by a rendering.
class Holding {
 public:
  Holding() = default;
  Holding(Budget& budget, uint64_t bytes) : budget_(&budget), bytes_(bytes) { budget.take(bytes); }
  ~Holding() {
    if (budget_ != nullptr) budget_->give_back(bytes_);
  }
  Holding(Holding&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}
  Holding& operator=(Holding&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

 private:
  Budget* budget_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace freshet::jinja
