// The goldens themselves: complete, and the same weights in each format that a test gives them.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "gguf/reader.h"
#include "kernels/formats/codec.h"
#include "support/golden.h"
#include "support/temporary_folder.h"

namespace freshet::testing {
namespace {

std::vector<float> decoded(const Tensor& tensor) {
  std::vector<float> values(static_cast<size_t>(tensor.elements()));
  for (int64_t r = 0; r < tensor.rows(); ++r) {
    kernels::decode_row(tensor.dtype, tensor.row(r), values.data() + r * tensor.dims[0],
                        tensor.dims[0]);
  }
  return values;
}

TEST(Goldens, CoverDenseModelsAndMixturesWithEveryLead) {
  std::vector<uint32_t> leads;
  int n_dense = 0;
  for (const GoldenModel& model : load_golden_models()) {
    const GgufFile file(model.path);
    const auto lead = file.metadata().get<uint32_t>("lfm2moe.leading_dense_block_count");
    if (lead) {
      leads.push_back(*lead);
    } else {
      ++n_dense;
    }
  }
  EXPECT_EQ(leads, (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_GE(n_dense, 1);
}

TEST(Goldens, KeepFiniteLogitsOfPositionsWithinTheirSequences) {
  for (const GoldenModel& model : load_golden_models()) {
    SCOPED_TRACE(model.name);
    EXPECT_GT(model.logit_std, 0);
    ASSERT_FALSE(model.sequences.empty());
    for (const GoldenSequence& sequence : model.sequences) {
      ASSERT_FALSE(sequence.positions.empty());
      EXPECT_EQ(sequence.positions.back() + 1, static_cast<int64_t>(sequence.ids.size()));
      for (const float logit : sequence.logits) ASSERT_TRUE(std::isfinite(logit));
    }
  }
}

TEST(Goldens, HoldTheSameWeightsInEveryFloatFormat) {
  const TemporaryFolder folder;
  for (const GoldenModel& model : load_golden_models()) {
    const GgufFile original(model.path);
    for (const DType dtype : {DType::F32, DType::F16, DType::BF16}) {
      SCOPED_TRACE(model.name + " as " + std::string(info(dtype).name));
      const std::string path = folder.path() / "converted.gguf";
      write_with_dtype(model.path, dtype, path);
      const GgufFile converted(path);
      ASSERT_EQ(converted.tensors().size(), original.tensors().size());
      for (const Tensor& tensor : original.tensors()) {
        const Tensor* twin = converted.find(tensor.name);
        ASSERT_NE(twin, nullptr) << tensor.name;
        EXPECT_EQ(twin->dtype, tensor.dtype == DType::Q4_0 ? dtype : tensor.dtype);
        EXPECT_EQ(twin->dims, tensor.dims) << tensor.name;
        EXPECT_EQ(decoded(*twin), decoded(tensor)) << tensor.name;
      }
    }
  }
}

}  // namespace
}  // namespace freshet::testing
