#include <freshet/chat.h>
#include <freshet/inspect.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/cpu_topology.h"
#include "base/error.h"
#include "engine/engine_impl.h"
#include "tasks/work.h"

namespace freshet {
namespace {

constexpr size_t kPreviewBytes = 72;

void report_tensors(const GgufFile& file, FileReport& report) {
  for (const Tensor& tensor : file.tensors()) {
    const std::string_view format = info(tensor.dtype).name;
    report.tensors.push_back({std::string(tensor.name),
                              format,
                              {tensor.dims.begin(), tensor.dims.begin() + tensor.n_dims},
                              tensor.bytes});
    const auto weights = static_cast<uint64_t>(tensor.elements());
    report.tensor_bytes += tensor.bytes;
    report.parameters += weights;
    auto row = std::ranges::find(report.census, format, &FormatCensus::format);
    if (row == report.census.end()) {
      row = report.census.insert(row, FormatCensus{.format = format});
    }
    ++row->n_tensors;
    row->weights += weights;
    row->bytes += tensor.bytes;
  }
  std::ranges::stable_sort(report.census, std::ranges::greater{}, &FormatCensus::bytes);
}

/// A key that has another type than it should is none: this is a report, not a reader.
template <class T>
std::optional<T> lenient(const Metadata& metadata, std::string_view key) {
  try {
    return metadata.get<T>(key);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string text(const Metadata& metadata, std::string_view key) {
  return std::string(lenient<std::string_view>(metadata, key).value_or(""));
}

uint64_t length(const Metadata& metadata, std::string_view key) {
  const Value* value = metadata.find(key);
  return value != nullptr && value->array() != nullptr ? value->array()->count : 0;
}

uint64_t count_unused(const Metadata& metadata) {
  constexpr int32_t kUnused = 5;
  try {
    const auto types = metadata.get_array<int32_t>("tokenizer.ggml.token_type");
    return types ? static_cast<uint64_t>(std::ranges::count(*types, kUnused)) : 0;
  } catch (const Error&) {
    return 0;
  }
}

std::string template_problem(const Metadata& m) {
  const std::string source = text(m, "tokenizer.chat_template");
  return source.empty() ? std::string() : chat_template_problem(source);
}

TokenizerReport report_tokenizer(const Metadata& m) {
  return {.model = text(m, "tokenizer.ggml.model"),
          .pre = text(m, "tokenizer.ggml.pre"),
          .n_tokens = length(m, "tokenizer.ggml.tokens"),
          .n_merges = length(m, "tokenizer.ggml.merges"),
          .n_unused = count_unused(m),
          .bos = lenient<int64_t>(m, "tokenizer.ggml.bos_token_id"),
          .eos = lenient<int64_t>(m, "tokenizer.ggml.eos_token_id"),
          .pad = lenient<int64_t>(m, "tokenizer.ggml.padding_token_id"),
          .add_bos = lenient<bool>(m, "tokenizer.ggml.add_bos_token").value_or(false),
          .has_chat_template = m.find("tokenizer.chat_template") != nullptr,
          .chat_template_problem = template_problem(m)};
}

void report_file(const GgufFile& file, FileReport& report) {
  const Metadata& m = file.metadata();
  report.path = file.path();
  report.parts.assign(file.paths().begin(), file.paths().end());
  report.gguf_version = file.version();
  report.file_bytes = file.file_bytes();
  report.architecture = text(m, "general.architecture");
  report.name = text(m, "general.name");
  report.size_label = text(m, "general.size_label");
  report.file_type = file_type_name(lenient<int64_t>(m, "general.file_type").value_or(-1));
  for (const MetadataEntry& entry : m.entries()) {
    report.metadata.push_back(
        {std::string(entry.key), describe_type(entry.value), preview(entry.value, kPreviewBytes)});
  }
  report.tokenizer = report_tokenizer(m);
  report_tensors(file, report);
}

ShapeReport report_shape(const Engine::Impl& engine) {
  const Config& c = engine.config;
  const ModelWork work = count_work(engine.file->tensors(), c.n_experts_used);
  return {.n_layers = c.n_layers,
          .n_attention_layers =
              static_cast<int>(std::ranges::count_if(c.n_kv_heads, [](int n) { return n > 0; })),
          .n_dense_layers = c.n_experts > 0 ? c.n_dense_layers : c.n_layers,
          .hidden = c.hidden,
          .vocab = c.vocab,
          .context_length = c.context_length,
          .n_heads = c.n_heads,
          .n_kv_heads = *std::ranges::max_element(c.n_kv_heads),
          .head_dim = c.head_dim,
          .n_experts = c.n_experts,
          .n_experts_used = c.n_experts_used,
          .parameters_per_token = work.row_products + work.head_products};
}

void report_memory(const Engine& engine, const InspectOptions& options, FileReport& report) {
  report.scratch_bytes = engine.impl().lfm2.scratch_bytes(options.micro_batch);
  const int64_t most = engine.model().context_length;
  std::vector<int64_t> contexts = options.contexts;
  if (contexts.empty()) {
    for (const int64_t n : {int64_t{4096}, int64_t{32768}}) {
      if (n < most) contexts.push_back(n);
    }
    contexts.push_back(most);
  }
  for (const int64_t n : contexts) {
    if (n < 1 || n > most) {
      fail(ErrorKind::kUsage, "a context of {} tokens (-c); this model was made for 1 to {}", n,
           most);
    }
    const uint64_t cache = engine.context_bytes(n);
    report.contexts.push_back({n, cache, report.tensor_bytes + report.scratch_bytes + cache});
  }
}

}  // namespace

FileReport inspect_file(const std::string& path, const InspectOptions& options) {
  FileReport report;
  if (const auto memory = machine_memory()) {
    report.memory_total = memory->total;
    report.memory_available = memory->available;
  }
  std::optional<Engine> engine;
  try {
    // One thread and few rows: nothing will be computed, and the machine's memory is no obstacle.
    const EngineOptions few{.n_threads = 1,
                            .cpu_target = {},
                            .key_cache = options.key_cache,
                            .value_cache = options.value_cache,
                            .micro_batch = 1};
    engine.emplace(path.empty() ? Engine::open_built_in(few) : Engine::open(path, few));
  } catch (const Error& error) {
    report.not_runnable = error.what();
  }
  if (!engine) {
    report_file(GgufFile(path), report);
    return report;
  }
  report_file(*engine->impl().file, report);
  report.shape = report_shape(engine->impl());
  report_memory(*engine, options, report);
  return report;
}

std::string_view file_type_name(int64_t file_type) noexcept {
  struct Row {
    int64_t number;
    std::string_view name;
  };
  constexpr std::array kNames = {Row{0, "all F32"},
                                 Row{1, "F16"},
                                 Row{2, "Q4_0"},
                                 Row{3, "Q4_1"},
                                 Row{7, "Q8_0"},
                                 Row{8, "Q5_0"},
                                 Row{9, "Q5_1"},
                                 Row{10, "Q2_K - Medium"},
                                 Row{11, "Q3_K - Small"},
                                 Row{12, "Q3_K - Medium"},
                                 Row{13, "Q3_K - Large"},
                                 Row{14, "Q4_K - Small"},
                                 Row{15, "Q4_K - Medium"},
                                 Row{16, "Q5_K - Small"},
                                 Row{17, "Q5_K - Medium"},
                                 Row{18, "Q6_K"},
                                 Row{21, "Q2_K - Small"},
                                 Row{25, "IQ4_NL - 4.5 bpw"},
                                 Row{30, "IQ4_XS - 4.25 bpw"},
                                 Row{32, "BF16"},
                                 Row{38, "MXFP4 MoE"}};
  const auto* const row = std::ranges::find(kNames, file_type, &Row::number);
  return row == kNames.end() ? std::string_view() : row->name;
}

}  // namespace freshet
