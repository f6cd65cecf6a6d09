// A grammar as it is matched: a recursive transition network over bytes (Woods, "Transition network
// grammars for natural language analysis", CACM 13 (1970)). Each rule is a nondeterministic
// automaton whose edges read a byte, read a control token, or call a rule and go on behind it.
//
// Compiling brings it into a form that is easy to run:
//  * no empty moves; no rule matches the empty text (a call that may is bypassed by its caller), so
//    whoever is called reads at least a byte before it returns;
//  * no state from which its rule's end cannot be reached: whatever is read, some text completes
//  it;
//  * no left recursion: what a rule calls before it reads has a higher rank.
#pragma once

#include <freshet/grammar.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "grammar/productions.h"

namespace freshet {

using StateId = uint32_t;

inline constexpr uint32_t kFar =
    UINT32_MAX;  ///< a distance that cannot be covered, or is saturated

constexpr uint32_t add_distance(uint64_t a, uint64_t b) {
  return a + b < kFar ? static_cast<uint32_t>(a + b) : kFar;
}
constexpr uint32_t times_distance(uint64_t n, uint64_t distance) {
  return n * distance < kFar ? static_cast<uint32_t>(n * distance) : kFar;
}

struct ByteEdge {
  uint8_t low;
  uint8_t high;
  StateId target;
};

/// Calls `rule` as often as minimum .. maximum says, then goes on at `target`.
struct CallEdge {
  RuleId rule;
  StateId target;
  uint32_t minimum;
  uint32_t maximum;
  bool is_tail;  ///< once, and nothing to be done behind it but to return
};

struct TokenEdge {
  uint32_t terminal;  ///< index into tokens()
  StateId target;
};

struct NetworkRule {
  std::string name;
  StateId start;
  uint32_t rank;
  /// Any character of plain text (plain_text.h) is a word of this rule.
  bool covers_plain_text = false;
};

class Network {
 public:
  /// Throws Error{kUnsupported}: left recursion, no text at all, limits.
  [[nodiscard]] static Network compile(const Productions& productions);

  [[nodiscard]] std::span<const ByteEdge> byte_edges(StateId state) const {
    return slice(byte_edges_, states_[state].bytes, states_[state + 1].bytes);
  }
  [[nodiscard]] std::span<const CallEdge> call_edges(StateId state) const {
    return slice(call_edges_, states_[state].calls, states_[state + 1].calls);
  }
  [[nodiscard]] uint32_t first_call_edge(StateId state) const { return states_[state].calls; }
  [[nodiscard]] const CallEdge& call_edge(uint32_t index) const { return call_edges_[index]; }
  [[nodiscard]] std::span<const TokenEdge> token_edges(StateId state) const {
    return slice(token_edges_, states_[state].tokens, states_[state + 1].tokens);
  }
  /// The rule may return here.
  [[nodiscard]] bool is_final(StateId state) const { return states_[state].is_final; }
  /// Bytes and tokens of the shortest way to the rule's end.
  [[nodiscard]] uint32_t distance(StateId state) const { return states_[state].distance; }
  /// A rule starts here that covers plain text.
  [[nodiscard]] bool covers_plain_text(StateId state) const { return states_[state].covers; }
  /// In this state any amount of plain text leads back to it.
  [[nodiscard]] bool loops_on_plain_text(StateId state) const { return states_[state].loops; }

  [[nodiscard]] const NetworkRule& rule(RuleId rule) const { return rules_[rule]; }
  [[nodiscard]] size_t n_rules() const { return rules_.size(); }
  [[nodiscard]] size_t n_states() const { return states_.size() - 1; }
  [[nodiscard]] RuleId start() const { return start_; }
  [[nodiscard]] bool accepts_empty() const { return accepts_empty_; }
  [[nodiscard]] const std::vector<TokenTerminal>& tokens() const { return tokens_; }

  /// Bytes that no edge tells apart have the same class.
  [[nodiscard]] const std::array<uint8_t, 256>& byte_classes() const { return byte_classes_; }
  [[nodiscard]] size_t n_byte_classes() const { return n_byte_classes_; }

 private:
  friend class NetworkBuilder;

  // Edges of state s are those from its own indices up to those of state s + 1; one state more than
  // there are closes the last.
  struct State {
    uint32_t bytes = 0;
    uint32_t calls = 0;
    uint32_t tokens = 0;
    uint32_t distance = kFar;
    bool is_final = false;
    bool covers = false;
    bool loops = false;
  };

  template <class Edge>
  static std::span<const Edge> slice(const std::vector<Edge>& edges, uint32_t begin, uint32_t end) {
    return std::span(edges).subspan(begin, end - begin);
  }

  std::vector<State> states_;
  std::vector<ByteEdge> byte_edges_;
  std::vector<CallEdge> call_edges_;
  std::vector<TokenEdge> token_edges_;
  std::vector<NetworkRule> rules_;
  std::vector<TokenTerminal> tokens_;
  RuleId start_ = 0;
  bool accepts_empty_ = false;
  std::array<uint8_t, 256> byte_classes_{};
  size_t n_byte_classes_ = 0;
};

struct Grammar::Impl {
  explicit Impl(Network compiled) : network(std::move(compiled)) {}
  Network network;
};

}  // namespace freshet
