#include "tools/logprob_lines.h"

#include <nlohmann/json.hpp>

namespace freshet {
namespace {

using Json = nlohmann::ordered_json;

/// A model may have more rows than its vocabulary has tokens.
Json entry_of(const Tokenizer& tokenizer, const TokenLogprob& token) {
  const bool is_token = token.id < tokenizer.vocab_size();
  return {{"id", token.id},
          {"token", is_token ? std::string(tokenizer.piece(token.id)) : std::string()},
          {"logprob", token.logprob}};
}

}  // namespace

std::string logprob_lines(const Tokenizer& tokenizer, const Generation& generation) {
  std::string lines;
  for (const TokenLogprobs& token : generation.logprobs) {
    Json line = entry_of(tokenizer, token.chosen);
    line["top"] = Json::array();
    for (const TokenLogprob& other : token.top) line["top"].push_back(entry_of(tokenizer, other));
    lines += line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  }
  return lines;
}

}  // namespace freshet
