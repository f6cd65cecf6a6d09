// What stands behind freshet::Engine: a file, its weights bound, a device, and the scheduler of
// passes.
#pragma once

#include <freshet/engine.h>

#include <functional>
#include <memory>
#include <vector>

#include "backend/cpu/cpu_backend.h"
#include "base/page_filler.h"
#include "gguf/reader.h"
#include "model/lfm2.h"
#include "model/memory.h"

namespace freshet {

/// What an engine computes with, given what it would compute with by itself.
using BackendWrapper = std::function<std::unique_ptr<Backend>(std::unique_ptr<Backend>)>;

/// The backend's name for it.
[[nodiscard]] kernels::CacheType cache_type(CacheFormat format);

struct Engine::Impl {
  Impl(std::unique_ptr<GgufFile> gguf, const EngineOptions& options,
       const BackendWrapper& wrap = {});

  std::unique_ptr<GgufFile> file;
  PageFiller page_filler;  // what the backend's threads do before they sleep
  Config config;
  MemoryShape memory_shape;
  Weights weights;
  Tokenizer tokenizer;
  ModelInfo info;
  EngineSetup setup;
  std::unique_ptr<Backend> backend;
  Lfm2 lfm2;
  std::vector<float> logit_block;  // [up to 64, vocab]

  /// Enters all weights that are in memory into the page tables now.
  void fill_pages() noexcept;
  void step(std::span<Feed> feeds, const ReadOptions& options);
};

}  // namespace freshet
