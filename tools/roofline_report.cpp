#include "tools/roofline_report.h"

#include <freshet/inspect.h>
#include <freshet/version.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/format.h"

namespace freshet {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kBarWidth = 32;

uint64_t products(const RooflineOperation& operation) {
  return operation.byte_products + operation.float_products;
}

/// 0 where nothing was timed.
double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

std::string repeated(const char* text, int n) {
  std::string all;
  for (int i = 0; i < n; ++i) all += text;
  return all;
}

/// 1.43 GB, 12.6 M
std::string with_prefix(double value, const char* unit) {
  constexpr const char* kPrefixes[] = {"", "k", "M", "G", "T"};
  size_t i = 0;
  while (value >= 999.5 && i + 1 < std::size(kPrefixes)) {
    value /= 1000;
    ++i;
  }
  const int digits = i == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return formatted("{:.{}f} {}{}", value, digits, kPrefixes[i], unit);
}

std::string milliseconds(double seconds) { return formatted("{:.3f} ms", seconds * 1e3); }

const char* bound_text(RoofKind kind) {
  return kind == RoofKind::kRead           ? "read"
         : kind == RoofKind::kByteProducts ? "byte MAC"
                                           : "float MAC";
}

std::string share_text(const RooflineOperation& operation) {
  if (!operation.bound) return "";
  return formatted("{:.1f}% {:<9}", 100 * ratio(operation.roof_seconds, operation.seconds),
                   bound_text(*operation.bound));
}

std::string bar(const RooflineOperation& operation, double longest) {
  const double scale = ratio(kBarWidth, longest);
  const int n = static_cast<int>(std::lround(operation.seconds * scale));
  const int dark =
      std::clamp(static_cast<int>(std::lround(operation.roof_seconds * scale)), 0, std::max(n, 0));
  return repeated("█", dark) + repeated("░", n - dark);
}

RooflineOperation total_of(const Roofline& roofline) {
  RooflineOperation total{.name = "total"};
  for (const RooflineOperation& operation : roofline.operations) {
    total.bytes += operation.bytes;
    total.byte_products += operation.byte_products;
    total.float_products += operation.float_products;
    total.seconds += operation.seconds;
    total.roof_seconds += operation.roof_seconds;
  }
  return total;
}

std::string table_row(const Roofline& roofline, const RooflineOperation& operation,
                      const std::string& last) {
  const auto per_pass = [&](auto value) {
    return ratio(static_cast<double>(value), static_cast<double>(roofline.passes));
  };
  const bool counted = operation.bytes + products(operation) > 0;
  return formatted("| {:<15} | {:>6} | {:>8} | {:>8} | {:>11} | {:>6} | {:>16} | {}\n",
                   operation.name,
                   operation.calls > 0 ? formatted("{:.0f}", per_pass(operation.calls)) : "",
                   counted ? with_prefix(per_pass(operation.bytes), "B") : "",
                   counted ? with_prefix(per_pass(products(operation)), "") : "",
                   milliseconds(per_pass(operation.seconds)),
                   formatted("{:.1f}%", 100 * ratio(operation.seconds, roofline.seconds)),
                   share_text(operation), last);
}

Json operation_json(const Roofline& roofline, const RooflineOperation& operation) {
  return {{"name", operation.name},
          {"calls", operation.calls},
          {"bytes", operation.bytes},
          {"byte_multiply_adds", operation.byte_products},
          {"float_multiply_adds", operation.float_products},
          {"seconds", operation.seconds},
          {"share_of_time", ratio(operation.seconds, roofline.seconds)},
          {"roof_seconds", operation.roof_seconds},
          {"roof_kind", operation.bound ? Json(roof_kind_name(*operation.bound)) : Json()},
          {"roof_share",
           operation.bound ? Json(ratio(operation.roof_seconds, operation.seconds)) : Json()}};
}

}  // namespace

std::string model_type(const ModelInfo& model, int64_t file_type) {
  std::string type = model.architecture;
  std::string label = model.size_label;
  std::ranges::replace(label, '-', '.');
  if (!label.empty()) type += ' ' + label;
  const std::string_view name = file_type_name(file_type);
  if (!name.empty()) type += formatted(" {}", name);
  return type;
}

std::string roofline_table(const Roofline& roofline) {
  const double per_pass = ratio(roofline.seconds, static_cast<double>(roofline.passes));
  double longest = 0;
  const RooflineOperation* worst = nullptr;
  const auto lost = [](const RooflineOperation& o) { return o.seconds - o.roof_seconds; };
  for (const RooflineOperation& operation : roofline.operations) {
    longest = std::max(longest, operation.seconds);
    if (worst == nullptr || lost(operation) > lost(*worst)) worst = &operation;
  }
  std::string text = formatted(
      "{}, CPU {}, {} thread{}, {}: {} per pass\n", model_type(roofline.model, roofline.file_type),
      roofline.setup.cpu_target, roofline.setup.n_threads, roofline.setup.n_threads == 1 ? "" : "s",
      roofline.test.label(), milliseconds(per_pass));
  text += formatted("roofs: read {:.1f} GB/s, byte MAC {:.0f} G/s, float MAC {:.0f} G/s\n\n",
                    roofline.read_roof / 1e9, roofline.byte_roof / 1e9, roofline.float_roof / 1e9);
  text +=
      "| operation       |  calls |    bytes |     MACs |        time | of all |      of its roof "
      "| "
      "█ at the roof, ░ beyond it\n"
      "| --------------- | -----: | -------: | -------: | ----------: | -----: | ---------------: "
      "| "
      "--------------------------------\n";
  for (const RooflineOperation& operation : roofline.operations) {
    text += table_row(roofline, operation, bar(operation, longest));
  }
  const RooflineOperation total = total_of(roofline);
  text +=
      table_row(roofline, total,
                formatted("{:.1f}% of the roofs", 100 * ratio(total.roof_seconds, total.seconds)));
  return text + formatted("\nmost to win: {}, {} of {} per pass\n", worst->name,
                          milliseconds(ratio(lost(*worst), static_cast<double>(roofline.passes))),
                          milliseconds(per_pass));
}

std::string roofline_json(const Roofline& roofline) {
  Json operations = Json::array();
  for (const RooflineOperation& operation : roofline.operations) {
    operations.push_back(operation_json(roofline, operation));
  }
  const Json json = {{"build_commit", formatted("freshet-{}", version())},
                     {"model_filename", roofline.model.path},
                     {"model_type", model_type(roofline.model, roofline.file_type)},
                     {"cpu_target", roofline.setup.cpu_target},
                     {"n_threads", roofline.setup.n_threads},
                     {"n_ubatch", roofline.setup.micro_batch},
                     {"test", roofline.test.label()},
                     {"n_prompt", roofline.test.n_prompt},
                     {"n_gen", roofline.test.n_gen},
                     {"n_depth", roofline.test.n_depth},
                     {"n_parallel", roofline.test.n_parallel},
                     {"passes", roofline.passes},
                     {"seconds", roofline.seconds},
                     {"read_roof", roofline.read_roof},
                     {"byte_multiply_adds_roof", roofline.byte_roof},
                     {"float_multiply_adds_roof", roofline.float_roof},
                     {"operations", std::move(operations)}};
  return json.dump();
}

}  // namespace freshet
