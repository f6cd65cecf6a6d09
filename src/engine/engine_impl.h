// What stands behind freshet::Engine: a file, its weights bound, a device, and the scheduler of
// passes.
#pragma once

#include <freshet/engine.h>

#include <memory>
#include <vector>

#include "backend/cpu/cpu_backend.h"
#include "gguf/reader.h"
#include "model/lfm2.h"
#include "model/memory.h"

namespace freshet {

struct Engine::Impl {
  Impl(std::unique_ptr<GgufFile> gguf, const EngineOptions& options);

  std::unique_ptr<GgufFile> file;
  Config config;
  MemoryShape memory_shape;
  Weights weights;
  Tokenizer tokenizer;
  ModelInfo info;
  EngineSetup setup;
  std::unique_ptr<Backend> backend;
  Lfm2 lfm2;
  std::vector<float> logit_block;  // [up to 64, vocab]

  void step(std::span<Feed> feeds, const ReadOptions& options);
};

}  // namespace freshet
