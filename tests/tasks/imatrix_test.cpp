#include <freshet/imatrix.h>
#include <freshet/synth.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "backend/observing_backend.h"
#include "engine/engine_impl.h"
#include "kernels/formats/codec.h"
#include "support/temporary_folder.h"
#include "tasks/importance.h"
#include "tasks/text_windows.h"

namespace freshet {
namespace {

using testing::TemporaryFolder;
namespace fs = std::filesystem;

constexpr int64_t kWindow = 64;

class Imatrix : public ::testing::Test {
 protected:
  Imatrix() {
    write_synth(plan_synth(synth_shape("nano-moe"), "bf16"), model_, 1);
    for (int i = 0; i < 200; ++i) text_ += "The snow melts, and " + std::to_string(i * i) + ".\n";
  }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  ImatrixReport gather(const std::string& out, int micro_batch = 2048) const {
    return gather_imatrix(model_, text_, "snow", path(out),
                          {.engine = {.n_threads = 1, .micro_batch = micro_batch},
                           .window = kWindow,
                           .most_windows = 5});
  }
  /// The sums of one tensor: [n_matrices, columns], and the rows counted.
  struct Sums {
    std::vector<float> squares, counts;
  };
  Sums sums(const std::string& file, const std::string& name) const {
    const GgufFile gguf(path(file));
    const auto floats = [&](const std::string& part) {
      const Tensor& tensor = *gguf.find(name + part);
      const auto* values = reinterpret_cast<const float*>(tensor.data);
      return std::vector<float>(values, values + tensor.elements());
    };
    return {floats(".in_sum2"), floats(".counts")};
  }
  TemporaryFolder folder_;
  std::string model_ = path("model.gguf"), text_;
};

TEST_F(Imatrix, HoldsTheMeanSquaresOfWhatTheFirstMatrixReads) {
  const ImatrixReport report = gather("it");
  EXPECT_EQ(report.n_windows, 5);
  EXPECT_EQ(report.n_tokens, 5 * kWindow);
  // Layer 0 is a convolution, whose in_proj reads the normed embedding of each token.
  Engine engine = Engine::open(model_, {.n_threads = 1});
  const TextWindows windows(engine, engine.tokenizer().encode(text_), kWindow, 5);
  const GgufFile file(model_);
  const Tensor& table = *file.find("token_embd.weight");
  const auto* norm = reinterpret_cast<const float*>(file.find("blk.0.attn_norm.weight")->data);
  const auto width = static_cast<size_t>(table.dims[0]);
  std::vector<double> want(width);
  for (const TokenId token : windows.all()) {
    std::vector<float> row(width);
    kernels::decode_row(table.dtype, table.row(token), row.data(), table.dims[0]);
    double power = 0;
    for (const float x : row) power += double{x} * x;
    for (size_t c = 0; c < width; ++c) {
      const double x = row[c] / std::sqrt(power / static_cast<double>(width) + 1e-5) * norm[c];
      want[c] += x * x;
    }
  }
  const Sums got = sums("it", "blk.0.shortconv.in_proj.weight");
  ASSERT_EQ(got.squares.size(), width);
  EXPECT_EQ(got.counts, std::vector<float>{5 * kWindow});
  for (size_t c = 0; c < width; ++c) EXPECT_NEAR(got.squares[c], want[c], 1e-4 * want[c]);
}

TEST_F(Imatrix, CountsEveryTokensChoicesOfExperts) {
  gather("it");
  const GgufFile model(model_);
  const auto used = model.metadata().require<uint32_t>("lfm2moe.expert_used_count");
  int n_stacks = 0;
  for (const Tensor& tensor : model.tensors()) {
    if (tensor.n_dims != 3) continue;
    const Sums got = sums("it", std::string(tensor.name));
    float rows = 0;
    for (const float n : got.counts) rows += n;
    EXPECT_EQ(rows, static_cast<float>(5 * kWindow * used)) << tensor.name;
    EXPECT_EQ(got.squares.size(), static_cast<size_t>(tensor.dims[0] * tensor.dims[2]));
    ++n_stacks;
  }
  EXPECT_GT(n_stacks, 0);
}

TEST_F(Imatrix, KnowsEveryMatrixAndNothingElse) {
  gather("it");
  const Importance importance(path("it"));
  EXPECT_EQ(importance.datasets(), std::vector<std::string>{"snow"});
  EXPECT_EQ(importance.n_windows(), 5u);
  size_t n_matrices = 0;
  const GgufFile model(model_);
  for (const Tensor& tensor : model.tensors()) {
    const bool is_matrix = tensor.n_dims >= 2 &&
                           tensor.name.find("shortconv.conv") == std::string_view::npos &&
                           tensor.name.find("ffn_gate_inp") == std::string_view::npos;
    EXPECT_EQ(importance.knows(tensor.name), is_matrix) << tensor.name;
    n_matrices += is_matrix ? 1 : 0;
  }
  EXPECT_EQ(importance.size(), n_matrices);
}

TEST_F(Imatrix, HardlyDependsOnHowWindowsShareAPass) {
  gather("wide");
  gather("narrow", 50);
  for (const char* name : {"blk.0.shortconv.in_proj.weight", "blk.3.ffn_down_exps.weight",
                           "token_embd.weight", "blk.2.attn_v.weight"}) {
    const Sums a = sums("wide", name), b = sums("narrow", name);
    EXPECT_EQ(a.counts, b.counts) << name;
    for (size_t i = 0; i < a.squares.size(); ++i) {
      EXPECT_NEAR(a.squares[i], b.squares[i], 1e-6 * a.squares[i]) << name;
    }
  }
}

TEST_F(Imatrix, LookingDoesNotChangeWhatIsComputed) {
  const BackendWrapper wrap = [](std::unique_ptr<Backend> backend) {
    return std::make_unique<ObservingBackend>(
        std::move(backend),
        [](std::span<const Tensor* const>, int64_t, std::span<const float* const>) {});
  };
  Engine plain = Engine::open(model_, {.n_threads = 1});
  Engine watched(std::make_unique<Engine::Impl>(std::make_unique<GgufFile>(model_),
                                                EngineOptions{.n_threads = 1}, wrap));
  const std::vector<TokenId> tokens = plain.tokenizer().encode(text_.substr(0, 300));
  Sequence a = plain.new_sequence(), b = watched.new_sequence();
  plain.read(a, tokens);
  watched.read(b, tokens);
  EXPECT_TRUE(std::ranges::equal(a.logits(), b.logits()));
}

TEST_F(Imatrix, RefusesAShortTextAndKeepsWhatIsThere) {
  const auto gather_from = [&](std::string_view text) {
    gather_imatrix(model_, text, "x", path("out"), {.engine = {.n_threads = 1}, .window = kWindow});
  };
  EXPECT_THROW(gather_from("short"), Error);
  EXPECT_FALSE(fs::exists(path("out")));
  std::ofstream(path("out")) << "precious";
  EXPECT_THROW(gather_from(text_), Error);
  EXPECT_EQ(fs::file_size(path("out")), 8u);
}

}  // namespace
}  // namespace freshet
