#include "tools/turn_reader.h"

#include <string_view>

namespace freshet {
namespace {

constexpr std::string_view kFence = "\"\"\"";

/// Adds lines to `turn` for as long as `goes_on` says; it may shorten the turn's end.
template <class GoesOn>
LineStatus read_on(LineReader& lines, const std::string& prompt, std::string& turn,
                   GoesOn goes_on) {
  while (goes_on(turn)) {
    std::string line;
    const LineStatus status = lines.read(prompt, line);
    if (status == LineStatus::kInterrupted) return status;
    if (status == LineStatus::kEnd) break;
    turn += '\n';
    turn += line;
  }
  return LineStatus::kLine;
}

bool drop_suffix(std::string& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.resize(text.size() - suffix.size());
  return true;
}

LineStatus read_block(LineReader& lines, const std::string& prompt, std::string& turn) {
  turn.erase(0, kFence.size());
  const LineStatus status =
      read_on(lines, prompt, turn, [](std::string& text) { return !drop_suffix(text, kFence); });
  // The newlines beside the fences belong to them.
  if (turn.starts_with('\n')) turn.erase(0, 1);
  if (turn.ends_with('\n')) turn.pop_back();
  return status;
}

}  // namespace

LineStatus read_turn(LineReader& lines, const TurnPrompts& prompts, bool multiline, Turn& turn) {
  turn = {};
  const LineStatus status = lines.read(prompts.first, turn.text);
  if (status != LineStatus::kLine) return status;
  if (turn.text.starts_with(kFence)) return read_block(lines, prompts.more, turn.text);
  turn.is_command = turn.text.starts_with('/');
  if (turn.is_command) return status;
  return read_on(lines, prompts.more, turn.text, [&](std::string& text) {
    const bool has_backslash = drop_suffix(text, "\\");
    return has_backslash != multiline;
  });
}

}  // namespace freshet
