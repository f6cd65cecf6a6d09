#include "tools/model_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <utility>

#include "base/format.h"
#include "tools/commands.h"
#include "tools/hub_cache.h"

namespace freshet {
namespace {

constexpr int kMaxMicroBatch = 65'536;
constexpr int kMaxThreads = 4'096;

constexpr std::array<std::pair<std::string_view, CacheFormat>, 3> kCacheFormats = {{
    {"f32", CacheFormat::kF32},
    {"f16", CacheFormat::kF16},
    {"q8_0", CacheFormat::kQ8_0},
}};

void add_performance_options(CLI::App& command, ModelOptions& options) {
  constexpr const char* kGroup = "Performance";
  command.add_option("-t,--threads", options.n_threads, "threads; default: the performance cores")
      ->check(CLI::Range(-1, kMaxThreads))
      ->option_text("N")
      ->group(kGroup);
  command.add_option("--threads-batch", options.n_threads_batch, "the same; -t has precedence")
      ->check(CLI::Range(-1, kMaxThreads))
      ->option_text("N")
      ->group(kGroup);
  command
      .add_option("--cpu", options.cpu_target,
                  "the processor's instructions: scalar, avx2, ...; default: the best")
      ->option_text("TARGET")
      ->group(kGroup);
  command.add_option("--ubatch-size", options.micro_batch, "most tokens in one pass; default 2048")
      ->check(CLI::Range(1, kMaxMicroBatch))
      ->option_text("N")
      ->group(kGroup);
  command.add_option("-b,--batch-size", options.batch, "the same; the smaller of the two counts")
      ->check(CLI::Range(1, 1 << 30))
      ->option_text("N")
      ->group(kGroup);
}

}  // namespace

EngineOptions engine_options(const ModelOptions& options) {
  EngineOptions engine;
  engine.n_threads =
      options.n_threads > 0 ? options.n_threads : std::max(options.n_threads_batch, 0);
  engine.cpu_target = options.cpu_target;
  engine.key_cache = parse_cache_format(options.key_cache);
  engine.value_cache = parse_cache_format(options.value_cache);
  engine.context = options.context;
  if (options.micro_batch > 0) engine.micro_batch = options.micro_batch;
  if (options.batch > 0) engine.micro_batch = std::min(engine.micro_batch, options.batch);
  return engine;
}

CacheFormat parse_cache_format(const std::string& name) {
  for (const auto& [known, format] : kCacheFormats) {
    if (name == known) return format;
  }
  throw Error(ErrorKind::kUsage,
              formatted("cache type {}: expected f32, f16 or q8_0 (-ctk, -ctv)", name));
}

const char* cache_format_name(CacheFormat format) {
  for (const auto& [known, value] : kCacheFormats) {
    if (value == format) return known.data();
  }
  return "unknown";
}

void add_model_path_options(CLI::App& command, ModelOptions& options) {
  constexpr const char* kGroup = "Model";
  command.add_option("-m,--model", options.path, "GGUF file, any part of a split one")
      ->option_text("FILE")
      ->group(kGroup);
  command
      .add_option("--hf-repo", options.hf_repo,
                  "from the local Hugging Face cache: user/model[:quant]")
      ->option_text("REPO")
      ->group(kGroup);
  command.add_option("--hf-file", options.hf_file, "the file within that repository")
      ->option_text("NAME")
      ->group(kGroup);
}

void add_model_options(CLI::App& command, ModelOptions& options) {
  constexpr const char* kGroup = "Model";
  add_model_path_options(command, options);
  command
      .add_option("-c,--ctx-size", options.context,
                  "most tokens; default: as many as it was made for")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 40))
      ->option_text("N")
      ->group(kGroup);
  command.add_option("--cache-type-k", options.key_cache, "keys as f32, f16 (default) or q8_0")
      ->option_text("TYPE")
      ->group(kGroup);
  command.add_option("--cache-type-v", options.value_cache, "values, likewise")
      ->option_text("TYPE")
      ->group(kGroup);
  add_performance_options(command, options);
  command
      .add_flag("-v,--verbose", options.verbose,
                "notes on standard error even if it is not a terminal")
      ->group(kOtherFlags);
}

std::string resolve_model_path(const ModelOptions& options) {
  if (!options.path.empty() && !options.hf_repo.empty()) {
    throw Error(ErrorKind::kUsage, "-m and -hf both name a model; give one of them");
  }
  if (options.hf_repo.empty() && !options.hf_file.empty()) {
    throw Error(ErrorKind::kUsage, "-hff names a file but no repository; add -hf user/model");
  }
  return options.hf_repo.empty() ? options.path
                                 : find_in_hub_cache(options.hf_repo, options.hf_file).string();
}

Engine open_model(const ModelOptions& options, const Console& console) {
  const EngineOptions engine_opts = engine_options(options);
  const std::string path = resolve_model_path(options);
  if (path.empty()) {
    Engine engine = Engine::open_built_in(engine_opts);
    console.warn(formatted("no model given (-m FILE): using the small one in the box{}",
                           engine.model().name.empty() ? "" : ", " + engine.model().name));
    console.note(engine.setup().threads_reason);
    return engine;
  }
  Engine engine = Engine::open(path, engine_opts);
  if (!engine.setup().warning.empty()) console.warn(engine.setup().warning);
  console.note(
      formatted("{}; {} kernels", engine.setup().threads_reason, engine.setup().cpu_target));
  return engine;
}

}  // namespace freshet
