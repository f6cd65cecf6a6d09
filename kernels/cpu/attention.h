// Causal attention over pages of keys and values, with a running softmax (Milakov and Gimelshein
// 2018, arXiv:1805.02867; Dao et al. 2022, arXiv:2205.14135).
//
// Order of operations, the same for a decoded token and for a row of a long prompt: pages ascend
// within a split of kSplitPages pages, splits are merged in ascending order. A split can therefore
// be computed by another thread without changing a bit.
#pragma once

#include "kernels/cpu/attention_types.h"
#include "kernels/cpu/cache.h"
#include "kernels/cpu/math.h"

namespace freshet::kernels {

/// Asks for the next page while this one is read, half of it during the scores and half while
/// values are added: pages lie apart, and keys are not read in their order, so that the processor
/// foresees neither.
class NextPage {
 public:
  FRESHET_INLINE NextPage(const char* page, int64_t bytes) : at_(page), half_(bytes / 2) {}
  /// So many steps ask for half of it.
  FRESHET_INLINE void begin_half(int64_t n_steps) { step_ = (half_ + n_steps - 1) / n_steps; }
  FRESHET_INLINE void step() {
    for (int64_t line = 0; line < step_; line += 64) __builtin_prefetch(at_ + line, 0, 2);
    at_ += step_;
  }

 private:
  const char* at_;
  int64_t half_, step_ = 0;
};

/// Vectors of slots, or of dimensions, at a time: as many chains of additions as keep the pipes
/// busy, and no more than registers hold. f16 on AVX2, one core of a Zen 3: 12 -> 16 GB/s.
template <class T, int R>
inline constexpr int kVectorsAtOnce = T::kSums / R >= 2 ? 2 : 1;

/// scores[r][slot] = q[r] . key[slot] for R heads and the 64 slots of a page.
template <class T, class Key, class Value, int R>
FRESHET_INLINE void score_page(const AttentionQuery& query, int r0, const char* page,
                               NextPage& next, float (&scores)[R][kPageSize]) {
  const int head_dim = query.head_dim;
  const CacheLayout layout = cache_layout(Key::kType, Value::kType, head_dim);
  const auto* keys = reinterpret_cast<const typename Key::Element*>(page);
  const auto* key_scales = reinterpret_cast<const uint16_t*>(page + layout.key_scales);
  const float* q = query.q + r0 * head_dim;
  constexpr int kVectors = kVectorsAtOnce<T, R>;
  next.begin_half(kPageSize / (16 * kVectors) * head_dim);
  for (int slot = 0; slot < kPageSize; slot += 16 * kVectors) {
    typename T::F32 score[R][kVectors];
    const auto add_keys = [&](int first, int end,
                              typename T::F32(&sum)[R][kVectors]) FRESHET_INLINE_LAMBDA {
#pragma GCC unroll 8
      for (auto& row : sum) {
#pragma GCC unroll 8
        for (auto& s : row) s = T::zero();
      }
      for (int d = first; d < end; ++d) {
        next.step();
        typename T::F32 k[kVectors];
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) {
          k[v] = Key::template load<T>(keys + d * kPageSize + slot + 16 * v);
        }
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r) {
          const typename T::F32 x = T::set(q[r * head_dim + d]);
#pragma GCC unroll 8
          for (int v = 0; v < kVectors; ++v) sum[r][v] = T::fma(x, k[v], sum[r][v]);
        }
      }
    };
    if constexpr (Key::kType == CacheType::kQ8_0) {
#pragma GCC unroll 8
      for (auto& row : score) {
#pragma GCC unroll 8
        for (auto& s : row) s = T::zero();
      }
      for (int b = 0; b < head_dim / 32; ++b) {
        typename T::F32 part[R][kVectors];
        add_keys(b * 32, b * 32 + 32, part);
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) {
          const typename T::F32 scale = T::load_f16(key_scales + b * kPageSize + slot + 16 * v);
#pragma GCC unroll 8
          for (int r = 0; r < R; ++r) score[r][v] = T::fma(scale, part[r][v], score[r][v]);
        }
      }
    } else {
      add_keys(0, head_dim, score);
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) T::store(scores[r] + slot + 16 * v, score[r][v]);
    }
  }
}

/// Turns scores into weights e^(score - max), rescales what was summed before, adds the weights'
/// sum.
template <class T>
FRESHET_INLINE void soften(float* scores, int n_valid, AttentionPartial* partial, int head_dim) {
  for (int i = n_valid; i < kPageSize; ++i) scores[i] = -__builtin_inff();
  typename T::F32 peak = T::load(scores);
  for (int i = 16; i < kPageSize; i += 16) peak = T::max(peak, T::load(scores + i));
  const float page_max = T::reduce_max(peak);
  const float new_max = page_max > partial->max ? page_max : partial->max;
  typename T::F32 sum = T::zero();
  for (int i = 0; i < kPageSize; i += 16) {
    const typename T::F32 weight = exp<T>(T::sub(T::load(scores + i), T::set(new_max)));
    T::store(scores + i, weight);
  }
  for (int i = n_valid; i < kPageSize; ++i) scores[i] = 0.0f;
  for (int i = 0; i < kPageSize; i += 16) sum = T::add(sum, T::load(scores + i));
  if (new_max != partial->max) {
    const typename T::F32 shrink = exp<T>(T::set(partial->max - new_max));
    float factor[16];
    T::store(factor, shrink);
    partial->sum *= factor[0];
    for (int d = 0; d < head_dim; d += 16) {
      T::store(partial->out + d, T::mul(T::load(partial->out + d), shrink));
    }
    partial->max = new_max;
  }
  partial->sum += T::reduce_add(sum);
}

/// out[r] += sum over slots of weights[r][slot] * value[slot].
template <class T, class Key, class Value, int R>
FRESHET_INLINE void add_values(const AttentionQuery& query, const char* page, NextPage& next,
                               int n_valid, const float (&weights)[R][kPageSize],
                               AttentionPartial* partials) {
  const int head_dim = query.head_dim;
  const CacheLayout layout = cache_layout(Key::kType, Value::kType, head_dim);
  const auto* values = reinterpret_cast<const typename Value::Element*>(page + layout.value);
  const auto* scales = reinterpret_cast<const uint16_t*>(page + layout.value_scales);
  constexpr int kVectors = kVectorsAtOnce<T, R>;
  next.begin_half(kPageSize * (head_dim / (16 * kVectors)));
  for (int d = 0; d < head_dim; d += 16 * kVectors) {
    typename T::F32 sum[R][kVectors];
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) sum[r][v] = T::load(partials[r].out + d + 16 * v);
    }
    for (int slot = 0; slot < n_valid; ++slot) {
      next.step();
      const auto* value = values + slot * head_dim + d;
      typename T::F32 x[kVectors];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) x[v] = Value::template load<T>(value + 16 * v);
      if constexpr (Value::kType == CacheType::kQ8_0) {
        const typename T::F32 scale =
            T::set(T::half_to_float(scales[slot * (head_dim / 32) + d / 32]));
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) x[v] = T::mul(x[v], scale);
      }
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) {
        const typename T::F32 weight = T::set(weights[r][slot]);
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v) sum[r][v] = T::fma(weight, x[v], sum[r][v]);
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) T::store(partials[r].out + d + 16 * v, sum[r][v]);
    }
  }
}

template <class T, class Key, class Value, int R>
FRESHET_INLINE void attend_heads(const AttentionQuery& query, int r0, int64_t split,
                                 AttentionPartial* partials) {
  for (int r = 0; r < R; ++r) {
    partials[r].max = -__builtin_inff();
    partials[r].sum = 0.0f;
    for (int d = 0; d < query.head_dim; ++d) partials[r].out[d] = 0.0f;
  }
  for (int64_t i = split * kSplitPages; i < (split + 1) * kSplitPages; ++i) {
    const int64_t left = query.n_positions - i * kPageSize;
    if (left <= 0) break;
    const int n_valid = left < kPageSize ? static_cast<int>(left) : kPageSize;
    const char* page = query.page(i);
    // The next split's first page too: most often the same thread goes on with it.
    NextPage next(left > kPageSize ? query.page(i + 1) : page,
                  cache_layout(Key::kType, Value::kType, query.head_dim).bytes);
    alignas(64) float scores[R][kPageSize];
    score_page<T, Key, Value, R>(query, r0, page, next, scores);
    for (int r = 0; r < R; ++r) soften<T>(scores[r], n_valid, &partials[r], query.head_dim);
    add_values<T, Key, Value, R>(query, page, next, n_valid, scores, partials);
  }
}

/// Asks for the translations of all addresses of a split: a processor that meets them one by one
/// waits for each.
template <class Key, class Value>
FRESHET_INLINE void prefetch_addresses(const AttentionQuery& query, int64_t split) {
  constexpr int64_t kSystemPage = 4096;
  const int64_t bytes = cache_layout(Key::kType, Value::kType, query.head_dim).bytes;
  for (int64_t i = split * kSplitPages; i < (split + 1) * kSplitPages; ++i) {
    if (i * kPageSize >= query.n_positions) break;
    const char* page = query.page(i);
    for (int64_t at = 0; at < bytes; at += kSystemPage) __builtin_prefetch(page + at, 0, 2);
  }
}

/// The partial of every head of the query over one split: partials[n_heads].
template <class T, class Key, class Value>
void attend_split(const AttentionQuery& query, int64_t split, AttentionPartial* partials) noexcept {
  prefetch_addresses<Key, Value>(query, split);
  int r = 0;
  if constexpr (T::kTile > 1) {
    for (; r + 4 <= query.n_heads; r += 4) {
      attend_heads<T, Key, Value, 4>(query, r, split, partials + r);
    }
    for (; r + 2 <= query.n_heads; r += 2) {
      attend_heads<T, Key, Value, 2>(query, r, split, partials + r);
    }
  }
  for (; r < query.n_heads; ++r) attend_heads<T, Key, Value, 1>(query, r, split, partials + r);
}

/// Merges the partial of the next split into that of all splits before it.
template <class T>
void merge_partial(AttentionPartial* into, const AttentionPartial& next, int head_dim) noexcept {
  const float new_max = next.max > into->max ? next.max : into->max;
  const typename T::F32 a = exp<T>(T::set(into->max - new_max));
  const typename T::F32 b = exp<T>(T::set(next.max - new_max));
  float fa[16], fb[16];
  T::store(fa, a);
  T::store(fb, b);
  into->max = new_max;
  into->sum = T::fma1(fb[0], next.sum, fa[0] * into->sum);
  for (int d = 0; d < head_dim; d += 16) {
    T::store(into->out + d, T::fma(b, T::load(next.out + d), T::mul(a, T::load(into->out + d))));
  }
}

/// out[head_dim] = partial.out / partial.sum
template <class T>
void finish_partial(const AttentionPartial& partial, float* out, int head_dim) noexcept {
  const typename T::F32 sum = T::set(partial.sum);
  for (int d = 0; d < head_dim; d += 16) T::store(out + d, T::div(T::load(partial.out + d), sum));
}

}  // namespace freshet::kernels
