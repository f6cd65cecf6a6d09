#include "text/golden.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace freshet::testing {
namespace {

Golden read_golden() {
  std::ifstream file(FRESHET_TESTS_DIR "/text/tokenizer_golden.json");
  const auto json = nlohmann::json::parse(file);
  Golden golden;
  golden.tokens = json.at("tokens").get<std::vector<std::string>>();
  golden.types = json.at("types").get<std::vector<std::int32_t>>();
  golden.merges = json.at("merges").get<std::vector<std::string>>();
  for (const auto& item : json.at("cases")) {
    GoldenCase c;
    c.text = item.at("text").get<std::string>();
    c.lfm2 = item.at("lfm2").get<std::vector<TokenId>>();
    c.llama_bpe = item.value("llama-bpe", c.lfm2);
    golden.cases.push_back(std::move(c));
  }
  for (const auto& item : json.at("decodings")) {
    golden.decodings.push_back(
        {item.at("ids").get<std::vector<TokenId>>(), item.at("text").get<std::string>()});
  }
  return golden;
}

}  // namespace

VocabularySpec Golden::spec(std::string_view pre) const {
  VocabularySpec spec;
  spec.source = "golden.gguf";
  spec.model = "gpt2";
  spec.pre = pre;
  spec.tokens = token_views;
  spec.types = types;
  spec.merges = merge_views;
  spec.bos = 1;
  spec.eos = 4;
  spec.pad = 0;
  spec.add_bos = true;
  return spec;
}

const Golden& golden() {
  static const Golden kGolden = [] {
    Golden g = read_golden();
    g.token_views.assign(g.tokens.begin(), g.tokens.end());
    g.merge_views.assign(g.merges.begin(), g.merges.end());
    return g;
  }();
  return kGolden;
}

}  // namespace freshet::testing
