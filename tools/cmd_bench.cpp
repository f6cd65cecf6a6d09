// freshet bench: how fast a model is read and written here, and how near that is to what the
// machine can do.
#include <freshet/bench.h>
#include <freshet/roofline.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "base/format.h"
#include "tools/bench_plan.h"
#include "tools/bench_report.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/interrupt.h"
#include "tools/quote_bytes.h"
#include "tools/roofline_report.h"

namespace freshet {
namespace {

/// Where rows go: -o to standard output, -oe to standard error.
class Reports {
 public:
  explicit Reports(const BenchFlags& flags) : out_(make_bench_report(flags.output)) {
    if (!flags.output_err.empty()) err_ = make_bench_report(flags.output_err);
  }
  void begin() { write(out_->begin(), err_ ? err_->begin() : ""); }
  void add(const BenchRow& row) { write(out_->row(row), err_ ? err_->row(row) : ""); }
  void end() { write(out_->end(), err_ ? err_->end() : ""); }

 private:
  static void write(const std::string& out, const std::string& err) {
    write_output(out);
    print(stderr, "{}", err);
  }
  std::unique_ptr<BenchReport> out_, err_;
};

/// Which repetition of which test runs, on one line of the terminal.
class Progress {
 public:
  Progress(const BenchFlags& flags, const Console& console, size_t n_tests)
      : shown_(console.terminal().is_tty || flags.progress),
        erases_(console.terminal().is_tty && !console.terminal().is_dumb),
        n_tests_(n_tests) {}
  void show(const BenchTest& test, int repetition, int repetitions) {
    if (!shown_) return;
    if (repetition == 0) ++n_begun_;
    erase();
    print(stderr, "test {} of {}: {}, {}{}", n_begun_, n_tests_, test.label(),
          repetition == 0 ? std::string("warming up")
                          : formatted("repetition {} of {}", repetition, repetitions),
          erases_ ? "" : "\n");
  }
  void erase() const {
    if (shown_ && erases_) print(stderr, "\r\x1b[K");
  }

 private:
  bool shown_, erases_;
  size_t n_tests_, n_begun_ = 0;
};

/// Everything that the flags ask to be measured, and who is told.
struct Plan {
  explicit Plan(const BenchFlags& flags)
      : console(flags.model.verbose),
        path(resolve_model_path(flags.model)),
        tests(bench_tests(flags)),
        setups(bench_setups(flags)),
        progress(flags, console, tests.size() * setups.size()) {
    if (tests.empty()) throw Error(ErrorKind::kUsage, "nothing to measure: -p 0 and -n 0");
  }
  /// `progress` must stay where it is while the options are used.
  [[nodiscard]] BenchOptions options(const BenchFlags& flags, const BenchSetup& setup,
                                     const BenchTest& test) {
    return {
        .repetitions = flags.repetitions,
        .warm_up = !flags.no_warmup,
        .roofs = !flags.no_roof,
        .batch = setup.batch,
        .cancel = &interrupt.flag(),
        .progress = [this, &test](int repetition, int n) { progress.show(test, repetition, n); }};
  }
  void warn_of_built_in() const {
    if (path.empty()) console.warn("no model given (-m FILE): measuring the small one in the box");
  }

  Console console;
  InterruptGuard interrupt;
  std::string path;
  std::vector<BenchTest> tests;
  std::vector<BenchSetup> setups;
  Progress progress;
};

/// --roofline: where the time of a pass goes.
int run_roofline(const BenchFlags& flags) {
  const bool json = flags.output == "json";
  if (!json && flags.output != "md") {
    throw Error(ErrorKind::kUsage, formatted("output format {}: expected md or json for a roofline",
                                             quote_bytes(flags.output)));
  }
  Plan plan(flags);
  plan.warn_of_built_in();
  std::string separator = json ? "[\n" : "";
  for (const BenchSetup& setup : plan.setups) {
    for (const BenchTest& test : plan.tests) {
      const Roofline roofline =
          measure_roofline(plan.path, setup.engine, test, plan.options(flags, setup, test));
      plan.progress.erase();
      write_output(separator + (json ? roofline_json(roofline) : roofline_table(roofline)));
      separator = json ? ",\n" : "\n";
    }
  }
  if (json) write_output("\n]\n");
  return kExitOk;
}

int run(const BenchFlags& flags) {
  if (flags.roofline) return run_roofline(flags);
  Plan plan(flags);
  Reports reports(flags);
  bool begun = false;
  for (const BenchSetup& setup : plan.setups) {
    Engine engine = plan.path.empty() ? Engine::open_built_in(setup.engine)
                                      : Engine::open(plan.path, setup.engine);
    if (!std::exchange(begun, true)) {
      plan.warn_of_built_in();
      if (!engine.setup().warning.empty()) plan.console.warn(engine.setup().warning);
      reports.begin();
    }
    const auto type = engine.metadata_number("general.file_type");
    const std::string name = model_type(engine.model(), type ? static_cast<int64_t>(*type) : -1);
    for (const BenchTest& test : plan.tests) {
      const BenchResult result = run_bench(engine, test, plan.options(flags, setup, test));
      plan.progress.erase();
      reports.add({engine.model(), engine.setup(), setup.batch, name, result});
    }
  }
  reports.end();
  return kExitOk;
}

void add_list(CLI::App& app, const char* names, std::vector<std::string>& texts, const char* help,
              const char* group) {
  app.add_option(names, texts, help)->option_text("LIST")->allow_extra_args(false)->group(group);
}

}  // namespace

Command add_bench_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("bench", "measure speed, and the share of the roof");
  app->footer(
      "A LIST is 512, 1,2,4, 1-4, 128-512+128 or 1-8*2. The last column is the share of what this\n"
      "machine does at most, measured in the same process with the same threads: bytes read for\n"
      "writing tokens, multiply-adds for reading prompts.\n\n"
      "  freshet bench -m model.gguf\n"
      "  freshet bench -m model.gguf -p 512,2048 -n 64 -d 0,4096 -o json\n"
      "  freshet bench -m model.gguf --roofline");
  const auto flags = std::make_shared<BenchFlags>();
  add_model_path_options(*app, flags->model);
  constexpr const char* kTests = "Tests";
  add_list(*app, "-p,--n-prompt", flags->n_prompt, "tokens read; default 512, 0: none", kTests);
  add_list(*app, "-n,--n-gen", flags->n_gen, "tokens written; default 128, 0: none", kTests);
  app->add_option("--prompt-gen", flags->prompt_gen, "both in one test, as in 512,128")
      ->option_text("PP,TG")
      ->allow_extra_args(false)
      ->group(kTests);
  add_list(*app, "-d,--n-depth", flags->n_depth, "tokens in the context beforehand", kTests);
  add_list(*app, "--parallel", flags->n_parallel, "sequences at once", kTests);
  app->add_option("-r,--repetitions", flags->repetitions, "of each test; default 5")
      ->check(CLI::Range(1, 100000))
      ->option_text("N")
      ->group(kTests);
  app->add_flag("--no-warmup", flags->no_warmup, "start with a cold test")->group(kTests);
  CLI::Option* no_roof =
      app->add_flag("--no-roof", flags->no_roof, "do not measure the machine")->group(kTests);
  app->add_flag("--roofline", flags->roofline, "where a pass spends its time; -o md or json")
      ->excludes(no_roof)
      ->group(kTests);
  constexpr const char* kSetup = "Performance";
  add_list(*app, "-t,--threads", flags->n_threads, "default: the performance cores", kSetup);
  add_list(*app, "-b,--batch-size", flags->batch, "most tokens given at once; default 2048",
           kSetup);
  add_list(*app, "--ubatch-size", flags->micro_batch, "most tokens in one pass; default 2048",
           kSetup);
  add_list(*app, "--cache-type-k", flags->key_cache, "keys as f32, f16 (default), q8_0", kSetup);
  add_list(*app, "--cache-type-v", flags->value_cache, "values, likewise", kSetup);
  app->add_option("--cpu", flags->model.cpu_target, "kernels: scalar, avx2, ...")
      ->option_text("TARGET")
      ->group(kSetup);
  constexpr const char* kOutput = "Output";
  app->add_option("-o,--output", flags->output, "md (default), csv, json or jsonl")
      ->option_text("FORMAT")
      ->group(kOutput);
  app->add_option("--output-err", flags->output_err, "the same on standard error")
      ->option_text("FORMAT")
      ->group(kOutput);
  app->add_flag("--progress", flags->progress, "say what runs even if it is not a terminal")
      ->group(kOutput);
  app->add_flag("-v,--verbose", flags->model.verbose, "notes on standard error")->group(kOutput);
  return {app, [flags] { return run(*flags); }};
}

}  // namespace freshet
