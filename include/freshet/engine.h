// The engine: a model in memory, and sequences that it reads.
//
//   freshet::Engine engine = freshet::Engine::open("LFM2-24B-A2B-Q4_K_M.gguf");
//   freshet::Sequence sequence = engine.new_sequence();
//   engine.read(sequence, engine.tokenizer().encode("The snow melts"));
//   std::span<const float> logits = sequence.logits();  // of the token to come
//
// What a sequence is told depends on its own tokens alone: not on the sequences read beside it, on
// the pieces in which it was read, on rewinds, nor on the number of threads. Bit for bit.
#pragma once

#include <freshet/error.h>
#include <freshet/tokenizer.h>
#include <freshet/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace freshet {

enum class CacheFormat { kF32, kF16, kQ8_0 };

struct EngineOptions {
  int n_threads = 0;            ///< 0: the performance cores within affinity mask and quota
  std::string cpu_target = {};  ///< "scalar", "avx2", ...; empty: the best that this machine runs
  CacheFormat key_cache = CacheFormat::kF16;
  CacheFormat value_cache = CacheFormat::kF16;
  int64_t context = 0;  ///< most tokens in a sequence; 0: as many as the model was made for
  int micro_batch =
      2048;  ///< most rows in one pass, 1 .. 65536: more is faster and needs more scratch
};

/// What the model is, read from its file.
struct ModelInfo {
  std::string path;           ///< the file, or "(built in)"
  std::string architecture;   ///< "lfm2", "lfm2moe"
  std::string name;           ///< general.name, may be empty
  std::string basename;       ///< general.basename, may be empty
  std::string size_label;     ///< general.size_label, may be empty
  std::string chat_template;  ///< tokenizer.chat_template, may be empty
  uint64_t parameters;        ///< weights in all
  uint64_t file_bytes;
  uint64_t weight_bytes;
  int64_t context_length;  ///< tokens the model was made for
  int32_t vocab_size;
  int n_layers;
};

/// What an engine was opened with, resolved.
struct EngineSetup {
  std::string cpu_target;
  int n_threads;
  std::string threads_reason;  ///< a sentence: where the number of threads comes from
  int64_t context;
  int micro_batch;
  CacheFormat key_cache, value_cache;
  std::string warning;  ///< one line, or empty: weights larger than free memory, ...
};

/// Tokens read so far, and what the model remembers of them. Movable; copied by fork(). Must not
/// outlive its engine.
class Sequence {
 public:
  Sequence(Sequence&&) noexcept;
  Sequence& operator=(Sequence&&) noexcept;
  ~Sequence();

  /// Tokens in the sequence.
  [[nodiscard]] std::span<const TokenId> tokens() const noexcept;
  [[nodiscard]] int64_t size() const noexcept { return static_cast<int64_t>(tokens().size()); }

  /// float[vocab_size] after the last token; empty before the first one and after a rewind.
  [[nodiscard]] std::span<const float> logits() const noexcept;

  /// A second sequence with the same past. Pages are shared until one of the two writes.
  [[nodiscard]] Sequence fork() const;

  /// Forgets the tokens from `size` on. The next read() repeats what memory no longer holds:
  /// nothing after a step back of a few tokens, 63 tokens at most otherwise. Throws
  /// Error{kBadRequest} if `size` is not within 0 .. size().
  void rewind(int64_t size);

  /// Keeps the state at the end, so that a later rewind to here repeats nothing (480 KiB for the
  /// 24B). Of several, the most recent 64 are kept.
  void checkpoint();

  struct Impl;
  explicit Sequence(std::unique_ptr<Impl> impl) noexcept;
  [[nodiscard]] Impl& impl() const noexcept { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// Tokens for one sequence in a step.
struct Feed {
  Sequence* sequence;
  std::span<const TokenId> tokens;
  /// If set, called for every one of `tokens`, in order, with its position and float[vocab_size];
  /// otherwise only the last token's logits are computed (and found in sequence->logits()).
  std::function<void(int64_t position, std::span<const float> logits)> on_logits = {};
};

struct ReadOptions {
  /// Called between passes with the rows done and the rows in all.
  std::function<void(int64_t done, int64_t total)> progress = {};
  /// Looked at once per layer; when true, Error{kCancelled} is thrown and every sequence is as
  /// before, except that the next read may have to repeat tokens.
  const std::atomic<bool>* cancel = nullptr;
};

class Engine {
 public:
  /// Maps the file (any part of a split one) and binds its weights; nothing is copied. Throws
  /// Error.
  [[nodiscard]] static Engine open(const std::string& path, const EngineOptions& options = {});
  /// The model inside this library: small, for trying things out.
  [[nodiscard]] static Engine open_built_in(const EngineOptions& options = {});

  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();

  [[nodiscard]] const ModelInfo& model() const noexcept;
  [[nodiscard]] const EngineSetup& setup() const noexcept;
  [[nodiscard]] const Tokenizer& tokenizer() const noexcept;

  /// A number of the file's metadata (any numeric type) or a string; nothing if absent or of
  /// another type.
  [[nodiscard]] std::optional<double> metadata_number(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> metadata_text(std::string_view key) const;

  [[nodiscard]] Sequence new_sequence() const;

  /// Bytes that `n_tokens` tokens of context occupy in one sequence.
  [[nodiscard]] uint64_t context_bytes(int64_t n_tokens) const noexcept;

  /// Appends tokens to one sequence. Throws Error{kBadRequest} for an id out of the vocabulary or a
  /// sequence that would exceed the context, Error{kResources} when memory is short; the sequence
  /// is then as before.
  void read(Sequence& sequence, std::span<const TokenId> tokens, const ReadOptions& options = {});

  /// Appends to several sequences at once, in as few passes as micro_batch allows. Sequences are
  /// distinct. Throws like read().
  void step(std::span<Feed> feeds, const ReadOptions& options = {});

  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl) noexcept;
  [[nodiscard]] Impl& impl() const noexcept { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet
