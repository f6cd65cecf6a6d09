#include "tensor/dtype.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace freshet {
namespace {

constexpr std::array kDTypes = {
    DTypeInfo{DType::F32, "F32", 1, 4},         DTypeInfo{DType::F16, "F16", 1, 2},
    DTypeInfo{DType::Q4_0, "Q4_0", 32, 18},     DTypeInfo{DType::Q4_1, "Q4_1", 32, 20},
    DTypeInfo{DType::Q5_0, "Q5_0", 32, 22},     DTypeInfo{DType::Q5_1, "Q5_1", 32, 24},
    DTypeInfo{DType::Q8_0, "Q8_0", 32, 34},     DTypeInfo{DType::Q2_K, "Q2_K", 256, 84},
    DTypeInfo{DType::Q3_K, "Q3_K", 256, 110},   DTypeInfo{DType::Q4_K, "Q4_K", 256, 144},
    DTypeInfo{DType::Q5_K, "Q5_K", 256, 176},   DTypeInfo{DType::Q6_K, "Q6_K", 256, 210},
    DTypeInfo{DType::IQ4_NL, "IQ4_NL", 32, 18}, DTypeInfo{DType::IQ4_XS, "IQ4_XS", 256, 136},
    DTypeInfo{DType::BF16, "BF16", 1, 2},       DTypeInfo{DType::MXFP4, "MXFP4", 32, 17},
};

struct RefusedType {
  uint32_t id;
  std::string_view name;
  std::string_view instead;
};

constexpr std::string_view kDefaultAdvice = "a Q4_K_M or Q8_0 file of the same model";
constexpr std::string_view kLowBitAdvice = "a Q2_K or Q3_K_M file of the same model";
constexpr std::string_view kNotWeights = "a file converted from the original model again";

constexpr std::array kRefused = {
    RefusedType{4, "Q4_2", kDefaultAdvice},
    RefusedType{5, "Q4_3", kDefaultAdvice},
    RefusedType{9, "Q8_1", "a Q8_0 file of the same model"},
    RefusedType{15, "Q8_K", "a Q8_0 file of the same model"},
    RefusedType{16, "IQ2_XXS", kLowBitAdvice},
    RefusedType{17, "IQ2_XS", kLowBitAdvice},
    RefusedType{18, "IQ3_XXS", kLowBitAdvice},
    RefusedType{19, "IQ1_S", kLowBitAdvice},
    RefusedType{21, "IQ3_S", kLowBitAdvice},
    RefusedType{22, "IQ2_S", kLowBitAdvice},
    RefusedType{24, "I8", kNotWeights},
    RefusedType{25, "I16", kNotWeights},
    RefusedType{26, "I32", kNotWeights},
    RefusedType{27, "I64", kNotWeights},
    RefusedType{28, "F64", "an F32 or BF16 file of the same model"},
    RefusedType{29, "IQ1_M", kLowBitAdvice},
    RefusedType{31, "Q4_0_4_4", "the Q4_0 file of the same model"},
    RefusedType{32, "Q4_0_4_8", "the Q4_0 file of the same model"},
    RefusedType{33, "Q4_0_8_8", "the Q4_0 file of the same model"},
    RefusedType{34, "TQ1_0", kLowBitAdvice},
    RefusedType{35, "TQ2_0", kLowBitAdvice},
    RefusedType{36, "IQ4_NL_4_4", "the IQ4_NL file of the same model"},
    RefusedType{37, "IQ4_NL_4_8", "the IQ4_NL file of the same model"},
    RefusedType{38, "IQ4_NL_8_8", "the IQ4_NL file of the same model"},
    RefusedType{40, "NVFP4", "an MXFP4 or Q4_K_M file of the same model"},
    RefusedType{41, "Q1_0", kLowBitAdvice},
};

const RefusedType* find_refused(uint32_t id) noexcept {
  const auto found = std::ranges::find(kRefused, id, &RefusedType::id);
  return found == kRefused.end() ? nullptr : &*found;
}

constexpr char ascii_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::span<const DTypeInfo> all_dtypes() noexcept { return kDTypes; }

const DTypeInfo& info(DType dtype) noexcept {
  const auto found = std::ranges::find(kDTypes, dtype, &DTypeInfo::dtype);
  FRESHET_CHECK(found != kDTypes.end());
  return *found;
}

bool is_float_format(DType dtype) noexcept { return info(dtype).block_size == 1; }

std::optional<DType> dtype_from_gguf(uint32_t id) noexcept {
  const auto found =
      std::ranges::find(kDTypes, id, [](const DTypeInfo& row) { return uint32_t(row.dtype); });
  if (found == kDTypes.end()) return std::nullopt;
  return found->dtype;
}

std::optional<DType> dtype_from_name(std::string_view name) noexcept {
  for (const DTypeInfo& row : kDTypes) {
    if (std::ranges::equal(row.name, name, {}, {}, ascii_upper)) return row.dtype;
  }
  return std::nullopt;
}

std::string_view refused_type_name(uint32_t id) noexcept {
  const RefusedType* refused = find_refused(id);
  return refused ? refused->name : "unknown";
}

std::string_view instead_of_refused_type(uint32_t id) noexcept {
  const RefusedType* refused = find_refused(id);
  return refused ? refused->instead : kDefaultAdvice;
}

}  // namespace freshet
