// Where ordinary text is allowed whatever it says, so that masks need no walk over it.
#pragma once

#include "grammar/network.h"

namespace freshet {

/// Characters of which most tokens consist, and which most strings allow: all but controls, the
/// quotation marks " and ', and the backslash.
[[nodiscard]] const CodePointSet& plain_text();

/// Answers for the states of a network. What takes too long to find out is answered with no, which
/// is always safe.
class PlainTextSearch {
 public:
  explicit PlainTextSearch(const Network& network) : network_(network) {}

  /// Any character of plain text leads from `from` through byte edges to the end of its rule.
  [[nodiscard]] bool ends_rule(StateId from);
  /// Any character of plain text leads from `from` through byte edges back to it.
  [[nodiscard]] bool loops(StateId from);

 private:
  template <class Goal>
  bool reads_sequence(const std::vector<StateId>& states, const ByteSequence& sequence, size_t at,
                      Goal goal);
  template <class Goal>
  bool reads_character(StateId from, Goal goal);

  const Network& network_;
  size_t n_steps_ = 0;  ///< edges looked at
};

}  // namespace freshet
