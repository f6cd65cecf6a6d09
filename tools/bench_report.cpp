#include "tools/bench_report.h"

#include <freshet/version.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/format.h"
#include "tools/model_options.h"
#include "tools/quote_bytes.h"

namespace freshet {
namespace {

using Json = nlohmann::ordered_json;

/// The processor's name as Linux tells it; on ARM it may be silent.
std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::vector<double> speeds(const BenchResult& result) {
  std::vector<double> values;
  for (const double seconds : result.seconds) {
    values.push_back(static_cast<double>(result.n_tokens()) / seconds);
  }
  return values;
}

/// Keys that are llama-bench's have its meaning; those of devices that freshet does not have are
/// constant.
Json to_json(const BenchRow& row) {
  const BenchResult& result = row.result;
  const auto nanoseconds = [](double seconds) { return static_cast<uint64_t>(seconds * 1e9); };
  const Spread time = spread_of(result.seconds), speed = spread_of(speeds(result));
  std::vector<uint64_t> samples;
  for (const double seconds : result.seconds) samples.push_back(nanoseconds(seconds));
  Json json = {{"build_commit", formatted("freshet-{}", version())},
               {"build_number", 0},
               {"cpu_info", cpu_name()},
               {"gpu_info", ""},
               {"backends", "CPU"},
               {"model_filename", row.model.path},
               {"model_type", row.model_type},
               {"model_size", row.model.weight_bytes},
               {"model_n_params", row.model.parameters},
               {"n_batch", row.batch},
               {"n_ubatch", row.setup.micro_batch},
               {"n_threads", row.setup.n_threads},
               {"cpu_mask", "0x0"},
               {"cpu_strict", false},
               {"poll", 50},
               {"type_k", cache_format_name(row.setup.key_cache)},
               {"type_v", cache_format_name(row.setup.value_cache)},
               {"n_gpu_layers", 0},
               {"n_cpu_moe", 0},
               {"split_mode", "layer"},
               {"main_gpu", 0},
               {"no_kv_offload", false},
               {"flash_attn", true},
               {"devices", "auto"},
               {"tensor_split", "0.00"},
               {"tensor_buft_overrides", "none"},
               {"use_mmap", true},
               {"use_direct_io", false},
               {"embeddings", false},
               {"no_op_offload", 0},
               {"no_host", false},
               {"repack", false},
               {"n_prompt", result.test.n_prompt},
               {"n_gen", result.test.n_gen},
               {"n_depth", result.test.n_depth},
               {"test_time", result.started},
               {"avg_ns", nanoseconds(time.mean)},
               {"stddev_ns", nanoseconds(time.deviation)},
               {"avg_ts", speed.mean},
               {"stddev_ts", speed.deviation},
               {"samples_ns", samples},
               {"samples_ts", speeds(result)},
               {"test", result.test.label()},
               {"n_parallel", result.test.n_parallel},
               {"cpu_target", row.setup.cpu_target}};
  // Speeds of roofs are in bytes or multiply-adds per second.
  const bool measured = result.roof.has_value();
  json["roof_kind"] = measured ? Json(roof_kind_name(result.roof->kind)) : Json();
  json["roof"] = measured && result.roof->roof > 0 ? Json(result.roof->roof) : Json();
  json["roof_share"] = measured ? Json(result.roof->share) : Json();
  return json;
}

class JsonReport : public BenchReport {
 public:
  std::string begin() override { return "[\n"; }
  std::string row(const BenchRow& row) override {
    std::string text = std::exchange(first_, false) ? "" : ",\n";
    return text + to_json(row).dump(2);
  }
  std::string end() override { return "\n]\n"; }

 private:
  bool first_ = true;
};

class JsonLinesReport : public BenchReport {
 public:
  std::string row(const BenchRow& row) override { return to_json(row).dump() + "\n"; }
};

/// Every field in quotes, as llama-bench writes them; samples are for JSON alone.
class CsvReport : public BenchReport {
 public:
  std::string row(const BenchRow& row) override {
    const Json fields = to_json(row);
    std::string header, line;
    for (const auto& [key, value] : fields.items()) {
      if (value.is_array()) continue;
      header += (header.empty() ? "" : ",") + key;
      line += (line.empty() ? "" : ",") + field(value);
    }
    return (std::exchange(first_, false) ? header + "\n" : "") + line + "\n";
  }

 private:
  static std::string field(const Json& value) {
    std::string text = value.is_null()      ? ""
                       : value.is_string()  ? value.get<std::string>()
                       : value.is_boolean() ? (value.get<bool>() ? "1" : "0")
                                            : value.dump();
    for (size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) {
      text.insert(at, 1, '"');
    }
    return '"' + text + '"';
  }

  bool first_ = true;
};

class MarkdownReport : public BenchReport {
 public:
  std::string begin() override {
    return "| model                          |       size |     params | backend    | threads | "
           "           test |                  t/s |                 roof |\n"
           "| ------------------------------ | ---------: | ---------: | ---------- | ------: | "
           "--------------: | -------------------: | -------------------: |\n";
  }
  std::string row(const BenchRow& row) override {
    const Spread speed = spread_of(speeds(row.result));
    return formatted("| {:<30} | {:>10} | {:>10} | {:<10} | {:>7} | {:>15} | {:>20} | {:>20} |\n",
                     row.model_type, size(row.model.weight_bytes), count(row.model.parameters),
                     "CPU " + row.setup.cpu_target, row.setup.n_threads, test(row),
                     formatted("{:.2f} ± {:.2f}", speed.mean, speed.deviation),
                     roof(row.result.roof));
  }

 private:
  static std::string size(uint64_t bytes) {
    const auto b = static_cast<double>(bytes);
    return bytes >= uint64_t{1} << 30 ? formatted("{:.2f} GiB", b / (1 << 30))
                                      : formatted("{:.2f} MiB", b / (1 << 20));
  }
  static std::string count(uint64_t parameters) {
    const auto n = static_cast<double>(parameters);
    return n >= 1e9 ? formatted("{:.2f} B", n / 1e9) : formatted("{:.2f} M", n / 1e6);
  }
  /// The label, and what of the setup is not the default.
  static std::string test(const BenchRow& row) {
    std::string text = row.result.test.label();
    if (row.setup.micro_batch != EngineOptions{}.micro_batch) {
      text += formatted(", ub {}", row.setup.micro_batch);
    }
    if (row.batch != BenchOptions{}.batch) text += formatted(", b {}", row.batch);
    if (row.setup.key_cache != CacheFormat::kF16) {
      text += formatted(", k {}", cache_format_name(row.setup.key_cache));
    }
    if (row.setup.value_cache != CacheFormat::kF16) {
      text += formatted(", v {}", cache_format_name(row.setup.value_cache));
    }
    return text;
  }
  static std::string roof(const std::optional<RoofResult>& roof) {
    if (!roof) return "";
    const double percent = roof->share * 100;
    switch (roof->kind) {
      case RoofKind::kRead:
        return formatted("{:.1f}% of {:.1f} GB/s", percent, roof->roof / 1e9);
      case RoofKind::kByteProducts:
      case RoofKind::kFloatProducts:
        return formatted("{:.1f}% of {:.0f} GMAC/s", percent, roof->roof / 1e9);
      case RoofKind::kMixed:
        return formatted("{:.1f}%", percent);
    }
    return "";
  }
};

}  // namespace

std::unique_ptr<BenchReport> make_bench_report(std::string_view format) {
  if (format == "md") return std::make_unique<MarkdownReport>();
  if (format == "csv") return std::make_unique<CsvReport>();
  if (format == "json") return std::make_unique<JsonReport>();
  if (format == "jsonl") return std::make_unique<JsonLinesReport>();
  throw Error(ErrorKind::kUsage,
              formatted("output format {}: expected md, csv, json or jsonl", quote_bytes(format)));
}

}  // namespace freshet
