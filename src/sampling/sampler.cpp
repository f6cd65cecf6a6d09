#include "sampling/sampler.h"

#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include "base/check.h"
#include "base/error.h"
#include "sampling/random.h"
#include "sampling/temperature.h"
#include "sampling/truncation.h"

namespace freshet {
namespace {

constexpr float kBanned = -std::numeric_limits<float>::infinity();

uint64_t random_seed() {
  std::random_device device;
  return (static_cast<uint64_t>(device()) << 32) | device();
}

void check_token(TokenId id, size_t vocab_size, const char* where) {
  if (id >= 0 && static_cast<size_t>(id) < vocab_size) return;
  fail(ErrorKind::kBadRequest, "{}: token {} is outside the vocabulary of {} tokens", where, id,
       vocab_size);
}

// Sorted by id, entries of one token added up, so that one walk over the logits meets them in turn.
std::vector<std::pair<TokenId, float>> sorted_edits(
    const std::vector<std::pair<TokenId, float>>& bias, std::span<const TokenId> banned) {
  std::map<TokenId, float> edits;
  for (const auto& [id, value] : bias) edits[id] += value;
  for (const TokenId id : banned) edits[id] = kBanned;
  return {edits.begin(), edits.end()};
}

}  // namespace

Sampler::Sampler(const SamplingOptions& options, size_t vocab_size,
                 std::span<const TokenId> end_tokens)
    : options_((options.validate(), options)),
      vocab_size_(vocab_size),
      seed_(options.seed ? *options.seed : random_seed()),
      penalties_(options, vocab_size),
      dry_(options, vocab_size) {
  for (const auto& entry : options.logit_bias) check_token(entry.first, vocab_size, "logit_bias");
  for (const TokenId id : options.dry_breakers) check_token(id, vocab_size, "dry_breakers");
  for (const TokenId id : end_tokens) check_token(id, vocab_size, "end tokens");
  bias_ = sorted_edits(options.logit_bias, {});
  bias_and_no_end_ = sorted_edits(options.logit_bias, end_tokens);
  if (options.mirostat == 2) mirostat_.emplace(options.mirostat_tau, options.mirostat_eta);
}

bool Sampler::has_stage(SamplerStage stage) const {
  return std::find(options_.order.begin(), options_.order.end(), stage) != options_.order.end();
}

void Sampler::refuse_empty(const TokenMask* mask) const {
  fail(ErrorKind::kBadRequest,
       "no token is left to choose at step {}: every one of {} is impossible, banned by logit bias "
       "or an end token held back{}; loosen these options",
       step_, vocab_size_, mask != nullptr ? ", or against the output's constraint" : "");
}

// Calls visit(id, logit) for each token that is possible after bias, bans and mask, ids ascending.
template <class Visit>
void Sampler::visit_possible(std::span<const float> logits, const TokenMask* mask,
                             Visit visit) const {
  FRESHET_CHECK(logits.size() == vocab_size_);
  FRESHET_CHECK(mask == nullptr || mask->size() == vocab_size_);
  const bool hold_end = options_.ignore_eos || step_ < static_cast<uint64_t>(options_.min_tokens);
  const Edits& edits = hold_end ? bias_and_no_end_ : bias_;
  auto edit = edits.begin();
  for (size_t i = 0; i < logits.size(); ++i) {
    const TokenId id = static_cast<TokenId>(i);
    float logit = logits[i];
    if (!is_valid_logit(logit)) refuse_logit(id, logit);
    if (edit != edits.end() && edit->first == id) logit += (edit++)->second;
    if (logit == kBanned || (mask != nullptr && !mask->allows(id))) continue;
    visit(id, logit);
  }
}

void Sampler::load(std::span<const float> logits, const TokenMask* mask) {
  candidates_.clear(vocab_size_);
  visit_possible(logits, mask,
                 [&](TokenId id, float logit) { candidates_.add(id, static_cast<double>(logit)); });
  if (candidates_.size() == 0) refuse_empty(mask);
}

// Temperature 0: the most likely token after bias, mask and penalties, in a single pass over the
// logits where no penalty is at work. Truncation could not change it.
TokenId Sampler::choose_greedily(std::span<const float> logits, const TokenMask* mask) {
  const bool penalised = penalties_.active() && has_stage(SamplerStage::kPenalties);
  const bool dry = dry_.active() && has_stage(SamplerStage::kDry);
  if (penalised || dry) {
    load(logits, mask);
    if (penalised) penalties_.apply(candidates_);
    if (dry) dry_.apply(candidates_);
    return candidates_.best().id;
  }
  TokenId best = -1;
  float highest = kBanned;
  visit_possible(logits, mask, [&](TokenId id, float logit) {
    if (logit > highest) {
      highest = logit;
      best = id;
    }
  });
  if (best < 0) refuse_empty(mask);
  return best;
}

void Sampler::run_stage(SamplerStage stage) {
  const SamplingOptions& o = options_;
  switch (stage) {
    case SamplerStage::kPenalties:
      if (penalties_.active()) penalties_.apply(candidates_);
      return;
    case SamplerStage::kDry:
      if (dry_.active()) dry_.apply(candidates_);
      return;
    case SamplerStage::kTopNSigma:
      return keep_top_n_sigma(candidates_, o.top_n_sigma);
    case SamplerStage::kTopK:
      return keep_top_k(candidates_, o.top_k);
    case SamplerStage::kTypical:
      return keep_typical(candidates_, o.typical_p);
    case SamplerStage::kTopP:
      return keep_top_p(candidates_, o.top_p);
    case SamplerStage::kMinP:
      return keep_min_p(candidates_, o.min_p);
    case SamplerStage::kXtc:
      if (random_unit(seed_, step_, RandomPurpose::kXtc) < static_cast<double>(o.xtc_probability)) {
        exclude_top_choices(candidates_, o.xtc_threshold);
      }
      return;
    case SamplerStage::kTemperature:
      if (o.dynatemp_range > 0.0f) {
        return apply_dynamic_temperature(candidates_, o.temperature, o.dynatemp_range,
                                         o.dynatemp_exponent);
      }
      return apply_temperature(candidates_, o.temperature);
  }
}

void Sampler::run_chain() {
  const auto survives_mirostat = [](SamplerStage stage) {
    return stage == SamplerStage::kPenalties || stage == SamplerStage::kDry ||
           stage == SamplerStage::kTemperature;
  };
  for (const SamplerStage stage : options_.order) {
    if (!mirostat_ || survives_mirostat(stage)) run_stage(stage);
  }
  if (mirostat_) mirostat_->truncate(candidates_);
}

std::span<const Candidate> Sampler::distribution(std::span<const float> logits,
                                                 const TokenMask* mask) {
  sampled_ = false;
  if (options_.temperature == 0.0f) {
    const TokenId id = choose_greedily(logits, mask);
    candidates_.clear(1);
    candidates_.add(id, 0.0);
  } else {
    load(logits, mask);
    run_chain();
  }
  candidates_.normalise();
  sampled_ = true;
  return std::as_const(candidates_).items();
}

TokenId Sampler::sample(std::span<const float> logits, const TokenMask* mask) {
  const std::span<const Candidate> choices = distribution(logits, mask);
  double total = 0.0;
  for (const Candidate& choice : choices) total += static_cast<double>(choice.probability);
  double left = random_unit(seed_, step_, RandomPurpose::kDraw) * total;
  TokenId chosen = -1;
  for (const Candidate& choice : choices) {
    if (choice.probability <= 0.0f) continue;
    chosen = choice.id;  // rounding may leave a crumb after the last one: then it is the last one
    left -= static_cast<double>(choice.probability);
    if (left < 0.0) break;
  }
  FRESHET_CHECK(chosen >= 0);
  return chosen;
}

void Sampler::remember(TokenId id) {
  check_token(id, vocab_size_, "sampler");
  if (penalties_.active()) penalties_.accept(id);
  if (dry_.active()) dry_.accept(id);
}

void Sampler::accept(TokenId id) {
  remember(id);
  if (mirostat_ && sampled_) {
    // A token that was forced on the text from elsewhere teaches nothing.
    for (const Candidate& choice : std::as_const(candidates_).items()) {
      if (choice.id == id && choice.probability > 0.0f) mirostat_->observe(choice.probability);
    }
  }
  sampled_ = false;
  ++step_;
}

void Sampler::accept_prompt(std::span<const TokenId> ids) {
  for (const TokenId id : ids) remember(id);
}

}  // namespace freshet
