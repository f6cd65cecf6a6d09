// The schemas of schema_cases.json (make_schema_cases.py), and answers written under them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace freshet::testing {

struct SchemaCase {
  std::string group;
  std::string schema;
  std::vector<std::string> valid;
  std::vector<std::string> invalid;
};

[[nodiscard]] const std::vector<SchemaCase>& schema_cases();

/// An answer under the schema from a model that knows nothing: tokens of the small vocabulary drawn
/// at random from what the mask allows, at most `max_tokens` of them, closed in time.
[[nodiscard]] std::string random_answer(const std::string& schema, uint32_t seed,
                                        int64_t max_tokens);

}  // namespace freshet::testing
