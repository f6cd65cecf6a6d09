// Routed experts: the rows of a step sorted by expert, so that each expert's weights are read once,
// and all experts' weight rows shared out as one flat list.
#include <algorithm>
#include <vector>

#include "backend/cpu/cpu_backend.h"
#include "base/check.h"

namespace freshet {
namespace {

constexpr int kRowsOfAPrompt = 32;

/// Weight rows of all experts that have slots.
class ExpertTasks {
 public:
  ExpertTasks(const Routing& routing, const Tensor& weight)
      : rows_(weight.dims[1]), chunk_(rows_per_task(weight.slab(0), 1)) {
    for (int e = 0; e < routing.n_experts; ++e) {
      const int n = routing.first_slot[e + 1] - routing.first_slot[e];
      if (n > 0) experts_.push_back(e);
      most_slots_ = std::max(most_slots_, n);
    }
  }
  struct Task {
    int expert;
    int64_t begin, end;
  };
  [[nodiscard]] size_t size() const { return experts_.size() * chunks(); }
  [[nodiscard]] Task operator[](size_t i) const {
    const int64_t begin = static_cast<int64_t>(i % chunks()) * chunk_;
    return {experts_[i / chunks()], begin, std::min(begin + chunk_, rows_)};
  }
  [[nodiscard]] int most_slots() const { return most_slots_; }
  [[nodiscard]] int64_t chunk() const { return chunk_; }

 private:
  [[nodiscard]] size_t chunks() const { return static_cast<size_t>((rows_ + chunk_ - 1) / chunk_); }

  int64_t rows_, chunk_;
  int most_slots_ = 0;
  std::vector<int> experts_;
};

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
  const ExpertTasks tasks(routing, gate);
  const int64_t scratch_size = tasks.most_slots() * tasks.chunk();
  float* scratch = take_gate_scratch(tasks.most_slots(), tasks.chunk());
  team_.run([&](Worker& worker) {
    fill_input(worker, input, normed, nullptr);
    float* mine = scratch + worker.index() * scratch_size;
    worker.for_each_chunk(tasks.size(), 1, [&](size_t i, size_t) {
      const ExpertTasks::Task task = tasks[i];
      const int32_t first = routing.first_slot[task.expert];
      const int n = routing.first_slot[task.expert + 1] - first;
      multiply_gated(gate.slab(task.expert), up.slab(task.expert), task.begin, task.end, input,
                     {.n = n, .gather = routing.slot_rows + first}, out.row(first) + task.begin,
                     out.width, mine);
    });
  });
}

void CpuBackend::expert_down_add(Rows a, const Routing& routing, const Tensor& down,
                                 Rows residual) {
  const Input input = take_input(a.n, a.width, {&down});
  const ExpertTasks tasks(routing, down);
  const Rows sums = rows(a.n, residual.width);
  team_.run([&](Worker& worker) {
    fill_input(worker, input, a, nullptr);
    worker.for_each_chunk(tasks.size(), 1, [&](size_t i, size_t) {
      const ExpertTasks::Task task = tasks[i];
      const int32_t first = routing.first_slot[task.expert];
      const int n = routing.first_slot[task.expert + 1] - first;
      multiply(down.slab(task.expert), task.begin, task.end, input, {.first = first, .n = n},
               sums.row(first) + task.begin, sums.width);
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
