#include "chat/tool_call_start.h"

#include <algorithm>
#include <array>

#include "chat/tool_call_string.h"

namespace freshet {
namespace {

/// Looked at anew with every piece, so it must not grow.
constexpr std::size_t kMaxBeginning = 1024;

class Beginning {
 public:
  Beginning(std::string_view text, const ToolSet& tools) : text_(text), tools_(tools) {}

  Decision decide() {
    skip_space();
    while (take('[')) skip_space();
    if (is_over()) return Decision::kNeedMore;
    if (take('{')) return decide_object();
    return is_name_start(text_[at_]) ? decide_name() : Decision::kNo;
  }

 private:
  Decision decide_name() {
    const std::size_t begin = at_;
    while (!is_over() && is_name_char(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (is_over()) return begins_a_tool(name) ? Decision::kNeedMore : Decision::kNo;
    if (!tools_.find(name)) return Decision::kNo;
    skip_space();
    if (is_over()) return Decision::kNeedMore;
    return take('(') ? Decision::kYes : Decision::kNo;
  }

  /// The first key of an object that says which function.
  Decision decide_object() {
    constexpr std::array<std::string_view, 6> kKeys = {"name", "function",  "type",
                                                       "id",   "arguments", "parameters"};
    std::string_view key;
    const Decision is_key = decide_string(key, [&](std::string_view part, bool whole) {
      return std::ranges::any_of(kKeys, [&](std::string_view known) {
        return whole ? known == part : known.starts_with(part);
      });
    });
    if (is_key != Decision::kYes) return is_key;
    skip_space();
    if (is_over()) return Decision::kNeedMore;
    if (!take(':')) return Decision::kNo;
    skip_space();
    if (is_over()) return Decision::kNeedMore;
    if (key == "id" || key == "arguments" || key == "parameters") return Decision::kYes;
    if (key == "function" && text_[at_] == '{') return Decision::kYes;
    const bool is_type = key == "type";
    std::string_view value;
    return decide_string(value, [&](std::string_view part, bool whole) {
      if (is_type)
        return whole ? part == "function" : std::string_view("function").starts_with(part);
      return whole ? tools_.find(part) != nullptr : begins_a_tool(part);
    });
  }

  /// A string that `fits(text so far, whether it is whole)`.
  template <class Fits>
  Decision decide_string(std::string_view& value, Fits fits) {
    skip_space();
    if (is_over()) return Decision::kNeedMore;
    const char quote = text_[at_];
    if (quote != '"' && quote != '\'') return Decision::kNo;
    ++at_;
    const std::size_t end = std::min(text_.find(quote, at_), text_.size());
    value = text_.substr(at_, end - at_);
    at_ = end;
    const bool whole = take(quote);
    if (!fits(value, whole)) return Decision::kNo;
    return whole ? Decision::kYes : Decision::kNeedMore;
  }

  [[nodiscard]] bool begins_a_tool(std::string_view text) const {
    return std::ranges::any_of(tools_.tools(),
                               [&](const Tool& tool) { return tool.name.starts_with(text); });
  }

  [[nodiscard]] bool is_over() const { return at_ == text_.size(); }
  void skip_space() {
    while (!is_over() && is_space(text_[at_])) ++at_;
  }
  bool take(char c) {
    if (is_over() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  const ToolSet& tools_;
  std::size_t at_ = 0;
};

}  // namespace

Decision begins_bare_call(std::string_view text, const ToolSet& tools, bool complete) {
  const Decision decision = Beginning(text.substr(0, kMaxBeginning), tools).decide();
  const bool is_all = complete || text.size() >= kMaxBeginning;
  return decision == Decision::kNeedMore && is_all ? Decision::kNo : decision;
}

}  // namespace freshet
