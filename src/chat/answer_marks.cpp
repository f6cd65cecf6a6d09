#include "chat/answer_marks.h"

#include <algorithm>
#include <array>

namespace freshet {
namespace {

constexpr std::array<Mark, 4> kMarks = {Mark::kThinkOpen, Mark::kThinkClose, Mark::kCallStart,
                                        Mark::kCallEnd};

}  // namespace

std::string_view text_of(Mark mark) noexcept {
  switch (mark) {
    case Mark::kThinkOpen:
      return "<think>";
    case Mark::kThinkClose:
      return "</think>";
    case Mark::kCallStart:
      return "<|tool_call_start|>";
    case Mark::kCallEnd:
      return "<|tool_call_end|>";
  }
  return {};
}

Decision has_mark(std::string_view text, std::size_t at, Mark mark, bool complete) noexcept {
  const std::string_view wanted = text_of(mark);
  const std::string_view found = text.substr(at, wanted.size());
  if (found == wanted) return Decision::kYes;
  return !complete && wanted.starts_with(found) ? Decision::kNeedMore : Decision::kNo;
}

MarkSearch find_mark(std::string_view text, std::size_t from, bool complete) noexcept {
  for (std::size_t at = text.find('<', from); at != std::string_view::npos;
       at = text.find('<', at + 1)) {
    for (const Mark mark : kMarks) {
      const Decision decision = has_mark(text, at, mark, complete);
      if (decision == Decision::kYes) return {at, mark};
      if (decision == Decision::kNeedMore) return {at, std::nullopt};
    }
  }
  return {text.size(), std::nullopt};
}

}  // namespace freshet
