// A constraint at work on one answer: when it holds, what it allows, how it is brought to an end.
#pragma once

#include <freshet/grammar.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "grammar/token_automaton.h"

namespace freshet {

struct Constraint::Impl {
  Impl(std::shared_ptr<const Grammar::Impl> grammar, std::shared_ptr<const TokenTexts> texts);

  /// What all answers share; exchanged for an empty one when it has grown full.
  [[nodiscard]] std::shared_ptr<TokenAutomaton> automaton();
  /// One that is not full, for an answer that has `full`.
  [[nodiscard]] std::shared_ptr<TokenAutomaton> after(const TokenAutomaton& full);

  std::shared_ptr<const TokenTexts> texts;

 private:
  std::mutex mutex_;
  std::shared_ptr<TokenAutomaton> automaton_;
};

/// One answer under a constraint:
///
///   Matcher matcher(constraint, ConstraintStart::kAtOnce);
///   while (!matcher.is_finished()) {
///     TokenId token = sampler.sample(logits, matcher.mask());
///     if (matcher.overruns(token, tokens_left)) token = *matcher.closing_token();
///     matcher.accept(token);
///   }
///
/// A copy is a fork. mask() and accept() throw Error{kUnsupported} where a grammar turns out to be
/// too ambiguous.
class Matcher {
 public:
  /// `mask_size`: tokens of the masks; 0 for as many as the vocabulary has, otherwise no fewer.
  Matcher(const Constraint& constraint, ConstraintStart start, size_t mask_size = 0);

  /// The tokens that may come next, including those that end the answer where it may end. nullptr
  /// where all may. Valid until the next call that is not const.
  [[nodiscard]] const TokenMask* mask();

  /// Appends a token that mask() allows. Behind one that ends the answer nothing may follow.
  void accept(TokenId token);

  /// Whether the answer may end here: the grammar is satisfied, or does not hold.
  [[nodiscard]] bool may_end() const;
  /// Whether nothing can follow but the end.
  [[nodiscard]] bool is_finished() const;

  /// Whether behind `token`, which mask() allows, the text could no longer be completed with
  /// `n_left` tokens, `token` included.
  [[nodiscard]] bool overruns(TokenId token, int64_t n_left);
  /// The next token of a short way to where the answer may end; nothing if that is here.
  [[nodiscard]] std::optional<TokenId> closing_token();

 private:
  enum class Phase {
    kThinking,       ///< until </think>
    kBeforeGrammar,  ///< behind </think>: newlines, or the grammar's first token
    kMayThink,       ///< <think>, or the grammar's first token
    kGrammar,
    kFree,  ///< until the grammar's first token, which is a control token
    kEnded,
  };

  [[nodiscard]] Phase first_phase() const;
  void enter(Phase phase);
  void accept_in_grammar(TokenId token);
  void accept_thought(TokenId token);
  void renew();
  [[nodiscard]] const Tokenizer& tokenizer() const { return constraint_->texts->tokenizer(); }
  [[nodiscard]] bool is_newline(TokenId token) const;
  [[nodiscard]] uint32_t distance_behind(TokenId token);

  std::shared_ptr<Constraint::Impl> constraint_;
  std::shared_ptr<TokenAutomaton> automaton_;
  ConstraintStart start_;
  Phase phase_ = Phase::kGrammar;
  ConfigurationId at_;
  std::optional<TokenId> think_;
  std::optional<TokenId> end_think_;
  std::string thought_;  ///< the end of it, where </think> is spelt out
  int newlines_left_ = 0;
  TokenMask mask_;
  bool mask_valid_ = false;
};

}  // namespace freshet
