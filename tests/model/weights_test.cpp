// Tensors in their places: which names and shapes are accepted, and the message for others.
#include "model/weights.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/error.h"
#include "model/memory.h"
#include "support/edited_model.h"
#include "support/tiny_models.h"

namespace freshet {
namespace {

using testing::EditedModel;
using testing::model_file;

EditedModel dense() { return EditedModel(model_file(testing::tiny_dense(), "q4_0")); }
EditedModel moe() { return EditedModel(model_file(testing::tiny_moe(), "q4_0")); }

/// A file in memory with its weights bound.
struct Bound {
  explicit Bound(const EditedModel& model)
      : bytes(model.to_bytes()),
        file(bytes, "test.gguf"),
        config(read_config(file)),
        weights(bind_weights(
            file, config,
            MemoryShape(config, kernels::CacheType::kF16, kernels::CacheType::kF16).page_offsets)) {
  }
  std::vector<std::byte> bytes;
  GgufFile file;
  Config config;
  Weights weights;
};

void expect_refusal(const EditedModel& model, std::initializer_list<const char*> words) {
  try {
    const Bound bound(model);
    FAIL() << "the file was accepted";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.kind(), ErrorKind::kBadFile) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    for (const char* word : words) {
      EXPECT_NE(message.find(word), std::string::npos) << word << " is not in: " << message;
    }
  }
}

TEST(Weights, AreThoseOfTheFileAndNotCopies) {
  const Bound bound(dense());
  EXPECT_EQ(bound.weights.layers.size(), 3u);
  const std::byte* begin = bound.bytes.data();
  const auto* data = reinterpret_cast<const std::byte*>(bound.weights.embedding.data);
  EXPECT_GE(data, begin);
  EXPECT_LT(data, begin + bound.bytes.size());
}

TEST(Weights, TieTheHeadToTheEmbedding) {
  const Bound bound(dense());
  EXPECT_EQ(bound.weights.head.data, bound.weights.embedding.data);
}

TEST(Weights, TakeAHeadOfTheirOwn) {
  const Bound bound(dense().with_copy("token_embd.weight", "output.weight"));
  EXPECT_NE(bound.weights.head.data, bound.weights.embedding.data);
  EXPECT_EQ(bound.weights.head.name, "output.weight");
}

TEST(Weights, TakeTheFinalNormByItsOtherName) {
  const Bound bound(dense().with_tensor_named("token_embd_norm.weight", "output_norm.weight"));
  const Bound usual(dense());
  EXPECT_EQ(std::memcmp(bound.weights.final_norm.weight, usual.weights.final_norm.weight,
                        256 * sizeof(float)),
            0);
}

TEST(Weights, HaveTheFeedForwardWidthThatTheTensorsSay) {
  const Bound bound(dense().with_key("lfm2.feed_forward_length", uint32_t{7}));
  EXPECT_EQ(std::get<DenseWeights>(bound.weights.layers[0].ffn).gate.dims[1], 256);
}

TEST(Weights, RefuseEveryMissingTensorByName) {
  for (const char* name :
       {"token_embd_norm.weight", "blk.0.attn_norm.weight", "blk.0.shortconv.conv.weight",
        "blk.0.shortconv.in_proj.weight", "blk.0.shortconv.out_proj.weight", "blk.1.attn_q.weight",
        "blk.1.attn_k.weight", "blk.1.attn_v.weight", "blk.1.attn_output.weight",
        "blk.1.attn_q_norm.weight", "blk.1.attn_k_norm.weight", "blk.2.ffn_norm.weight",
        "blk.2.ffn_gate.weight", "blk.2.ffn_up.weight", "blk.2.ffn_down.weight"}) {
    expect_refusal(dense().without_tensor(name), {"test.gguf", name, "missing"});
  }
  for (const char* name :
       {"blk.1.ffn_gate_inp.weight", "blk.1.exp_probs_b.bias", "blk.1.ffn_gate_exps.weight",
        "blk.1.ffn_up_exps.weight", "blk.1.ffn_down_exps.weight", "blk.0.ffn_up.weight"}) {
    expect_refusal(moe().without_tensor(name), {"test.gguf", name, "missing"});
  }
}

TEST(Weights, RefuseAWrongShapeWithWhatWasExpectedAndFound) {
  const auto refuses = [](EditedModel model, const char* name, std::vector<int64_t> dims,
                          const char* found, const char* expected) {
    expect_refusal(model.with_tensor(name, std::move(dims)), {"test.gguf", name, found, expected});
  };
  refuses(dense(), "blk.1.attn_k.weight", {256, 256}, "[256, 256]", "[256, 128]");
  refuses(dense(), "blk.1.attn_q.weight", {128, 256}, "[128, 256]", "[256, 256]");
  refuses(dense(), "blk.0.attn_norm.weight", {255}, "[255]", "[256]");
  refuses(dense(), "blk.0.attn_norm.weight", {256, 2}, "[256, 2]", "[256]");
  refuses(dense(), "blk.0.shortconv.conv.weight", {4, 256}, "[4, 256]", "[3, 256]");
  refuses(dense(), "blk.0.shortconv.in_proj.weight", {256, 512}, "[256, 512]", "[256, 768]");
  refuses(dense(), "blk.2.ffn_down.weight", {64, 256}, "[64, 256]", "[256, 256]");
  refuses(dense(), "blk.2.ffn_up.weight", {256, 64}, "[256, 64]", "[256, 256]");
  refuses(dense(), "output.weight", {256, 100}, "[256, 100]", "[256, 272]");
  refuses(dense(), "token_embd.weight", {64, 272}, "[64, 272]", "[256, 272]");
  refuses(moe(), "blk.1.ffn_gate_inp.weight", {256, 4}, "[256, 4]", "[256, 5]");
  refuses(moe(), "blk.1.exp_probs_b.bias", {4}, "[4]", "[5]");
  refuses(moe(), "blk.1.ffn_up_exps.weight", {256, 256, 4}, "[256, 256, 4]", "[256, 256, 5]");
}

TEST(Weights, RefuseAConvolutionWhereTheMetadataSaysAttention) {
  expect_refusal(dense().with_array<int32_t>("lfm2.attention.head_count_kv", {2, 2, 0}),
                 {"blk.0.attn_q"});
}

}  // namespace
}  // namespace freshet
