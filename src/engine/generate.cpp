// The loop of one answer: sample, decode, read, until something says stop.
#include <freshet/generate.h>

#include <chrono>
#include <optional>

#include "base/error.h"
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
}

/// Text on its way out: tokens become characters, characters wait until no stop text can begin in
/// them.
class Emitter {
 public:
  Emitter(const Tokenizer& tokenizer, const GenerateOptions& options, Generation& result)
      : decoder_(tokenizer, options.show_special),
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

StopReason answer(Engine& engine, Sequence& sequence, Sampler& sampler,
                  const GenerateOptions& options, Generation& result) {
  const Tokenizer& tokenizer = engine.tokenizer();
  Emitter emitter(tokenizer, options, result);
  while (true) {
    if (const auto reason = reason_to_stop(engine, sequence, options, result.tokens.size())) {
      emitter.finish();
      return *reason;
    }
    const TokenId token = sampler.sample(sequence.logits());
    sampler.accept(token);
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
  Sampler sampler(options.sampling, static_cast<size_t>(engine.model().vocab_size),
                  tokenizer.end_of_generation_ids());
  Generation result;
  result.seed = sampler.seed();
  if (!read_prompt(engine, sequence, prompt, options, result)) {
    result.reason = StopReason::kCancelled;
    return result;
  }
  // Penalties look back on the whole conversation and not on the newest prompt alone.
  sampler.accept_prompt(sequence.tokens());
  const auto start = Clock::now();
  result.reason = answer(engine, sequence, sampler, options, result);
  result.seconds = seconds_since(start);
  return result;
}

}  // namespace freshet
