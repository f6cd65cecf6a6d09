// The tools that a request declares, and what their calls must look like.
#pragma once

#include <freshet/answer.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "chat/tool_calls.h"

namespace freshet {

/// One declared function.
struct Tool {
  std::string name;
  Json parameters;                 ///< its JSON schema; {} where it declares none
  std::vector<std::string> order;  ///< the names of its properties, as declared
};

class ToolSet {
 public:
  static constexpr std::size_t kMaxTools = 1024;
  static constexpr int kMaxDepth = 64;  ///< of the JSON

  ToolSet() = default;
  /// `json` is what AnswerOptions::tools says; an empty text declares none. Throws
  /// Error{kBadRequest}: not JSON or too deep, no list, a tool without a name or with a name twice,
  /// parameters that are no object.
  explicit ToolSet(std::string_view json);

  [[nodiscard]] const std::vector<Tool>& tools() const noexcept { return tools_; }
  [[nodiscard]] bool empty() const noexcept { return tools_.empty(); }
  /// The tool, or nullptr.
  [[nodiscard]] const Tool* find(std::string_view name) const;

  /// The call as it is to be made: arguments in the order of the text, named and typed; and what
  /// does not fit. The id is left empty.
  [[nodiscard]] ToolCall bind(const WrittenCall& call) const;

 private:
  std::vector<Tool> tools_;
  std::unordered_map<std::string, std::size_t> by_name_;
};

}  // namespace freshet
