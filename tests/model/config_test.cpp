// What a model's metadata must say, and the message when it does not.
#include "model/config.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "support/edited_model.h"
#include "support/tiny_models.h"

namespace freshet {
namespace {

using testing::EditedModel;
using testing::model_file;

EditedModel dense() { return EditedModel(model_file(testing::tiny_dense(), "q4_0")); }
EditedModel moe() { return EditedModel(model_file(testing::tiny_moe(), "q4_0")); }

Config config_of(const EditedModel& model) {
  const std::vector<std::byte> bytes = model.to_bytes();
  return read_config(GgufFile(bytes, "test.gguf"));
}

/// The configuration is refused with one line that holds all these words.
void expect_refusal(const EditedModel& model, ErrorKind kind,
                    std::initializer_list<const char*> words) {
  try {
    static_cast<void>(config_of(model));
    FAIL() << "the file was accepted";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.kind(), kind) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_NE(message.find("test.gguf"), std::string::npos) << message;
    for (const char* word : words) {
      EXPECT_NE(message.find(word), std::string::npos) << word << " is not in: " << message;
    }
  }
}

TEST(Config, ReadsADenseModel) {
  const Config config = config_of(dense());
  EXPECT_EQ(config.architecture, "lfm2");
  EXPECT_EQ(config.n_layers, 3);
  EXPECT_EQ(config.hidden, 256);
  EXPECT_EQ(config.vocab, 272);
  EXPECT_EQ(config.context_length, 4096);
  EXPECT_EQ(config.n_heads, 4);
  EXPECT_EQ(config.head_dim, 64);
  EXPECT_EQ(config.n_kv_heads, (std::vector<int>{0, 2, 0}));
  EXPECT_EQ(config.conv_taps, 3);
  EXPECT_EQ(config.n_dense_layers, 3);
  EXPECT_EQ(config.rope_base, 1e6f);
}

TEST(Config, ReadsAModelWithExperts) {
  const Config config = config_of(moe());
  EXPECT_EQ(config.architecture, "lfm2moe");
  EXPECT_EQ(config.n_dense_layers, 1);
  EXPECT_EQ(config.n_experts, 5);
  EXPECT_EQ(config.n_experts_used, 2);
  EXPECT_EQ(config.expert_scale, 1.0f);
}

TEST(Config, ReadsHeadCountsOfAnyIntegerType) {
  const std::vector<int> want = {0, 2, 0};
  const char* key = "lfm2.attention.head_count_kv";
  EXPECT_EQ(config_of(dense().with_array<uint32_t>(key, {0, 2, 0})).n_kv_heads, want);
  EXPECT_EQ(config_of(dense().with_array<int64_t>(key, {0, 2, 0})).n_kv_heads, want);
  EXPECT_EQ(config_of(dense().with_array<uint8_t>(key, {0, 2, 0})).n_kv_heads, want);
}

TEST(Config, IgnoresAFeedForwardLengthThatIsAnothers) {
  EXPECT_EQ(config_of(dense().with_key("lfm2.feed_forward_length", uint32_t{99999})).hidden, 256);
  EXPECT_EQ(config_of(dense().without_key("lfm2.feed_forward_length")).hidden, 256);
}

TEST(Config, TakesSigmoidGatingForGrantedWhereNothingIsSaid) {
  EXPECT_EQ(config_of(moe().without_key("lfm2moe.expert_gating_func")).n_experts, 5);
}

TEST(Config, ReadsTheScaleOfExperts) {
  EXPECT_EQ(config_of(moe().with_key("lfm2moe.expert_weights_scale", 2.5f)).expert_scale, 2.5f);
}

TEST(Config, RefusesAnUnknownArchitecture) {
  expect_refusal(dense().with_key("general.architecture", "qwen3"), ErrorKind::kUnsupported,
                 {"qwen3", "lfm2", "lfm2moe"});
}

TEST(Config, RefusesAFileWithoutAnArchitecture) {
  expect_refusal(dense().without_key("general.architecture"), ErrorKind::kBadFile,
                 {"general.architecture"});
}

TEST(Config, RefusesAMissingKeyByName) {
  for (const char* key :
       {"lfm2.block_count", "lfm2.embedding_length", "lfm2.context_length",
        "lfm2.attention.head_count", "lfm2.attention.head_count_kv", "lfm2.rope.freq_base",
        "lfm2.attention.layer_norm_rms_epsilon", "lfm2.shortconv.l_cache"}) {
    expect_refusal(dense().without_key(key), ErrorKind::kBadFile, {key});
  }
}

TEST(Config, RefusesASingleNumberOfKeyValueHeads) {
  expect_refusal(dense().with_key("lfm2.attention.head_count_kv", uint32_t{2}), ErrorKind::kBadFile,
                 {"head_count_kv", "single number", "array"});
}

TEST(Config, RefusesHeadCountsThatAreNotOnePerLayer) {
  expect_refusal(dense().with_array<int32_t>("lfm2.attention.head_count_kv", {0, 2}),
                 ErrorKind::kBadFile, {"head_count_kv", "2 entries", "3 layers"});
}

TEST(Config, RefusesHeadCountsThatDoNotDivideTheHeads) {
  for (const int32_t n : {3, 5, -1}) {
    expect_refusal(dense().with_array<int32_t>("lfm2.attention.head_count_kv", {0, n, 0}),
                   ErrorKind::kBadFile, {"head_count_kv", std::to_string(n).c_str()});
  }
}

TEST(Config, RefusesMoreQueryHeadsPerKeyThanAttentionTakes) {
  // 32 heads of 32 dimensions on one key head.
  expect_refusal(dense()
                     .with_key("lfm2.attention.head_count", uint32_t{32})
                     .with_key("lfm2.attention.key_length", uint32_t{32})
                     .with_key("lfm2.attention.value_length", uint32_t{32})
                     .with_array<int32_t>("lfm2.attention.head_count_kv", {0, 1, 0}),
                 ErrorKind::kUnsupported, {"32"});
}

TEST(Config, RefusesSoftmaxGating) {
  expect_refusal(moe().with_key("lfm2moe.expert_gating_func", uint32_t{1}), ErrorKind::kUnsupported,
                 {"expert_gating_func", "1", "sigmoid"});
}

TEST(Config, RefusesMoreExpertsPerTokenThanThereAre) {
  expect_refusal(moe().with_key("lfm2moe.expert_used_count", uint32_t{6}), ErrorKind::kBadFile,
                 {"expert_used_count", "6", "5"});
  expect_refusal(moe().with_key("lfm2moe.expert_used_count", uint32_t{0}), ErrorKind::kBadFile,
                 {"expert_used_count", "0"});
}

TEST(Config, RefusesHeadsThatAreNoMultipleOf32Wide) {
  expect_refusal(dense().with_key("lfm2.attention.head_count", uint32_t{16}),
                 ErrorKind::kUnsupported, {"16", "32"});
  expect_refusal(dense().with_key("lfm2.attention.key_length", uint32_t{48}),
                 ErrorKind::kUnsupported, {"48", "32"});
}

TEST(Config, RefusesNumbersOutOfTheirBounds) {
  const auto refuses = [](const char* key, auto value) {
    expect_refusal(dense().with_key(key, value), ErrorKind::kBadFile, {key});
  };
  refuses("lfm2.block_count", uint32_t{0});
  refuses("lfm2.block_count", uint32_t{4'000'000'000});
  refuses("lfm2.block_count", int32_t{-3});
  refuses("lfm2.embedding_length", uint64_t{1} << 63);
  refuses("lfm2.embedding_length", uint32_t{0});
  refuses("lfm2.context_length", uint32_t{0});
  refuses("lfm2.context_length", uint64_t{1} << 40);
  refuses("lfm2.attention.head_count", uint32_t{0});
  refuses("lfm2.shortconv.l_cache", uint32_t{1});
  refuses("lfm2.shortconv.l_cache", uint32_t{100});
  refuses("lfm2.rope.freq_base", -1.0f);
  refuses("lfm2.rope.freq_base", std::numeric_limits<float>::quiet_NaN());
  refuses("lfm2.attention.layer_norm_rms_epsilon", 0.0f);
  refuses("lfm2.attention.layer_norm_rms_epsilon", std::numeric_limits<float>::infinity());
}

TEST(Config, RefusesNumbersOfTheWrongType) {
  expect_refusal(dense().with_key("lfm2.block_count", "three"), ErrorKind::kBadFile,
                 {"lfm2.block_count"});
  expect_refusal(dense().with_key("lfm2.rope.freq_base", "big"), ErrorKind::kBadFile,
                 {"lfm2.rope.freq_base"});
}

TEST(Config, RefusesASlidingWindow) {
  expect_refusal(dense().with_key("lfm2.attention.sliding_window", uint32_t{512}),
                 ErrorKind::kUnsupported, {"sliding"});
}

TEST(Config, RefusesAFileWithoutAnEmbedding) {
  expect_refusal(dense().without_tensor("token_embd.weight"), ErrorKind::kBadFile,
                 {"token_embd.weight", "missing"});
}

}  // namespace
}  // namespace freshet
