// freshet perplexity: how well a model predicts a text, and how far it is from another.
#include <freshet/perplexity.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/format.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/interrupt.h"
#include "tools/terminal.h"
#include "tools/window_options.h"

namespace freshet {
namespace {

struct PerplexityFlags {
  ModelOptions model;
  PromptInput text;
  PerplexityOptions options;
  std::string save, base;
  bool json = false;
};

std::string as_text(const PerplexityReport& r) {
  std::string text = formatted(
      "{} windows of {} tokens, of each the tokens from {} on scored: {} tokens\n"
      "perplexity       {:.4f} ± {:.4f}\n",
      r.n_windows, r.window, r.first_scored, r.n_scored, r.perplexity, r.perplexity_error);
  if (!r.divergence) return text;
  const DivergenceReport& d = *r.divergence;
  return text + formatted(
                    "of the base      {:.4f}\n"
                    "KL divergence    {:.6f} ± {:.6f} on average\n"
                    "                 {:.6f} median, {:.6f} 99 %, {:.6f} most\n"
                    "same top token   {:.3f} % ± {:.3f} %\n",
                    d.base_perplexity, d.mean, d.standard_error, d.median, d.percentile_99, d.most,
                    100 * d.same_top, 100 * d.same_top_error);
}

std::string as_json(const PerplexityReport& r, const ModelInfo& model) {
  nlohmann::ordered_json json = {{"model", model.path},
                                 {"n_windows", r.n_windows},
                                 {"window", r.window},
                                 {"first_scored", r.first_scored},
                                 {"n_scored", r.n_scored},
                                 {"mean_loss", r.mean_loss},
                                 {"mean_loss_error", r.standard_error},
                                 {"perplexity", r.perplexity},
                                 {"perplexity_error", r.perplexity_error}};
  if (r.divergence) {
    const DivergenceReport& d = *r.divergence;
    json["base_perplexity"] = d.base_perplexity;
    json["kl_divergence"] = {{"mean", d.mean},
                             {"mean_error", d.standard_error},
                             {"median", d.median},
                             {"percentile_99", d.percentile_99},
                             {"maximum", d.most}};
    json["same_top"] = d.same_top;
    json["same_top_error"] = d.same_top_error;
  }
  using Json = nlohmann::ordered_json;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int run(PerplexityFlags flags) {
  const Console console(flags.model.verbose);
  InterruptGuard interrupt;
  const bool compares = !flags.base.empty();
  if (compares && !flags.save.empty()) {
    throw Error(ErrorKind::kUsage, "--kl-base saves predictions and --kl reads them; give one");
  }
  if (compares && (flags.model.context > 0 || flags.options.most_windows > 0)) {
    throw Error(ErrorKind::kUsage,
                "--kl takes the windows that its file has; leave -c and --windows out");
  }
  if (!compares && flags.model.context == 0) flags.model.context = kDefaultWindow;
  flags.options.window = flags.model.context;
  flags.options.cancel = &interrupt.flag();

  const bool has_text = flags.text.text.has_value() || !flags.text.file.empty();
  const std::string text =
      compares && !has_text ? std::string() : read_prompt_input(flags.text, false);
  Engine engine = open_model(flags.model, console);
  PerplexityReport report;
  {
    ProgressBar bar("predicting");
    flags.options.progress = [&](int64_t done, int64_t total) { bar.update(done, total); };
    std::vector<TokenId> tokens;
    if (!text.empty()) tokens = engine.tokenizer().encode(text);
    report = compares ? compare_perplexity(engine, flags.base, tokens, flags.options)
                      : measure_perplexity(engine, tokens, flags.save, flags.options);
  }
  write_output(flags.json ? as_json(report, engine.model()) : as_text(report));
  return kExitOk;
}

}  // namespace

Command add_perplexity_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand(
      "perplexity", "tell how well a model predicts a text, and how far it is from another");
  app->footer(
      "The text is cut into windows, each read by itself; its second half is scored.\n\n"
      "  freshet perplexity -m model.gguf -f text.txt\n"
      "  freshet perplexity -m model-bf16.gguf -f text.txt --kl-base model.kl\n"
      "  freshet perplexity -m model-q4_k_m.gguf --kl model.kl --json");
  const auto flags = std::make_shared<PerplexityFlags>();
  add_window_options(*app, flags->model, flags->text, flags->options.most_windows);
  constexpr const char* kGroup = "Comparison";
  app->add_option("--kl-base", flags->save, "save the predictions, to compare others with")
      ->option_text("FILE")
      ->group(kGroup);
  app->add_option("--kl", flags->base, "divergence from the predictions saved in this file")
      ->option_text("FILE")
      ->group(kGroup);
  app->add_flag("--force", flags->options.overwrite, "replace the file of --kl-base if it is there")
      ->group(kGroup);
  app->add_flag("--json", flags->json, "everything as one JSON object")->group("Output");
  return {app, [flags] { return run(*flags); }};
}

}  // namespace freshet
