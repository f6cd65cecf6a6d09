// A model's predictions on a text, in a file to compare other models with.
//
//   byte 0      8          12         16         20              24
//        | magic | version | vocab    | window   | first_scored  | n_windows | 0 (u32)
//   byte 32
//        | tokens: i32[n_windows][window], the first of each window as it was read
//        | predictions: u16[n_windows][window - first_scored][vocab]
//
// All little-endian. Prediction j of a window is of its token first_scored + j. A number is how far
// a token's logit lies below the likeliest one's, in steps of 2^-11, at most 65535 (32 nats, a
// probability of 1e-14). Rounding moves a log probability by 2.4e-4 at most, and a divergence by
// some 1e-8, since both sides are rounded alike: a model's divergence from itself is exactly 0.
#pragma once

#include <freshet/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "gguf/output_file.h"

namespace freshet {

/// Steps below the likeliest token: u16[vocab] of float[vocab].
void round_prediction(std::span<const float> logits, std::span<uint16_t> steps);

/// Natural logarithm of the sum over all tokens of exp(-steps), with which log p = -steps - it.
[[nodiscard]] double log_sum(std::span<const uint16_t> steps);
/// A step in nats.
inline constexpr double kStep = 0x1p-11;

/// Sum of p log(p / q) over all tokens.
[[nodiscard]] double divergence(std::span<const uint16_t> p, std::span<const uint16_t> q);

struct PredictionShape {
  uint32_t vocab = 0, window = 0, first_scored = 0, n_windows = 0;

  [[nodiscard]] uint64_t n_tokens() const noexcept { return uint64_t{n_windows} * window; }
  [[nodiscard]] uint64_t n_scored() const noexcept {
    return uint64_t{n_windows} * (window - first_scored);
  }
};

class PredictionWriter {
 public:
  /// Throws like OutputFile.
  PredictionWriter(const std::string& path, const PredictionShape& shape,
                   std::span<const TokenId> tokens);

  /// The next position's, u16[vocab].
  void add(std::span<const uint16_t> steps);
  /// All are there: the file gets its name.
  void commit() { file_.commit(); }

 private:
  OutputFile file_;
};

class PredictionFile {
 public:
  /// Throws Error{kBadFile} if the file is none, or has another size than it says.
  explicit PredictionFile(const std::string& path);

  [[nodiscard]] const PredictionShape& shape() const noexcept { return shape_; }
  [[nodiscard]] const std::vector<TokenId>& tokens() const noexcept { return tokens_; }
  /// Of scored position i of all windows.
  [[nodiscard]] std::span<const uint16_t> prediction(uint64_t i) const;
  [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }

 private:
  MappedFile file_;
  PredictionShape shape_;
  std::vector<TokenId> tokens_;
  const std::byte* predictions_ = nullptr;
};

}  // namespace freshet
