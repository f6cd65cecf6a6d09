#include "grammar/schema_object.h"

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "grammar/limits.h"

namespace freshet {
namespace {

namespace limits = grammar_limits;

constexpr size_t kMostKeyBytes = 256;  ///< of a declared name that others must differ from

}  // namespace

ObjectWriter::ObjectWriter(SchemaWriter& writer, const Schema& schema, Form form)
    : writer_(writer),
      productions_(writer.productions_),
      literals_(writer.literals_),
      schema_(schema),
      form_(form) {
  add_declared();
  add_others();
  const auto n_required =
      static_cast<uint32_t>(std::ranges::count_if(members_, &Member::is_required));
  const bool always_enough = n_required >= schema.min_properties;
  const bool never_too_many =
      schema.max_properties == kUnlimited || (!other_ && members_.size() <= schema.max_properties);
  counts_ = !(always_enough && never_too_many);
  if (counts_ && members_.size() * members_.size() > limits::kRegexStates) {
    fail(ErrorKind::kUnsupported,
         "schema: {}: minProperties and maxProperties cannot be enforced for so many properties",
         schema.pointer);
  }
}

ExpressionId ObjectWriter::key(const std::string& name) {
  return form_ == Form::kCall ? productions_.literal(name) : literals_.exact_string(name);
}

ExpressionId ObjectWriter::member(ExpressionId key, ExpressionId value) {
  const ExpressionId between = form_ == Form::kCall ? productions_.literal("=") : literals_.colon();
  return productions_.sequence({key, between, value});
}

// Names that are required and not declared come last.
void ObjectWriter::add_declared() {
  for (const auto& [name, id] : schema_.properties) {
    members_.push_back({member(key(name), writer_.call(id)), schema_.required.contains(name)});
  }
  for (const auto& [name, nothing] : schema_.required) {
    if (schema_.properties.contains(name)) continue;
    const ExpressionId value =
        schema_.additional ? writer_.call(*schema_.additional) : literals_.any_value();
    members_.push_back({member(key(name), value), true});
  }
}

// Where nothing is said of others, an object that declares some holds no others.
void ObjectWriter::add_others() {
  const bool open = schema_.additional ? writer_.schemas_.at(*schema_.additional).types != 0
                                       : schema_.properties.empty();
  if (!open || (form_ == Form::kCall && !members_.empty())) return;
  const ExpressionId value =
      schema_.additional ? writer_.call(*schema_.additional) : literals_.any_value();
  other_ = member(other_key(), value);
}

ExpressionId ObjectWriter::other_key() {
  if (form_ == Form::kCall) {
    CodePointSet first = CodePointSet::of(
        std::vector<CodePointSet::Range>{{U'A', U'Z'}, {U'a', U'z'}, {U'_', U'_'}});
    CodePointSet others = first;
    others.add(U'0', U'9');
    return productions_.sequence({productions_.characters(first),
                                  productions_.repeat(productions_.characters(others), 0, 63)});
  }
  std::set<std::string> names;
  for (const auto& property : schema_.properties) names.insert(property.first);
  for (const auto& entry : schema_.required) names.insert(entry.first);
  if (names.empty()) return literals_.any_string();
  for (const std::string& name : names) {
    if (name.size() > kMostKeyBytes) {
      fail(ErrorKind::kUnsupported,
           "schema: {}: additionalProperties beside a property whose name is longer than {} bytes",
           schema_.pointer, kMostKeyBytes);
    }
  }
  return literals_.quoted_string([&](char quote) { return key_unlike(names, 0, quote); });
}

// What follows the first `depth` bytes, which all of `names` share, of a key that is none of them:
// nothing, unless that is a name; a character that no name goes on with, then anything; or a
// character that some do. Keys are spelt in one way (Literals::character), so that no name comes
// back in disguise.
ExpressionId ObjectWriter::key_unlike(const std::set<std::string>& names, size_t depth,
                                      char quote) {
  std::map<char32_t, std::set<std::string>> by_next;
  bool ends = false;
  size_t length = 0;
  for (const std::string& name : names) {
    if (name.size() == depth) {
      ends = true;
    } else {
      by_next[decode_utf8(std::string_view(name).substr(depth)).code_point].insert(name);
    }
  }
  CodePointSet taken;
  std::vector<ExpressionId> ways;
  for (const auto& [next, some] : by_next) {
    taken.add(next);
    std::string bytes;
    append_utf8(bytes, next);
    length = bytes.size();
    ways.push_back(productions_.sequence(
        {literals_.character({next, next}, quote), key_unlike(some, depth + length, quote)}));
  }
  const ExpressionId anything =
      productions_.repeat(literals_.character(CodePointSet::all(), quote), 0, kUnlimited);
  ways.push_back(productions_.sequence({literals_.character(taken.complement(), quote), anything}));
  if (!ends) ways.push_back(productions_.empty());
  return productions_.choice(ways);
}

// Members from number `from` on, each behind a comma, where n_written precede them. A rule, since
// it is reached from wherever the members before it are left out.
ExpressionId ObjectWriter::rest(size_t from, uint32_t n_written) {
  if (!counts_) n_written = 0;
  const auto [known, is_new] = rests_.try_emplace({from, n_written}, 0);
  if (!is_new) return productions_.call(known->second);
  known->second = productions_.declare(schema_.pointer);
  waiting_.emplace_back(from, n_written);
  return productions_.call(known->second);
}

ExpressionId ObjectWriter::write_rest(size_t from, uint32_t n_written) {
  if (from == members_.size()) return others_after(n_written, /*n_others=*/0);
  const Member& next = members_[from];
  std::vector<ExpressionId> ways;
  if (!counts_ || n_written < schema_.max_properties) {
    ways.push_back(
        productions_.sequence({literals_.comma(), next.text, rest(from + 1, n_written + 1)}));
  }
  if (!next.is_required) ways.push_back(rest(from + 1, n_written));
  return productions_.choice(ways);
}

// n_others of the members written are not declared ones.
ExpressionId ObjectWriter::others_after(uint32_t n_written, uint32_t n_others) {
  const uint32_t missing =
      counts_ && schema_.min_properties > n_written ? schema_.min_properties - n_written : 0;
  if (!other_) return missing == 0 ? productions_.empty() : productions_.never();
  if (missing + n_others > 1 && missing > 0) {
    fail(
        ErrorKind::kUnsupported,
        "schema: {}: minProperties asks for {} properties that are not declared, and nothing keeps "
        "their names apart; declare them or ask for one at most",
        schema_.pointer, missing + n_others);
  }
  const uint32_t most = !counts_ || schema_.max_properties == kUnlimited ? kUnlimited
                        : schema_.max_properties > n_written ? schema_.max_properties - n_written
                                                             : 0;
  if (most < missing) return productions_.never();
  const ExpressionId more = productions_.sequence({literals_.comma(), *other_});
  return productions_.repeat(more, missing, most);
}

// Whatever member comes first has no comma before it.
ExpressionId ObjectWriter::first_members() {
  std::vector<ExpressionId> ways;
  const bool none_allowed = schema_.max_properties == 0;
  size_t first = 0;
  for (; first < members_.size(); ++first) {
    if (!none_allowed) {
      ways.push_back(productions_.sequence({members_[first].text, rest(first + 1, 1)}));
    }
    if (members_[first].is_required) break;
  }
  if (first == members_.size()) {  // none is required
    if (other_ && !none_allowed) {
      ways.push_back(productions_.sequence({*other_, others_after(1, /*n_others=*/1)}));
    }
    if (schema_.min_properties == 0) ways.push_back(productions_.empty());
  }
  return productions_.choice(ways);
}

ExpressionId ObjectWriter::write() {
  const bool call = form_ == Form::kCall;
  const ExpressionId open = productions_.literal(call ? "(" : "{");
  const ExpressionId close = productions_.literal(call ? ")" : "}");
  const ExpressionId members = first_members();
  // One rest asks for the next: not by recursion, since there may be thousands.
  while (!waiting_.empty()) {
    const auto rest = waiting_.back();
    waiting_.pop_back();
    productions_.define(rests_.at(rest), write_rest(rest.first, rest.second));
  }
  if (call) return productions_.sequence({open, members, close});
  return productions_.sequence({open, literals_.gap(), members, literals_.gap(), close});
}

}  // namespace freshet
