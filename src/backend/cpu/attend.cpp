// Attention over pages: first every row's keys and values are appended, then every row looks back.
#include <algorithm>
#include <cmath>

#include "backend/cpu/cpu_backend.h"
#include "base/check.h"

namespace freshet {

using kernels::AttentionPartial;
using kernels::AttentionQuery;
using kernels::kPageSize;
using kernels::kSplitPages;

namespace {

const StepSequence& sequence_of(const Step& step, int row) {
  const auto after =
      std::upper_bound(step.sequences.begin(), step.sequences.end(), row,
                       [](int r, const StepSequence& sequence) { return r < sequence.first_row; });
  return *(after - 1);
}

int64_t splits_of(const AttentionQuery& query) {
  constexpr int64_t kSplit = int64_t{kSplitPages} * kPageSize;
  return (query.n_positions + kSplit - 1) / kSplit;
}

/// One head group of one row, all splits in order.
void attend_in_order(const kernels::Kernels& kernels, const kernels::CacheKernels& cache,
                     const AttentionQuery& query, float* out) {
  AttentionPartial sum[kMaxGroup], next[kMaxGroup];
  cache.attend_split(query, 0, sum);
  for (int64_t split = 1; split < splits_of(query); ++split) {
    cache.attend_split(query, split, next);
    for (int g = 0; g < query.n_heads; ++g) kernels.merge_partial(&sum[g], next[g], query.head_dim);
  }
  for (int g = 0; g < query.n_heads; ++g) {
    kernels.finish_partial(sum[g], out + g * query.head_dim, query.head_dim);
  }
}

}  // namespace

/// Rows of queries and the heads of their keys, numbered so that neighbours share pages.
class CpuBackend::Attention {
 public:
  Attention(const CpuBackend& backend, Rows q, const AttentionLayer& layer, const Step& step,
            Rows out)
      : backend_(backend), q_(q), layer_(layer), step_(step), out_(out) {
    FRESHET_CHECK(layer.n_heads % layer.n_kv_heads == 0 && group() <= kMaxGroup);
  }

  [[nodiscard]] size_t size() const { return static_cast<size_t>(q_.n) * layer_.n_kv_heads; }
  [[nodiscard]] int group() const { return layer_.n_heads / layer_.n_kv_heads; }

  [[nodiscard]] AttentionQuery query(size_t item) const {
    const int row = row_of(item), head = head_of(item);
    const StepSequence& sequence = sequence_of(step_, row);
    const int64_t head_bytes =
        kernels::cache_layout(backend_.key_type_, backend_.value_type_, layer_.head_dim).bytes;
    return {.q = q_.row(row) + head * group() * layer_.head_dim,
            .n_heads = group(),
            .head_dim = layer_.head_dim,
            .pages = sequence.pages,
            .page_offset = layer_.page_offset + head * head_bytes,
            .n_positions = sequence.first_position + (row - sequence.first_row) + 1};
  }
  [[nodiscard]] float* out(size_t item) const {
    return out_.row(row_of(item)) + head_of(item) * group() * layer_.head_dim;
  }
  [[nodiscard]] int64_t most_splits() const {
    int64_t most = 0;
    for (const StepSequence& sequence : step_.sequences) {
      AttentionQuery last{};
      last.n_positions = sequence.first_position + sequence.n_rows;
      most = std::max(most, splits_of(last));
    }
    return most;
  }

 private:
  [[nodiscard]] int row_of(size_t item) const { return static_cast<int>(item % q_.n); }
  [[nodiscard]] int head_of(size_t item) const { return static_cast<int>(item / q_.n); }

  const CpuBackend& backend_;
  Rows q_;
  const AttentionLayer& layer_;
  const Step& step_;
  Rows out_;
};

void CpuBackend::append_row(Rows q, Rows k, Rows v, int row, const AttentionLayer& layer,
                            const Step& step) const {
  const int head_dim = layer.head_dim;
  const float scale = 1.0f / std::sqrt(static_cast<float>(head_dim));
  const float* rotation = step.rotations + static_cast<int64_t>(row) * head_dim;
  for (int h = 0; h < layer.n_heads; ++h) {
    float* head = q.row(row) + h * head_dim;
    kernels_.rms_norm(head, layer.q_norm.weight, head, head_dim, layer.q_norm.epsilon);
    kernels_.rotate(head, rotation, head_dim);
    kernels_.scale(head, scale, head_dim);
  }
  const StepSequence& sequence = sequence_of(step, row);
  const int64_t position = sequence.first_position + (row - sequence.first_row);
  auto* page = static_cast<std::byte*>(sequence.pages[position / kPageSize]) + layer.page_offset;
  const int64_t head_bytes = kernels::cache_layout(key_type_, value_type_, head_dim).bytes;
  for (int h = 0; h < layer.n_kv_heads; ++h) {
    float* head = k.row(row) + h * head_dim;
    kernels_.rms_norm(head, layer.k_norm.weight, head, head_dim, layer.k_norm.epsilon);
    kernels_.rotate(head, rotation, head_dim);
    cache_.append(page + h * head_bytes, static_cast<int>(position % kPageSize), head,
                  v.row(row) + h * head_dim, head_dim);
  }
}

void CpuBackend::attend(Rows q, Rows k, Rows v, const AttentionLayer& layer, const Step& step,
                        Rows out) {
  const Attention attention(*this, q, layer, step, out);
  const auto n_splits = static_cast<size_t>(attention.most_splits());
  const auto group = static_cast<size_t>(attention.group());
  // Few long rows are shared out by splits; otherwise rows alone keep the team busy.
  const bool by_split = n_splits > 1 && attention.size() < 4 * static_cast<size_t>(team_.size());
  AttentionPartial* partials =
      by_split ? scratch_.take<AttentionPartial>(attention.size() * n_splits * group) : nullptr;
  team_.run([&](Worker& worker) {
    worker.for_each_chunk(static_cast<size_t>(q.n), 1, [&](size_t row, size_t) {
      append_row(q, k, v, static_cast<int>(row), layer, step);
    });
    worker.barrier();
    if (!by_split) {
      worker.for_each_chunk(attention.size(), 1, [&](size_t item, size_t) {
        attend_in_order(kernels_, cache_, attention.query(item), attention.out(item));
      });
      return;
    }
    worker.for_each_chunk(attention.size() * n_splits, 1, [&](size_t task, size_t) {
      const AttentionQuery query = attention.query(task / n_splits);
      const auto split = static_cast<int64_t>(task % n_splits);
      if (split < splits_of(query)) cache_.attend_split(query, split, partials + task * group);
    });
    worker.barrier();
    worker.for_each_chunk(attention.size(), 1, [&](size_t item, size_t) {
      const AttentionQuery query = attention.query(item);
      AttentionPartial* first = partials + item * n_splits * group;
      for (size_t g = 0; g < group; ++g) {
        for (int64_t split = 1; split < splits_of(query); ++split) {
          kernels_.merge_partial(&first[g], first[static_cast<size_t>(split) * group + g],
                                 layer.head_dim);
        }
        kernels_.finish_partial(first[g], attention.out(item) + g * layer.head_dim, layer.head_dim);
      }
    });
  });
}

}  // namespace freshet
