#include "grammar/productions.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "grammar/limits.h"

namespace freshet {

namespace limits = grammar_limits;

namespace {

uint32_t saturate(uint64_t weight) {
  return static_cast<uint32_t>(std::min<uint64_t>(weight, UINT32_MAX));
}

}  // namespace

ExpressionId Productions::add(Expression expression) {
  if (expressions_.size() >= limits::kExpressions) {
    fail(ErrorKind::kUnsupported, "grammar: more than {} expressions; make it smaller",
         limits::kExpressions);
  }
  if (expression.depth > limits::kExpressionDepth) {
    fail(ErrorKind::kUnsupported, "grammar: expressions nested deeper than {}; make it flatter",
         limits::kExpressionDepth);
  }
  expressions_.push_back(expression);
  return static_cast<ExpressionId>(expressions_.size() - 1);
}

ExpressionId Productions::add_parent(ExpressionKind kind, std::span<const ExpressionId> children) {
  Expression parent{.kind = kind,
                    .first = static_cast<uint32_t>(children_.size()),
                    .count = static_cast<uint32_t>(children.size())};
  for (const ExpressionId child : children) {
    parent.depth = std::max(parent.depth, expressions_[child].depth + 1);
    parent.weight = saturate(uint64_t{parent.weight} + expressions_[child].weight);
  }
  children_.insert(children_.end(), children.begin(), children.end());
  return add(parent);
}

ExpressionId Productions::literal(std::string_view bytes) {
  const auto first = static_cast<uint32_t>(bytes_.size());
  bytes_ += bytes;
  return add({.kind = ExpressionKind::kLiteral,
              .first = first,
              .count = static_cast<uint32_t>(bytes.size()),
              .weight = static_cast<uint32_t>(bytes.size() + 1)});
}

ExpressionId Productions::characters(const CodePointSet& set) {
  sets_.push_back(set);
  const bool ascii = set.empty() || set.ranges().back().last < 0x80;
  return add({.kind = ExpressionKind::kCharacters,
              .first = static_cast<uint32_t>(sets_.size() - 1),
              .weight = ascii ? 1u : 8u});
}

ExpressionId Productions::sequence(std::span<const ExpressionId> parts) {
  return parts.size() == 1 ? parts[0] : add_parent(ExpressionKind::kSequence, parts);
}

ExpressionId Productions::choice(std::span<const ExpressionId> alternatives) {
  return alternatives.size() == 1 ? alternatives[0]
                                  : add_parent(ExpressionKind::kChoice, alternatives);
}

ExpressionId Productions::sequence(std::initializer_list<ExpressionId> parts) {
  return sequence(std::span(parts.begin(), parts.size()));
}

ExpressionId Productions::choice(std::initializer_list<ExpressionId> alternatives) {
  return choice(std::span(alternatives.begin(), alternatives.size()));
}

ExpressionId Productions::repeat(ExpressionId child, uint32_t minimum, uint32_t maximum) {
  FRESHET_CHECK(minimum <= maximum);
  if (minimum > limits::kRepeat || (maximum != kUnlimited && maximum > limits::kRepeat)) {
    fail(ErrorKind::kUnsupported, "grammar: a repeat of {} is beyond the limit of {}",
         maximum == kUnlimited ? minimum : maximum, limits::kRepeat);
  }
  if (minimum == 1 && maximum == 1) return child;
  children_.push_back(child);
  const uint32_t copies = maximum == kUnlimited ? minimum + 1 : maximum;
  return add({.kind = ExpressionKind::kRepeat,
              .first = static_cast<uint32_t>(children_.size() - 1),
              .count = 1,
              .minimum = minimum,
              .maximum = maximum,
              .depth = expressions_[child].depth + 1,
              .weight = saturate(uint64_t{copies} * expressions_[child].weight + 1)});
}

ExpressionId Productions::call(RuleId rule) {
  FRESHET_CHECK(rule < names_.size());
  return add({.kind = ExpressionKind::kCall, .first = rule});
}

ExpressionId Productions::token(const TokenTerminal& terminal) {
  const auto [known, is_new] =
      token_numbers_.try_emplace({terminal.id, terminal.name}, tokens_.size());
  if (is_new) tokens_.push_back(terminal);
  return add({.kind = ExpressionKind::kToken, .first = known->second});
}

RuleId Productions::declare(std::string name) {
  names_.push_back(std::move(name));
  bodies_.emplace_back();
  return static_cast<RuleId>(names_.size() - 1);
}

void Productions::define(RuleId rule, ExpressionId body) {
  FRESHET_CHECK(!bodies_[rule].has_value());
  bodies_[rule] = body;
}

RuleId Productions::add(std::string name, ExpressionId body) {
  const RuleId rule = declare(std::move(name));
  define(rule, body);
  return rule;
}

std::span<const ExpressionId> Productions::children(const Expression& expression) const {
  switch (expression.kind) {
    case ExpressionKind::kSequence:
    case ExpressionKind::kChoice:
    case ExpressionKind::kRepeat:
      return std::span(children_).subspan(expression.first, expression.count);
    default:
      return {};
  }
}

namespace {

// Which expressions wait for a child or a rule: expression i's are users[begin[i] .. begin[i + 1]).
struct Users {
  std::vector<uint32_t> begin;
  std::vector<ExpressionId> users;
};

// Calls visit(used, user) for each child of each expression, and for the body of each rule called.
template <class Visit>
void visit_uses(const Productions& productions, Visit visit) {
  for (ExpressionId id = 0; id < productions.n_expressions(); ++id) {
    const Expression& expression = productions.at(id);
    for (const ExpressionId child : productions.children(expression)) visit(child, id);
    if (expression.kind == ExpressionKind::kCall) visit(productions.body(expression.first), id);
  }
}

Users find_users(const Productions& productions) {
  Users result;
  result.begin.assign(productions.n_expressions() + 1, 0);
  visit_uses(productions, [&](ExpressionId used, ExpressionId) { ++result.begin[used + 1]; });
  for (size_t i = 1; i < result.begin.size(); ++i) result.begin[i] += result.begin[i - 1];
  result.users.resize(result.begin.back());
  std::vector<uint32_t> next = result.begin;
  visit_uses(productions,
             [&](ExpressionId used, ExpressionId user) { result.users[next[used]++] = user; });
  return result;
}

}  // namespace

// Each expression waits for some number of its parts to be known as nullable (a sequence for all
// of them, others for one) and is told of each once: linear, whatever the order of the rules.
std::vector<bool> find_nullable(const Productions& productions) {
  const size_t n = productions.n_expressions();
  std::vector<bool> nullable(n, false);
  std::vector<uint32_t> missing(n, 1);
  std::vector<ExpressionId> work;
  const auto find = [&](ExpressionId id) {
    if (nullable[id]) return;
    nullable[id] = true;
    work.push_back(id);
  };
  for (ExpressionId id = 0; id < n; ++id) {
    const Expression& expression = productions.at(id);
    if (expression.kind == ExpressionKind::kSequence) missing[id] = expression.count;
    const bool empty_literal = expression.kind == ExpressionKind::kLiteral && expression.count == 0;
    const bool free_repeat = expression.kind == ExpressionKind::kRepeat && expression.minimum == 0;
    if (empty_literal || free_repeat || missing[id] == 0) find(id);
  }
  const Users users = find_users(productions);
  while (!work.empty()) {
    const ExpressionId id = work.back();
    work.pop_back();
    for (uint32_t i = users.begin[id]; i < users.begin[id + 1]; ++i) {
      const ExpressionId user = users.users[i];
      if (missing[user] > 0 && --missing[user] == 0) find(user);
    }
  }
  return nullable;
}

}  // namespace freshet
