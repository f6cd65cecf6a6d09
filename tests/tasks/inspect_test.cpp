#include <freshet/error.h>
#include <freshet/inspect.h>
#include <freshet/synth.h>
#include <gtest/gtest.h>

#include "gguf/writer.h"
#include "support/temporary_folder.h"

namespace freshet {
namespace {

using testing::TemporaryFolder;

TEST(Inspect, TellsAModelThatRuns) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "model.gguf";
  const SynthPlan plan = plan_synth(synth_shape("nano-moe"), "q4_k_m");
  write_synth(plan, path, 1);
  const FileReport report = inspect_file(path, {.contexts = {64, 4096}});
  EXPECT_EQ(report.architecture, "lfm2moe");
  EXPECT_EQ(report.file_type, "Q4_K - Medium");
  EXPECT_EQ(report.not_runnable, "");
  EXPECT_EQ(report.tensor_bytes, plan.tensor_bytes);
  EXPECT_EQ(report.parameters, plan.parameters);
  EXPECT_EQ(report.tensors.size(), plan.tensors.size());
  uint64_t census_bytes = 0;
  for (const FormatCensus& row : report.census) census_bytes += row.bytes;
  EXPECT_EQ(census_bytes, plan.tensor_bytes);
  ASSERT_TRUE(report.shape.has_value());
  EXPECT_EQ(report.shape->n_layers, 7);
  EXPECT_EQ(report.shape->n_attention_layers, 2);
  EXPECT_EQ(report.shape->n_experts_used, 4);
  EXPECT_EQ(report.tokenizer.n_tokens, 512u);
  EXPECT_EQ(report.tokenizer.pre, "lfm2");
  EXPECT_TRUE(report.tokenizer.has_chat_template);
  ASSERT_EQ(report.contexts.size(), 2u);
  EXPECT_LT(report.contexts[0].cache_bytes, report.contexts[1].cache_bytes);
  // Keys and values of two layers, two heads of 64, in f16.
  EXPECT_GE(report.contexts[1].cache_bytes, 4096u * 2 * 2 * 2 * 64 * 2);
}

TEST(Inspect, TellsTheModelInTheBox) {
  const FileReport report = inspect_file("");
  EXPECT_EQ(report.not_runnable, "");
  EXPECT_EQ(report.name, "freshet demo");
  EXPECT_EQ(report.contexts.back().n_tokens, 4096);
}

TEST(Inspect, TellsWhatItCanOfAModelThatDoesNotRun) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "other.gguf";
  const std::vector<std::byte> data(64);
  GgufWriter writer;
  writer.add("general.architecture", "llama");
  writer.add("tokenizer.ggml.model", uint32_t{7});  // of the wrong type
  writer.add_tensor("some.weight", DType::F16, {8, 4}, data);
  writer.write(path);
  const FileReport report = inspect_file(path);
  EXPECT_NE(report.not_runnable.find("llama"), std::string::npos) << report.not_runnable;
  EXPECT_EQ(report.architecture, "llama");
  EXPECT_FALSE(report.shape.has_value());
  EXPECT_TRUE(report.contexts.empty());
  ASSERT_EQ(report.tensors.size(), 1u);
  EXPECT_EQ(report.tensors[0].dims, (std::vector<int64_t>{8, 4}));
  EXPECT_EQ(report.metadata.size(), 2u);
}

TEST(Inspect, RefusesWhatIsNoGguf) {
  const TemporaryFolder folder;
  folder.write("page.gguf", "<!DOCTYPE html><html></html>");
  EXPECT_THROW((void)inspect_file(folder.path() / "page.gguf"), Error);
  EXPECT_THROW((void)inspect_file(folder.path() / "absent.gguf"), Error);
}

TEST(Inspect, RefusesAContextBeyondTheModels) {
  EXPECT_THROW((void)inspect_file("", {.contexts = {4097}}), Error);
}

}  // namespace
}  // namespace freshet
