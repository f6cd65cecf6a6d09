#include "tensor/dtype.h"

#include <gtest/gtest.h>

#include <set>

#include "kernels/formats/formats.h"

namespace freshet {
namespace {

template <class... F>
void expect_the_kernels_geometry(kernels::FormatList<F...>) {
  size_t i = 0;
  const auto expect_row = [&i](DType dtype, int block_size, size_t block_bytes,
                               kernels::Activation activation) {
    const DTypeInfo& row = all_dtypes()[i++];
    EXPECT_EQ(row.dtype, dtype) << row.name;
    EXPECT_EQ(row.block_size, block_size) << row.name;
    EXPECT_EQ(size_t(row.block_bytes), block_bytes) << row.name;
    EXPECT_EQ(is_float_format(dtype), activation == kernels::Activation::kFloat) << row.name;
  };
  (expect_row(F::kId, F::kBlockSize, sizeof(typename F::Block), F::kActivation), ...);
  EXPECT_EQ(i, all_dtypes().size());
}

TEST(DType, HasTheGeometryOfTheKernelsBlocks) { expect_the_kernels_geometry(kernels::Formats()); }

TEST(DType, KnowsTheSixteenFormatsInOrderOfTheirGgufIds) {
  ASSERT_EQ(all_dtypes().size(), 16u);
  for (size_t i = 1; i < all_dtypes().size(); ++i) {
    EXPECT_LT(uint32_t(all_dtypes()[i - 1].dtype), uint32_t(all_dtypes()[i].dtype));
  }
}

TEST(DType, IsFoundByIdAndByNameInAnyCase) {
  for (const DTypeInfo& row : all_dtypes()) {
    EXPECT_EQ(dtype_from_gguf(uint32_t(row.dtype)), row.dtype);
    EXPECT_EQ(dtype_from_name(row.name), row.dtype);
    EXPECT_EQ(info(row.dtype).name, row.name);
  }
  EXPECT_EQ(dtype_from_name("q4_k"), DType::Q4_K);
  EXPECT_EQ(dtype_from_name("iq4_Nl"), DType::IQ4_NL);
}

TEST(DType, NamesThatAreOnlyPartOfAFormatFindNothing) {
  for (const char* name : {"", "Q", "Q4", "Q4_", "Q4_KK", "Q4_K_M", " Q4_K"}) {
    EXPECT_FALSE(dtype_from_name(name)) << name;
  }
}

TEST(DType, EveryIdIsReadOrRefusedByName) {
  std::set<std::string_view> names;
  for (uint32_t id = 0; id <= 41; ++id) {
    if (dtype_from_gguf(id)) {
      EXPECT_EQ(refused_type_name(id), "unknown") << id;
    } else {
      EXPECT_NE(refused_type_name(id), "unknown") << id;
      EXPECT_TRUE(names.insert(refused_type_name(id)).second) << id;
      EXPECT_FALSE(dtype_from_name(refused_type_name(id))) << id;
    }
    EXPECT_FALSE(instead_of_refused_type(id).empty());
  }
  for (uint32_t id : {42u, 1000u, UINT32_MAX}) {
    EXPECT_FALSE(dtype_from_gguf(id));
    EXPECT_EQ(refused_type_name(id), "unknown");
  }
}

}  // namespace
}  // namespace freshet
