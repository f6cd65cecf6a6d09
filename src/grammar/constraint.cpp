#include "grammar/constraint.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"

namespace freshet {
namespace {

constexpr std::string_view kThink = "<think>";
constexpr std::string_view kEndThink = "</think>";
constexpr int kNewlinesBehindThinking = 2;

void allow_first(TokenMask& mask, size_t count) {
  mask.clear();
  const size_t full = count / TokenMask::kWordBits;
  std::fill_n(mask.words(), full, ~uint64_t{0});
  for (size_t id = full * TokenMask::kWordBits; id < count; ++id) {
    mask.allow(static_cast<TokenId>(id));
  }
}

}  // namespace

Constraint::Constraint(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

Constraint::Impl::Impl(std::shared_ptr<const Grammar::Impl> grammar,
                       std::shared_ptr<const TokenTexts> token_texts)
    : texts(std::move(token_texts)),
      automaton_(std::make_shared<TokenAutomaton>(std::move(grammar), texts)) {}

std::shared_ptr<TokenAutomaton> Constraint::Impl::automaton() {
  const std::lock_guard lock(mutex_);
  if (automaton_->is_full()) automaton_ = automaton_->make_empty();
  return automaton_;
}

std::shared_ptr<TokenAutomaton> Constraint::Impl::after(const TokenAutomaton& full) {
  const std::lock_guard lock(mutex_);
  if (automaton_.get() == &full || automaton_->is_full()) automaton_ = full.make_empty();
  return automaton_;
}

Matcher::Matcher(const Constraint& constraint, ConstraintStart start, size_t mask_size)
    : constraint_(constraint.impl()),
      automaton_(constraint_->automaton()),
      start_(start),
      at_(automaton_->start()),
      think_(tokenizer().find(kThink)),
      end_think_(tokenizer().find(kEndThink)),
      mask_(std::max(mask_size, static_cast<size_t>(tokenizer().vocab_size()))) {
  enter(first_phase());
}

Matcher::Phase Matcher::first_phase() const {
  switch (start_) {
    case ConstraintStart::kAfterThinking:
      return Phase::kThinking;
    case ConstraintStart::kAfterOptionalThinking:
      return think_ ? Phase::kMayThink : Phase::kGrammar;
    case ConstraintStart::kAtToolCall:
      return Phase::kFree;
    case ConstraintStart::kAtOnce:
      break;
  }
  return Phase::kGrammar;
}

void Matcher::enter(Phase phase) {
  phase_ = phase;
  newlines_left_ = phase == Phase::kBeforeGrammar ? kNewlinesBehindThinking : 0;
  mask_valid_ = false;
}

// Memory that is full is left to the answers that still use it.
void Matcher::renew() {
  if (!automaton_->is_full()) return;
  const std::shared_ptr<TokenAutomaton> fresh = constraint_->after(*automaton_);
  at_ = fresh->import(*automaton_, at_);
  automaton_ = fresh;
}

bool Matcher::is_newline(TokenId token) const {
  const std::string_view text = tokenizer().piece(token);
  return !text.empty() && text.size() <= static_cast<size_t>(newlines_left_) &&
         std::ranges::all_of(text, [](char c) { return c == '\n'; });
}

const TokenMask* Matcher::mask() {
  if (phase_ == Phase::kFree) return nullptr;
  if (mask_valid_) return &mask_;
  if (phase_ == Phase::kThinking) {
    allow_first(mask_, static_cast<size_t>(tokenizer().vocab_size()));
    for (const TokenId id : tokenizer().end_of_generation_ids()) mask_.forbid(id);
  } else if (phase_ == Phase::kEnded) {
    mask_.clear();
  } else {
    renew();
    automaton_->find_mask(at_, mask_);
    if (automaton_->accepts(at_)) {
      for (const TokenId id : tokenizer().end_of_generation_ids()) mask_.allow(id);
    }
    if (phase_ == Phase::kMayThink) mask_.allow(*think_);
    if (phase_ == Phase::kBeforeGrammar) {
      for (const std::string_view text : {"\n", "\n\n"}) {
        const auto id = tokenizer().find(text);
        if (id && is_newline(*id)) mask_.allow(*id);
      }
    }
  }
  mask_valid_ = true;
  return &mask_;
}

void Matcher::accept_in_grammar(TokenId token) {
  const ConfigurationId next = automaton_->next(at_, token);
  if (next == kDead) {
    fail(ErrorKind::kBadRequest, "token {} does not satisfy the output's constraint", token);
  }
  at_ = next;
  if (start_ == ConstraintStart::kAtToolCall && automaton_->accepts(at_)) {
    renew();
    at_ = automaton_->start();
    return enter(Phase::kFree);
  }
  enter(Phase::kGrammar);
}

void Matcher::accept_thought(TokenId token) {
  thought_ += tokenizer().piece(token);
  const bool ends = end_think_ ? token == *end_think_ : thought_.find(kEndThink) != thought_.npos;
  if (ends) return enter(Phase::kBeforeGrammar);
  if (thought_.size() > kEndThink.size()) thought_.erase(0, thought_.size() - kEndThink.size());
}

void Matcher::accept(TokenId token) {
  if (token < 0 || token >= tokenizer().vocab_size()) {
    fail(ErrorKind::kBadRequest, "token {} is outside the vocabulary of {} tokens", token,
         tokenizer().vocab_size());
  }
  if (phase_ != Phase::kThinking && may_end() && tokenizer().is_end_of_generation(token)) {
    return enter(Phase::kEnded);
  }
  switch (phase_) {
    case Phase::kThinking:
      return accept_thought(token);
    case Phase::kMayThink:
      if (token == *think_) return enter(Phase::kThinking);
      return accept_in_grammar(token);
    case Phase::kBeforeGrammar:
      if (!is_newline(token) || automaton_->next(at_, token) != kDead) {
        return accept_in_grammar(token);
      }
      newlines_left_ -= static_cast<int>(tokenizer().piece(token).size());
      mask_valid_ = false;
      return;
    case Phase::kFree:
      if (automaton_->next(at_, token) != kDead && !constraint_->texts->is_text(token)) {
        accept_in_grammar(token);
      }
      return;
    case Phase::kGrammar:
      return accept_in_grammar(token);
    case Phase::kEnded:
      fail(ErrorKind::kBadRequest, "token {} comes behind the end of the answer", token);
  }
}

bool Matcher::may_end() const {
  switch (phase_) {
    case Phase::kThinking:
      return false;
    case Phase::kFree:
    case Phase::kEnded:
      return true;
    default:
      return automaton_->accepts(at_);
  }
}

bool Matcher::is_finished() const {
  if (phase_ == Phase::kEnded) return true;
  return phase_ == Phase::kGrammar && !automaton_->goes_on(at_);
}

uint32_t Matcher::distance_behind(TokenId token) {
  const bool begins = phase_ == Phase::kFree || phase_ == Phase::kThinking;
  if (begins || (phase_ == Phase::kMayThink && token == *think_)) {
    Matcher behind = *this;
    behind.accept(token);
    const uint32_t whole = automaton_->distance(behind.at_);
    if (behind.phase_ == Phase::kFree) return 0;
    return behind.phase_ == Phase::kThinking ? add_distance(whole, kEndThink.size()) : whole;
  }
  const ConfigurationId next = automaton_->next(at_, token);
  return automaton_->distance(next == kDead ? at_ : next);
}

bool Matcher::overruns(TokenId token, int64_t n_left) {
  if (phase_ == Phase::kEnded || (may_end() && tokenizer().is_end_of_generation(token))) {
    return false;
  }
  return static_cast<int64_t>(distance_behind(token)) > n_left - 1;
}

std::optional<TokenId> Matcher::closing_token() {
  if (may_end()) return std::nullopt;
  if (phase_ == Phase::kThinking) {
    if (end_think_) return end_think_;
    // Spelt out, byte by byte: behind the longest part of it that the thought ends with.
    size_t written = std::min(thought_.size(), kEndThink.size() - 1);
    while (!thought_.ends_with(kEndThink.substr(0, written))) --written;
    return tokenizer().find(kEndThink.substr(written, 1));
  }
  renew();
  return automaton_->closing_token(at_);
}

}  // namespace freshet
