#include "chat/tool_call_block.h"

#include "chat/answer_marks.h"

namespace freshet {
namespace {

using End = ToolCallBlock::End;

char opener_of(char closer) noexcept { return closer == ')' ? '(' : closer == ']' ? '[' : '{'; }

/// The first mark of a call at `from` or later, or the end of the text.
End first_mark(std::string_view text, std::size_t from) {
  MarkSearch found = find_mark(text, from, /*complete=*/true);
  while (found.mark == Mark::kThinkOpen || found.mark == Mark::kThinkClose) {
    found = find_mark(text, found.at + 1, /*complete=*/true);
  }
  const bool ends = found.mark == Mark::kCallEnd;
  return {found.at, ends ? found.at + text_of(Mark::kCallEnd).size() : found.at, ends, false};
}

}  // namespace

std::optional<ToolCallBlock::End> ToolCallBlock::scan(std::string_view text, bool complete) {
  if (!follow_strings_) return complete ? std::optional(first_mark(text, 0)) : std::nullopt;
  waiting_ = false;
  while (at_ < text.size() && !waiting_) {
    if (const auto end = step(text, complete)) return end;
  }
  if (!complete) return std::nullopt;
  if (string_) {
    End end = first_mark(text, string_->opened());
    end.is_unclosed = true;
    return end;
  }
  return End{text.size(), text.size(), false, false};
}

/// One character, or one string.
std::optional<ToolCallBlock::End> ToolCallBlock::step(std::string_view text, bool complete) {
  if (string_) {
    const StringScan::State state = string_->advance(text, complete);
    waiting_ = state != StringScan::State::kClosed;
    if (state == StringScan::State::kOpen) at_ = text.size();
    if (!waiting_) {
      at_ = string_->end();
      string_.reset();
    }
    return std::nullopt;
  }
  const char c = text[at_];
  if (c == '<') {
    if (const auto end = at_mark(text, complete); end || waiting_) return end;
  }
  if (place_ == Place::kBehindList && !is_space(c)) {
    if (const auto end = behind_list(c)) return end;
  } else if (place_ == Place::kBefore && !is_space(c)) {
    place_ = Place::kInside;
  }
  if ((c == '\'' || c == '"') && opens_string(text, at_)) {
    string_.emplace(text, at_, open_.empty() ? '\0' : open_.back());
    return std::nullopt;
  }
  bracket(c);
  ++at_;
  return std::nullopt;
}

/// A mark that ends the block; if one has begun and may still become whole, it waits.
std::optional<ToolCallBlock::End> ToolCallBlock::at_mark(std::string_view text, bool complete) {
  const std::size_t text_end = place_ == Place::kBehindList ? list_end_ : at_;
  const Decision end = has_mark(text, at_, Mark::kCallEnd, complete);
  if (end == Decision::kYes) {
    return End{text_end, at_ + text_of(Mark::kCallEnd).size(), true, false};
  }
  const Decision start = has_mark(text, at_, Mark::kCallStart, complete);
  if (start == Decision::kYes) return End{text_end, at_, false, false};
  waiting_ = end == Decision::kNeedMore || start == Decision::kNeedMore;
  return std::nullopt;
}

/// Another list may follow, after a comma or none.
std::optional<ToolCallBlock::End> ToolCallBlock::behind_list(char c) {
  if (c == '[') {
    place_ = Place::kInside;
    comma_ = false;
  } else if (c == ',' && !comma_) {
    comma_ = true;
  } else {
    return End{list_end_, list_end_, false, false};
  }
  return std::nullopt;
}

void ToolCallBlock::bracket(char c) {
  if (too_deep_) return;
  if (c == '(' || c == '[' || c == '{') {
    too_deep_ = open_.size() == kMaxDepth;
    if (!too_deep_) open_ += c;
  } else if (c == ')' || c == ']' || c == '}') {
    // What was left open inside is closed with it; what was never opened is ignored, and so is what
    // would close the list with a call in it still open.
    const std::size_t opener = open_.rfind(opener_of(c));
    if (opener == std::string::npos || (opener == 0 && open_.size() > 1)) return;
    open_.resize(opener);
    if (open_.empty() && c == ']') {
      place_ = Place::kBehindList;
      list_end_ = at_ + 1;
    }
  }
}

}  // namespace freshet
