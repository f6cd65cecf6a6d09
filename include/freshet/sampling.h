// How the next token is chosen from logits: the options, their bounds, and where defaults come
// from.
//
//   SamplingChoices flags = {{SamplingField::kTemperature, 0.7}};
//   ResolvedSampling sampling = resolve_sampling(flags, model.identity, model.sampling_metadata);
//   sampling.describe();  // "temperature 0.7 (flag), top-k 50 (maker), repeat-penalty 1.05
//   (maker)"
//
// One table, sampling_fields(), names every numeric option once: the command line declares its
// flags from it, files are read by it, and bounds are checked by it.
#pragma once

#include <freshet/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet {

/// The steps between logits and a token that may be ordered. Logit bias, banned tokens and the mask
/// of a constraint always come first.
enum class SamplerStage {
  kPenalties,    ///< repetition, presence and frequency penalties
  kDry,          ///< penalty on continuing a repeated passage
  kTopNSigma,    ///< keep logits within n standard deviations of the best
  kTopK,         ///< keep the k most likely
  kTypical,      ///< keep the tokens whose surprise is nearest to the entropy
  kTopP,         ///< keep the most likely until their probabilities reach p
  kMinP,         ///< keep tokens at least min_p times as likely as the best
  kXtc,          ///< at times drop all likely tokens but the last
  kTemperature,  ///< sharpen or flatten, also by entropy
};

/// Every stage in the default order; a stage whose option is neutral does nothing.
std::vector<SamplerStage> default_sampler_order();

/// Reads "top_k;top_p;temperature": the named stages run in that order, the others not at all.
/// '-' counts as '_'; typ_p, typical_p, nsigma and temp are understood too. An unknown, repeated or
/// missing name is an Error{kBadRequest} that lists the known ones.
std::vector<SamplerStage> parse_sampler_order(std::string_view names);

/// The stage's name as parse_sampler_order() reads it.
const char* sampler_stage_name(SamplerStage stage);

/// What the sampler is asked to do. A default-constructed value is neutral: it draws from the
/// model's own distribution. Bounds are those of sampling_fields(); validate() enforces them.
struct SamplingOptions {
  float temperature = 1.0f;  ///< 0 .. 100; 0 = greedy: the most likely, the lowest id on ties
  int32_t top_k = 0;         ///< 0 = off, 1 = greedy
  float top_p = 1.0f;        ///< 0 .. 1; 1 = off; one token always stays
  float min_p = 0.0f;        ///< 0 .. 1; 0 = off
  float typical_p = 1.0f;    ///< 0 .. 1; 1 = off; one token always stays
  float top_n_sigma = 0.0f;  ///< 0 .. 100; 0 = off

  float repeat_penalty = 1.0f;     ///< 0.01 .. 100; 1 = off
  int32_t repeat_last_n = 64;      ///< window of the three penalties: 0 = off, -1 = whole context
  float presence_penalty = 0.0f;   ///< -100 .. 100, once per token that is in the window
  float frequency_penalty = 0.0f;  ///< -100 .. 100, for each time that it is in the window

  float xtc_probability = 0.0f;  ///< 0 .. 1, chance that the stage acts; 0 = off
  float xtc_threshold = 0.1f;    ///< 0 .. 1; above 0.5 it never acts

  float dry_multiplier = 0.0f;        ///< 0 .. 100; 0 = off
  float dry_base = 1.75f;             ///< 1 .. 100
  int32_t dry_allowed_length = 2;     ///< repeats shorter than this are free; at least 1
  int32_t dry_penalty_last_n = -1;    ///< tokens searched: 0 = off, -1 = whole context
  std::vector<TokenId> dry_breakers;  ///< tokens that no repeated passage extends across

  float dynatemp_range = 0.0f;     ///< 0 .. 100: temperature moves by up to this, with entropy
  float dynatemp_exponent = 1.0f;  ///< 0 .. 100: shape of that move

  int32_t mirostat = 0;       ///< 0 = off, 2 = mirostat 2 in the place of the truncating stages
  float mirostat_tau = 5.0f;  ///< 0 .. 100: the surprise aimed at, in bits
  float mirostat_eta = 0.1f;  ///< 0 .. 10: how fast it is approached

  int32_t min_tokens = 0;   ///< no end token before this many were generated
  bool ignore_eos = false;  ///< never an end token

  /// Added to a token's logit: -10000 .. 10000, or -infinity to ban it. Entries for one token add.
  std::vector<std::pair<TokenId, float>> logit_bias;

  std::optional<uint64_t> seed;  ///< absent: a random one, told by Sampler::seed()

  std::vector<SamplerStage> order = default_sampler_order();

  /// Throws Error{kBadRequest} that names the first field out of its bounds, the bounds and the
  /// value found. Token ids are checked against the vocabulary when a Sampler is made.
  void validate() const;
};

/// Every numeric option that has a default worth resolving.
enum class SamplingField : uint8_t {
  kTemperature,
  kTopK,
  kTopP,
  kMinP,
  kTypicalP,
  kTopNSigma,
  kRepeatPenalty,
  kRepeatLastN,
  kPresencePenalty,
  kFrequencyPenalty,
  kXtcProbability,
  kXtcThreshold,
  kDryMultiplier,
  kDryBase,
  kDryAllowedLength,
  kDryPenaltyLastN,
  kDynatempRange,
  kDynatempExponent,
  kMirostat,
  kMirostatTau,
  kMirostatEta,
  kMinTokens,
};
inline constexpr size_t kSamplingFieldCount = static_cast<size_t>(SamplingField::kMinTokens) + 1;

/// One row of the table of options.
struct SamplingFieldInfo {
  SamplingField field;
  const char* name;      ///< as in SamplingOptions and in JSON: "top_k"
  const char* flag;      ///< the long command-line flag: "--top-k"
  const char* file_key;  ///< the GGUF metadata key, or nullptr where none is defined
  double low;            ///< least value allowed
  double high;           ///< greatest value allowed
  bool integer;          ///< only whole numbers
  const char* help;      ///< one line for --help
};

/// All fields, in the order of SamplingField.
std::span<const SamplingFieldInfo> sampling_fields();

/// Reads or writes one field by name. Writing a value that is not a number, out of bounds, or not
/// whole where it must be, is an Error{kBadRequest}.
double get_field(const SamplingOptions& options, SamplingField field);
void set_field(SamplingOptions& options, SamplingField field, double value);

/// What the user asked for, field by field.
using SamplingChoices = std::map<SamplingField, double>;

/// What a model file says about sampling: functions that look a metadata key up and return nothing
/// where it is absent. Either may be empty.
struct SamplingMetadata {
  std::function<std::optional<double>(std::string_view key)> number;
  std::function<std::optional<std::string>(std::string_view key)> text;
};

/// What a model file says it is; enough to find its maker's recommendation.
struct ModelIdentity {
  std::string architecture;  ///< general.architecture: "lfm2", "lfm2moe"
  std::string name;          ///< general.name, may be empty
  std::string basename;      ///< general.basename, may be empty
  std::string size_label;    ///< general.size_label: "24B-A2B", may be empty
  uint64_t parameters = 0;   ///< number of weights, 0 where unknown
};

/// Who set a field.
enum class SamplingSource : uint8_t { kNeutral, kMaker, kFile, kFlag };

/// Options together with where each came from.
struct ResolvedSampling {
  SamplingOptions options;
  std::array<SamplingSource, kSamplingFieldCount> sources{};
  SamplingSource order_source = SamplingSource::kNeutral;

  /// One line of the fields that somebody set: "temperature 0.1 (maker), top-k 50 (flag)", or
  /// "the model's own distribution" where nobody set any.
  [[nodiscard]] std::string describe() const;
};

/// Resolves each field on its own: the user's flag, else the file's general.sampling.*, else the
/// maker's recommendation for this family and size, else neutral. A flag out of bounds is an
/// Error{kBadRequest}; a value in the file that is used and out of bounds an Error{kBadFile}.
ResolvedSampling resolve_sampling(const SamplingChoices& flags, const ModelIdentity& model,
                                  const SamplingMetadata& file);

/// The maker's recommendation alone; empty for models it does not know.
SamplingChoices recommended_sampling(const ModelIdentity& model);

/// A token and the natural logarithm of its probability.
struct TokenLogprob {
  TokenId id = 0;
  float logprob = -std::numeric_limits<float>::infinity();
};

/// The model's own opinion of a chosen token: before bias, penalties, truncation and temperature.
struct TokenLogprobs {
  TokenLogprob chosen;
  std::vector<TokenLogprob> top;  ///< the most likely tokens, best first; the lower id on ties
};

}  // namespace freshet
