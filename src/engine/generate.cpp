// The loop of one answer: sample, decode, read, until something says stop.
#include <freshet/generate.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/error.h"
#include "chat/answer_marks.h"
#include "chat/thinking_budget.h"
#include "grammar/constraint.h"
#include "sampling/logprobs.h"
#include "sampling/sampler.h"
#include "sampling/stop_strings.h"

namespace freshet {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void check_request(const Engine& engine, const Sequence& sequence, std::span<const TokenId> prompt,
                   const GenerateOptions& options) {
  if (options.max_tokens < -1) {
    fail(ErrorKind::kBadRequest, "max_tokens must be -1 (no limit) or more, found {}",
         options.max_tokens);
  }
  if (options.top_logprobs < -1 || options.top_logprobs > GenerateOptions::kMostAlternatives) {
    fail(ErrorKind::kBadRequest, "top_logprobs must be -1 (none) to {}, found {}",
         GenerateOptions::kMostAlternatives, options.top_logprobs);
  }
  if (prompt.empty() && sequence.logits().empty()) {
    fail(ErrorKind::kBadRequest, "the prompt is empty: there is no token to go on from");
  }
  const int64_t context = engine.setup().context;
  const int64_t room = context - sequence.size();
  if (static_cast<int64_t>(prompt.size()) >= room) {
    fail(ErrorKind::kBadRequest,
         "the prompt has {} tokens and leaves no room for an answer: the context holds {} tokens, "
         "{} of them taken; shorten the prompt or raise the context (-c)",
         prompt.size(), context, sequence.size());
  }
  if (options.constraint && options.constraint->impl()->texts->tokenizer().vocab_size() !=
                                engine.tokenizer().vocab_size()) {
    fail(ErrorKind::kUnsupported,
         "the constraint was made for a vocabulary of {} tokens, the model has {}; compile it with "
         "this model's tokenizer",
         options.constraint->impl()->texts->tokenizer().vocab_size(),
         engine.tokenizer().vocab_size());
  }
}

/// The control tokens that take an answer apart; a vocabulary need not have any.
std::vector<TokenId> mark_tokens(const Tokenizer& tokenizer) {
  std::vector<TokenId> ids;
  for (const Mark mark : {Mark::kThinkOpen, Mark::kThinkClose, Mark::kCallStart, Mark::kCallEnd}) {
    if (const auto id = tokenizer.find(text_of(mark))) ids.push_back(*id);
  }
  return ids;
}

/// Text on its way out: tokens become characters, characters wait until no stop text can begin in
/// them.
class Emitter {
 public:
  Emitter(const Tokenizer& tokenizer, const GenerateOptions& options, Generation& result)
      : decoder_(tokenizer, options.show_special,
                 options.show_marks ? mark_tokens(tokenizer) : std::vector<TokenId>()),
        stops_(options.stop),
        on_text_(options.on_text),
        result_(result) {}

  void push(TokenId token) { emit(stops_.push(decoder_.push(token))); }

  void finish() {
    emit(stops_.push(decoder_.flush()));
    emit(stops_.flush());
  }

  [[nodiscard]] bool stopped() const { return stops_.stopped(); }

 private:
  void emit(const std::string& text) {
    if (text.empty()) return;
    result_.text += text;
    if (on_text_) on_text_(text);
  }

  TextDecoder decoder_;
  StopStrings stops_;
  const std::function<void(std::string_view)>& on_text_;
  Generation& result_;
};

/// Returns false if it was cancelled; the sequence is then as before.
bool read_prompt(Engine& engine, Sequence& sequence, std::span<const TokenId> prompt,
                 const GenerateOptions& options, Generation& result) {
  if (prompt.empty()) return true;
  const auto start = Clock::now();
  try {
    engine.read(sequence, prompt, {.progress = options.on_prompt, .cancel = options.cancel});
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) return false;
    throw;
  }
  result.prompt_tokens = static_cast<int64_t>(prompt.size());
  result.prompt_seconds = seconds_since(start);
  return true;
}

/// Why no further token is to be sampled, decided before each one.
std::optional<StopReason> reason_to_stop(const Engine& engine, const Sequence& sequence,
                                         const GenerateOptions& options, size_t n_generated) {
  if (options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed)) {
    return StopReason::kCancelled;
  }
  if (options.max_tokens >= 0 && n_generated >= static_cast<size_t>(options.max_tokens)) {
    return StopReason::kMaxTokens;
  }
  if (sequence.size() >= engine.setup().context) return StopReason::kContextFull;
  return std::nullopt;
}

/// The token to come: sampled, unless a budget or a constraint leaves no choice.
class TokenChoice {
 public:
  TokenChoice(const Tokenizer& tokenizer, size_t n_logits, const GenerateOptions& options)
      : tokenizer_(tokenizer), thinking_(tokenizer, options.thinking_budget, options.think_open) {
    if (options.constraint) {
      matcher_.emplace(*options.constraint, options.constraint_start, n_logits);
    }
  }

  /// `n_left`: tokens that the answer may still have. Nothing where it must end and the vocabulary
  /// has no token for that.
  std::optional<TokenId> choose(Sampler& sampler, std::span<const float> logits, int64_t n_left) {
    if (const auto forced = thinking_.forced()) return forced;
    if (!matcher_) return sampler.sample(logits);
    if (matcher_->is_finished()) return end_token();
    const TokenId token = sampler.sample(logits, matcher_->mask());
    if (!matcher_->overruns(token, n_left)) return token;
    const std::optional<TokenId> closing = matcher_->closing_token();
    return closing ? closing : end_token();
  }

  void accept(TokenId token) {
    thinking_.accept(token);
    if (matcher_) matcher_->accept(token);
  }

  [[nodiscard]] bool is_met() const { return !matcher_ || matcher_->may_end(); }

 private:
  [[nodiscard]] std::optional<TokenId> end_token() const {
    const std::span<const TokenId> ends = tokenizer_.end_of_generation_ids();
    if (tokenizer_.eos() || ends.empty()) return tokenizer_.eos();
    return ends.front();
  }

  const Tokenizer& tokenizer_;
  ThinkingBudget thinking_;
  std::optional<Matcher> matcher_;
};

int64_t tokens_left(const Engine& engine, const Sequence& sequence, const GenerateOptions& options,
                    size_t n_generated) {
  const int64_t room = engine.setup().context - sequence.size();
  if (options.max_tokens < 0) return room;
  return std::min(room, options.max_tokens - static_cast<int64_t>(n_generated));
}

StopReason answer(Engine& engine, Sequence& sequence, Sampler& sampler, TokenChoice& choice,
                  const GenerateOptions& options, Generation& result) {
  const Tokenizer& tokenizer = engine.tokenizer();
  Emitter emitter(tokenizer, options, result);
  while (true) {
    if (const auto reason = reason_to_stop(engine, sequence, options, result.tokens.size())) {
      emitter.finish();
      return *reason;
    }
    const int64_t n_left = tokens_left(engine, sequence, options, result.tokens.size());
    const auto chosen = choice.choose(sampler, sequence.logits(), n_left);
    if (!chosen) {
      emitter.finish();
      return StopReason::kEndOfTurn;
    }
    const TokenId token = *chosen;
    if (options.top_logprobs >= 0) {
      result.logprobs.push_back(
          token_logprobs(sequence.logits(), token, static_cast<size_t>(options.top_logprobs)));
    }
    sampler.accept(token);
    choice.accept(token);
    result.tokens.push_back(token);
    emitter.push(token);
    // Not cancellable: what was shown must also be in the sequence, and one token is soon read.
    engine.read(sequence, std::span(&token, 1));
    if (tokenizer.is_end_of_generation(token)) {
      emitter.finish();
      return StopReason::kEndOfTurn;
    }
    if (emitter.stopped()) return StopReason::kStopText;
  }
}

}  // namespace

Generation generate(Engine& engine, Sequence& sequence, std::span<const TokenId> prompt,
                    const GenerateOptions& options) {
  check_request(engine, sequence, prompt, options);
  const Tokenizer& tokenizer = engine.tokenizer();
  const auto n_logits = static_cast<size_t>(engine.model().vocab_size);
  TokenChoice choice(tokenizer, n_logits, options);
  Sampler sampler(options.sampling, n_logits, tokenizer.end_of_generation_ids());
  Generation result;
  result.seed = sampler.seed();
  if (!read_prompt(engine, sequence, prompt, options, result)) {
    result.reason = StopReason::kCancelled;
    return result;
  }
  // Penalties look back on the whole conversation and not on the newest prompt alone.
  sampler.accept_prompt(sequence.tokens());
  const auto start = Clock::now();
  result.reason = answer(engine, sequence, sampler, choice, options, result);
  result.constraint_met = choice.is_met();
  result.seconds = seconds_since(start);
  return result;
}

}  // namespace freshet
