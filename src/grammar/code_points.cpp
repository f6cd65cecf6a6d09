#include "grammar/code_points.h"

#include <algorithm>
#include <string>

#include "base/utf8.h"

namespace freshet {
namespace {

constexpr char32_t kFirstSurrogate = 0xD800;
constexpr char32_t kLastSurrogate = 0xDFFF;

// Appends [first, last], both spelt with `length` bytes. Wherever the lower 6 bits are not all of
// them free, the range is cut so that what remains is a product of byte ranges.
void append_sequences(std::vector<ByteSequence>& out, char32_t first, char32_t last) {
  std::string low;
  append_utf8(low, first);
  for (size_t tail = 1; tail < low.size(); ++tail) {
    const char32_t mask = (char32_t{1} << (6 * tail)) - 1;
    if ((first & ~mask) == (last & ~mask)) break;
    if ((first & mask) != 0) {
      append_sequences(out, first, first | mask);
      append_sequences(out, (first | mask) + 1, last);
      return;
    }
    if ((last & mask) != mask) {
      append_sequences(out, first, (last & ~mask) - 1);
      append_sequences(out, last & ~mask, last);
      return;
    }
  }
  std::string high;
  append_utf8(high, last);
  ByteSequence sequence{.length = low.size()};
  for (size_t i = 0; i < low.size(); ++i) {
    sequence.ranges[i] = {static_cast<uint8_t>(low[i]), static_cast<uint8_t>(high[i])};
  }
  out.push_back(sequence);
}

}  // namespace

CodePointSet CodePointSet::of(std::u32string_view characters) {
  CodePointSet set;
  for (const char32_t character : characters) set.append(character, character);
  set.normalise();
  return set;
}

CodePointSet CodePointSet::of(const std::vector<Range>& ranges) {
  CodePointSet set;
  for (const Range& range : ranges) set.append(range.first, range.last);
  set.normalise();
  return set;
}

void CodePointSet::append(char32_t first, char32_t last) {
  last = std::min(last, kLastCodePoint);
  const auto put = [this](char32_t low, char32_t high) {
    if (low <= high) ranges_.push_back({low, high});
  };
  if (last < kFirstSurrogate || first > kLastSurrogate) return put(first, last);
  if (first < kFirstSurrogate) put(first, kFirstSurrogate - 1);
  put(kLastSurrogate + 1, last);
}

void CodePointSet::add(char32_t first, char32_t last) {
  append(first, last);
  normalise();
}

void CodePointSet::add(const CodePointSet& other) {
  ranges_.insert(ranges_.end(), other.ranges_.begin(), other.ranges_.end());
  normalise();
}

void CodePointSet::normalise() {
  std::ranges::sort(ranges_, {}, &Range::first);
  size_t kept = 0;
  for (const Range& range : ranges_) {
    if (kept > 0 && range.first <= ranges_[kept - 1].last + 1) {
      ranges_[kept - 1].last = std::max(ranges_[kept - 1].last, range.last);
    } else {
      ranges_[kept++] = range;
    }
  }
  ranges_.resize(kept);
}

CodePointSet CodePointSet::complement() const {
  CodePointSet result;
  char32_t next = 0;
  for (const Range& range : ranges_) {
    if (range.first > next) result.append(next, range.first - 1);
    next = range.last + 1;
  }
  if (next <= kLastCodePoint) result.append(next, kLastCodePoint);
  return result;
}

CodePointSet CodePointSet::intersect(const CodePointSet& other) const {
  CodePointSet result;
  size_t i = 0;
  size_t j = 0;
  while (i < ranges_.size() && j < other.ranges_.size()) {
    const Range& a = ranges_[i];
    const Range& b = other.ranges_[j];
    const char32_t first = std::max(a.first, b.first);
    const char32_t last = std::min(a.last, b.last);
    if (first <= last) result.ranges_.push_back({first, last});
    (a.last < b.last ? i : j) += 1;
  }
  return result;
}

bool CodePointSet::contains(char32_t character) const {
  const auto after = std::ranges::upper_bound(ranges_, character, {}, &Range::first);
  return after != ranges_.begin() && character <= std::prev(after)->last;
}

std::vector<ByteSequence> utf8_sequences(const CodePointSet& set) {
  constexpr std::array<CodePointSet::Range, 4> kLengths = {
      {{0, 0x7F}, {0x80, 0x7FF}, {0x800, 0xFFFF}, {0x10000, kLastCodePoint}}};
  std::vector<ByteSequence> sequences;
  for (const CodePointSet::Range& range : set.ranges()) {
    for (const CodePointSet::Range& length : kLengths) {
      const char32_t first = std::max(range.first, length.first);
      const char32_t last = std::min(range.last, length.last);
      if (first <= last) append_sequences(sequences, first, last);
    }
  }
  return sequences;
}

}  // namespace freshet
