#include "tools/roofline_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace freshet {
namespace {

/// Two passes of 10 ms each: 8 ms in the head at half of the read roof, 2 ms elsewhere.
Roofline roofline() {
  Roofline roofline{.test = {.n_gen = 2}, .model = {}, .setup = {}};
  roofline.model.architecture = "lfm2";
  roofline.model.size_label = "24B-A2B";
  roofline.setup.cpu_target = "avx2";
  roofline.setup.n_threads = 3;
  roofline.file_type = 2;
  roofline.passes = 2;
  roofline.seconds = 0.020;
  roofline.read_roof = 20e9;
  roofline.byte_roof = 900e9;
  roofline.float_roof = 250e9;
  roofline.operations = {{.name = "route"},
                         {.name = "head",
                          .calls = 2,
                          .bytes = 160'000'000,
                          .byte_products = 284'000'000,
                          .seconds = 0.016,
                          .roof_seconds = 0.008,
                          .bound = RoofKind::kRead},
                         {.name = "rest", .seconds = 0.004}};
  return roofline;
}

std::string line_with(const std::string& text, const std::string& part) {
  const size_t at = text.find(part);
  if (at == std::string::npos) return "";
  const size_t begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

TEST(RooflineReport, TableHasAveragesPerPass) {
  const std::string text = roofline_table(roofline());
  EXPECT_TRUE(text.starts_with("lfm2 24B.A2B Q4_0, CPU avx2, 3 threads, tg2: 10.000 ms per pass\n"))
      << text;
  const std::string head = line_with(text, "| head");
  for (const char* part : {"|      1 |", "|  80.0 MB |", "|    142 M |", "|    8.000 ms |",
                           "|  80.0% |", "50.0% read"}) {
    EXPECT_NE(head.find(part), std::string::npos) << part << " in " << head;
  }
}

TEST(RooflineReport, BarsAreAsLongAsTheTimeAndDarkUpToTheRoof) {
  const std::string text = roofline_table(roofline());
  const auto count = [](const std::string& line, const std::string& part) {
    int n = 0;
    for (size_t at = 0; (at = line.find(part, at)) != std::string::npos; at += part.size()) ++n;
    return n;
  };
  EXPECT_EQ(count(line_with(text, "| head"), "█"), 16);
  EXPECT_EQ(count(line_with(text, "| head"), "░"), 16);
  EXPECT_EQ(count(line_with(text, "| rest"), "█"), 0);
  EXPECT_EQ(count(line_with(text, "| rest"), "░"), 8);
  EXPECT_EQ(count(line_with(text, "| route"), "░"), 0);
}

TEST(RooflineReport, NamesTheOperationThatLosesMost) {
  EXPECT_NE(roofline_table(roofline()).find("most to win: head, 4.000 ms of 10.000 ms per pass"),
            std::string::npos);
  EXPECT_NE(line_with(roofline_table(roofline()), "| total").find("40.0% of the roofs"),
            std::string::npos);
}

TEST(RooflineReport, JsonHasTheSumsAndTheShares) {
  const auto json = nlohmann::json::parse(roofline_json(roofline()));
  EXPECT_EQ(json["passes"], 2);
  EXPECT_EQ(json["test"], "tg2");
  EXPECT_EQ(json["read_roof"], 20e9);
  const auto& head = json["operations"][1];
  EXPECT_EQ(head["bytes"], 160'000'000);
  EXPECT_EQ(head["byte_multiply_adds"], 284'000'000);
  EXPECT_DOUBLE_EQ(head["share_of_time"], 0.8);
  EXPECT_DOUBLE_EQ(head["roof_share"], 0.5);
  EXPECT_EQ(head["roof_kind"], "read");
  EXPECT_TRUE(json["operations"][0]["roof_share"].is_null());
  EXPECT_TRUE(json["operations"][2]["roof_kind"].is_null());
}

TEST(ModelType, IsTheArchitectureTheSizeAndTheFileType) {
  ModelInfo model{};
  model.architecture = "lfm2moe";
  EXPECT_EQ(model_type(model, -1), "lfm2moe");
  model.size_label = "24B-A2B";
  EXPECT_EQ(model_type(model, 15), "lfm2moe 24B.A2B Q4_K - Medium");
}

}  // namespace
}  // namespace freshet
