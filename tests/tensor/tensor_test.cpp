#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <vector>

namespace freshet {
namespace {

// Two experts of 3 rows of 512 Q4_K weights.
struct ExpertStack {
  std::vector<std::byte> memory = std::vector<std::byte>(2 * 3 * 2 * 144);
  Tensor tensor{.name = "blk.0.ffn_up_exps.weight",
                .dtype = DType::Q4_K,
                .dims = {512, 3, 2, 1},
                .n_dims = 3,
                .data = memory.data(),
                .bytes = memory.size()};
};

TEST(Tensor, CountsRowsElementsAndBytesOfARow) {
  const ExpertStack stack;
  EXPECT_EQ(stack.tensor.rows(), 6);
  EXPECT_EQ(stack.tensor.elements(), 6 * 512);
  EXPECT_EQ(stack.tensor.row_bytes(), 2u * 144);
  EXPECT_EQ(stack.tensor.bytes, 6 * stack.tensor.row_bytes());
  EXPECT_EQ(stack.tensor.row(5), stack.memory.data() + 5 * 288);
}

TEST(Tensor, SlabIsTheMatrixOfOneExpert) {
  const ExpertStack stack;
  const Tensor matrix = stack.tensor.slab(1);
  EXPECT_EQ(matrix.n_dims, 2);
  EXPECT_EQ(matrix.dims, (std::array<int64_t, 4>{512, 3, 1, 1}));
  EXPECT_EQ(matrix.bytes, 3u * 288);
  EXPECT_EQ(matrix.data, stack.memory.data() + 3 * 288);
  EXPECT_EQ(matrix.dtype, DType::Q4_K);
}

TEST(TensorDeathTest, AnExpertThatDoesNotExistIsOurMistake) {
  const ExpertStack stack;
  EXPECT_DEATH(static_cast<void>(stack.tensor.slab(2)), "internal error");
  EXPECT_DEATH(static_cast<void>(stack.tensor.row(6)), "internal error");
}

}  // namespace
}  // namespace freshet
