#include "tools/info_report.h"

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/format.h"

namespace freshet {
namespace {

using Json = nlohmann::ordered_json;

std::string gib(uint64_t bytes) {
  const auto b = static_cast<double>(bytes);
  return bytes >= uint64_t{1} << 30 ? formatted("{:.2f} GiB", b / (1 << 30))
                                    : formatted("{:.2f} MiB", b / (1 << 20));
}

std::string weights(uint64_t n) {
  return n >= 1'000'000'000 ? formatted("{:.2f} G", static_cast<double>(n) / 1e9)
                            : formatted("{:.2f} M", static_cast<double>(n) / 1e6);
}

std::string shape_lines(const ShapeReport& s) {
  std::string text = formatted(
      "layers          {}: {} attention, {} short convolution\n"
      "width           {}; {} heads of {}, {} key/value heads\n",
      s.n_layers, s.n_attention_layers, s.n_layers - s.n_attention_layers, s.hidden, s.n_heads,
      s.head_dim, s.n_kv_heads);
  if (s.n_experts > 0) {
    text += formatted("feed-forward    {} experts, {} per token; {} leading layers dense\n",
                      s.n_experts, s.n_experts_used, s.n_dense_layers);
  }
  return text + formatted(
                    "per token       {} weights\n"
                    "vocabulary      {} rows\n"
                    "made for        {} tokens of context\n",
                    weights(s.parameters_per_token), s.vocab, s.context_length);
}

std::string chat_template_line(const TokenizerReport& t) {
  if (!t.has_chat_template) return "none; ChatML is used";
  if (t.chat_template_problem.empty()) return "renders";
  return "cannot be used: " + t.chat_template_problem;
}

std::string tokenizer_line(const TokenizerReport& t) {
  if (t.n_tokens == 0) return "tokenizer       none in the file\n";
  const auto id = [](const std::optional<int64_t>& value) {
    return value ? formatted("{}", *value) : std::string("-");
  };
  return formatted(
      "tokenizer       {}/{}: {} tokens ({} unused), {} merges; bos {}{}, eos {}, pad {}\n"
      "chat template   {}\n",
      t.model, t.pre, t.n_tokens, t.n_unused, t.n_merges, id(t.bos), t.add_bos ? " (added)" : "",
      id(t.eos), id(t.pad), chat_template_line(t));
}

std::string memory_lines(const FileReport& report) {
  if (report.contexts.empty()) return "";
  std::string text = "\nmemory, weights and scratch included\n";
  for (const ContextReport& context : report.contexts) {
    text += formatted("  {:>8} tokens {:>12}   of which context {}", context.n_tokens,
                      gib(context.total_bytes), gib(context.cache_bytes));
    if (report.memory_available) {
      text += context.total_bytes <= *report.memory_available ? "   fits"
              : context.total_bytes <= *report.memory_total   ? "   fits if others make room"
                                                              : "   does not fit";
    }
    text += '\n';
  }
  if (report.memory_total) {
    text += formatted("  this machine: {}, of which {} available\n", gib(*report.memory_total),
                      gib(*report.memory_available));
  }
  return text;
}

std::string census_lines(const FileReport& report) {
  std::string text = "\nformat   tensors        weights          bytes   bits/weight\n";
  for (const FormatCensus& row : report.census) {
    text +=
        formatted("{:<8} {:>7} {:>14} {:>14} {:>13.2f}\n", row.format, row.n_tensors, row.weights,
                  row.bytes, static_cast<double>(row.bytes) * 8 / static_cast<double>(row.weights));
  }
  return text;
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json shape_json(const ShapeReport& s) {
  return {{"layers", s.n_layers},
          {"attention_layers", s.n_attention_layers},
          {"dense_layers", s.n_dense_layers},
          {"hidden", s.hidden},
          {"heads", s.n_heads},
          {"kv_heads", s.n_kv_heads},
          {"head_dim", s.head_dim},
          {"experts", s.n_experts},
          {"experts_used", s.n_experts_used},
          {"vocab", s.vocab},
          {"context_length", s.context_length},
          {"parameters_per_token", s.parameters_per_token}};
}

}  // namespace

std::string info_text(const FileReport& report, const InfoDetail& detail) {
  std::string text = formatted("file            {}\n", report.path);
  if (report.parts.size() > 1) text += formatted("parts           {}\n", report.parts.size());
  text += formatted(
      "size            {} ({} bytes), GGUF version {}\n"
      "architecture    {}\n",
      gib(report.file_bytes), report.file_bytes, report.gguf_version,
      report.architecture.empty() ? "not said" : report.architecture);
  if (!report.name.empty()) text += formatted("name            {}\n", report.name);
  if (!report.file_type.empty()) text += formatted("file type       {}\n", report.file_type);
  text += formatted("weights         {} in {} tensors, {}\n", report.parameters,
                    report.tensors.size(), gib(report.tensor_bytes));
  if (report.shape) text += shape_lines(*report.shape);
  text += tokenizer_line(report.tokenizer);
  for (const MetadataReport& entry : report.metadata) {
    if (!entry.key.starts_with("general.sampling.")) continue;
    text += formatted("{:<15} {}\n", entry.key.substr(8), entry.value);
  }
  if (!report.not_runnable.empty()) {
    text += formatted("runs here       no: {}\n", report.not_runnable);
  }
  text += census_lines(report) + memory_lines(report);
  if (detail.metadata) {
    text += "\nmetadata\n";
    for (const MetadataReport& entry : report.metadata) {
      text += formatted("  {} ({}): {}\n", entry.key, entry.type, entry.value);
    }
  }
  if (detail.tensors) {
    text += "\ntensors, fastest dimension first\n";
    for (const TensorReport& tensor : report.tensors) {
      text += formatted("  {:<34} {:<7} {:<22} {:>12}\n", tensor.name, tensor.format,
                        formatted("[{}]", fmt::join(tensor.dims, ", ")), tensor.bytes);
    }
  }
  return text;
}

std::string info_json(const FileReport& report) {
  const TokenizerReport& t = report.tokenizer;
  Json json = {{"path", report.path},
               {"parts", report.parts},
               {"gguf_version", report.gguf_version},
               {"file_bytes", report.file_bytes},
               {"tensor_bytes", report.tensor_bytes},
               {"parameters", report.parameters},
               {"architecture", report.architecture},
               {"name", report.name},
               {"size_label", report.size_label},
               {"file_type", report.file_type},
               {"runnable", report.not_runnable.empty()},
               {"not_runnable", report.not_runnable},
               {"shape", report.shape ? shape_json(*report.shape) : Json()},
               {"tokenizer",
                {{"model", t.model},
                 {"pre", t.pre},
                 {"tokens", t.n_tokens},
                 {"unused", t.n_unused},
                 {"merges", t.n_merges},
                 {"bos", or_null(t.bos)},
                 {"eos", or_null(t.eos)},
                 {"pad", or_null(t.pad)},
                 {"add_bos", t.add_bos},
                 {"chat_template", t.has_chat_template}}},
               {"scratch_bytes", report.scratch_bytes},
               {"memory_total", or_null(report.memory_total)},
               {"memory_available", or_null(report.memory_available)},
               {"contexts", Json::array()},
               {"formats", Json::array()},
               {"tensors", Json::array()},
               {"metadata", Json::array()}};
  for (const ContextReport& context : report.contexts) {
    json["contexts"].push_back({{"tokens", context.n_tokens},
                                {"cache_bytes", context.cache_bytes},
                                {"total_bytes", context.total_bytes}});
  }
  for (const FormatCensus& row : report.census) {
    json["formats"].push_back({{"format", row.format},
                               {"tensors", row.n_tensors},
                               {"weights", row.weights},
                               {"bytes", row.bytes}});
  }
  for (const TensorReport& tensor : report.tensors) {
    json["tensors"].push_back({{"name", tensor.name},
                               {"format", tensor.format},
                               {"dims", tensor.dims},
                               {"bytes", tensor.bytes}});
  }
  for (const MetadataReport& entry : report.metadata) {
    json["metadata"].push_back({{"key", entry.key}, {"type", entry.type}, {"value", entry.value}});
  }
  // Names in a file may be any bytes; JSON must be UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace freshet
