// Where the text of a tool call ends, in text that is still growing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "chat/tool_call_string.h"

namespace freshet {

/// Follows strings and brackets from behind the start mark. The block ends
///   at an end mark outside of strings;
///   behind a closed list, if something follows it that is no further list;
///   before a start mark outside of strings, and at the end of the text.
class ToolCallBlock {
 public:
  /// Deeper brackets are not told apart any more: only marks end the block then.
  static constexpr std::size_t kMaxDepth = 128;

  struct End {
    std::size_t text_end;  ///< the block's text is [0, text_end)
    std::size_t next;      ///< what follows the block begins here: behind the end mark, if any
    bool has_mark;         ///< an end mark ended it
    bool is_unclosed;      ///< the text ended in a string, so strings were given up
  };

  /// With `follow_strings` off, the first mark ends the block, wherever it stands; for text that is
  /// complete.
  explicit ToolCallBlock(bool follow_strings) : follow_strings_(follow_strings) {}

  /// Goes on where it stopped; `text` begins with the block and has only grown. Nothing: it needs
  /// more. If `complete`, there is always an end. Time is linear over all calls together.
  std::optional<End> scan(std::string_view text, bool complete);

 private:
  enum class Place { kBefore, kInside, kBehindList };

  std::optional<End> step(std::string_view text, bool complete);
  std::optional<End> at_mark(std::string_view text, bool complete);
  std::optional<End> behind_list(char c);
  void bracket(char c);

  bool follow_strings_;
  bool waiting_ = false;  // the text must grow before the next step
  Place place_ = Place::kBefore;
  bool too_deep_ = false;
  bool comma_ = false;  // behind a list and a comma
  std::size_t at_ = 0;
  std::size_t list_end_ = 0;
  std::string open_;  // brackets, outermost first
  std::optional<StringScan> string_;
};

}  // namespace freshet
