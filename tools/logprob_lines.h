// What a model thought of each token of its answer, as JSON lines.
#pragma once

#include <freshet/generate.h>

#include <string>

namespace freshet {

/// {"id": 480, "token": "he", "logprob": -1.25, "top": [{"id", "token", "logprob"}, ...]}, a line
/// for each token. Bytes that are no characters show as U+FFFD, and an impossible token's logprob
/// is null.
[[nodiscard]] std::string logprob_lines(const Tokenizer& tokenizer, const Generation& generation);

}  // namespace freshet
