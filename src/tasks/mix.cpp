#include "tasks/mix.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "base/error.h"

namespace freshet {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

struct NamedMix {
  std::string_view name;
  Mix mix;
};

constexpr NamedMix kMixes[] = {
    {"q4_k_m", {.base = DType::Q4_K, .extra = Mix::Extra::kMedium, .file_type = 15}},
    {"q4_k_s", {.base = DType::Q4_K, .extra = Mix::Extra::kSmall, .file_type = 14}},
    {"q5_k_m", {.base = DType::Q5_K, .extra = Mix::Extra::kMedium, .file_type = 17}},
};

/// GGUF's general.file_type of a file that is mostly of this format.
uint32_t file_type(DType dtype) noexcept {
  switch (dtype) {
    case DType::F32:
      return 0;
    case DType::F16:
      return 1;
    case DType::Q4_0:
      return 2;
    case DType::Q4_1:
      return 3;
    case DType::Q8_0:
      return 7;
    case DType::Q5_0:
      return 8;
    case DType::Q5_1:
      return 9;
    case DType::Q2_K:
      return 10;
    case DType::Q3_K:
      return 11;
    case DType::Q4_K:
      return 14;
    case DType::Q5_K:
      return 16;
    case DType::Q6_K:
      return 18;
    case DType::IQ4_NL:
      return 25;
    case DType::IQ4_XS:
      return 30;
    case DType::BF16:
      return 32;
    case DType::MXFP4:
      return 38;
  }
  return 0;
}

/// The N of "blk.N."; nothing for a tensor of no layer.
std::optional<int64_t> layer_of(std::string_view name) {
  if (!name.starts_with("blk.")) return std::nullopt;
  int64_t layer = 0;
  const char* const end = name.data() + name.size();
  const auto [at, error] = std::from_chars(name.data() + 4, end, layer);
  constexpr int64_t kMostLayers = 1 << 20;
  if (error != std::errc() || at == end || *at != '.' || layer < 0 || layer > kMostLayers) {
    fail(ErrorKind::kBadFile, "tensor {}: expected a layer's number after \"blk.\"", name);
  }
  return layer;
}

bool is_part(std::string_view name, std::string_view part) {
  return name.find(part) != std::string_view::npos;
}

/// Whether ordinal i of n gets more bits in the _M mixes.
bool is_at_either_end_or_third(int64_t i, int64_t n) noexcept {
  const int64_t eighth = n / 8;
  return i < eighth || i >= 7 * n / 8 || (i - eighth) % 3 == 2;
}

}  // namespace

std::vector<std::string> mix_names() {
  std::vector<std::string> names;
  for (const NamedMix& named : kMixes) names.emplace_back(named.name);
  for (const DTypeInfo& format : all_dtypes()) names.push_back(lower(format.name));
  return names;
}

Mix mix_from_name(std::string_view name) {
  const std::string wanted = lower(name);
  for (const NamedMix& named : kMixes) {
    if (wanted == named.name) return named.mix;
  }
  if (const auto dtype = dtype_from_name(wanted)) {
    return {.base = *dtype, .file_type = file_type(*dtype)};
  }
  fail(ErrorKind::kUsage, "there is no type '{}'; choose one of {}", wanted,
       fmt::join(mix_names(), ", "));
}

bool is_quantisable(const NamedShape& tensor) noexcept {
  const auto width = std::ranges::count_if(tensor.dims, [](int64_t n) { return n > 1; });
  return width >= 2 && tensor.name.ends_with(".weight") && !is_part(tensor.name, "_norm") &&
         !is_part(tensor.name, "ffn_gate_inp") && !is_part(tensor.name, "shortconv.conv");
}

DType dividing_format(DType wanted, int64_t n) noexcept {
  if (n % info(wanted).block_size == 0) return wanted;
  if (n % 32 != 0) return DType::F16;
  switch (wanted) {
    case DType::Q4_K:
      return DType::Q5_0;
    case DType::Q5_K:
      return DType::Q5_1;
    case DType::Q6_K:
      return DType::Q8_0;
    default:
      return DType::IQ4_NL;
  }
}

MixRules::MixRules(const Mix& mix, std::span<const NamedShape> tensors) : mix_(mix) {
  for (const NamedShape& tensor : tensors) {
    if (tensor.name == "output.weight") tied_ = false;
    const std::optional<int64_t> layer = layer_of(tensor.name);
    if (!layer) continue;
    n_layers_ = std::max(n_layers_, *layer + 1);
    if (is_part(tensor.name, ".attn_v.weight")) attention_layers_.push_back(*layer);
  }
  std::ranges::sort(attention_layers_);
}

DType MixRules::format_of(const NamedShape& tensor) const {
  if (!is_quantisable(tensor)) return DType::F32;
  if (mix_.pure) return mix_.base;
  // A tied embedding is the head too, whose errors reach every logit.
  if (tensor.name == "output.weight") return embedding_format();
  if (tensor.name == "token_embd.weight") return tied_ ? embedding_format() : mix_.base;
  const std::optional<int64_t> layer = layer_of(tensor.name);
  if (layer && is_part(tensor.name, ".ffn_down")) return with_more_bits(*layer, n_layers_, false);
  if (layer && is_part(tensor.name, ".attn_v.weight")) {
    const auto found = std::ranges::lower_bound(attention_layers_, *layer);
    return with_more_bits(found - attention_layers_.begin(),
                          static_cast<int64_t>(attention_layers_.size()), true);
  }
  return mix_.base;
}

DType MixRules::embedding_format() const noexcept {
  switch (mix_.base) {
    case DType::F32:
    case DType::F16:
    case DType::BF16:
    case DType::Q8_0:
      return mix_.base;
    case DType::MXFP4:
      return DType::Q8_0;
    default:
      return DType::Q6_K;
  }
}

DType MixRules::with_more_bits(int64_t i, int64_t n, bool is_value) const noexcept {
  const bool is_early = i < n / 8;
  switch (mix_.extra) {
    case Mix::Extra::kMedium:
      return is_at_either_end_or_third(i, n) ? DType::Q6_K : mix_.base;
    case Mix::Extra::kSmall:
      return (is_value ? i < 4 : is_early) ? DType::Q5_K : mix_.base;
    case Mix::Extra::kNone:
      break;
  }
  if (mix_.weighted && is_early && !is_value) {
    if (mix_.base == DType::Q4_0) return DType::Q4_1;
    if (mix_.base == DType::Q5_0) return DType::Q5_1;
  }
  return mix_.base;
}

}  // namespace freshet
