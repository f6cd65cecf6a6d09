// Where sampling defaults come from: flag, file, maker, neutral.
#include <freshet/sampling.h>

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "base/format.h"

namespace freshet {
namespace {

constexpr const char* kOrderKey = "general.sampling.sequence";

bool mentions(const ModelIdentity& model, std::string_view word) {
  return model.name.find(word) != std::string::npos ||
         model.basename.find(word) != std::string::npos;
}

// Any evidence will do: converters write labels such as "24B-A2B" or "64x372M", or none.
bool has_size(const ModelIdentity& model, std::string_view label, double least, double most) {
  const double parameters = static_cast<double>(model.parameters);
  return model.size_label.starts_with(label) || mentions(model, formatted("-{}", label)) ||
         (parameters >= least && parameters <= most);
}

const char* source_name(SamplingSource source) {
  switch (source) {
    case SamplingSource::kNeutral:
      return "neutral";
    case SamplingSource::kMaker:
      return "maker";
    case SamplingSource::kFile:
      return "file";
    case SamplingSource::kFlag:
      return "flag";
  }
  FRESHET_CHECK(false);
}

// "top_k" -> "top-k"
std::string shown_name(const SamplingFieldInfo& info) {
  std::string name = info.name;
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

// As a float: 0.95 is shown as 0.95 and not as the double next to it.
std::string shown_value(const SamplingOptions& options, const SamplingFieldInfo& info) {
  const double value = get_field(options, info.field);
  return info.integer ? formatted("{:.0f}", value) : formatted("{}", static_cast<float>(value));
}

void take_from_file(SamplingOptions& options, const SamplingFieldInfo& info, double value) {
  try {
    set_field(options, info.field, value);
  } catch (const Error& error) {
    fail(ErrorKind::kBadFile, "metadata {}: {}; pass {} to overrule it", info.file_key,
         error.what(), info.flag);
  }
}

}  // namespace

SamplingChoices recommended_sampling(const ModelIdentity& model) {
  using F = SamplingField;
  const SamplingChoices small = {
      {F::kTemperature, 0.3}, {F::kMinP, 0.15}, {F::kRepeatPenalty, 1.05}};
  if (model.architecture == "lfm2") return small;
  if (model.architecture != "lfm2moe") return {};
  if (has_size(model, "24B", 20e9, 28e9)) {
    return {{F::kTemperature, 0.1}, {F::kTopK, 50}, {F::kRepeatPenalty, 1.05}};
  }
  if (has_size(model, "8B", 7e9, 10e9)) {
    if (!mentions(model, "2.5")) return small;
    return {{F::kTemperature, 0.2}, {F::kTopK, 80}, {F::kRepeatPenalty, 1.05}};
  }
  return {};
}

ResolvedSampling resolve_sampling(const SamplingChoices& flags, const ModelIdentity& model,
                                  const SamplingMetadata& file) {
  const SamplingChoices maker = recommended_sampling(model);
  ResolvedSampling resolved;
  for (const SamplingFieldInfo& info : sampling_fields()) {
    SamplingSource& source = resolved.sources[static_cast<size_t>(info.field)];
    std::optional<double> in_file;
    if (info.file_key != nullptr && file.number) in_file = file.number(info.file_key);
    if (const auto flag = flags.find(info.field); flag != flags.end()) {
      set_field(resolved.options, info.field, flag->second);
      source = SamplingSource::kFlag;
    } else if (in_file) {
      take_from_file(resolved.options, info, *in_file);
      source = SamplingSource::kFile;
    } else if (const auto advice = maker.find(info.field); advice != maker.end()) {
      set_field(resolved.options, info.field, advice->second);
      source = SamplingSource::kMaker;
    }
  }
  const std::optional<std::string> order = file.text ? file.text(kOrderKey) : std::nullopt;
  if (order && !order->empty()) {
    try {
      resolved.options.order = parse_sampler_order(*order);
    } catch (const Error& error) {
      fail(ErrorKind::kBadFile, "metadata {}: {}", kOrderKey, error.what());
    }
    resolved.order_source = SamplingSource::kFile;
  }
  return resolved;
}

std::string ResolvedSampling::describe() const {
  std::string line;
  const auto add = [&](const std::string& part) {
    if (!line.empty()) line += ", ";
    line += part;
  };
  for (const SamplingFieldInfo& info : sampling_fields()) {
    const SamplingSource source = sources[static_cast<size_t>(info.field)];
    if (source == SamplingSource::kNeutral) continue;
    add(formatted("{} {} ({})", shown_name(info), shown_value(options, info), source_name(source)));
  }
  if (order_source != SamplingSource::kNeutral) {
    std::string names;
    for (const SamplerStage stage : options.order) {
      names += formatted("{}{}", names.empty() ? "" : ";", sampler_stage_name(stage));
    }
    add(formatted("samplers {} ({})", names, source_name(order_source)));
  }
  return line.empty() ? "the model's own distribution" : line;
}

}  // namespace freshet
