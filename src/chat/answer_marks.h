// The marks with which the family structures an answer. Whatever is between them is bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace freshet {

enum class Mark : std::uint8_t { kThinkOpen, kThinkClose, kCallStart, kCallEnd };

/// "<think>", "</think>", "<|tool_call_start|>", "<|tool_call_end|>".
[[nodiscard]] std::string_view text_of(Mark mark) noexcept;

/// An answer to a question about text of which more may come.
enum class Decision : std::uint8_t { kNo, kYes, kNeedMore };

/// Whether `mark` stands at `at`; kNeedMore where the text ends inside it and is not `complete`.
[[nodiscard]] Decision has_mark(std::string_view text, std::size_t at, Mark mark,
                                bool complete) noexcept;

struct MarkSearch {
  std::size_t at;            ///< text before it has no part of any mark
  std::optional<Mark> mark;  ///< the one at `at`; nothing: from `at` on, more text must decide
};

/// The first mark at `from` or later. Without one, `at` is where a mark may have begun that the
/// text does not finish, and text.size() where it cannot, or where the text is `complete`.
[[nodiscard]] MarkSearch find_mark(std::string_view text, std::size_t from, bool complete) noexcept;

}  // namespace freshet
