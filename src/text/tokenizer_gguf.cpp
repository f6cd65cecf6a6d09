#include "text/tokenizer_gguf.h"

#include "base/error.h"
#include "gguf/reader.h"

namespace freshet {
namespace {

std::span<const std::string_view> require_strings(const Metadata& metadata, std::string_view key) {
  const auto strings = metadata.get_strings(key);
  if (!strings) {
    fail(ErrorKind::kBadFile,
         "{}: {} is missing; the file has no whole tokenizer, convert it again", metadata.file(),
         key);
  }
  return *strings;
}

}  // namespace

VocabularySpec vocabulary_spec(const Metadata& metadata) {
  VocabularySpec spec;
  spec.source = metadata.file();
  spec.model = metadata.require<std::string_view>("tokenizer.ggml.model");
  spec.pre = metadata.get<std::string_view>("tokenizer.ggml.pre").value_or("");
  spec.tokens = require_strings(metadata, "tokenizer.ggml.tokens");
  // Another tokenizer model has no merges, and is refused by its name.
  if (spec.model == "gpt2") spec.merges = require_strings(metadata, "tokenizer.ggml.merges");
  if (auto types = metadata.get_array<std::int32_t>("tokenizer.ggml.token_type")) {
    spec.types = std::move(*types);
  }
  spec.bos = metadata.get<std::int64_t>("tokenizer.ggml.bos_token_id");
  spec.eos = metadata.get<std::int64_t>("tokenizer.ggml.eos_token_id");
  spec.pad = metadata.get<std::int64_t>("tokenizer.ggml.padding_token_id");
  for (const std::string_view key :
       {"tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"}) {
    if (const auto id = metadata.get<std::int64_t>(key)) spec.end_of_generation.push_back(*id);
  }
  // Files that do not say: both supported pre-tokenizers belong to models that begin with one.
  spec.add_bos = metadata.get<bool>("tokenizer.ggml.add_bos_token").value_or(spec.bos.has_value());
  return spec;
}

Tokenizer Tokenizer::open(const std::string& path) {
  const GgufFile file(path);
  return make_tokenizer(vocabulary_spec(file.metadata()));
}

}  // namespace freshet
