// The CPU: a table of kernels and a team of threads.
#pragma once

#include <array>
#include <cstddef>
#include <functional>

#include "backend/backend.h"
#include "backend/cpu/row_list.h"
#include "base/arena.h"
#include "base/thread_team.h"
#include "kernels/cpu/kernels.h"

namespace freshet {

/// Rows of activations in the forms that the weights ahead of them read; each form made once.
struct Input {
  int n = 0;
  int64_t width = 0;
  struct Form {
    std::byte* data = nullptr;  // null: nobody reads this form
    int64_t stride = 0;
  };
  std::array<Form, kernels::kActivationKinds> forms;
};

/// The widest row, and the most query heads per key/value head, that the CPU takes.
inline constexpr int64_t kMaxWidth = 16384;
inline constexpr int kMaxGroup = 16;

class CpuBackend final : public Backend {
 public:
  /// idle_work as ThreadTeam takes it.
  CpuBackend(const kernels::Kernels& kernels, int n_threads, kernels::CacheType key,
             kernels::CacheType value, std::function<bool()> idle_work = {});

  Rows begin(int n, int64_t width) override;
  Rows rows(int n, int64_t width) override;
  Routing routing(int n_rows, int n_experts, int n_used) override;
  void release() override { scratch_.reset(); }

  void embed(const Tensor& table, std::span<const TokenId> tokens, Rows h) override;
  void project(Rows x, const Norm& norm, std::span<const Projection> projections) override;
  void project_add(Rows x, const Tensor& weight, Rows residual) override;
  void short_conv(Rows bcx, const ConvLayer& layer, const Step& step, Rows out) override;
  void attend(Rows q, Rows k, Rows v, const AttentionLayer& layer, const Step& step,
              Rows out) override;
  void gate_up(Rows x, const Norm& norm, const Tensor& gate, const Tensor& up, Rows out) override;
  void route(Rows x, const Norm& norm, const Router& router, Rows normed,
             Routing& routing) override;
  void expert_gate_up(Rows normed, const Routing& routing, const Tensor& gate, const Tensor& up,
                      Rows out) override;
  void expert_down_add(Rows a, const Routing& routing, const Tensor& down, Rows residual) override;
  void head(Rows h, std::span<const int32_t> wanted, const Norm& norm, const Tensor& table,
            float* logits) override;

  [[nodiscard]] const kernels::Kernels& kernels() const noexcept { return kernels_; }
  [[nodiscard]] ThreadTeam& team() noexcept { return team_; }

 private:
  /// Room for the forms of x [n, width] that these weights read.
  Input take_input(int n, int64_t width, std::initializer_list<const Tensor*> readers);
  void add_reader(Input& input, const Tensor& weight);
  /// Fills one row of every form from x[width].
  void fill_input_row(const Input& input, int row, const float* x) const;
  /// Fills all rows from norm(x), or from x if there is no norm; ends with a barrier.
  void fill_input(Worker& worker, const Input& input, Rows x, const Norm* norm) const;

  /// Rows [begin, end) of weight, times `columns` rows of the input from `first` on (or the rows
  /// that gather names), into out[c * out_stride + r] for r counted from `begin`. The thread will
  /// go on with `next`: the rows that follow, unless another address is given.
  struct Columns {
    int first = 0;
    int n = 0;
    const int32_t* gather = nullptr;
  };
  void multiply(const Tensor& weight, int64_t begin, int64_t end, const Input& input,
                Columns columns, float* out, int64_t out_stride) const {
    multiply(weight, begin, end, input, columns, out, out_stride, row_of(weight, end));
  }
  void multiply(const Tensor& weight, int64_t begin, int64_t end, const Input& input,
                Columns columns, float* out, int64_t out_stride, const std::byte* next) const;
  /// Where row r begins; null behind the last.
  static const std::byte* row_of(const Tensor& weight, int64_t r) {
    return r < weight.dims[1] ? weight.data + static_cast<size_t>(r) * weight.row_bytes() : nullptr;
  }
  /// Asks for rows that multiply() will be called with.
  void foresee(const Tensor& weight, int64_t begin, int64_t end) const;
  /// silu(gate) * up for the same rows of both weights.
  void multiply_gated(const Tensor& gate, const Tensor& up, int64_t begin, int64_t end,
                      const Input& input, Columns columns, float* out, int64_t out_stride,
                      float* up_scratch) const;
  /// Room for one piece's products [n_columns, pieces.rows()] per thread.
  float* take_scratch(int n_columns, RowPieces pieces);

  class Attention;
  /// Norms, rotates and scales a row's queries; norms, rotates and appends its keys, and its
  /// values.
  void append_row(Rows q, Rows k, Rows v, int row, const AttentionLayer& layer,
                  const Step& step) const;
  void choose_experts(const Router& router, float* scores, int row, Routing& routing) const;

  const kernels::Kernels& kernels_;
  const kernels::ReadAhead read_ahead_;
  const kernels::CacheKernels& cache_;
  kernels::CacheType key_type_, value_type_;
  ThreadTeam team_;
  Buffer residual_;
  Arena scratch_;
};

}  // namespace freshet
