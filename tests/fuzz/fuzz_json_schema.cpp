// Any bytes are a schema or one line of refusal; a text that is written under a schema by closing
// it at once is valid under it.
#include <freshet/error.h>
#include <freshet/grammar.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "grammar/automaton.h"
#include "grammar/schema.h"

namespace freshet {
namespace {

constexpr uint32_t kMostBytes = 4096;

/// The shortest text of the grammar, byte by byte.
std::string shortest_text(Automaton& automaton) {
  std::string text;
  ConfigurationId at = automaton.start();
  while (automaton.distance(at) > 0) {
    ConfigurationId nearest = kDead;
    char byte = 0;
    for (size_t i = 0; i < automaton.tops(at).size(); ++i) {
      for (const ByteEdge& edge : automaton.network().byte_edges(automaton.tops(at)[i].state)) {
        const ConfigurationId to = automaton.next(at, edge.low);
        if (nearest != kDead && automaton.distance(to) >= automaton.distance(nearest)) continue;
        nearest = to;
        byte = static_cast<char>(edge.low);
      }
    }
    FRESHET_CHECK(nearest != kDead && automaton.distance(nearest) < automaton.distance(at));
    at = nearest;
    text.push_back(byte);
  }
  return text;
}

}  // namespace
}  // namespace freshet

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace freshet;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  try {
    const Grammar grammar = Grammar::from_json_schema(input);
    Automaton automaton(grammar.impl());
    if (automaton.distance(automaton.start()) > kMostBytes) return 0;
    const std::string text = shortest_text(automaton);
    FRESHET_CHECK(grammar.check(text).accepted);
    Schemas schemas;
    const SchemaId root = read_schema(schemas, read_json(input, "schema"));
    FRESHET_CHECK(is_valid(schemas, root, Json::parse(text)));
  } catch (const Error& error) {
    FRESHET_CHECK(std::string_view(error.what()).find('\n') == std::string_view::npos);
  }
  return 0;
}
