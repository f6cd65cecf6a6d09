#include "tools/bench_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tools/bench_plan.h"

namespace freshet {
namespace {

BenchRow row() {
  BenchRow row{.model = {},
               .setup = {},
               .batch = 2048,
               .model_type = "lfm2moe 24B.A2B Q4_0",
               .result = {.test = {.n_gen = 16}, .seconds = {1.0, 2.0}, .started = "now"}};
  row.model.path = "a \"b\".gguf";
  row.model.weight_bytes = 13'465'000'448;
  row.model.parameters = 23'843'661'440;
  row.setup.cpu_target = "avx2";
  row.setup.n_threads = 2;
  row.setup.micro_batch = 2048;
  row.setup.key_cache = row.setup.value_cache = CacheFormat::kF16;
  row.result.roof = RoofResult{RoofKind::kRead, 13.5e9, 0.5};
  return row;
}

TEST(BenchReport, MarkdownHasTheColumnsThatPeoplePost) {
  const auto report = make_bench_report("md");
  EXPECT_NE(report->begin().find("| model "), std::string::npos);
  const std::string line = report->row(row());
  EXPECT_NE(line.find("| lfm2moe 24B.A2B Q4_0 "), std::string::npos) << line;
  EXPECT_NE(line.find(" 12.54 GiB |"), std::string::npos) << line;
  EXPECT_NE(line.find(" 23.84 B |"), std::string::npos) << line;
  EXPECT_NE(line.find(" tg16 |"), std::string::npos) << line;
  EXPECT_NE(line.find(" 12.00 ± 5.66 |"), std::string::npos) << line;
  EXPECT_NE(line.find(" 50.0% of 13.5 GB/s |"), std::string::npos) << line;
}

TEST(BenchReport, JsonHasTheKeysThatScriptsRead) {
  const auto report = make_bench_report("json");
  std::string text = report->begin();
  text += report->row(row());
  text += report->row(row());
  text += report->end();
  const auto json = nlohmann::json::parse(text);
  ASSERT_EQ(json.size(), 2u);
  for (const char* key : {"build_commit",   "build_number",
                          "cpu_info",       "gpu_info",
                          "backends",       "model_filename",
                          "model_type",     "model_size",
                          "model_n_params", "n_batch",
                          "n_ubatch",       "n_threads",
                          "cpu_mask",       "cpu_strict",
                          "poll",           "type_k",
                          "type_v",         "n_gpu_layers",
                          "n_cpu_moe",      "split_mode",
                          "main_gpu",       "no_kv_offload",
                          "flash_attn",     "devices",
                          "tensor_split",   "tensor_buft_overrides",
                          "use_mmap",       "use_direct_io",
                          "embeddings",     "no_op_offload",
                          "no_host",        "repack",
                          "n_prompt",       "n_gen",
                          "n_depth",        "test_time",
                          "avg_ns",         "stddev_ns",
                          "avg_ts",         "stddev_ts",
                          "samples_ns",     "samples_ts",
                          "roof_kind",      "roof",
                          "roof_share"}) {
    EXPECT_TRUE(json[1].contains(key)) << key;
  }
  EXPECT_EQ(json[0]["n_gen"], 16);
  EXPECT_EQ(json[0]["avg_ns"], 1'500'000'000);
  EXPECT_EQ(json[0]["samples_ts"], (std::vector<double>{16, 8}));
  EXPECT_EQ(json[0]["roof_kind"], "read");
  EXPECT_EQ(json[0]["roof_share"], 0.5);
}

TEST(BenchReport, JsonLinesAreOnePerTest) {
  const auto report = make_bench_report("jsonl");
  const std::string line = report->row(row());
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(nlohmann::json::parse(line)["model_filename"], "a \"b\".gguf");
}

TEST(BenchReport, CsvHasOneHeaderAndQuotesEverything) {
  const auto report = make_bench_report("csv");
  const std::string first = report->row(row()), second = report->row(row());
  EXPECT_TRUE(first.starts_with("build_commit,build_number,"));
  EXPECT_TRUE(first.ends_with(second));
  EXPECT_NE(second.find("\"a \"\"b\"\".gguf\""), std::string::npos) << second;
  EXPECT_EQ(first.find("samples"), std::string::npos);
}

TEST(BenchReport, RefusesOtherFormats) { EXPECT_THROW((void)make_bench_report("xml"), Error); }

TEST(BenchPlan, TestsPromptsThenAnswersThenBoth) {
  BenchFlags flags;
  flags.n_prompt = {"16,32"};
  flags.prompt_gen = {"8,4"};
  flags.n_depth = {"0,64"};
  std::vector<std::string> labels;
  for (const BenchTest& test : bench_tests(flags)) labels.push_back(test.label());
  EXPECT_EQ(labels, (std::vector<std::string>{"pp16", "pp32", "tg128", "pp8+tg4", "pp16 @ d64",
                                              "pp32 @ d64", "tg128 @ d64", "pp8+tg4 @ d64"}));
  EXPECT_EQ(bench_setups(flags).size(), 1u);
  flags.n_threads = {"1,2"};
  flags.key_cache = {"f16,q8_0"};
  EXPECT_EQ(bench_setups(flags).size(), 4u);
  flags.prompt_gen = {"8"};
  EXPECT_THROW((void)bench_tests(flags), Error);
}

}  // namespace
}  // namespace freshet
