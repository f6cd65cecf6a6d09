// A template's text as tokens: what stands between tags, and what stands in them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/source.h"
#include "jinja/value.h"

namespace freshet::jinja {

enum class TokenKind : uint8_t {
  kData,  ///< text between tags, after white space control
  kVariableBegin,
  kVariableEnd,
  kBlockBegin,
  kBlockEnd,
  kName,
  kString,
  kNumber,
  kOperator,
  kEnd,
};

struct Token {
  TokenKind kind;
  uint32_t offset;   ///< characters from the start of the source
  std::string name;  ///< of a name or an operator: as it is written
  Value value;       ///< of data, strings and numbers
};

/// The tokens, the last of which is kEnd. Comments are gone; tags have done to the white space
/// around them what `-`, `+`, and the options trim_blocks and lstrip_blocks, which are on, say.
/// Throws Error{kBadFile} for text that is no template.
[[nodiscard]] std::vector<Token> tokenize(const Source& source);

}  // namespace freshet::jinja
