// Where defaults come from: flag before file before maker before neutral, field by field.
#include "sampling/chain_support.h"

namespace freshet {
namespace {

using F = SamplingField;

ModelIdentity big_model() { return {"lfm2moe", "LFM2 24B A2B", "LFM2", "24B-A2B", 0}; }

SamplingMetadata metadata(std::map<std::string, double, std::less<>> numbers) {
  SamplingMetadata file;
  file.number = [numbers](std::string_view key) -> std::optional<double> {
    const auto found = numbers.find(key);
    return found == numbers.end() ? std::nullopt : std::optional(found->second);
  };
  return file;
}

SamplingSource source_of(const ResolvedSampling& resolved, F field) {
  return resolved.sources[static_cast<size_t>(field)];
}

TEST(SamplingDefaults, AreTheMakersForEachFamilyAndSize) {
  struct Case {
    ModelIdentity model;
    SamplingChoices expected;
  };
  const SamplingChoices big = {{F::kTemperature, 0.1}, {F::kTopK, 50}, {F::kRepeatPenalty, 1.05}};
  const SamplingChoices small = {
      {F::kTemperature, 0.3}, {F::kMinP, 0.15}, {F::kRepeatPenalty, 1.05}};
  const SamplingChoices newer = {{F::kTemperature, 0.2}, {F::kTopK, 80}, {F::kRepeatPenalty, 1.05}};
  const std::vector<Case> cases = {
      {big_model(), big},
      {{"lfm2moe", "LFM2-24B-A2B", "", "", 0}, big},
      {{"lfm2moe", "", "", "", 23'843'661'440}, big},
      {{"lfm2moe", "", "", "64x372M", 23'843'661'440}, big},
      {{"lfm2moe", "LFM2 8B A1B", "LFM2", "8B-A1B", 8'339'930'560}, small},
      {{"lfm2moe", "LFM2.5 8B A1B", "LFM2.5", "8B-A1B", 0}, newer},
      {{"lfm2moe", "", "LFM2.5-8B-A1B", "", 0}, newer},
      {{"lfm2", "LFM2 1.2B", "LFM2", "1.2B", 1'170'340'608}, small},
      {{"lfm2", "", "", "", 0}, small},
      {{"lfm2moe", "tiny", "", "", 100'000}, {}},
      {{"llama", "24B", "", "24B", 23'843'661'440}, {}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(recommended_sampling(c.model), c.expected)
        << c.model.architecture << ' ' << c.model.name << ' ' << c.model.size_label;
  }
}

TEST(SamplingDefaults, YieldToTheFileAndTheFileToTheFlag) {
  const SamplingMetadata file =
      metadata({{"general.sampling.temp", 0.6}, {"general.sampling.top_k", 20}});
  const ResolvedSampling resolved = resolve_sampling({{F::kTopK, 7}}, big_model(), file);
  EXPECT_EQ(resolved.options.top_k, 7);
  EXPECT_EQ(source_of(resolved, F::kTopK), SamplingSource::kFlag);
  EXPECT_FLOAT_EQ(resolved.options.temperature, 0.6f);
  EXPECT_EQ(source_of(resolved, F::kTemperature), SamplingSource::kFile);
  EXPECT_FLOAT_EQ(resolved.options.repeat_penalty, 1.05f);
  EXPECT_EQ(source_of(resolved, F::kRepeatPenalty), SamplingSource::kMaker);
  EXPECT_EQ(resolved.options.top_p, 1.0f);
  EXPECT_EQ(source_of(resolved, F::kTopP), SamplingSource::kNeutral);
}

TEST(SamplingDefaults, ReadEveryKeyThatFilesCarry) {
  const ResolvedSampling resolved =
      resolve_sampling({}, {},
                       metadata({{"general.sampling.top_k", 1},
                                 {"general.sampling.top_p", 0.5},
                                 {"general.sampling.min_p", 0.25},
                                 {"general.sampling.xtc_probability", 0.5},
                                 {"general.sampling.xtc_threshold", 0.25},
                                 {"general.sampling.temp", 2},
                                 {"general.sampling.penalty_last_n", -1},
                                 {"general.sampling.penalty_repeat", 1.5},
                                 {"general.sampling.mirostat", 2},
                                 {"general.sampling.mirostat_tau", 4},
                                 {"general.sampling.mirostat_eta", 0.5}}));
  EXPECT_EQ(resolved.describe(),
            "temperature 2 (file), top-k 1 (file), top-p 0.5 (file), min-p 0.25 (file), "
            "repeat-penalty 1.5 (file), repeat-last-n -1 (file), xtc-probability 0.5 (file), "
            "xtc-threshold 0.25 (file), mirostat 2 (file), mirostat-tau 4 (file), "
            "mirostat-eta 0.5 (file)");
}

TEST(SamplingDefaults, TakeTheOrderFromTheFile) {
  SamplingMetadata file;
  file.text = [](std::string_view key) -> std::optional<std::string> {
    EXPECT_EQ(key, "general.sampling.sequence");
    return "top_k;temperature";
  };
  const ResolvedSampling resolved = resolve_sampling({}, {}, file);
  EXPECT_EQ(resolved.options.order, parse_sampler_order("top_k;temperature"));
  EXPECT_EQ(resolved.describe(), "samplers top_k;temperature (file)");
  file.text = [](std::string_view) { return std::optional<std::string>("beam"); };
  EXPECT_TRUE(message_of(ErrorKind::kBadFile, [&] {
                resolve_sampling({}, {}, file);
              }).starts_with("metadata general.sampling.sequence: samplers: unknown 'beam'"));
}

TEST(SamplingDefaults, RefuseANonsenseValueOfTheFileUnlessAFlagOverrulesIt) {
  const SamplingMetadata file = metadata({{"general.sampling.temp", -1}});
  EXPECT_EQ(message_of(ErrorKind::kBadFile, [&] { resolve_sampling({}, {}, file); }),
            "metadata general.sampling.temp: temperature must be a number from 0 to 100, found -1; "
            "pass --temp to overrule it");
  EXPECT_EQ(resolve_sampling({{F::kTemperature, 0.5}}, {}, file).options.temperature, 0.5f);
}

TEST(SamplingDefaults, RefuseANonsenseFlag) {
  EXPECT_TRUE(message_of(ErrorKind::kBadRequest, [] {
                resolve_sampling({{F::kMinP, 3}}, {}, {});
              }).starts_with("min_p must be"));
}

TEST(SamplingDefaults, AreDescribedWithTheirSource) {
  EXPECT_EQ(resolve_sampling({{F::kTopK, 40}, {F::kTopP, 0.95}}, big_model(), {}).describe(),
            "temperature 0.1 (maker), top-k 40 (flag), top-p 0.95 (flag), "
            "repeat-penalty 1.05 (maker)");
  EXPECT_EQ(resolve_sampling({}, {}, {}).describe(), "the model's own distribution");
}

}  // namespace
}  // namespace freshet
