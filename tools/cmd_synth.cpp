// freshet synth: a model with random weights, for measuring without the real ones.
#include <fmt/ranges.h>
#include <freshet/synth.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/format.h"
#include "tools/commands.h"
#include "tools/terminal.h"

namespace freshet {
namespace {

struct SynthFlags {
  std::string shape, type, out;
  uint64_t seed = 1;
  bool pure = false;
};

std::string shape_names() {
  std::vector<std::string_view> names;
  for (const SynthShape& shape : synth_shapes()) names.push_back(shape.name);
  return formatted("{}", fmt::join(names, ", "));
}

int run_synth(const SynthFlags& flags) {
  const SynthPlan plan = plan_synth(synth_shape(flags.shape), flags.type, flags.pure);
  {
    ProgressBar bar("writing " + flags.out, plan.tensor_bytes);
    write_synth(plan, flags.out, flags.seed, [&](uint64_t done, uint64_t) { bar.update(done); });
  }
  if (terminal_of(stderr).is_tty) {
    print(stderr, "{}: {} tensors, {:.2f} G weights, {:.2f} GB\n", flags.out, plan.tensors.size(),
          static_cast<double>(plan.parameters) / 1e9, static_cast<double>(plan.tensor_bytes) / 1e9);
  }
  return kExitOk;
}

}  // namespace

Command add_synth_command(CLI::App& program) {
  auto flags = std::make_shared<SynthFlags>();
  CLI::App* app =
      program.add_subcommand("synth", "write a model with random weights at a real model's shape");
  app->footer(
      "It loads, runs and benchmarks like the real file, and says nothing sensible.\n\n"
      "  freshet synth 24b q4_k_m 24b.gguf");
  app->add_option("shape", flags->shape, "one of " + shape_names())->required();
  app->add_option("type", flags->type,
                  formatted("format of the matrices: {}", fmt::join(synth_types(), ", ")))
      ->required();
  app->add_option("out", flags->out, "the GGUF file to write")->required();
  app->add_option("--seed", flags->seed, "the same seed gives the same file; default 1")
      ->option_text("N");
  app->add_flag("--pure", flags->pure, "every matrix in that format, the embedding too");
  return {app, [flags] { return run_synth(*flags); }};
}

}  // namespace freshet
