// Stop strings: texts at which generation ends and of which nothing is ever shown.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// Watches text that arrives in pieces of any size. What may still become a stop string is held
/// back until it is decided, so that no part of one is emitted; how the text was cut into pieces
/// changes nothing. The text ends before the stop string that is complete first; of several that
/// end at the same byte, before the longest.
class StopStrings {
 public:
  static constexpr size_t kMaxStrings = 16;
  static constexpr size_t kMaxBytes = 256;  ///< of one string

  /// Throws Error{kBadRequest} where one is empty or too long, or there are too many.
  explicit StopStrings(std::vector<std::string> stops = {});

  /// Takes the next piece and returns the text that is now certain to precede any stop string.
  /// After a stop it returns nothing more.
  std::string push(std::string_view text);

  /// The end of the text: returns what was held back, unless a stop string was met.
  std::string flush();

  [[nodiscard]] bool stopped() const { return matched_.has_value(); }

  /// The stop string that was met, or empty.
  [[nodiscard]] std::string_view matched() const;

 private:
  /// One stop string and how much of it the text ends in (Knuth, Morris and Pratt, "Fast pattern
  /// matching in strings", SIAM J. Comput. 6 (1977)).
  struct Pattern {
    std::string text;
    std::vector<size_t> fallback;  ///< (length): longest proper border of each prefix
    size_t reached = 0;
  };

  static void advance(Pattern& pattern, char byte);

  std::vector<Pattern> patterns_;  ///< longest first
  std::optional<size_t> matched_;  ///< index into patterns_
  std::string held_;
};

}  // namespace freshet
