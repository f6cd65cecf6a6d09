// Bounds of the options and the names of the stages.
#include "sampling/chain_support.h"

namespace freshet {
namespace {

TEST(SamplingFields, StandInTheOrderOfTheirEnum) {
  const auto fields = sampling_fields();
  ASSERT_EQ(fields.size(), kSamplingFieldCount);
  for (size_t i = 0; i < fields.size(); ++i) {
    EXPECT_EQ(static_cast<size_t>(fields[i].field), i) << fields[i].name;
  }
}

TEST(SamplingFields, ReachEachAnOptionOfItsOwn) {
  SamplingOptions options;
  for (const SamplingFieldInfo& info : sampling_fields()) {
    set_field(options, info.field, info.high);
    EXPECT_EQ(get_field(options, info.field), info.high) << info.name;
    options = SamplingOptions{};
    set_field(options, info.field, info.integer ? info.low : info.low + 0.001953125);
    int changed = 0;
    for (const SamplingFieldInfo& other : sampling_fields()) {
      const bool same = get_field(options, other.field) == get_field({}, other.field);
      if (!same) {
        ++changed;
        EXPECT_EQ(other.field, info.field);
      }
    }
    EXPECT_LE(changed, 1) << info.name;
    options = SamplingOptions{};
  }
  options.top_k = 7;
  options.min_p = 0.5f;
  EXPECT_EQ(get_field(options, SamplingField::kTopK), 7.0);
  EXPECT_EQ(get_field(options, SamplingField::kMinP), 0.5);
}

TEST(SamplingFields, RefuseWhatIsOutOfBoundsByName) {
  SamplingOptions options;
  for (const SamplingFieldInfo& info : sampling_fields()) {
    for (const double bad : {info.low - 1.0, info.high * 2.0 + 1.0, std::nan(""),
                             std::numeric_limits<double>::infinity()}) {
      const std::string message =
          message_of(ErrorKind::kBadRequest, [&] { set_field(options, info.field, bad); });
      EXPECT_TRUE(message.starts_with(info.name)) << message;
    }
    if (!info.integer) continue;
    EXPECT_THROW(set_field(options, info.field, 1.5), Error) << info.name;
  }
}

TEST(SamplingFields, SayBoundsAndWhatWasFound) {
  SamplingOptions options;
  EXPECT_EQ(
      message_of(ErrorKind::kBadRequest, [&] { set_field(options, SamplingField::kTopP, 1.5); }),
      "top_p must be a number from 0 to 1, found 1.5");
  EXPECT_EQ(
      message_of(ErrorKind::kBadRequest, [&] { set_field(options, SamplingField::kTopK, -3); }),
      "top_k must be a whole number from 0 to 2147483647, found -3");
}

TEST(SamplingFields, AcceptTheirOwnBounds) {
  SamplingOptions options;
  for (const SamplingFieldInfo& info : sampling_fields()) {
    set_field(options, info.field, info.low);
    set_field(options, info.field, info.high);
  }
  options.validate();
}

TEST(SamplingOptionsValidation, AcceptsTheNeutralOnes) { SamplingOptions{}.validate(); }

TEST(SamplingOptionsValidation, NamesTheField) {
  const auto refused = [](auto change) {
    SamplingOptions options;
    change(options);
    return message_of(ErrorKind::kBadRequest, [&] { options.validate(); });
  };
  EXPECT_EQ(refused([](auto& o) { o.temperature = -0.5f; }),
            "temperature must be a number from 0 to 100, found -0.5");
  EXPECT_TRUE(refused([](auto& o) { o.temperature = std::nanf(""); }).starts_with("temperature"));
  EXPECT_TRUE(refused([](auto& o) { o.repeat_last_n = -2; }).starts_with("repeat_last_n"));
  EXPECT_TRUE(refused([](auto& o) { o.repeat_penalty = 0.0f; }).starts_with("repeat_penalty"));
  EXPECT_TRUE(refused([](auto& o) { o.mirostat = 1; }).starts_with("mirostat"));
  EXPECT_TRUE(refused([](auto& o) {
                o.logit_bias = {{5, 1e6f}};
              }).starts_with("logit_bias of token 5"));
  EXPECT_TRUE(refused([](auto& o) {
                o.logit_bias = {{5, std::nanf("")}};
              }).starts_with("logit_bias"));
  EXPECT_TRUE(refused([](auto& o) {
                o.order = {SamplerStage::kTopK, SamplerStage::kTopK};
              }).starts_with("samplers"));
}

TEST(SamplerOrder, IsReadAsWritten) {
  EXPECT_EQ(parse_sampler_order("top_k;top_p;temperature"),
            (std::vector{SamplerStage::kTopK, SamplerStage::kTopP, SamplerStage::kTemperature}));
}

TEST(SamplerOrder, UnderstandsTheSpellingsInUse) {
  EXPECT_EQ(parse_sampler_order("penalties;dry;top-n-sigma;top-k;typ_p;top-p;min-p;xtc;temp"),
            default_sampler_order());
}

TEST(SamplerOrder, RoundTripsThroughItsNames) {
  for (const SamplerStage stage : default_sampler_order()) {
    EXPECT_EQ(parse_sampler_order(sampler_stage_name(stage)), std::vector{stage});
  }
}

TEST(SamplerOrder, NamesTheUnknownAndListsTheKnown) {
  EXPECT_EQ(message_of(ErrorKind::kBadRequest, [] { parse_sampler_order("top_k;beam"); }),
            "samplers: unknown 'beam'; known are "
            "penalties;dry;top_n_sigma;top_k;typical;top_p;min_p;xtc;temperature");
  for (const char* bad : {"", ";", "top_k;", "top_k;;top_p", "top_k;top-k"}) {
    EXPECT_THROW(parse_sampler_order(bad), Error) << bad;
  }
}

}  // namespace
}  // namespace freshet
