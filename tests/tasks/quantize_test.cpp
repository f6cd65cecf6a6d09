#include <freshet/quantize.h>
#include <freshet/synth.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

#include "gguf/reader.h"
#include "gguf/writer.h"
#include "kernels/formats/codec.h"
#include "support/temporary_folder.h"
#include "tasks/importance.h"

namespace freshet {
namespace {

using testing::TemporaryFolder;
namespace fs = std::filesystem;

/// Eight layers, so that the mixes' rules differ from layer to layer.
SynthShape eight_layers() {
  return {.name = "eight",
          .hidden = 256,
          .n_layers = 8,
          .attention_layers = {1, 3, 4, 5, 6, 7},
          .n_heads = 4,
          .n_kv_heads = 2,
          .ffn = 256,
          .n_experts = 3,
          .n_dense = 1,
          .n_experts_used = 2,
          .expert_ffn = 256,
          .vocab = 288};
}

/// As small as a file can be that has every kind of tensor.
SynthShape two_layers() {
  SynthShape shape = eight_layers();
  shape.name = "two";
  shape.n_layers = 2;
  shape.attention_layers = {1};
  shape.n_experts = 2;
  shape.n_dense = 0;
  return shape;
}

class Quantize : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  std::string model(const std::string& type = "bf16",
                    const SynthShape& shape = eight_layers()) const {
    const std::string file = path(shape.name + "-" + type + ".gguf");
    if (!fs::exists(file)) write_synth(plan_synth(shape, type), file, 3);
    return file;
  }
  std::string bytes_of(const std::string& file) const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  size_t n_files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_.path()), {}));
  }
  TemporaryFolder folder_;
};

std::string format_of(const QuantizePlan& plan, std::string_view name) {
  const auto found = std::ranges::find(plan.tensors, name, &QuantizedTensor::name);
  return found == plan.tensors.end() ? "absent" : std::string(found->to);
}

std::vector<float> weights_of(const Tensor& tensor) {
  std::vector<float> all(static_cast<size_t>(tensor.elements()));
  for (int64_t r = 0; r < tensor.rows(); ++r) {
    kernels::decode_row(tensor.dtype, tensor.row(r), &all[static_cast<size_t>(r * tensor.dims[0])],
                        tensor.dims[0]);
  }
  return all;
}

template <class Run>
ErrorKind kind_of_error(const Run& run) {
  try {
    run();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::kUsage;
}

TEST_F(Quantize, GivesTensorsTheFormatsOfAModelMadeInThatType) {
  for (const std::string& type : quantize_types()) {
    SCOPED_TRACE(type);
    const SynthPlan made = plan_synth(eight_layers(), type);
    const QuantizePlan plan = plan_quantize(model(), {.type = type});
    ASSERT_EQ(plan.tensors.size(), made.tensors.size());
    EXPECT_EQ(plan.tensor_bytes_after, made.tensor_bytes);
    for (const SynthTensor& tensor : made.tensors) {
      EXPECT_EQ(format_of(plan, tensor.name), tensor.format) << tensor.name;
    }
  }
}

TEST_F(Quantize, GivesMoreBitsWhereTheMixesDo) {
  const QuantizePlan medium = plan_quantize(model(), {.type = "Q4_K_M"});
  EXPECT_EQ(format_of(medium, "blk.0.ffn_down.weight"), "Q6_K");
  EXPECT_EQ(format_of(medium, "blk.1.ffn_down_exps.weight"), "Q4_K");
  EXPECT_EQ(format_of(medium, "blk.7.ffn_down_exps.weight"), "Q6_K");
  EXPECT_EQ(format_of(medium, "blk.1.attn_v.weight"), "Q4_K");  // n / 8 is 0 of 6
  EXPECT_EQ(format_of(medium, "blk.4.attn_v.weight"), "Q6_K");
  EXPECT_EQ(format_of(medium, "token_embd.weight"), "Q6_K");
  const QuantizePlan small = plan_quantize(model(), {.type = "q4_k_s"});
  EXPECT_EQ(format_of(small, "blk.0.ffn_down.weight"), "Q5_K");
  EXPECT_EQ(format_of(small, "blk.1.ffn_down_exps.weight"), "Q4_K");
  EXPECT_EQ(format_of(small, "blk.5.attn_v.weight"), "Q5_K");
  EXPECT_EQ(format_of(small, "blk.6.attn_v.weight"), "Q4_K");
  EXPECT_EQ(
      format_of(plan_quantize(model(), {.type = "q4_k_m", .pure = true}), "token_embd.weight"),
      "Q4_K");
}

TEST_F(Quantize, WritesWhatItPlannedAndKeepsTheWeights) {
  // Root of the mean squared error of a matrix, of its weights' deviation.
  const std::map<std::string_view, double> bounds = {
      {"F32", 0},     {"BF16", 0},     {"F16", 3e-4},    {"Q8_0", 0.006},
      {"Q6_K", 0.02}, {"Q5_K", 0.04},  {"Q5_1", 0.04},   {"Q5_0", 0.05},
      {"Q4_K", 0.08}, {"Q4_1", 0.08},  {"IQ4_NL", 0.08}, {"IQ4_XS", 0.08},
      {"Q4_0", 0.09}, {"MXFP4", 0.14}, {"Q3_K", 0.16},   {"Q2_K", 0.28}};
  const std::string in = model("bf16", two_layers());
  const GgufFile source(in);
  for (const std::string& type : quantize_types()) {
    SCOPED_TRACE(type);
    const std::string out = path(type + ".gguf");
    const QuantizePlan plan = quantize_file(in, out, {.type = type, .n_threads = 1});
    EXPECT_EQ(fs::file_size(out), plan.file_bytes);
    EXPECT_EQ(plan_quantize(in, {.type = type}).file_bytes, plan.file_bytes);
    const GgufFile result(out);
    for (const Tensor& before : source.tensors()) {
      const Tensor* after = result.find(before.name);
      ASSERT_NE(after, nullptr) << before.name;
      const std::vector<float> want = weights_of(before), got = weights_of(*after);
      double error = 0, power = 0;
      for (size_t i = 0; i < want.size(); ++i) {
        error += std::pow(double{got[i]} - want[i], 2);
        power += std::pow(double{want[i]}, 2);
      }
      EXPECT_LE(std::sqrt(error / power), bounds.at(info(after->dtype).name)) << before.name;
    }
  }
}

TEST_F(Quantize, KeepsTheMetadataAndSaysHowWeightsAreStored) {
  quantize_file(model("bf16", two_layers()), path("out.gguf"), {.type = "q5_k_m"});
  const GgufFile before(model("bf16", two_layers())), after(path("out.gguf"));
  EXPECT_EQ(after.metadata().require<uint32_t>("general.file_type"), 17u);
  EXPECT_EQ(after.metadata().require<uint32_t>("general.quantization_version"), 2u);
  ASSERT_EQ(after.metadata().entries().size(), before.metadata().entries().size());
  for (const MetadataEntry& entry : before.metadata().entries()) {
    const Value* value = after.metadata().find(entry.key);
    ASSERT_NE(value, nullptr) << entry.key;
    if (entry.key == "general.file_type") continue;
    EXPECT_EQ(preview(*value, 4096), preview(entry.value, 4096)) << entry.key;
  }
}

TEST_F(Quantize, TakesOverridesByPatternAndTheLastCounts) {
  QuantizeOptions options{.type = "q4_0"};
  options.tensor_types = {{"ffn_down.*", "q6_k"}, {"blk\\.[01]\\.ffn_down", "f16"}};
  const QuantizePlan plan = plan_quantize(model(), options);
  EXPECT_EQ(format_of(plan, "blk.0.ffn_down.weight"), "F16");
  EXPECT_EQ(format_of(plan, "blk.1.ffn_down_exps.weight"), "F16");
  EXPECT_EQ(format_of(plan, "blk.2.ffn_down_exps.weight"), "Q6_K");
  EXPECT_EQ(format_of(plan, "blk.2.ffn_up_exps.weight"), "Q4_0");
}

TEST_F(Quantize, RefusesOverridesThatMeanNothing) {
  for (const TensorTypeRule& rule : {TensorTypeRule{"ffn_donw", "q6_k"},
                                     {"ffn_down", "q7_k"},
                                     {"(", "q6_k"},
                                     {"", "q6_k"},
                                     {"ffn_gate_inp", "q8_0"},
                                     {"_norm", "f16"},
                                     {std::string(300, 'a'), "q6_k"}}) {
    QuantizeOptions options{.type = "q4_0"};
    options.tensor_types = {rule};
    EXPECT_EQ(kind_of_error([&] { (void)plan_quantize(model(), options); }), ErrorKind::kUsage)
        << rule.pattern;
  }
  EXPECT_EQ(kind_of_error([&] { (void)plan_quantize(model(), {.type = "q4_k_l"}); }),
            ErrorKind::kUsage);
}

TEST_F(Quantize, TakesSmallerBlocksWhereRowsDoNotDivideAndSaysSo) {
  SynthShape shape = eight_layers();
  shape.name = "narrow";
  shape.hidden = 96;
  shape.n_heads = 3;
  shape.n_kv_heads = 1;
  const QuantizePlan plan = plan_quantize(model("f32", shape), {.type = "q4_k_m"});
  EXPECT_EQ(format_of(plan, "blk.1.attn_q.weight"), "Q5_0");
  EXPECT_EQ(format_of(plan, "blk.1.attn_v.weight"), "Q5_0");
  EXPECT_EQ(format_of(plan, "token_embd.weight"), "Q8_0");
  ASSERT_FALSE(plan.notes.empty());
  EXPECT_NE(plan.notes.front().find("instead of Q4_K"), std::string::npos);
}

TEST_F(Quantize, RefusesToLosePrecisionTwiceUnlessAllowed) {
  const std::string in = model("q8_0", two_layers());
  EXPECT_EQ(kind_of_error([&] { (void)plan_quantize(in, {.type = "q4_k_m"}); }),
            ErrorKind::kUnsupported);
  const QuantizePlan plan =
      quantize_file(in, path("out.gguf"), {.type = "q4_k_m", .allow_requantize = true});
  EXPECT_EQ(format_of(plan, "blk.1.attn_q.weight"), "Q4_K");
  // What has the format already is copied.
  quantize_file(in, path("same.gguf"), {.type = "q8_0"});
  EXPECT_EQ(bytes_of(path("same.gguf")), bytes_of(in));
}

TEST_F(Quantize, GivesTheSameFileWithAnyNumberOfThreads) {
  quantize_file(model("bf16", two_layers()), path("one.gguf"), {.type = "q4_k_m", .n_threads = 1});
  quantize_file(model("bf16", two_layers()), path("three.gguf"),
                {.type = "q4_k_m", .n_threads = 3});
  EXPECT_EQ(bytes_of(path("one.gguf")), bytes_of(path("three.gguf")));
}

TEST_F(Quantize, ReadsASplitFileAndWritesAWholeOne) {
  const GgufFile whole(model("bf16", two_layers()));
  for (uint16_t part = 0; part < 2; ++part) {
    GgufWriter writer;
    for (const MetadataEntry& entry : whole.metadata().entries()) {
      if (part == 0) writer.add_value(entry.key, entry.value);
    }
    writer.add("split.no", part);
    writer.add("split.count", uint16_t{2});
    writer.add("split.tensors.count", static_cast<int32_t>(whole.tensors().size()));
    const size_t middle = whole.tensors().size() / 2;
    const auto tensors =
        part == 0 ? whole.tensors().first(middle) : whole.tensors().subspan(middle);
    for (const Tensor& tensor : tensors) {
      writer.add_tensor(tensor.name, tensor.dtype,
                        std::span(tensor.dims).first(static_cast<size_t>(tensor.n_dims)),
                        [&](ByteSink& sink) {
                          sink.write({tensor.data, tensor.bytes});
                        });
    }
    writer.write(path("part-0000" + std::to_string(part + 1) + "-of-00002.gguf"));
  }
  quantize_file(path("part-00002-of-00002.gguf"), path("merged.gguf"), {.type = "q4_k_m"});
  quantize_file(model("bf16", two_layers()), path("direct.gguf"), {.type = "q4_k_m"});
  EXPECT_EQ(bytes_of(path("merged.gguf")), bytes_of(path("direct.gguf")));
}

TEST_F(Quantize, LeavesNothingBehindWhenItIsCancelled) {
  const std::string in = model();
  std::atomic<bool> cancel{false};
  uint64_t last = 0;
  QuantizeOptions options{.type = "q4_k_m", .cancel = &cancel};
  options.progress = [&](uint64_t done, uint64_t total) {
    last = done;
    cancel = done > total / 2;
  };
  EXPECT_EQ(kind_of_error([&] { quantize_file(in, path("out.gguf"), options); }),
            ErrorKind::kCancelled);
  EXPECT_GT(last, 0u);
  EXPECT_EQ(n_files(), 1u);
}

TEST_F(Quantize, ReplacesNothingUnlessToldTo) {
  const std::string in = model("bf16", two_layers()), out = path("out.gguf");
  std::ofstream(out) << "precious";
  EXPECT_EQ(kind_of_error([&] { quantize_file(in, out, {.type = "q4_0"}); }), ErrorKind::kUsage);
  EXPECT_EQ(bytes_of(out), "precious");
  quantize_file(in, out, {.type = "q4_0", .overwrite = true});
  EXPECT_NE(bytes_of(out), "precious");
  EXPECT_EQ(kind_of_error([&] { quantize_file(in, in, {.type = "q4_0", .overwrite = true}); }),
            ErrorKind::kUsage);
  EXPECT_EQ(kind_of_error([&] { quantize_file(in, path("no/out.gguf"), {.type = "q4_0"}); }),
            ErrorKind::kUsage);
}

TEST_F(Quantize, RefusesWeightsThatNoFormatHolds) {
  std::vector<std::byte> image = synth_to_bytes(plan_synth(eight_layers(), "f32"), 1);
  const GgufFile file(image, "image");
  const size_t at = static_cast<size_t>(file.find("blk.2.ffn_up_exps.weight")->data - image.data());
  for (const float bad : {std::nanf(""), INFINITY, 1e6f}) {
    std::memcpy(&image[at + 4096], &bad, sizeof bad);
    const std::string in = path("bad.gguf");
    std::ofstream(in, std::ios::binary)
        .write(reinterpret_cast<const char*>(image.data()),
               static_cast<std::streamsize>(image.size()));
    EXPECT_EQ(kind_of_error([&] { quantize_file(in, path("out.gguf"), {.type = "f16"}); }),
              ErrorKind::kBadFile);
  }
  quantize_file(path("bad.gguf"), path("out.gguf"), {.type = "bf16"});  // which holds 1e6
  EXPECT_EQ(n_files(), 2u);
}

TEST_F(Quantize, RefusesFilesOfAnotherKind) {
  GgufWriter writer;
  writer.add("general.architecture", "llama");
  writer.write(path("llama.gguf"));
  EXPECT_EQ(kind_of_error([&] { (void)plan_quantize(path("llama.gguf"), {.type = "q4_0"}); }),
            ErrorKind::kUnsupported);
  std::ofstream(path("text.gguf")) << "no model at all";
  EXPECT_EQ(kind_of_error([&] { (void)plan_quantize(path("text.gguf"), {.type = "q4_0"}); }),
            ErrorKind::kBadFile);
  EXPECT_EQ(kind_of_error([&] { (void)plan_quantize(path("absent.gguf"), {.type = "q4_0"}); }),
            ErrorKind::kBadFile);
}

/// Importance that differs from column to column by factors of a hundred.
ImportanceSums steep_importance(const GgufFile& file) {
  ImportanceSums sums;
  for (const Tensor& tensor : file.tensors()) {
    if (tensor.n_dims < 2) continue;
    ColumnSums& columns = sums[std::string(tensor.name)];
    columns.counts.assign(static_cast<size_t>(tensor.dims[2]), 10);
    for (int64_t i = 0; i < tensor.dims[0] * tensor.dims[2]; ++i) {
      columns.squares.push_back(i % 7 == 0 ? 1000.0 : 10.0);
    }
  }
  return sums;
}

double weighted_error(const Tensor& before, const Tensor& after) {
  const std::vector<float> want = weights_of(before), got = weights_of(after);
  double error = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    const auto column = static_cast<int64_t>(i) % before.dims[0];
    const int64_t expert = static_cast<int64_t>(i) / (before.dims[0] * before.dims[1]);
    const double weight = (expert * before.dims[0] + column) % 7 == 0 ? 100 : 1;
    error += weight * std::pow(double{got[i]} - want[i], 2);
  }
  return error;
}

TEST_F(Quantize, SpendsItsPrecisionWhereImportanceIs) {
  const std::string in = model("bf16", two_layers());
  const GgufFile source(in);
  write_importance(path("it"), steep_importance(source), {.dataset = "x"});
  for (const char* type : {"q4_0", "q4_k_m", "iq4_nl", "q2_k"}) {
    QuantizeOptions options{.type = type, .overwrite = true, .n_threads = 1};
    quantize_file(in, path("plain.gguf"), options);
    options.importance = path("it");
    const QuantizePlan plan = quantize_file(in, path("weighted.gguf"), options);
    EXPECT_TRUE(plan.notes.empty());
    const GgufFile plain(path("plain.gguf")), weighted(path("weighted.gguf"));
    for (const char* name : {"blk.1.ffn_gate_exps.weight", "blk.0.shortconv.in_proj.weight"}) {
      const Tensor& before = *source.find(name);
      EXPECT_LT(weighted_error(before, *weighted.find(name)),
                0.9 * weighted_error(before, *plain.find(name)))
          << type << " " << name;
    }
    EXPECT_EQ(weighted.metadata().require<std::string_view>("quantize.imatrix.dataset"), "x");
  }
  write_importance(path("eight"), steep_importance(GgufFile(model())), {});
  const QuantizePlan plan = plan_quantize(model(), {.type = "q4_0", .importance = path("eight")});
  EXPECT_EQ(format_of(plan, "blk.0.ffn_down.weight"), "Q4_1");
  EXPECT_EQ(format_of(plan, "blk.1.ffn_down_exps.weight"), "Q4_0");
}

TEST_F(Quantize, RefusesTheImportanceOfAnotherModel) {
  SynthShape shape = eight_layers();
  shape.name = "wide";
  shape.expert_ffn = 512;
  write_importance(path("it"), steep_importance(GgufFile(model("bf16", shape))), {});
  const auto plan = [&](const std::string& importance) {
    return kind_of_error(
        [&] { (void)plan_quantize(model(), {.type = "q4_0", .importance = importance}); });
  };
  EXPECT_EQ(plan(path("it")), ErrorKind::kBadFile);
  EXPECT_EQ(plan(model()), ErrorKind::kBadFile);
  EXPECT_EQ(plan(path("absent")), ErrorKind::kBadFile);
  ImportanceSums sums = steep_importance(GgufFile(model()));
  sums.begin()->second.squares[3] = -1;
  write_importance(path("negative"), sums, {});
  EXPECT_EQ(plan(path("negative")), ErrorKind::kBadFile);
}

TEST_F(Quantize, SaysWhatImportanceDoesNotCover) {
  ImportanceSums sums = steep_importance(GgufFile(model()));
  sums.erase("blk.1.attn_q.weight");
  sums["blk.1.ffn_up_exps.weight"].counts[2] = 0;  // an expert that no token went to
  write_importance(path("it"), sums, {});
  const QuantizePlan plan =
      quantize_file(model(), path("out.gguf"), {.type = "q4_k", .importance = path("it")});
  ASSERT_EQ(plan.notes.size(), 1u);
  EXPECT_NE(plan.notes.front().find("nothing of 1 of the tensors"), std::string::npos);
}

}  // namespace
}  // namespace freshet
