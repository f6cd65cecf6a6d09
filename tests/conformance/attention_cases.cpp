#include <algorithm>
#include <cstring>
#include <string_view>

#include "conformance/cases.h"
#include "kernels/cpu/dispatch.h"

namespace freshet::testing {

using namespace kernels;

std::vector<const Kernels*> targets_that_run_here() {
  std::vector<const Kernels*> found;
  for (const Target& target : targets()) {
    if (target.runs_here()) found.push_back(target.kernels);
  }
  return found;
}

const Kernels& scalar_target() {
  for (const Target& target : targets()) {
    if (target.kernels->name == std::string_view("scalar")) return *target.kernels;
  }
  return best_kernels();
}

const char* name_of(CacheType type) {
  switch (type) {
    case CacheType::kF32:
      return "f32";
    case CacheType::kF16:
      return "f16";
    case CacheType::kQ8_0:
      return "q8_0";
  }
  return "unknown";
}

std::vector<AttentionCase> attention_cases() {
  std::vector<AttentionCase> cases;
  for (const int head_dim : {32, 64, 128, 256}) {
    for (const int n_heads : {1, 2, 3, 4, 5, 7, 8, 16}) {
      for (const int n : {17, 65}) cases.push_back({head_dim, n_heads, n});
    }
    for (const int n : {1, 15, 16, 63, 64, 127, 128, 511, 512, 513, 640, 1030}) {
      cases.push_back({head_dim, 3, n});
    }
  }
  return cases;
}

AttentionOperands::AttentionOperands(const Kernels& target, CacheType key, CacheType value, int dim,
                                     int64_t n_positions, uint64_t seed)
    : key_type(key), value_type(value), head_dim(dim) {
  Numbers numbers(seed);
  const auto width = static_cast<size_t>(head_dim);
  q = numbers.units(kHeads * width, 4.0f / static_cast<float>(head_dim));
  keys = numbers.units(static_cast<size_t>(n_positions) * width, 8.0f);
  values = numbers.units(static_cast<size_t>(n_positions) * width, 3.0f);
  // A key and a value of zeros: their 8-bit scale is zero too.
  std::fill_n(keys.begin(), width, 0.0f);
  std::fill_n(values.begin(), width, 0.0f);

  const CacheLayout layout = cache_layout(key, value, head_dim);
  const auto page_bytes = static_cast<size_t>(kPageOffset + layout.bytes);
  for (int64_t p = 0; p < n_positions; ++p) {
    if (p % kPageSize == 0) {
      buffers_.push_back(std::make_unique<GuardedBuffer>(page_bytes));
      std::memset(buffers_.back()->data(), 0xFF, page_bytes);
      pages_.push_back(buffers_.back()->data());
    }
    const CacheKernels& cache = target.caches[static_cast<int>(key)][static_cast<int>(value)];
    cache.append(buffers_.back()->data() + kPageOffset, static_cast<int>(p % kPageSize),
                 &keys[static_cast<size_t>(p) * width], &values[static_cast<size_t>(p) * width],
                 head_dim);
  }
  guarded_q_.emplace(std::as_bytes(std::span(q)));
}

AttentionQuery AttentionOperands::query(int first, int n_heads, int64_t n) const {
  return {.q = guarded_q_->as<const float>() + first * head_dim,
          .n_heads = n_heads,
          .head_dim = head_dim,
          .pages = pages_.data(),
          .page_offset = kPageOffset,
          .n_positions = n};
}

std::span<const std::byte> AttentionOperands::page(int64_t i) const {
  const GuardedBuffer& buffer = *buffers_[static_cast<size_t>(i)];
  return {buffer.data(), static_cast<size_t>(buffer.end() - buffer.data())};
}

}  // namespace freshet::testing
