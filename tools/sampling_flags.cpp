#include "tools/sampling_flags.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>

#include "base/format.h"

namespace freshet {
namespace {

constexpr const char* kGroup = "Sampling";

// Other spellings of the same flags.
std::string spellings(const SamplingFieldInfo& info) {
  switch (info.field) {
    case SamplingField::kTemperature:
      return "--temp,--temperature";
    case SamplingField::kTypicalP:
      return "--typical,--typical-p";
    case SamplingField::kTopNSigma:
      return "--top-nsigma,--top-n-sigma";
    case SamplingField::kRepeatPenalty:
      return "--repeat-penalty,--repetition-penalty";
    default:
      return info.flag;
  }
}

/// The whole of `text` as a number.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::pair<TokenId, float> parse_logit_bias(const std::string& text) {
  const size_t sign = text.find_first_of("+-", 1);
  if (sign != std::string::npos) {
    const auto id = parse_number<TokenId>(std::string_view(text).substr(0, sign));
    const auto amount = parse_number<float>(std::string_view(text).substr(sign + 1));
    if (id && amount) return {*id, text[sign] == '-' ? -*amount : *amount};
  }
  throw Error(ErrorKind::kUsage,
              formatted("--logit-bias {}: expected TOKEN+BIAS or TOKEN-BIAS, as in 15043+1 or "
                        "15043-inf",
                        text));
}

ModelIdentity identity_of(const ModelInfo& model) {
  return {.architecture = model.architecture,
          .name = model.name,
          .basename = model.basename,
          .size_label = model.size_label,
          .parameters = model.parameters};
}

void add_length_flags(CLI::App& command, GenerationFlags& flags) {
  constexpr const char* kLength = "Length";
  command
      .add_option("-n,--predict,--n-predict", flags.max_tokens,
                  "most tokens to generate; -1: until the model or the context ends")
      ->check(CLI::Range(int64_t{-1}, int64_t{1} << 40))
      ->option_text("N")
      ->group(kLength);
  command
      .add_option("-r,--stop,--reverse-prompt", flags.stop,
                  "text that ends the answer and is not shown; may be repeated")
      ->allow_extra_args(false)
      ->option_text("TEXT")
      ->group(kLength);
  command.add_flag("--ignore-eos", flags.ignore_eos, "never let the model end its answer")
      ->group(kLength);
  command.add_flag("--special", flags.show_special, "show control tokens")->group(kLength);
}

}  // namespace

void add_generation_flags(CLI::App& command, GenerationFlags& flags) {
  add_length_flags(command, flags);
  add_constraint_flags(command, flags.constraint);
  for (const SamplingFieldInfo& info : sampling_fields()) {
    const SamplingField field = info.field;
    command
        .add_option_function<double>(
            spellings(info), [&flags, field](double value) { flags.sampling[field] = value; },
            info.help)
        ->option_text(info.integer ? "N" : "X")
        ->group(kGroup);
  }
  command
      .add_option("-s,--seed", flags.seed, "the same seed gives the same text; -1: a random one")
      ->option_text("N")
      ->group(kGroup);
  command.add_option("--samplers", flags.samplers, "stages in order: \"top_k;top_p;temperature\"")
      ->option_text("LIST")
      ->group(kGroup);
  command
      .add_option("-l,--logit-bias", flags.logit_bias,
                  "add to a token's logit: 15043+1, 15043-inf; may be repeated")
      ->allow_extra_args(false)
      ->option_text("ID+X")
      ->group(kGroup);
}

std::optional<uint64_t> parse_seed(const std::string& text) {
  if (text.empty() || text == "-1") return std::nullopt;
  if (const auto seed = parse_number<uint64_t>(text)) return seed;
  throw Error(ErrorKind::kUsage,
              formatted("seed {}: expected a whole number, or -1 for a random one", text));
}

ResolvedSampling resolve_flags(const GenerationFlags& flags, const Engine& engine) {
  ResolvedSampling resolved =
      resolve_sampling(flags.sampling, identity_of(engine.model()),
                       {.number = [&](std::string_view key) { return engine.metadata_number(key); },
                        .text = [&](std::string_view key) { return engine.metadata_text(key); }});
  SamplingOptions& options = resolved.options;
  options.seed = parse_seed(flags.seed);
  options.ignore_eos = flags.ignore_eos;
  for (const std::string& bias : flags.logit_bias) {
    options.logit_bias.push_back(parse_logit_bias(bias));
  }
  if (!flags.samplers.empty()) {
    options.order = parse_sampler_order(flags.samplers);
    resolved.order_source = SamplingSource::kFlag;
  }
  options.validate();
  return resolved;
}

std::optional<Constraint> resolve_constraint(const GenerationFlags& flags, const Engine& engine) {
  const std::optional<Grammar> grammar = constraint_grammar(flags.constraint);
  if (!grammar) return std::nullopt;
  return ConstraintCompiler(engine.tokenizer(), 1).compile(*grammar);
}

std::string statistics_line(const Generation& generation) {
  const auto rate = [](int64_t n_tokens, double seconds) {
    return seconds > 0 ? static_cast<double>(n_tokens) / seconds : 0.0;
  };
  return formatted("[ Prompt: {:.1f} t/s | Generation: {:.1f} t/s ]",
                   rate(generation.prompt_tokens, generation.prompt_seconds),
                   rate(static_cast<int64_t>(generation.tokens.size()), generation.seconds));
}

}  // namespace freshet
