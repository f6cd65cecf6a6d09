// The vocabulary in a GGUF file's metadata (keys tokenizer.ggml.*).
#pragma once

#include "gguf/metadata.h"
#include "text/tokenizer.h"

namespace freshet {

/// Throws Error (kBadFile) if a key is missing or of another type. The views live as long as
/// `metadata`.
[[nodiscard]] VocabularySpec vocabulary_spec(const Metadata& metadata);

}  // namespace freshet
