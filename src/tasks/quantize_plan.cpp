#include "tasks/quantize_plan.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <regex>

#include "base/error.h"
#include "tasks/mix.h"

namespace freshet {
namespace {

constexpr uint32_t kQuantizationVersion = 2;  // of the blocks' layouts, as other engines count

/// An override, ready to match.
struct Rule {
  std::regex pattern;
  DType dtype;
  const TensorTypeRule* given;
  bool used = false;
};

DType override_type(const TensorTypeRule& rule) {
  if (const auto dtype = dtype_from_name(rule.type)) return *dtype;
  std::vector<std::string_view> names;
  for (const DTypeInfo& format : all_dtypes()) names.push_back(format.name);
  fail(ErrorKind::kUsage, "{}={}: there is no weight format '{}'; choose one of {}", rule.pattern,
       rule.type, rule.type, fmt::join(names, ", "));
}

std::vector<Rule> compile(const std::vector<TensorTypeRule>& rules) {
  std::vector<Rule> compiled;
  for (const TensorTypeRule& rule : rules) {
    const DType dtype = override_type(rule);
    constexpr size_t kLongest = 256;  // std::regex recurses over its pattern
    try {
      if (rule.pattern.empty() || rule.pattern.size() > kLongest) {
        throw std::regex_error(std::regex_constants::error_complexity);
      }
      compiled.push_back({std::regex(rule.pattern), dtype, &rule});
    } catch (const std::regex_error&) {
      fail(ErrorKind::kUsage,
           "'{}' is no regular expression of 1 to {} characters; expected one such as ffn_down.*",
           rule.pattern, kLongest);
    }
  }
  return compiled;
}

bool is_float(DType dtype) noexcept {
  return dtype == DType::F32 || dtype == DType::F16 || dtype == DType::BF16;
}

std::span<const int64_t> dims_of(const Tensor& tensor) {
  return {tensor.dims.data(), static_cast<size_t>(tensor.n_dims)};
}

void check_architecture(const GgufFile& source) {
  const auto name = source.metadata().get<std::string_view>("general.architecture").value_or("");
  if (name == "lfm2" || name == "lfm2moe") return;
  fail(ErrorKind::kUnsupported,
       "{}: architecture '{}'; freshet quantises models of the family: lfm2, lfm2moe",
       source.path(), name);
}

void check_precision(const Tensor& tensor, DType to, const QuantizeOptions& options,
                     const std::string& path) {
  if (is_float(tensor.dtype) || tensor.dtype == to || options.allow_requantize) return;
  fail(ErrorKind::kUnsupported,
       "{}: tensor {} is {} already and would lose precision a second time; start from an F32, F16 "
       "or BF16 file, or allow it (--allow-requantize)",
       path, tensor.name, info(tensor.dtype).name);
}

void note_fallbacks(QuantizePlan& plan) {
  std::map<std::pair<std::string_view, std::string_view>, int> counts;
  for (const QuantizedTensor& tensor : plan.tensors) {
    if (tensor.wanted != tensor.to) ++counts[{tensor.wanted, tensor.to}];
  }
  for (const auto& [formats, n] : counts) {
    plan.notes.push_back(
        formatted("{} tensor{} in {} instead of {}, whose blocks do not divide their rows", n,
                  n == 1 ? "" : "s", formats.second, formats.first));
  }
}

void note_importance(QuantizePlan& plan, const QuantizeJob& job) {
  if (!job.importance) return;
  int n_unknown = 0;
  for (const QuantizedTensor& tensor : plan.tensors) {
    const bool searched = !is_float(*dtype_from_name(tensor.to));
    if (searched && !tensor.weighted) ++n_unknown;
  }
  if (n_unknown > 0) {
    plan.notes.push_back(formatted("{}: knows nothing of {} of the tensors that are quantised",
                                   job.importance->path(), n_unknown));
  }
}

}  // namespace

QuantizeJob::QuantizeJob(const std::string& in, const QuantizeOptions& options) : source(in) {
  check_architecture(source);
  Mix mix = mix_from_name(options.type);
  mix.pure = options.pure;
  mix.weighted = !options.importance.empty();
  file_type = mix.file_type;
  if (mix.weighted) importance.emplace(options.importance);
  std::vector<Rule> overrides = compile(options.tensor_types);

  std::vector<NamedShape> shapes;
  for (const Tensor& tensor : source.tensors()) shapes.push_back({tensor.name, dims_of(tensor)});
  const MixRules rules(mix, shapes);
  for (size_t i = 0; i < shapes.size(); ++i) {
    const Tensor& tensor = source.tensors()[i];
    DType wanted = rules.format_of(shapes[i]);
    const std::string name(tensor.name);
    for (Rule& rule : overrides) {
      if (!is_quantisable(shapes[i]) || !std::regex_search(name, rule.pattern)) continue;
      wanted = rule.dtype;
      rule.used = true;
    }
    const DType to = dividing_format(wanted, tensor.dims[0]);
    check_precision(tensor, to, options, source.path());
    const DTypeInfo& format = info(to);
    const auto n = static_cast<uint64_t>(tensor.elements());
    plan.tensors.push_back({.name = name,
                            .from = info(tensor.dtype).name,
                            .to = format.name,
                            .wanted = info(wanted).name,
                            .dims = {shapes[i].dims.begin(), shapes[i].dims.end()},
                            .bytes_before = tensor.bytes,
                            .bytes_after = n / format.block_size * format.block_bytes,
                            .weighted = importance && importance->knows(name) && !is_float(to)});
    if (plan.tensors.back().weighted) static_cast<void>(columns(tensor, 0));  // checks its sizes
    formats.push_back(to);
    plan.weights += n;
    plan.tensor_bytes_before += tensor.bytes;
    plan.tensor_bytes_after += plan.tensors.back().bytes_after;
  }
  for (const Rule& rule : overrides) {
    if (rule.used) continue;
    fail(ErrorKind::kUsage,
         "'{}' matches no matrix of {}; freshet info --tensors lists them (norms, taps and routers "
         "stay F32)",
         rule.given->pattern, source.path());
  }
  note_fallbacks(plan);
  note_importance(plan, *this);
}

const float* QuantizeJob::columns(const Tensor& tensor, int64_t index) const {
  if (!importance) return nullptr;
  const auto known =
      importance->of(tensor.name, tensor.dims[0], tensor.rows() / tensor.dims[1], index);
  return known.empty() ? nullptr : known.data();
}

void add_metadata(GgufWriter& out, const QuantizeJob& job) {
  bool has_file_type = false, has_version = false;
  for (const MetadataEntry& entry : job.source.metadata().entries()) {
    // The alignment is the writer's, and the result is one file.
    if (entry.key == "general.alignment" || entry.key.starts_with("split.") ||
        entry.key.starts_with("quantize.imatrix.")) {
      continue;
    }
    if (entry.key == "general.file_type") {
      out.add(entry.key, job.file_type);
      has_file_type = true;
    } else if (entry.key == "general.quantization_version") {
      out.add(entry.key, kQuantizationVersion);
      has_version = true;
    } else {
      out.add_value(entry.key, entry.value);
    }
  }
  if (!has_file_type) out.add("general.file_type", job.file_type);
  if (!has_version) out.add("general.quantization_version", kQuantizationVersion);
  if (!job.importance) return;
  out.add("quantize.imatrix.file", job.importance->path());
  if (!job.importance->datasets().empty()) {
    out.add("quantize.imatrix.dataset", job.importance->datasets().front());
  }
  out.add("quantize.imatrix.entries_count", static_cast<uint32_t>(job.importance->size()));
  out.add("quantize.imatrix.chunks_count", job.importance->n_windows());
}

std::vector<std::string> quantize_types() { return mix_names(); }

}  // namespace freshet
