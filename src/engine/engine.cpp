#include <algorithm>

#include "backend/cpu/choose_kernels.h"
#include "base/cpu_topology.h"
#include "base/error.h"
#include "base/format.h"
#include "engine/engine_impl.h"
#include "engine/sequence.h"
#include "models/built_in_model.h"
#include "text/tokenizer.h"
#include "text/tokenizer_gguf.h"

namespace freshet {
namespace {

constexpr int kMaxMicroBatch = 65536;

double gib(uint64_t bytes) { return static_cast<double>(bytes) / (1 << 30); }

ModelInfo describe(const GgufFile& file, const Config& config, const Weights& weights) {
  const auto text = [&](const char* key) {
    return std::string(file.metadata().get<std::string_view>(key).value_or(""));
  };
  return {.path = file.path(),
          .architecture = config.architecture,
          .name = text("general.name"),
          .basename = text("general.basename"),
          .size_label = text("general.size_label"),
          .chat_template = text("tokenizer.chat_template"),
          .parameters = weights.parameters,
          .file_bytes = file.file_bytes(),
          .weight_bytes = weights.bytes,
          .context_length = config.context_length,
          .vocab_size = static_cast<int32_t>(config.vocab),
          .n_layers = config.n_layers};
}

EngineSetup resolve(const EngineOptions& options, const Config& config) {
  if (options.n_threads < 0 || options.n_threads > ThreadTeam::kMaxThreads) {
    fail(ErrorKind::kUsage, "{} threads; expected 1 to {}, or 0 for the machine's best",
         options.n_threads, int{ThreadTeam::kMaxThreads});
  }
  if (options.micro_batch < 1 || options.micro_batch > kMaxMicroBatch) {
    fail(ErrorKind::kUsage, "a micro-batch of {}; expected 1 to {}", options.micro_batch,
         kMaxMicroBatch);
  }
  if (options.context < 0 || options.context > config.context_length) {
    fail(ErrorKind::kUsage, "a context of {} tokens; this model was made for at most {}",
         options.context, config.context_length);
  }
  const bool chosen = options.n_threads > 0;
  const ThreadChoice threads =
      chosen ? ThreadChoice{options.n_threads,
                            formatted("{} threads: as asked for", options.n_threads)}
             : default_threads();
  return {.cpu_target = choose_kernels(options.cpu_target).name,
          .n_threads = threads.n_threads,
          .threads_reason = threads.why,
          .context = options.context > 0 ? options.context : config.context_length,
          .micro_batch = options.micro_batch,
          .key_cache = options.key_cache,
          .value_cache = options.value_cache,
          .warning = {}};
}

/// What is asked for beyond the weights must fit now; the weights themselves are mapped and may
/// page.
void check_memory(const EngineOptions& options, const MemoryShape& shape, const Lfm2& lfm2,
                  const Weights& weights, EngineSetup& setup) {
  const std::optional<MachineMemory> memory = machine_memory();
  if (!memory) return;
  // Pages are taken as they are needed, so only a context that was asked for is promised.
  const uint64_t cache = shape.ring_bytes() + shape.bytes_for(options.context);
  const uint64_t scratch =
      lfm2.scratch_bytes(static_cast<int>(std::min<int64_t>(setup.micro_batch, setup.context)));
  if (cache + scratch > memory->available) {
    fail(ErrorKind::kResources,
         "a context of {} tokens needs {:.2f} GiB and a micro-batch of {} rows {:.2f} GiB, but "
         "{:.2f} GiB of memory are available; use a smaller context (-c), a smaller micro-batch "
         "(-ub) or an 8-bit cache (-ctk q8_0 -ctv q8_0)",
         setup.context, gib(cache), setup.micro_batch, gib(scratch), gib(memory->available));
  }
  if (weights.bytes > memory->total) {
    setup.warning = formatted(
        "the weights take {:.2f} GiB and this machine has {:.2f} GiB of memory: they will be read "
        "from the disk again and again, which is slow; a smaller quantisation would fit",
        gib(weights.bytes), gib(memory->total));
  }
}

std::unique_ptr<Backend> make_backend(const EngineOptions& options, const EngineSetup& setup,
                                      PageFiller& page_filler, const BackendWrapper& wrap) {
  auto backend = std::make_unique<CpuBackend>(
      choose_kernels(options.cpu_target), setup.n_threads, cache_type(options.key_cache),
      cache_type(options.value_cache), [&] { return page_filler.fill_next(); });
  if (wrap) return wrap(std::move(backend));
  return backend;
}

}  // namespace

kernels::CacheType cache_type(CacheFormat format) {
  switch (format) {
    case CacheFormat::kF32:
      return kernels::CacheType::kF32;
    case CacheFormat::kF16:
      return kernels::CacheType::kF16;
    case CacheFormat::kQ8_0:
      return kernels::CacheType::kQ8_0;
  }
  fail(ErrorKind::kUsage, "unknown cache format {}", static_cast<int>(format));
}

Engine::Impl::Impl(std::unique_ptr<GgufFile> gguf, const EngineOptions& options,
                   const BackendWrapper& wrap)
    : file(std::move(gguf)),
      page_filler(file->fillable()),
      config(read_config(*file)),
      memory_shape(config, cache_type(options.key_cache), cache_type(options.value_cache)),
      weights(bind_weights(*file, config, memory_shape.page_offsets)),
      tokenizer(make_tokenizer(vocabulary_spec(file->metadata()))),
      info(describe(*file, config, weights)),
      setup(resolve(options, config)),
      backend(make_backend(options, setup, page_filler, wrap)),
      lfm2(config, weights, *backend) {
  if (tokenizer.vocab_size() > config.vocab) {
    fail(ErrorKind::kBadFile, "{}: the tokenizer has {} tokens, the embedding {} rows",
         file->path(), tokenizer.vocab_size(), config.vocab);
  }
  check_memory(options, memory_shape, lfm2, weights, setup);
}

void Engine::Impl::fill_pages() noexcept {
  while (page_filler.fill_next()) {
  }
}

Engine::Engine(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

Engine Engine::open(const std::string& path, const EngineOptions& options) {
  return Engine(std::make_unique<Impl>(std::make_unique<GgufFile>(path), options));
}

Engine Engine::open_built_in(const EngineOptions& options) {
  return Engine(
      std::make_unique<Impl>(std::make_unique<GgufFile>(built_in_model(), "(built in)"), options));
}

const ModelInfo& Engine::model() const noexcept { return impl_->info; }
const EngineSetup& Engine::setup() const noexcept { return impl_->setup; }
const Tokenizer& Engine::tokenizer() const noexcept { return impl_->tokenizer; }

std::optional<double> Engine::metadata_number(std::string_view key) const {
  const Value* value = impl_->file->metadata().find(key);
  if (value == nullptr) return std::nullopt;
  return std::visit(
      [](const auto& x) -> std::optional<double> {
        using X = std::decay_t<decltype(x)>;
        if constexpr (std::is_arithmetic_v<X> && !std::is_same_v<X, bool>) {
          return static_cast<double>(x);
        }
        return std::nullopt;
      },
      value->data);
}

std::optional<std::string> Engine::metadata_text(std::string_view key) const {
  const Value* value = impl_->file->metadata().find(key);
  if (value == nullptr) return std::nullopt;
  const auto* text = std::get_if<std::string_view>(&value->data);
  return text == nullptr ? std::nullopt : std::optional<std::string>(*text);
}

Sequence Engine::new_sequence() const {
  return Sequence(std::make_unique<Sequence::Impl>(impl_->memory_shape));
}

uint64_t Engine::context_bytes(int64_t n_tokens) const noexcept {
  return impl_->memory_shape.bytes_for(n_tokens) + impl_->memory_shape.ring_bytes();
}

void Engine::read(Sequence& sequence, std::span<const TokenId> tokens, const ReadOptions& options) {
  Feed feed{.sequence = &sequence, .tokens = tokens};
  impl_->step({&feed, 1}, options);
}

void Engine::step(std::span<Feed> feeds, const ReadOptions& options) {
  impl_->step(feeds, options);
}

}  // namespace freshet
