#include "grammar/regex.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "grammar/limits.h"
#include "grammar/network.h"
#include "grammar/regex_parser.h"

namespace freshet {
namespace {

namespace limits = grammar_limits;

void check_states(size_t n, const std::string& where) {
  if (n <= limits::kRegexStates) return;
  fail(ErrorKind::kUnsupported,
       "{}: pattern, format and length together need more than {} states; loosen one of them",
       where, limits::kRegexStates);
}

}  // namespace

Regex::Regex(std::string_view pattern, std::string where) : where_(std::move(where)) {
  RegexParser(*this, pattern).parse();
}

ExpressionId Regex::write(NodeId id, Productions& productions,
                          const WriteCharacter& character) const {
  const Node& node = nodes_[id];
  std::vector<ExpressionId> children;
  for (const NodeId child : node.children) {
    children.push_back(write(child, productions, character));
  }
  switch (node.kind) {
    case Kind::kSet:
      return character(node.set);
    case Kind::kSequence:
      return productions.sequence(children);
    case Kind::kChoice:
      return productions.choice(children);
    case Kind::kRepeat:
      break;
  }
  return productions.repeat(children[0], node.minimum, node.maximum);
}

ExpressionId Regex::write(Productions& productions, const WriteCharacter& character) const {
  const auto anything = [&] {
    return productions.repeat(character(CodePointSet::all()), 0, kUnlimited);
  };
  std::vector<ExpressionId> alternatives;
  for (const Alternative& alternative : alternatives_) {
    std::vector<ExpressionId> parts;
    if (!alternative.from_start) parts.push_back(anything());
    parts.push_back(write(alternative.node, productions, character));
    if (!alternative.to_end) parts.push_back(anything());
    alternatives.push_back(productions.sequence(parts));
  }
  return productions.choice(alternatives);
}

namespace {

/// Thompson's construction over characters; empty moves are taken out at the end.
struct Draft {
  struct State {
    std::vector<CharacterAutomaton::Edge> edges;
    std::vector<uint32_t> moves;
  };
  std::vector<State> states;

  uint32_t add(const std::string& where) {
    check_states(states.size() + 1, where);
    states.emplace_back();
    return static_cast<uint32_t>(states.size() - 1);
  }

  [[nodiscard]] CharacterAutomaton finish(uint32_t start, uint32_t end) const {
    CharacterAutomaton result;
    std::vector<uint32_t> number(states.size(), kUnlimited);
    std::vector<uint32_t> queue = {start};
    number[start] = 0;
    for (size_t i = 0; i < queue.size(); ++i) {
      CharacterAutomaton::State made;
      std::vector<bool> seen(states.size(), false);
      std::vector<uint32_t> stack = {queue[i]};
      seen[queue[i]] = true;
      while (!stack.empty()) {
        const uint32_t at = stack.back();
        stack.pop_back();
        made.is_final = made.is_final || at == end;
        for (const auto& edge : states[at].edges) {
          if (number[edge.target] == kUnlimited) {
            number[edge.target] = static_cast<uint32_t>(queue.size());
            queue.push_back(edge.target);
          }
          made.edges.push_back({edge.set, number[edge.target]});
        }
        for (const uint32_t next : states[at].moves) {
          if (!seen[next]) stack.push_back(next);
          seen[next] = true;
        }
      }
      result.states.push_back(std::move(made));
    }
    return result;
  }
};

}  // namespace

CharacterAutomaton Regex::automaton() const {
  Draft draft;
  const auto add = [&] { return draft.add(where_); };
  const std::function<void(NodeId, uint32_t, uint32_t)> build = [&](NodeId id, uint32_t from,
                                                                    uint32_t to) {
    const Node& node = nodes_[id];
    switch (node.kind) {
      case Kind::kSet:
        draft.states[from].edges.push_back({node.set, to});
        return;
      case Kind::kChoice:
        for (const NodeId child : node.children) build(child, from, to);
        return;
      case Kind::kSequence:
        for (const NodeId child : node.children) {
          const uint32_t next = add();
          build(child, from, next);
          from = next;
        }
        draft.states[from].moves.push_back(to);
        return;
      case Kind::kRepeat:
        break;
    }
    const uint32_t copies = node.maximum == kUnlimited ? node.minimum : node.maximum;
    for (uint32_t i = 0; i < copies; ++i) {
      if (i >= node.minimum) draft.states[from].moves.push_back(to);
      const uint32_t next = add();
      build(node.children[0], from, next);
      from = next;
    }
    if (node.maximum == kUnlimited) {
      const uint32_t loop = add();
      draft.states[from].moves.push_back(loop);
      build(node.children[0], loop, loop);
      from = loop;
    }
    draft.states[from].moves.push_back(to);
  };
  const uint32_t start = add();
  const uint32_t end = add();
  for (const Alternative& alternative : alternatives_) {
    const uint32_t from = add();
    const uint32_t to = add();
    const CodePointSet all = CodePointSet::all();
    draft.states[start].moves.push_back(from);
    draft.states[to].moves.push_back(end);
    if (!alternative.from_start) draft.states[from].edges.push_back({all, from});
    if (!alternative.to_end) draft.states[to].edges.push_back({all, to});
    const uint32_t inner = add();
    draft.states[from].moves.push_back(inner);
    build(alternative.node, inner, to);
  }
  return draft.finish(start, end);
}

CharacterAutomaton CharacterAutomaton::of_length(uint32_t minimum, uint32_t maximum) {
  CharacterAutomaton result;
  const uint32_t last = maximum == kUnlimited ? minimum : maximum;
  for (uint32_t n = 0; n <= last; ++n) {
    State state{.edges = {}, .is_final = n >= minimum};
    if (n < last) state.edges.push_back({CodePointSet::all(), n + 1});
    if (n == last && maximum == kUnlimited) state.edges.push_back({CodePointSet::all(), n});
    result.states.push_back(std::move(state));
  }
  return result;
}

CharacterAutomaton CharacterAutomaton::intersect(const CharacterAutomaton& other,
                                                 const std::string& where) const {
  CharacterAutomaton result;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> numbers = {{{0, 0}, 0}};
  std::vector<std::pair<uint32_t, uint32_t>> queue = {{0, 0}};
  for (size_t i = 0; i < queue.size(); ++i) {
    const State& a = states[queue[i].first];
    const State& b = other.states[queue[i].second];
    State made{.edges = {}, .is_final = a.is_final && b.is_final};
    for (const Edge& x : a.edges) {
      for (const Edge& y : b.edges) {
        CodePointSet both = x.set.intersect(y.set);
        if (both.empty()) continue;
        const auto [known, is_new] =
            numbers.try_emplace({x.target, y.target}, static_cast<uint32_t>(queue.size()));
        if (is_new) {
          check_states(queue.size() + 1, where);
          queue.emplace_back(x.target, y.target);
        }
        made.edges.push_back({std::move(both), known->second});
      }
    }
    result.states.push_back(std::move(made));
  }
  return result;
}

namespace {

/// States from which a final one can be reached.
std::vector<bool> find_useful(const CharacterAutomaton& automaton) {
  std::vector<std::vector<uint32_t>> sources(automaton.states.size());
  std::vector<uint32_t> stack;
  std::vector<bool> useful(automaton.states.size(), false);
  for (uint32_t i = 0; i < automaton.states.size(); ++i) {
    for (const auto& edge : automaton.states[i].edges) sources[edge.target].push_back(i);
    if (automaton.states[i].is_final) stack.push_back(i);
    useful[i] = automaton.states[i].is_final;
  }
  while (!stack.empty()) {
    const uint32_t state = stack.back();
    stack.pop_back();
    for (const uint32_t source : sources[state]) {
      if (!useful[source]) stack.push_back(source);
      useful[source] = true;
    }
  }
  return useful;
}

}  // namespace

// A rule for each state, which ends with the call of the next: stacks do not grow by such calls.
ExpressionId write_automaton(const CharacterAutomaton& automaton, Productions& productions,
                             const WriteCharacter& character) {
  const std::vector<bool> useful = find_useful(automaton);
  if (!useful[0]) return productions.never();
  std::vector<RuleId> rules(automaton.states.size(), 0);
  for (size_t i = 0; i < rules.size(); ++i) {
    if (useful[i]) rules[i] = productions.declare("pattern");
  }
  for (size_t i = 0; i < rules.size(); ++i) {
    if (!useful[i]) continue;
    std::vector<ExpressionId> ways;
    for (const auto& [set, target] : automaton.states[i].edges) {
      if (!useful[target]) continue;
      ways.push_back(productions.sequence({character(set), productions.call(rules[target])}));
    }
    if (automaton.states[i].is_final) ways.push_back(productions.empty());
    productions.define(rules[i], productions.choice(ways));
  }
  return productions.call(rules[0]);
}

bool matches(const Regex& regex, std::string_view text) {
  Productions productions;
  const ExpressionId body = regex.write(
      productions, [&](const CodePointSet& set) { return productions.characters(set); });
  productions.set_start(productions.add("pattern", body));
  return Grammar(std::make_shared<const Grammar::Impl>(Network::compile(productions)))
      .check(text)
      .accepted;
}

}  // namespace freshet
