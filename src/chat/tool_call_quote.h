// Whether a quote ends the string it stands in.
#pragma once

#include <cstddef>
#include <string_view>

#include "chat/answer_marks.h"

namespace freshet {

/// What surrounds a string that may be ending.
struct StringPlace {
  char container;  ///< the bracket around it: '(', '[', '{', or 0 for none
  char before;     ///< the last character before it that is not white space, or 0
};

/// `after` is where the text goes on behind the quote. The answer looks at no more than
/// kMaxLookahead bytes, and past no other quote; if these do not decide, the string ends.
[[nodiscard]] Decision quote_closes(std::string_view text, std::size_t after, StringPlace place,
                                    bool complete) noexcept;

inline constexpr std::size_t kMaxLookahead = 256;

}  // namespace freshet
