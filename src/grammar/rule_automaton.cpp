#include "grammar/rule_automaton.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "grammar/limits.h"

namespace freshet {

namespace limits = grammar_limits;

void check_network_size(const NetworkSize& size) {
  if (size.n_states <= limits::kStates && size.n_edges <= limits::kEdges) return;
  fail(ErrorKind::kUnsupported,
       "grammar: it needs more than {} states or {} edges; make it smaller, or write long lists of "
       "optional parts as a repeat",
       limits::kStates, limits::kEdges);
}

namespace {

using Kind = RuleEdge::Kind;

/// Repeats that need no more states than this are written out.
constexpr uint64_t kCopiedWeight = 64;

/// States with empty moves, as they are built.
class Construction {
 public:
  Construction(const Productions& productions, const std::vector<bool>& nullable,
               const RuleNumbers& numbers)
      : productions_(productions), nullable_(nullable), numbers_(numbers) {}

  LooseAutomaton run(ExpressionId body) {
    add_state();
    add_state();
    build(body, LooseAutomaton::kStart, LooseAutomaton::kEnd);
    return std::move(result_);
  }

 private:
  uint32_t add_state() {
    check_network_size({result_.n_states + 1, result_.edges.size()});
    return result_.n_states++;
  }

  // Recursion is as deep as expressions are, which is bounded.
  void build(ExpressionId id, uint32_t from, uint32_t to) {
    const Expression& expression = productions_.at(id);
    switch (expression.kind) {
      case ExpressionKind::kLiteral:
        return build_literal(productions_.bytes(expression), from, to);
      case ExpressionKind::kCharacters:
        return build_characters(productions_.set(expression), from, to);
      case ExpressionKind::kSequence:
        return build_sequence(productions_.children(expression), from, to);
      case ExpressionKind::kChoice:
        return build_choice(productions_.children(expression), from, to);
      case ExpressionKind::kRepeat:
        return build_repeat(expression, from, to);
      case ExpressionKind::kCall: {
        const bool may_skip = nullable_[productions_.body(expression.first)];
        return add_call(numbers_.of_rule(expression.first), may_skip, 1, 1, from, to);
      }
      case ExpressionKind::kToken:
        add_edge(from, {.kind = Kind::kToken, .index = expression.first, .target = to});
        return;
    }
  }

  void add_edge(uint32_t from, const RuleEdge& edge) {
    result_.edges.push_back({from, edge});
    check_network_size({result_.n_states, result_.edges.size()});
  }
  void add_move(uint32_t from, uint32_t to) { result_.moves.push_back({from, to}); }

  void add_byte(uint32_t from, uint8_t byte, uint32_t to) { add_bytes(from, byte, byte, to); }
  void add_bytes(uint32_t from, uint8_t low, uint8_t high, uint32_t to) {
    add_edge(from, {.kind = Kind::kByte, .low = low, .high = high, .target = to});
  }

  void add_call(uint32_t rule, bool may_skip, uint32_t minimum, uint32_t maximum, uint32_t from,
                uint32_t to) {
    if (may_skip) {
      add_move(from, to);
      minimum = 1;  // rounds that read nothing make up the number
    }
    add_edge(from, {.kind = Kind::kCall,
                    .index = rule,
                    .target = to,
                    .minimum = std::max(minimum, 1u),
                    .maximum = maximum});
  }

  void build_literal(std::string_view bytes, uint32_t from, uint32_t to) {
    if (bytes.empty()) return add_move(from, to);
    for (size_t i = 0; i < bytes.size(); ++i) {
      const uint32_t next = i + 1 == bytes.size() ? to : add_state();
      add_byte(from, static_cast<uint8_t>(bytes[i]), next);
      from = next;
    }
  }

  /// The bytes of an expression that is nothing but literals.
  [[nodiscard]] std::optional<std::string> literal_text(ExpressionId id) const {
    const Expression& expression = productions_.at(id);
    if (expression.kind == ExpressionKind::kLiteral) {
      return std::string(productions_.bytes(expression));
    }
    if (expression.kind != ExpressionKind::kSequence) return std::nullopt;
    std::string text;
    for (const ExpressionId child : productions_.children(expression)) {
      const std::optional<std::string> part = literal_text(child);
      if (!part) return std::nullopt;
      text += *part;
    }
    return text;
  }

  // Literals that begin alike share their beginnings: otherwise all strings of a long enum would be
  // read side by side.
  void build_choice(std::span<const ExpressionId> children, uint32_t from, uint32_t to) {
    std::vector<std::string> texts;
    for (const ExpressionId child : children) {
      std::optional<std::string> text = literal_text(child);
      if (text) {
        texts.push_back(std::move(*text));
      } else {
        build(child, from, to);
      }
    }
    std::ranges::sort(texts);
    std::vector<uint32_t> path = {from};  // states behind the first bytes of the text before
    std::string_view before;
    for (const std::string& text : texts) {
      const auto [here, there] = std::ranges::mismatch(text, before);
      // The last byte of the text before leads to `to`, which is nobody's own.
      const auto shared = std::min(static_cast<size_t>(here - text.begin()), path.size() - 1);
      path.resize(shared + 1);
      for (size_t i = shared; i + 1 < text.size(); ++i) {
        path.push_back(add_state());
        add_byte(path[i], static_cast<uint8_t>(text[i]), path[i + 1]);
      }
      if (text.empty()) {
        add_move(from, to);
      } else {
        add_byte(path.back(), static_cast<uint8_t>(text.back()), to);
      }
      before = text;
    }
  }

  // Sequences that end alike share their ends: most characters' last bytes are [80-BF].
  void build_characters(const CodePointSet& set, uint32_t from, uint32_t to) {
    std::map<std::tuple<uint32_t, uint8_t, uint8_t>, uint32_t> before;  // (state, range) -> state
    for (const ByteSequence& sequence : utf8_sequences(set)) {
      uint32_t target = to;
      for (size_t i = sequence.length; i-- > 1;) {
        const auto [low, high] = sequence.ranges[i];
        const auto [known, is_new] = before.try_emplace({target, low, high}, 0);
        if (is_new) {
          known->second = add_state();
          add_bytes(known->second, low, high, target);
        }
        target = known->second;
      }
      add_bytes(from, sequence.ranges[0].low, sequence.ranges[0].high, target);
    }
  }

  void build_sequence(std::span<const ExpressionId> parts, uint32_t from, uint32_t to) {
    if (parts.empty()) return add_move(from, to);
    for (size_t i = 0; i < parts.size(); ++i) {
      const uint32_t next = i + 1 == parts.size() ? to : add_state();
      build(parts[i], from, next);
      from = next;
    }
  }

  /// Any number of times, from within one state that is nobody else's.
  void build_loop(ExpressionId part, uint32_t from, uint32_t to) {
    const uint32_t loop = add_state();
    add_move(from, loop);
    build(part, loop, loop);
    add_move(loop, to);
  }

  /// At least once.
  void build_loop_once(ExpressionId part, uint32_t from, uint32_t to) {
    const uint32_t begin = add_state();
    const uint32_t end = add_state();
    add_move(from, begin);
    build(part, begin, end);
    add_move(end, begin);
    add_move(end, to);
  }

  void build_repeat(const Expression& repeat, uint32_t from, uint32_t to) {
    const ExpressionId part = productions_.children(repeat)[0];
    const auto [minimum, maximum] = std::pair(repeat.minimum, repeat.maximum);
    const bool unlimited = maximum == kUnlimited;
    const uint64_t copies = unlimited ? minimum : maximum;
    if (copies > 1 && copies * productions_.at(part).weight > kCopiedWeight) {
      const bool may_skip = nullable_[part] || minimum == 0;
      const uint32_t least = nullable_[part] ? 1 : minimum;
      return add_call(numbers_.of_part(part), may_skip, may_skip ? 1 : least, maximum, from, to);
    }
    // The last copy of an unlimited repeat is its loop, so that repeats of repeats do not double.
    const bool loop_is_copy = unlimited && copies > 0;
    for (uint32_t i = 0; i < copies - (loop_is_copy ? 1 : 0); ++i) {
      const bool last = !unlimited && i + 1 == copies;
      if (i >= minimum) add_move(from, to);
      const uint32_t next = last ? to : add_state();
      build(part, from, next);
      from = next;
    }
    if (loop_is_copy) return build_loop_once(part, from, to);
    if (unlimited) return build_loop(part, from, to);
    if (copies == 0) add_move(from, to);
  }

  const Productions& productions_;
  const std::vector<bool>& nullable_;
  const RuleNumbers& numbers_;
  LooseAutomaton result_;
};

}  // namespace

LooseAutomaton make_rule_automaton(const Productions& productions, ExpressionId body,
                                   const std::vector<bool>& nullable, const RuleNumbers& numbers) {
  return Construction(productions, nullable, numbers).run(body);
}

}  // namespace freshet
