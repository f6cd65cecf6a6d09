// freshet quantize: a model file in other weight formats.
#include <fmt/ranges.h>
#include <freshet/quantize.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "base/format.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/interrupt.h"

namespace freshet {
namespace {

struct QuantizeFlags {
  std::string in, out, type;
  std::vector<std::string> tensor_types;
  QuantizeOptions options;
  bool dry_run = false;
  bool verbose = false;
};

/// "ffn_down.*=q6_k": the pattern may contain '=' itself.
TensorTypeRule parse_tensor_type(const std::string& text) {
  const size_t equals = text.rfind('=');
  if (equals == std::string::npos) {
    throw Error(ErrorKind::kUsage,
                formatted("--tensor-type {}: expected PATTERN=TYPE, as in ffn_down.*=q6_k", text));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

double gib(uint64_t bytes) { return static_cast<double>(bytes) / (1 << 30); }

std::string census(const QuantizePlan& plan) {
  struct Row {
    std::string_view format;
    int n_tensors;
    uint64_t bytes;
  };
  std::vector<Row> rows;
  for (const QuantizedTensor& tensor : plan.tensors) {
    auto row = std::ranges::find(rows, tensor.to, &Row::format);
    if (row == rows.end()) row = rows.insert(row, {tensor.to, 0, 0});
    ++row->n_tensors;
    row->bytes += tensor.bytes_after;
  }
  std::ranges::stable_sort(rows, std::ranges::greater{}, &Row::bytes);
  std::string text = formatted("{:8} {:>7} {:>16}\n", "format", "tensors", "bytes");
  for (const Row& row : rows) {
    text += formatted("{:8} {:>7} {:>16}\n", row.format, row.n_tensors, row.bytes);
  }
  return text;
}

std::string tensor_list(const QuantizePlan& plan) {
  std::string text;
  for (const QuantizedTensor& tensor : plan.tensors) {
    text += formatted("{:32} {:>18} {:>6} -> {}{}\n", tensor.name,
                      formatted("{}", fmt::join(tensor.dims, " x ")), tensor.from, tensor.to,
                      tensor.weighted ? ", by importance" : "");
  }
  return text;
}

std::string sizes(const QuantizePlan& plan) {
  return formatted("{:.2f} GiB of weights to {:.2f} GiB, {:.2f} bits each; the file has {} bytes",
                   gib(plan.tensor_bytes_before), gib(plan.tensor_bytes_after),
                   8.0 * static_cast<double>(plan.tensor_bytes_after) /
                       static_cast<double>(std::max<uint64_t>(plan.weights, 1)),
                   plan.file_bytes);
}

int run(QuantizeFlags flags) {
  const Console console(flags.verbose);
  if (flags.dry_run && flags.type.empty()) std::swap(flags.type, flags.out);
  if (flags.type.empty() || (flags.out.empty() && !flags.dry_run)) {
    throw Error(ErrorKind::kUsage,
                "quantize: expected three arguments: freshet quantize IN OUT TYPE");
  }
  flags.options.type = flags.type;
  for (const std::string& rule : flags.tensor_types) {
    flags.options.tensor_types.push_back(parse_tensor_type(rule));
  }
  if (flags.dry_run) {
    const QuantizePlan plan = plan_quantize(flags.in, flags.options);
    for (const std::string& note : plan.notes) console.warn(note);
    write_output((flags.verbose ? tensor_list(plan) : "") + census(plan) + sizes(plan) + "\n");
    return kExitOk;
  }
  InterruptGuard interrupt;
  flags.options.cancel = &interrupt.flag();
  QuantizePlan plan;
  {
    ProgressBar bar("quantizing");
    flags.options.progress = [&](uint64_t done, uint64_t total) { bar.update(done, total); };
    plan = quantize_file(flags.in, flags.out, flags.options);
  }
  for (const std::string& note : plan.notes) console.warn(note);
  console.note(formatted("{}: {}", flags.out, sizes(plan)));
  return kExitOk;
}

}  // namespace

Command add_quantize_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("quantize", "write a model in other weight formats");
  app->footer(
      "TYPE is " + formatted("{}", fmt::join(quantize_types(), ", ")) +
      ".\nNorms, convolution taps and routers stay F32; the head and, in the mixes, some of the "
      "others\nget more bits.\n\n"
      "  freshet quantize model-bf16.gguf model-q4_k_m.gguf q4_k_m\n"
      "  freshet quantize --dry-run model-bf16.gguf q5_k_m\n"
      "  freshet quantize --imatrix model.imatrix --tensor-type 'ffn_down.*=q6_k' in.gguf out.gguf "
      "q4_k");
  const auto flags = std::make_shared<QuantizeFlags>();
  QuantizeOptions& options = flags->options;
  app->add_option("in", flags->in, "the GGUF file to read, any part of a split one")->required();
  app->add_option("out", flags->out, "the GGUF file to write; not with --dry-run");
  app->add_option("type", flags->type, "what its matrices become");
  app->add_option("--tensor-type", flags->tensor_types,
                  "a format for the matrices whose names match; may be repeated, the last counts")
      ->option_text("PATTERN=TYPE")
      ->allow_extra_args(false);
  app->add_option("--imatrix", options.importance, "importance of the columns: freshet imatrix")
      ->option_text("FILE");
  app->add_flag("--pure", options.pure, "every matrix in TYPE, the embedding too");
  app->add_flag("--allow-requantize", options.allow_requantize,
                "take weights that are quantised already, and lose more");
  app->add_flag("--force", options.overwrite, "replace OUT if it is there");
  app->add_flag("--dry-run", flags->dry_run, "tell what would be written, and how large");
  app->add_option("-t,--threads", options.n_threads, "threads; default: the performance cores")
      ->check(CLI::Range(0, 1024))
      ->option_text("N");
  app->add_flag("-v,--verbose", flags->verbose,
                "notes on standard error; every tensor in --dry-run");
  return {app, [flags] { return run(*flags); }};
}

}  // namespace freshet
