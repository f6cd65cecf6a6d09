#include "grammar/rule_order.h"

#include <string>

#include "base/error.h"

namespace freshet {
namespace {

std::span<const CallEdge> first_calls(const Network& network, RuleId rule) {
  return network.call_edges(network.rule(rule).start);
}

// Rules left with a caller are on a cycle or behind one; walking back from caller to caller must
// come round.
[[noreturn]] void refuse_left_recursion(const Network& network,
                                        const std::vector<uint32_t>& n_callers) {
  std::vector<RuleId> caller(network.n_rules(), kUnlimited);
  RuleId at = 0;
  for (RuleId rule = 0; rule < network.n_rules(); ++rule) {
    if (n_callers[rule] == 0) continue;
    at = rule;
    for (const CallEdge& call : first_calls(network, rule)) {
      if (n_callers[call.rule] > 0) caller[call.rule] = rule;
    }
  }
  for (size_t i = 0; i < network.n_rules(); ++i) at = caller[at];
  std::vector<RuleId> cycle = {at};
  for (RuleId rule = caller[at]; rule != at; rule = caller[rule]) cycle.push_back(rule);
  constexpr size_t kShown = 8;
  std::string path = "'" + network.rule(at).name + "'";
  for (size_t i = cycle.size(); i-- > 0 && cycle.size() - i <= kShown;) {
    const char* arrow = cycle.size() - i == kShown ? " ... '" : " -> '";
    path += arrow + network.rule(cycle[i]).name + "'";
  }
  fail(ErrorKind::kUnsupported,
       "grammar: left recursion, a rule that begins with itself: {}; write it as a repeat, or "
       "with the recursion at the end",
       path);
}

}  // namespace

// Kahn, "Topological sorting of large networks", CACM 5 (1962).
std::vector<RuleId> rules_in_call_order(const Network& network) {
  const size_t n = network.n_rules();
  std::vector<uint32_t> n_callers(n, 0);
  for (RuleId rule = 0; rule < n; ++rule) {
    for (const CallEdge& call : first_calls(network, rule)) ++n_callers[call.rule];
  }
  std::vector<RuleId> ordered;
  for (RuleId rule = 0; rule < n; ++rule) {
    if (n_callers[rule] == 0) ordered.push_back(rule);
  }
  for (size_t i = 0; i < ordered.size(); ++i) {
    for (const CallEdge& call : first_calls(network, ordered[i])) {
      if (--n_callers[call.rule] == 0) ordered.push_back(call.rule);
    }
  }
  if (ordered.size() < n) refuse_left_recursion(network, n_callers);
  return ordered;
}

}  // namespace freshet
