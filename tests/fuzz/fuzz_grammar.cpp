// Any bytes are a grammar that can be walked, or one line of refusal. What is in front of the first
// zero byte is the grammar, what is behind it a text to check; bytes of the text also choose a walk
// that must never come to a dead end.
#include <freshet/error.h>
#include <freshet/grammar.h>

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "grammar/automaton.h"

namespace freshet {
namespace {

/// At most this much of a text: a fuzzer's grammars are ambiguous on purpose.
constexpr size_t kMostBytes = 64;

void walk(const Grammar& grammar, std::string_view choices) {
  Automaton automaton(grammar.impl());
  ConfigurationId at = automaton.start();
  for (const char choice : choices.substr(0, kMostBytes)) {
    std::vector<uint8_t> possible;
    for (const Top& top : automaton.tops(at)) {
      for (const ByteEdge& edge : automaton.network().byte_edges(top.state)) {
        possible.push_back(edge.low);
        possible.push_back(edge.high);
      }
    }
    // Control tokens may be all that goes on; otherwise there is a byte or the end.
    if (possible.empty()) return;
    FRESHET_CHECK(automaton.distance(at) != kFar);
    at = automaton.next(at, possible[static_cast<uint8_t>(choice) % possible.size()]);
    FRESHET_CHECK(at != kDead);
  }
}

}  // namespace
}  // namespace freshet

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace freshet;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t zero = std::min(input.find('\0'), input.size());
  const std::string_view rest = input.substr(std::min(zero + 1, input.size()));
  try {
    const Grammar grammar = Grammar::from_gbnf(input.substr(0, zero));
    const GrammarVerdict verdict = grammar.check(rest.substr(0, kMostBytes));
    FRESHET_CHECK(verdict.accepted == verdict.expected.empty());
    walk(grammar, rest);
  } catch (const Error& error) {
    FRESHET_CHECK(std::string_view(error.what()).find('\n') == std::string_view::npos);
  }
  return 0;
}
