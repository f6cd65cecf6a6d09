// GBNF, the notation of grammars that llama.cpp made common: text to productions.
#pragma once

#include <string_view>

#include "grammar/productions.h"

namespace freshet {

/// The rules of `text`, starting with `root`. Throws Error as Grammar::from_gbnf says.
[[nodiscard]] Productions parse_gbnf(std::string_view text);

}  // namespace freshet
