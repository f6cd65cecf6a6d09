// freshet quantize, imatrix and perplexity as a user meets them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "e2e/cli_support.h"

namespace freshet::testing {
namespace {

namespace fs = std::filesystem;

std::string text_of_numbers() {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "The snow melts, and " + std::to_string(i * i) + ".\n";
  return text;
}

/// A folder with a model in BF16 and a text.
class CliQuality : public ::testing::Test {
 protected:
  CliQuality() {
    write_synth(plan_synth(synth_shape("nano-moe"), "bf16"), path("bf16.gguf"), 7);
    folder_.write("text.txt", text_of_numbers());
  }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  size_t n_files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_.path()), {}));
  }
  ProcessResult quantize(const std::vector<std::string>& args) const {
    std::vector<std::string> all = {"quantize", "-t", "1"};
    all.insert(all.end(), args.begin(), args.end());
    return freshet(all);
  }
  TemporaryFolder folder_;
};

TEST_F(CliQuality, QuantizeWritesAFileThatRuns) {
  const ProcessResult made = quantize({path("bf16.gguf"), path("q4.gguf"), "Q4_K_M"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.out + made.err, "");
  EXPECT_TRUE(contains(freshet({"info", path("q4.gguf")}).out, "Q4_K - Medium"));
  EXPECT_EQ(freshet({"run", "-m", path("q4.gguf"), "-p", "x", "-n", "1", "-t", "1"}).exit_code, 0);
}

TEST_F(CliQuality, DryRunTellsTheSizeAndWritesNothing) {
  const ProcessResult told = quantize({"--dry-run", path("bf16.gguf"), "q4_k_m"});
  EXPECT_EQ(told.exit_code, 0) << told.err;
  EXPECT_EQ(n_files(), 2u);
  quantize({path("bf16.gguf"), path("q4.gguf"), "q4_k_m"});
  EXPECT_TRUE(contains(told.out, std::to_string(fs::file_size(path("q4.gguf"))) + " bytes\n"))
      << told.out;
  const ProcessResult listed = quantize({"--dry-run", "-v", path("bf16.gguf"), path("x.gguf"),
                                         "q4_k_m", "--tensor-type", "ffn_down=q8_0"});
  EXPECT_TRUE(contains(listed.out, "BF16 -> Q8_0")) << listed.out;
}

TEST_F(CliQuality, QuantizeRefusesInOneLine) {
  const std::string in = path("bf16.gguf"), out = path("out.gguf");
  expect_one_line_of_error(quantize({in, out, "q4_k_l"}), 2);
  expect_one_line_of_error(quantize({in, out}), 2);
  expect_one_line_of_error(quantize({in, out, "q4_0", "--tensor-type", "ffn_down"}), 2);
  expect_one_line_of_error(quantize({in, out, "q4_0", "--tensor-type", "no_such=q4_0"}), 2);
  expect_one_line_of_error(quantize({path("text.txt"), out, "q4_0"}), 1);
  expect_one_line_of_error(quantize({path("absent"), out, "q4_0"}), 1);
  expect_one_line_of_error(quantize({in, in, "q4_0", "--force"}), 2);
  folder_.write("out.gguf", "precious");
  expect_one_line_of_error(quantize({in, out, "q4_0"}), 2);
  EXPECT_EQ(fs::file_size(out), 8u);
  EXPECT_EQ(quantize({in, out, "q4_0", "--force"}).exit_code, 0);
  expect_one_line_of_error(quantize({out, path("again.gguf"), "q8_0"}), 1);
  EXPECT_EQ(n_files(), 3u);
}

TEST_F(CliQuality, AnInterruptLeavesNoFile) {
  const TemporaryFolder folder;
  const std::string in = folder.path() / "in.gguf";
  SynthShape shape = synth_shape("nano");
  shape.vocab = 40'000;  // some seconds of work
  shape.hidden = 1024;
  write_synth(plan_synth(shape, "bf16"), in, 1);
  Process process(
      {FRESHET_PROGRAM, "quantize", in, folder.path() / "out.gguf", "iq4_xs", "--pure", "-t", "1"});
  const auto has_begun = [&] {
    return std::distance(fs::directory_iterator(folder.path()), {}) > 1;
  };
  for (int i = 0; i < 3000 && !has_begun(); ++i) usleep(1000);
  EXPECT_TRUE(has_begun());
  process.send(SIGINT);
  EXPECT_EQ(process.wait().exit_code, 130);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST_F(CliQuality, ImatrixIsWhatQuantizeTakes) {
  const std::vector<std::string> gather = {
      "imatrix", "-m", path("bf16.gguf"), "-f", path("text.txt"), "-o", path("it"), "-c", "64",
      "-t",      "1",  "--windows",       "4"};
  const ProcessResult gathered = freshet(gather);
  EXPECT_EQ(gathered.exit_code, 0) << gathered.err;
  EXPECT_EQ(gathered.out, "");
  expect_one_line_of_error(freshet(gather), 2);  // it is there
  const ProcessResult made =
      quantize({"--imatrix", path("it"), path("bf16.gguf"), path("q4.gguf"), "q4_k_m"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_TRUE(contains(freshet({"info", "--metadata", path("q4.gguf")}).out,
                       "quantize.imatrix.chunks_count"));
  expect_one_line_of_error(
      quantize({"--imatrix", path("bf16.gguf"), path("bf16.gguf"), path("x.gguf"), "q4_0"}), 1);
}

TEST_F(CliQuality, PerplexityComparesWithSavedPredictions) {
  const std::string model = path("bf16.gguf");
  const auto perplexity = [&](std::vector<std::string> args) {
    args.insert(args.begin(), {"perplexity", "-t", "1"});
    return freshet(args);
  };
  const ProcessResult base = perplexity({"-m", model, "-f", path("text.txt"), "-c", "64",
                                         "--windows", "4", "--kl-base", path("kl"), "--json"});
  EXPECT_EQ(base.exit_code, 0) << base.err;
  const auto report = nlohmann::json::parse(base.out);
  EXPECT_EQ(report.at("n_windows"), 4);
  EXPECT_EQ(report.at("window"), 64);
  EXPECT_EQ(report.at("first_scored"), 32);
  EXPECT_EQ(report.at("n_scored"), 128);
  EXPECT_GT(report.at("perplexity"), 1.0);

  const auto same =
      nlohmann::json::parse(perplexity({"-m", model, "--kl", path("kl"), "--json"}).out);
  EXPECT_EQ(same.at("perplexity"), report.at("perplexity"));
  EXPECT_EQ(same.at("kl_divergence").at("maximum"), 0.0);
  EXPECT_EQ(same.at("same_top"), 1.0);

  quantize({model, path("q4.gguf"), "q4_0"});
  const ProcessResult other =
      perplexity({"-m", path("q4.gguf"), "-f", path("text.txt"), "--kl", path("kl")});
  EXPECT_EQ(other.exit_code, 0) << other.err;
  EXPECT_TRUE(contains(other.out, "KL divergence    0.")) << other.out;
}

TEST_F(CliQuality, PerplexityRefusesInOneLine) {
  const auto perplexity = [&](std::vector<std::string> args) {
    args.insert(args.begin(), {"perplexity", "-t", "1", "-m", path("bf16.gguf")});
    return freshet(args, "a text on standard input");
  };
  expect_one_line_of_error(perplexity({"-f", path("absent")}), 1);
  expect_one_line_of_error(perplexity({"-p", "too short"}), 1);
  expect_one_line_of_error(perplexity({"-f", path("text.txt"), "-c", "3"}), 1);
  expect_one_line_of_error(perplexity({"--kl", path("absent")}), 1);
  expect_one_line_of_error(perplexity({"--kl", path("bf16.gguf")}), 1);
  expect_one_line_of_error(perplexity({"--kl", path("x"), "--kl-base", path("y")}), 2);
  expect_one_line_of_error(perplexity({"--kl", path("x"), "-c", "64"}), 2);
  expect_one_line_of_error(perplexity({"-f", path("text.txt"), "--kl-base", path("text.txt")}), 2);
}

}  // namespace
}  // namespace freshet::testing
