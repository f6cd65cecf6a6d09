// Numbers between bounds, as an automaton over their digits.
#pragma once

#include <optional>
#include <string>

#include "grammar/json_input.h"
#include "grammar/regex.h"

namespace freshet {

/// A decimal number: digits without leading zeros before the point ("0" alone excepted), without
/// trailing ones behind it.
struct Decimal {
  bool negative = false;
  std::string whole = "0";
  std::string fraction = {};

  /// Throws Error{kUnsupported}, beginning with `where`, for a number of more than 300 digits.
  [[nodiscard]] static Decimal from_json(const Json& number, const std::string& where);
};

/// -1, 0 or 1.
[[nodiscard]] int compare(const Decimal& a, const Decimal& b);

struct NumberBound {
  Decimal value;
  bool exclusive = false;
};

/// Numbers in plain notation, without exponent, of at most 40 digits before the point and 20 behind
/// it; integers have no point.
[[nodiscard]] CharacterAutomaton number_range(const std::optional<NumberBound>& minimum,
                                              const std::optional<NumberBound>& maximum,
                                              bool integer);

}  // namespace freshet
