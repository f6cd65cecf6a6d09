// Routed experts: the rows of a step sorted by expert, so that each expert's weights are read once,
// and all experts' weight rows shared out as one flat list.
#include <algorithm>
#include <vector>

#include "backend/cpu/cpu_backend.h"
#include "base/check.h"

namespace freshet {
namespace {

/// Rows of activations that a thread routes at once: their scores, 8 KiB, and the router's weights,
/// half a megabyte, stay in its caches.
constexpr int kRowsOfAPrompt = 32;

/// Slots of an expert that count for the size of pieces: most experts have far fewer than the one
/// that has most.
constexpr int kMostSlots = 128;

/// Rows of activations that an expert reads.
struct Slots {
  int expert, first, n;
};

/// Adds weight rows of all experts that have slots.
void add_experts(const Routing& routing, int64_t n_rows, RowList<Slots>& list) {
  for (int e = 0; e < routing.n_experts; ++e) {
    const int first = routing.first_slot[e], n = routing.first_slot[e + 1] - first;
    if (n > 0) list.add({e, first, n}, n_rows);
  }
}

int most_slots(const Routing& routing) {
  int most = 0;
  for (int e = 0; e < routing.n_experts; ++e) {
    most = std::max(most, routing.first_slot[e + 1] - routing.first_slot[e]);
  }
  return most;
}

/// Counting sort of the choices by expert; within an expert, rows ascend.
void sort_into_slots(int n_rows, Routing& routing) {
  const int n_choices = n_rows * routing.n_used;
  std::fill_n(routing.first_slot, routing.n_experts + 1, 0);
  for (int i = 0; i < n_choices; ++i) ++routing.first_slot[routing.experts[i] + 1];
  for (int e = 0; e < routing.n_experts; ++e) routing.first_slot[e + 1] += routing.first_slot[e];
  std::vector<int32_t> next(routing.first_slot, routing.first_slot + routing.n_experts);
  for (int i = 0; i < n_choices; ++i) {
    const int32_t slot = next[static_cast<size_t>(routing.experts[i])]++;
    routing.slots[i] = slot;
    routing.slot_rows[slot] = i / routing.n_used;
  }
}

}  // namespace

/// The n_used experts of the highest sigmoid + bias, the lower number on ties, weighted by their
/// sigmoids without the bias, normalised (Lfm2MoeSparseMoeBlock of the official reference).
void CpuBackend::choose_experts(const Router& router, float* scores, int row,
                                Routing& routing) const {
  kernels_.sigmoid(scores, router.n_experts);
  int32_t* experts = routing.experts + row * router.n_used;
  float* weights = routing.weights + row * router.n_used;
  float sum = 0.0f;
  for (int k = 0; k < router.n_used; ++k) {
    int best = -1;
    float best_score = 0.0f;
    for (int e = 0; e < router.n_experts; ++e) {
      if (std::find(experts, experts + k, e) != experts + k) continue;
      const float score = scores[e] + router.bias[e];
      if (best < 0 || score > best_score) {
        best = e;
        best_score = score;
      }
    }
    experts[k] = best;
    weights[k] = scores[best];
    sum += weights[k];
  }
  for (int k = 0; k < router.n_used; ++k) weights[k] = weights[k] / (sum + 1e-6f) * router.scale;
}

// The products of a token are shared out by experts; those of a prompt by its rows, of which more
// must be read than of weights.
void CpuBackend::route(Rows x, const Norm& norm, const Router& router, Rows normed,
                       Routing& routing) {
  const Input input = take_input(x.n, x.width, {router.weight});
  const Rows scores = rows(x.n, router.n_experts);
  team_.run([&](Worker& worker) {
    worker.for_each_chunk(static_cast<size_t>(x.n), 4, [&](size_t begin, size_t end) {
      for (auto r = static_cast<int>(begin); r < static_cast<int>(end); ++r) {
        kernels_.rms_norm(x.row(r), norm.weight, normed.row(r), x.width, norm.epsilon);
        fill_input_row(input, r, normed.row(r));
      }
    });
    worker.barrier();
    if (x.n < 2 * kRowsOfAPrompt) {
      worker.for_each_chunk(
          static_cast<size_t>(router.n_experts), 8, [&](size_t begin, size_t end) {
            multiply(*router.weight, static_cast<int64_t>(begin), static_cast<int64_t>(end), input,
                     {.n = x.n}, scores.data + begin, scores.width);
          });
    } else {
      worker.for_each_chunk(
          static_cast<size_t>(x.n), kRowsOfAPrompt, [&](size_t begin, size_t end) {
            multiply(*router.weight, 0, router.n_experts, input,
                     {.first = static_cast<int32_t>(begin), .n = static_cast<int>(end - begin)},
                     scores.row(static_cast<int>(begin)), scores.width);
          });
    }
    worker.barrier();
    worker.for_each_chunk(static_cast<size_t>(x.n), 16, [&](size_t begin, size_t end) {
      for (auto r = static_cast<int>(begin); r < static_cast<int>(end); ++r) {
        choose_experts(router, scores.row(r), r, routing);
      }
    });
  });
  sort_into_slots(x.n, routing);
  for (int e = 0; e < routing.n_experts; ++e) {
    experts_touched_ += routing.first_slot[e + 1] > routing.first_slot[e] ? 1 : 0;
  }
}

void CpuBackend::expert_gate_up(Rows normed, const Routing& routing, const Tensor& gate,
                                const Tensor& up, Rows out) {
  const Input input = take_input(normed.n, normed.width, {&gate, &up});
  const int n_columns = most_slots(routing);
  const RowPieces pieces = pieces_of(gate.row_bytes(), std::min(n_columns, kMostSlots));
  RowList<Slots> list(pieces);
  add_experts(routing, gate.dims[1], list);
  float* scratch = take_scratch(n_columns, pieces);
  team_.run([&](Worker& worker) {
    list.foresee(worker, [&](const Slots& slots, int64_t begin, int64_t end) {
      foresee(gate.slab(slots.expert), begin, end);
    });
    fill_input(worker, input, normed, nullptr);
    float* mine = scratch + worker.index() * n_columns * pieces.rows();
    list.share(worker, [&](const Slots& slots, int64_t begin, int64_t end) {
      multiply_gated(gate.slab(slots.expert), up.slab(slots.expert), begin, end, input,
                     {.n = slots.n, .gather = routing.slot_rows + slots.first},
                     out.row(slots.first) + begin, out.width, mine);
    });
  });
}

void CpuBackend::expert_down_add(Rows a, const Routing& routing, const Tensor& down,
                                 Rows residual) {
  const Input input = take_input(a.n, a.width, {&down});
  const RowPieces pieces = pieces_of(down.row_bytes(), std::min(most_slots(routing), kMostSlots));
  RowList<Slots> list(pieces);
  add_experts(routing, down.dims[1], list);
  const Rows sums = rows(a.n, residual.width);
  team_.run([&](Worker& worker) {
    list.foresee(worker, [&](const Slots& slots, int64_t begin, int64_t end) {
      foresee(down.slab(slots.expert), begin, end);
    });
    fill_input(worker, input, a, nullptr);
    list.share(worker, [&](const Slots& slots, int64_t begin, int64_t end) {
      multiply(down.slab(slots.expert), begin, end, input, {.first = slots.first, .n = slots.n},
               sums.row(slots.first) + begin, sums.width);
    });
    worker.barrier();
    worker.for_each_chunk(static_cast<size_t>(residual.n), 4, [&](size_t begin, size_t end) {
      for (auto r = static_cast<int>(begin); r < static_cast<int>(end); ++r) {
        for (int k = 0; k < routing.n_used; ++k) {
          const int choice = r * routing.n_used + k;
          kernels_.add_scaled(residual.row(r), sums.row(routing.slots[choice]),
                              routing.weights[choice], residual.width);
        }
      }
    });
  });
}

}  // namespace freshet
