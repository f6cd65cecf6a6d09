// The table of numeric options: names, flags, file keys, bounds; and access through it.
#include <freshet/sampling.h>

#include <array>
#include <cmath>
#include <variant>

#include "base/check.h"
#include "base/error.h"

namespace freshet {
namespace {

using Member = std::variant<float SamplingOptions::*, int32_t SamplingOptions::*>;
using O = SamplingOptions;
using F = SamplingField;

constexpr double kMaxInt = 2147483647.0;

constexpr std::array<SamplingFieldInfo, kSamplingFieldCount> kFields = {{
    {F::kTemperature, "temperature", "--temp", "general.sampling.temp", 0, 100, false,
     "0 = greedy, 1 = the model's own distribution"},
    {F::kTopK, "top_k", "--top-k", "general.sampling.top_k", 0, kMaxInt, true,
     "keep the k most likely tokens, 0 = off"},
    {F::kTopP, "top_p", "--top-p", "general.sampling.top_p", 0, 1, false,
     "keep the most likely tokens up to this probability, 1 = off"},
    {F::kMinP, "min_p", "--min-p", "general.sampling.min_p", 0, 1, false,
     "keep tokens this likely relative to the best, 0 = off"},
    {F::kTypicalP, "typical_p", "--typical", nullptr, 0, 1, false,
     "keep the typical tokens up to this probability, 1 = off"},
    {F::kTopNSigma, "top_n_sigma", "--top-nsigma", nullptr, 0, 100, false,
     "keep logits within n standard deviations of the best, 0 = off"},
    {F::kRepeatPenalty, "repeat_penalty", "--repeat-penalty", "general.sampling.penalty_repeat",
     0.01, 100, false, "divide the logits of recent tokens by this, 1 = off"},
    {F::kRepeatLastN, "repeat_last_n", "--repeat-last-n", "general.sampling.penalty_last_n", -1,
     kMaxInt, true, "tokens that the penalties look back on, 0 = off, -1 = all"},
    {F::kPresencePenalty, "presence_penalty", "--presence-penalty", nullptr, -100, 100, false,
     "subtract this from the logits of recent tokens"},
    {F::kFrequencyPenalty, "frequency_penalty", "--frequency-penalty", nullptr, -100, 100, false,
     "subtract this for each recent occurrence of a token"},
    {F::kXtcProbability, "xtc_probability", "--xtc-probability", "general.sampling.xtc_probability",
     0, 1, false, "chance of excluding the top choices, 0 = off"},
    {F::kXtcThreshold, "xtc_threshold", "--xtc-threshold", "general.sampling.xtc_threshold", 0, 1,
     false, "probability from which a token is a top choice"},
    {F::kDryMultiplier, "dry_multiplier", "--dry-multiplier", nullptr, 0, 100, false,
     "strength of the penalty on repeated passages, 0 = off"},
    {F::kDryBase, "dry_base", "--dry-base", nullptr, 1, 100, false,
     "its growth with each repeated token"},
    {F::kDryAllowedLength, "dry_allowed_length", "--dry-allowed-length", nullptr, 1, kMaxInt, true,
     "shortest repeat that it punishes"},
    {F::kDryPenaltyLastN, "dry_penalty_last_n", "--dry-penalty-last-n", nullptr, -1, kMaxInt, true,
     "tokens that it looks back on, 0 = off, -1 = all"},
    {F::kDynatempRange, "dynatemp_range", "--dynatemp-range", nullptr, 0, 100, false,
     "let temperature follow entropy by up to this much, 0 = off"},
    {F::kDynatempExponent, "dynatemp_exponent", "--dynatemp-exp", nullptr, 0, 100, false,
     "shape of that dependence"},
    {F::kMirostat, "mirostat", "--mirostat", "general.sampling.mirostat", 0, 2, true,
     "2 = mirostat 2 in the place of truncation, 0 = off"},
    {F::kMirostatTau, "mirostat_tau", "--mirostat-ent", "general.sampling.mirostat_tau", 0, 100,
     false, "surprise that mirostat aims at, in bits"},
    {F::kMirostatEta, "mirostat_eta", "--mirostat-lr", "general.sampling.mirostat_eta", 0, 10,
     false, "learning rate of mirostat"},
    {F::kMinTokens, "min_tokens", "--min-tokens", nullptr, 0, kMaxInt, true,
     "generate at least this many tokens"},
}};

constexpr std::array<Member, kSamplingFieldCount> kMembers = {
    &O::temperature,
    &O::top_k,
    &O::top_p,
    &O::min_p,
    &O::typical_p,
    &O::top_n_sigma,
    &O::repeat_penalty,
    &O::repeat_last_n,
    &O::presence_penalty,
    &O::frequency_penalty,
    &O::xtc_probability,
    &O::xtc_threshold,
    &O::dry_multiplier,
    &O::dry_base,
    &O::dry_allowed_length,
    &O::dry_penalty_last_n,
    &O::dynatemp_range,
    &O::dynatemp_exponent,
    &O::mirostat,
    &O::mirostat_tau,
    &O::mirostat_eta,
    &O::min_tokens,
};

}  // namespace

std::span<const SamplingFieldInfo> sampling_fields() { return kFields; }

double get_field(const SamplingOptions& options, SamplingField field) {
  const size_t index = static_cast<size_t>(field);
  FRESHET_CHECK(index < kSamplingFieldCount);
  return std::visit([&](auto member) { return static_cast<double>(options.*member); },
                    kMembers[index]);
}

void set_field(SamplingOptions& options, SamplingField field, double value) {
  const size_t index = static_cast<size_t>(field);
  FRESHET_CHECK(index < kSamplingFieldCount);
  const SamplingFieldInfo& info = kFields[index];
  // A bound such as 0.01 is compared as the float that the option is stored in.
  const bool inside = std::isfinite(value) && std::abs(value) <= kMaxInt && value <= info.high &&
                      static_cast<float>(value) >= static_cast<float>(info.low);
  if (!inside || (info.integer && value != std::floor(value))) {
    fail(ErrorKind::kBadRequest, "{} must be a {} from {} to {}, found {}", info.name,
         info.integer ? "whole number" : "number", info.low, info.high, value);
  }
  std::visit(
      [&](auto member) {
        options.*member = static_cast<std::remove_reference_t<decltype(options.*member)>>(value);
      },
      kMembers[index]);
}

}  // namespace freshet
