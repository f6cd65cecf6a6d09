// How fast an engine reads and writes, and what share that is of what the machine can do.
#pragma once

#include <freshet/engine.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace freshet {

/// What is timed: reading a prompt, writing tokens one at a time, or the one after the other.
/// Tokenising and sampling are not part of it; the tokens are random ones.
struct BenchTest {
  int64_t n_prompt = 0;
  int64_t n_gen = 0;
  int64_t n_depth = 0;  ///< tokens in the sequence beforehand, not timed
  int n_parallel = 1;   ///< sequences that do all this together

  /// "pp512", "tg128 @ d4096", "pp512+tg128", "tg128 x4".
  [[nodiscard]] std::string label() const;
};

struct BenchOptions {
  int repetitions = 5;
  /// Before the first repetition, not timed: weights that are in memory enter the page tables, the
  /// prompt is read and a token written.
  bool warm_up = true;
  bool roofs = true;  ///< measure the machine before and after each repetition
  uint64_t roof_bytes = uint64_t{4} << 30;  ///< read in each try of the read roof
  int64_t batch = 2048;  ///< most tokens of a prompt given to the engine in one call
  const std::atomic<bool>* cancel = nullptr;
  /// Repetitions begun, of all: 0 is the warm-up.
  std::function<void(int repetition, int repetitions)> progress = {};
};

/// What a test runs into first.
enum class RoofKind {
  kRead,           ///< reading weights from memory: writing tokens
  kByteProducts,   ///< multiply-adds of bytes: reading prompts, quantised weights
  kFloatProducts,  ///< multiply-adds of floats: reading prompts, F32, F16 and BF16 weights
  kMixed,          ///< first the one and then the other
};
/// "read", "byte_multiply_adds", "float_multiply_adds", "mixed".
[[nodiscard]] const char* roof_kind_name(RoofKind kind) noexcept;

/// The time that the machine would need at its roof, over the time that was needed. For decoding
/// the work is the bytes of the tensors touched, keys and values not counted; for prefill the
/// multiply-adds of matrix products that each row needs, without attention, and of the logits that
/// are wanted.
struct RoofResult {
  RoofKind kind;
  double roof;   ///< bytes or multiply-adds per second, the median; 0 if mixed
  double share;  ///< median over the repetitions, each against the mean of before and after
};

struct BenchResult {
  BenchTest test;
  std::vector<double> seconds = {};     ///< one per repetition
  std::optional<RoofResult> roof = {};  ///< nothing if they were not measured
  std::string started = {};             ///< UTC, "2026-01-31T12:00:00Z"

  /// Tokens that were timed, of all sequences.
  [[nodiscard]] int64_t n_tokens() const noexcept {
    return (test.n_prompt + test.n_gen) * test.n_parallel;
  }
};

/// Mean of the values, and their standard deviation (n - 1 in the denominator; 0 for one value).
struct Spread {
  double mean, deviation;
};
[[nodiscard]] Spread spread_of(const std::vector<double>& values);

/// Throws Error{kUsage} if the test is empty, {kBadRequest} if it does not fit the engine's
/// context, {kCancelled}.
[[nodiscard]] BenchResult run_bench(Engine& engine, const BenchTest& test,
                                    const BenchOptions& options = {});

}  // namespace freshet
