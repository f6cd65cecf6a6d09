// freshet info: what a GGUF file is, and what it needs.
#include <freshet/inspect.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "tools/bench_list.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/info_report.h"
#include "tools/model_options.h"

namespace freshet {
namespace {

struct InfoFlags {
  ModelOptions model;
  std::string contexts;
  InfoDetail detail;
  bool json = false;
};

int run(const InfoFlags& flags) {
  InspectOptions options{.key_cache = parse_cache_format(flags.model.key_cache),
                         .value_cache = parse_cache_format(flags.model.value_cache),
                         .contexts = {}};
  if (!flags.contexts.empty()) options.contexts = parse_bench_list("-c", flags.contexts);
  const FileReport report = inspect_file(resolve_model_path(flags.model), options);
  write_output(flags.json ? info_json(report) : info_text(report, flags.detail));
  return kExitOk;
}

}  // namespace

Command add_info_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("info", "tell what a GGUF file is and what it needs");
  app->footer("  freshet info model.gguf\n  freshet info model.gguf --json");
  const auto flags = std::make_shared<InfoFlags>();
  app->add_option("file", flags->model.path,
                  "GGUF file, any part of a split one; none: the one "
                  "in the box")
      ->option_text("FILE");
  add_model_path_options(*app, flags->model);
  app->add_option("-c,--ctx-size", flags->contexts, "tell the memory at these lengths: 4096,32768")
      ->option_text("LIST");
  app->add_option("--cache-type-k", flags->model.key_cache, "keys as f32, f16 (default) or q8_0")
      ->option_text("TYPE");
  app->add_option("--cache-type-v", flags->model.value_cache, "values, likewise")
      ->option_text("TYPE");
  app->add_flag("--tensors", flags->detail.tensors, "list every tensor");
  app->add_flag("--metadata", flags->detail.metadata, "list every key");
  app->add_flag("--json", flags->json, "everything as one JSON object");
  return {app, [flags] { return run(*flags); }};
}

}  // namespace freshet
