// What stands between the marks of a tool call, read into calls.
//
//   [get_weather(city="Paris", days=3), get_time()]             Pythonic, the family's own
//   [{"name": "get_weather", "arguments": {"city": "Paris"}}]   JSON, a list or one object
//
// A call that cannot be read is left as text, and its neighbours are read all the same.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/tool_call_literal.h"

namespace freshet {

struct CallArgument {
  std::string name;  ///< empty: positional
  Json value;
  std::string source;  ///< as the model wrote it, for numbers that are meant as text (0123)
};

/// A call as the model wrote it, not yet held against any declaration.
struct WrittenCall {
  std::string name;
  std::vector<CallArgument> arguments;
};

struct CallList {
  std::vector<WrittenCall> calls;
  /// What could not be read as a call, in order and without the separators around it; empty where
  /// everything could. If there are no calls at all: the whole, as it was written.
  std::string rest;
};

using IsKnownTool = std::function<bool(std::string_view name)>;

/// Reads the text between the marks, or one that looks as if they had been forgotten. Behind
/// something unreadable a further call is believed only if it is the call of a known tool; without
/// an `is_known`, any. Linear in the text.
[[nodiscard]] CallList read_calls(std::string_view text, const IsKnownTool& is_known);

}  // namespace freshet
