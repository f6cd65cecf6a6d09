// From a prompt to text: read, sample, decode, until something says stop.
#pragma once

#include <freshet/engine.h>
#include <freshet/grammar.h>
#include <freshet/sampling.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

struct GenerateOptions {
  SamplingOptions sampling;
  int64_t max_tokens = -1;        ///< -1: until the model or the context ends
  std::vector<std::string> stop;  ///< texts that end the answer and are not part of it
  bool show_special = false;      ///< control tokens appear in the text
  /// Of the control tokens, the marks of thinking and of tool calls appear: what AnswerParser
  /// needs.
  bool show_marks = false;
  bool think_open = false;  ///< the prompt ended with <think>
  /// Most tokens of the answer within <think> and </think>; when they are used up, </think> is
  /// written. -1: no bound.
  int64_t thinking_budget = -1;
  /// What the answer must look like, and from where on. It is brought to an end in time: where
  /// max_tokens or the context would cut it off unfinished, tokens that close it on a short way
  /// take the place of sampled ones. Where nothing may follow but the end, it ends.
  std::optional<Constraint> constraint = {};
  ConstraintStart constraint_start = ConstraintStart::kAtOnce;
  /// For each token of the answer, also its log-probability and this many of the likeliest tokens,
  /// 0 to kMostAlternatives; -1: neither.
  int top_logprobs = -1;
  static constexpr int kMostAlternatives = 1000;
  const std::atomic<bool>* cancel = nullptr;
  /// Progress of reading the prompt.
  std::function<void(int64_t done, int64_t total)> on_prompt = {};
  /// Text as it becomes certain: whole characters, never part of a stop text.
  std::function<void(std::string_view text)> on_text = {};
};

enum class StopReason { kEndOfTurn, kMaxTokens, kStopText, kContextFull, kCancelled };

struct Generation {
  std::string text;                     ///< all that on_text was given
  std::vector<TokenId> tokens;          ///< sampled tokens, the one that ended the answer included
  std::vector<TokenLogprobs> logprobs;  ///< of each of the tokens, if top_logprobs asks for them
  StopReason reason = StopReason::kEndOfTurn;
  /// False if the answer stopped before its constraint was satisfied: what there is begins a text
  /// that would satisfy it, unless a stop text was taken from its end.
  bool constraint_met = true;
  uint64_t seed = 0;  ///< of the sampler
  int64_t prompt_tokens = 0;
  double prompt_seconds = 0;  ///< reading the prompt
  double seconds = 0;         ///< sampling and reading the answer
};

/// Reads `prompt` onto the sequence, then samples and reads until a reason to stop. The sequence
/// ends with the last token that was read: the token that ended a turn is read too, so that a
/// conversation can go on from there. The prompt and one more token must fit the context, or
/// Error{kBadRequest} is thrown. Error{kUnsupported} where the vocabulary is not that of the
/// constraint. Cancelling is not an error: what was generated stays.
Generation generate(Engine& engine, Sequence& sequence, std::span<const TokenId> prompt,
                    const GenerateOptions& options);

}  // namespace freshet
