#include "grammar/schema_cases.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "base/check.h"
#include "grammar/constraint.h"
#include "grammar/small_vocabulary.h"

namespace freshet::testing {

const std::vector<SchemaCase>& schema_cases() {
  static const std::vector<SchemaCase> kCases = [] {
    std::ifstream file(FRESHET_TESTS_DIR "/grammar/schema_cases.json");
    std::vector<SchemaCase> cases;
    for (const auto& entry : nlohmann::ordered_json::parse(file)) {
      cases.push_back({.group = entry.at("group"),
                       .schema = entry.at("schema").dump(),
                       .valid = entry.at("valid"),
                       .invalid = entry.at("invalid")});
    }
    return cases;
  }();
  return kCases;
}

std::string random_answer(const std::string& schema, uint32_t seed, int64_t max_tokens) {
  static ConstraintCompiler compiler(small_vocabulary());
  const Tokenizer& tokenizer = small_vocabulary();
  Matcher matcher(compiler.compile_json_schema(schema), ConstraintStart::kAtOnce);
  std::mt19937 random(seed);
  std::string text;
  for (int64_t n_left = max_tokens; !matcher.is_finished() && n_left > 0; --n_left) {
    const TokenMask& mask = *matcher.mask();
    std::vector<TokenId> allowed;
    for (TokenId id = 0; id < tokenizer.vocab_size(); ++id) {
      if (mask.allows(id)) allowed.push_back(id);
    }
    FRESHET_CHECK(!allowed.empty());
    TokenId token = allowed[random() % allowed.size()];
    if (matcher.overruns(token, n_left)) {
      const auto closing = matcher.closing_token();
      if (!closing) break;
      token = *closing;
    }
    matcher.accept(token);
    if (tokenizer.is_end_of_generation(token)) break;
    text += tokenizer.piece(token);
  }
  return text;
}

}  // namespace freshet::testing
