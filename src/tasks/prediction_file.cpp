#include "tasks/prediction_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "base/error.h"

namespace freshet {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is little-endian");

constexpr std::array<char, 8> kMagic = {'f', 'r', 'e', 's', 'h', 'K', 'L', '\n'};
constexpr uint32_t kVersion = 1;
constexpr uint32_t kMostSteps = 65535;

struct Header {
  std::array<char, 8> magic = kMagic;
  uint32_t version = kVersion;
  PredictionShape shape;
  uint32_t zero = 0;
};
static_assert(sizeof(Header) == 32);

/// exp(-steps * kStep) for every number of steps there is.
const std::vector<double>& exponentials() {
  static const std::vector<double> table = [] {
    std::vector<double> values(kMostSteps + 1);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = std::exp(-kStep * static_cast<double>(i));
    }
    return values;
  }();
  return table;
}

uint64_t file_bytes(const PredictionShape& shape) {
  return sizeof(Header) + shape.n_tokens() * sizeof(TokenId) +
         shape.n_scored() * shape.vocab * sizeof(uint16_t);
}

/// Whether the sizes are some that file_bytes() can multiply.
bool is_sane(const PredictionShape& s) {
  constexpr uint32_t kMost = 1u << 24;
  return s.vocab > 0 && s.vocab < kMost && s.window > 0 && s.window < kMost && s.n_windows > 0 &&
         s.first_scored > 0 && s.first_scored < s.window &&
         s.n_tokens() < uint64_t{1} << 36;  // times vocab and 2: below 2^61
}

}  // namespace

void round_prediction(std::span<const float> logits, std::span<uint16_t> steps) {
  FRESHET_CHECK(logits.size() == steps.size() && !logits.empty());
  const float top = *std::ranges::max_element(logits);
  constexpr float kPerNat = 2048.0f;
  for (size_t i = 0; i < logits.size(); ++i) {
    const float below = (top - logits[i]) * kPerNat + 0.5f;
    steps[i] = static_cast<uint16_t>(below < kMostSteps ? below : kMostSteps);
  }
}

double log_sum(std::span<const uint16_t> steps) {
  const std::vector<double>& table = exponentials();
  double sum = 0;
  for (const uint16_t s : steps) sum += table[s];
  return std::log(sum);
}

double divergence(std::span<const uint16_t> p, std::span<const uint16_t> q) {
  FRESHET_CHECK(p.size() == q.size());
  const std::vector<double>& table = exponentials();
  double sum_p = 0, sum_q = 0, difference = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    const double weight = table[p[i]];
    sum_p += weight;
    sum_q += table[q[i]];
    difference += weight * (static_cast<int>(q[i]) - static_cast<int>(p[i]));
  }
  // log p - log q = (steps of q - steps of p) + log sum_q - log sum_p
  return std::max(0.0, kStep * difference / sum_p + std::log(sum_q) - std::log(sum_p));
}

PredictionWriter::PredictionWriter(const std::string& path, const PredictionShape& shape,
                                   std::span<const TokenId> tokens)
    : file_(path, file_bytes(shape)) {
  FRESHET_CHECK(is_sane(shape) && tokens.size() == shape.n_tokens());
  Header header;
  header.shape = shape;
  file_.write(std::as_bytes(std::span(&header, 1)));
  file_.write(std::as_bytes(tokens));
}

void PredictionWriter::add(std::span<const uint16_t> steps) { file_.write(std::as_bytes(steps)); }

PredictionFile::PredictionFile(const std::string& path) : file_(path) {
  const std::span<const std::byte> bytes = file_.bytes();
  Header header;
  if (bytes.size() >= sizeof header) std::memcpy(&header, bytes.data(), sizeof header);
  if (bytes.size() < sizeof header || header.magic != kMagic || header.version != kVersion) {
    fail(ErrorKind::kBadFile,
         "{}: expected the predictions that freshet perplexity --kl-base saves (version {}), found "
         "another file",
         path, kVersion);
  }
  shape_ = header.shape;
  if (!is_sane(shape_) || file_bytes(shape_) != bytes.size()) {
    fail(ErrorKind::kBadFile,
         "{}: {} windows of {} tokens of a vocabulary of {} do not fill its {} bytes; the file is "
         "damaged, save it again",
         path, shape_.n_windows, shape_.window, shape_.vocab, bytes.size());
  }
  tokens_.resize(shape_.n_tokens());
  std::memcpy(tokens_.data(), bytes.data() + sizeof header, tokens_.size() * sizeof(TokenId));
  for (const TokenId token : tokens_) {
    if (token >= 0 && static_cast<uint32_t>(token) < shape_.vocab) continue;
    fail(ErrorKind::kBadFile, "{}: token {} of a vocabulary of {}; the file is damaged", path,
         token, shape_.vocab);
  }
  predictions_ = bytes.data() + sizeof header + tokens_.size() * sizeof(TokenId);
}

std::span<const uint16_t> PredictionFile::prediction(uint64_t i) const {
  FRESHET_CHECK(i < shape_.n_scored());
  // Header and tokens are multiples of 4 bytes: the numbers are aligned.
  return {reinterpret_cast<const uint16_t*>(predictions_) + i * shape_.vocab, shape_.vocab};
}

}  // namespace freshet
