// write_answers: what random tokens write under each schema of schema_cases.json, for a script that
// holds it against the reference. One JSON object to a line: {"schema": {...}, "text": "..."}.
#include <iostream>
#include <nlohmann/json.hpp>

#include "grammar/schema_cases.h"

int main() {
  using namespace freshet::testing;
  constexpr int64_t kTokens[] = {800, 1500, 3000};  // enough to close any of them
  uint32_t seed = 1000;
  for (const SchemaCase& one : schema_cases()) {
    for (const int64_t max_tokens : kTokens) {
      const nlohmann::ordered_json line = {{"schema", nlohmann::ordered_json::parse(one.schema)},
                                           {"text", random_answer(one.schema, seed++, max_tokens)}};
      std::cout << line.dump(-1, ' ', /*ensure_ascii=*/true) << '\n';
    }
  }
  return 0;
}
