// Bounds of the options that are not plain numbers, and the names of the stages.
#include <freshet/sampling.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/check.h"
#include "base/error.h"

namespace freshet {
namespace {

constexpr float kMaxLogitBias = 10000.0f;

struct StageName {
  SamplerStage stage;
  const char* name;
};

// The default order, too: cheap repairs of the logits, then truncation, then temperature.
constexpr std::array<StageName, 9> kStages = {{
    {SamplerStage::kPenalties, "penalties"},
    {SamplerStage::kDry, "dry"},
    {SamplerStage::kTopNSigma, "top_n_sigma"},
    {SamplerStage::kTopK, "top_k"},
    {SamplerStage::kTypical, "typical"},
    {SamplerStage::kTopP, "top_p"},
    {SamplerStage::kMinP, "min_p"},
    {SamplerStage::kXtc, "xtc"},
    {SamplerStage::kTemperature, "temperature"},
}};

constexpr std::array<StageName, 4> kOtherSpellings = {{
    {SamplerStage::kTypical, "typ_p"},
    {SamplerStage::kTypical, "typical_p"},
    {SamplerStage::kTopNSigma, "nsigma"},
    {SamplerStage::kTemperature, "temp"},
}};

std::string known_stages() {
  std::string list;
  for (const StageName& known : kStages) {
    if (!list.empty()) list += ';';
    list += known.name;
  }
  return list;
}

SamplerStage parse_stage(std::string_view written) {
  std::string name(written);
  std::replace(name.begin(), name.end(), '-', '_');
  for (const StageName& known : kStages) {
    if (name == known.name) return known.stage;
  }
  for (const StageName& known : kOtherSpellings) {
    if (name == known.name) return known.stage;
  }
  fail(ErrorKind::kBadRequest, "samplers: unknown '{}'; known are {}", written, known_stages());
}

}  // namespace

std::vector<SamplerStage> default_sampler_order() {
  std::vector<SamplerStage> order;
  for (const StageName& known : kStages) order.push_back(known.stage);
  return order;
}

const char* sampler_stage_name(SamplerStage stage) {
  const auto found = std::find_if(kStages.begin(), kStages.end(),
                                  [&](const StageName& known) { return known.stage == stage; });
  FRESHET_CHECK(found != kStages.end());
  return found->name;
}

std::vector<SamplerStage> parse_sampler_order(std::string_view names) {
  std::vector<SamplerStage> order;
  while (true) {
    const size_t end = names.find(';');
    const SamplerStage stage = parse_stage(names.substr(0, end));
    if (std::find(order.begin(), order.end(), stage) != order.end()) {
      fail(ErrorKind::kBadRequest, "samplers: '{}' is named twice; each runs at most once",
           sampler_stage_name(stage));
    }
    order.push_back(stage);
    if (end == std::string_view::npos) return order;
    names.remove_prefix(end + 1);
  }
}

void SamplingOptions::validate() const {
  SamplingOptions scratch;
  for (const SamplingFieldInfo& info : sampling_fields()) {
    set_field(scratch, info.field, get_field(*this, info.field));
  }
  if (mirostat == 1) {
    fail(ErrorKind::kBadRequest, "mirostat must be 0 (off) or 2, found 1; use 2");
  }
  for (const auto& [id, bias] : logit_bias) {
    const bool ban = std::isinf(bias) && bias < 0.0f;
    if (!ban && !(std::abs(bias) <= kMaxLogitBias)) {
      fail(ErrorKind::kBadRequest,
           "logit_bias of token {} must be from {} to {}, or -inf to ban it, found {}", id,
           -kMaxLogitBias, kMaxLogitBias, bias);
    }
  }
  for (size_t i = 0; i < order.size(); ++i) {
    if (std::find(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(i), order[i]) !=
        order.begin() + static_cast<std::ptrdiff_t>(i)) {
      fail(ErrorKind::kBadRequest, "samplers: '{}' is named twice; each runs at most once",
           sampler_stage_name(order[i]));
    }
  }
}

}  // namespace freshet
