#include "grammar/number_range.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/error.h"

namespace freshet {
namespace {

constexpr size_t kMostWholeDigits = 40;
constexpr size_t kMostFractionDigits = 20;
constexpr size_t kMostBoundDigits = 300;

int sign_of(int value) { return value < 0 ? -1 : value > 0 ? 1 : 0; }

int compare_magnitudes(const Decimal& a, const Decimal& b) {
  if (a.whole.size() != b.whole.size()) return a.whole.size() < b.whole.size() ? -1 : 1;
  if (const int order = a.whole.compare(b.whole); order != 0) return sign_of(order);
  return sign_of(a.fraction.compare(b.fraction));  // no trailing zeros: a prefix is smaller
}

bool is_zero(const Decimal& value) { return value.whole == "0" && value.fraction.empty(); }

/// What has been read of a number, as far as comparing it goes.
struct Progress {
  enum Phase : uint8_t { kStart, kMinus, kZero, kWhole, kPoint, kFraction };
  uint8_t phase = kStart;
  bool negative = false;
  bool is_zero = true;            ///< all digits so far
  uint16_t n_digits = 0;          ///< of the part being read
  std::array<int8_t, 2> order{};  ///< against each bound's magnitude, so far
  friend auto operator<=>(const Progress&, const Progress&) = default;
};

class RangeBuilder {
 public:
  RangeBuilder(const std::optional<NumberBound>& minimum, const std::optional<NumberBound>& maximum,
               bool integer)
      : bounds_{minimum, maximum}, integer_(integer) {
    for (const auto& bound : bounds_) {
      if (bound) most_whole_ = std::max(most_whole_, bound->value.whole.size());
      if (bound) most_fraction_ = std::max(most_fraction_, bound->value.fraction.size() + 1);
    }
  }

  CharacterAutomaton build() {
    CharacterAutomaton result;
    number({});
    for (size_t i = 0; i < queue_.size(); ++i) {
      const Progress at = queue_[i];
      CharacterAutomaton::State state{.edges = {}, .is_final = accepts(at)};
      for (const char c : std::string_view("-.0123456789")) {
        const std::optional<Progress> next = read(at, c);
        if (next) add_edge(state, static_cast<char32_t>(c), number(*next));
      }
      result.states.push_back(std::move(state));
    }
    return result;
  }

 private:
  uint32_t number(const Progress& progress) {
    const auto [known, is_new] =
        numbers_.try_emplace(progress, static_cast<uint32_t>(queue_.size()));
    if (is_new) queue_.push_back(progress);
    return known->second;
  }

  static void add_edge(CharacterAutomaton::State& state, char32_t c, uint32_t target) {
    const auto same = std::ranges::find(state.edges, target, &CharacterAutomaton::Edge::target);
    if (same == state.edges.end()) {
      state.edges.push_back({{c, c}, target});
    } else {
      same->set.add(c);
    }
  }

  [[nodiscard]] std::optional<Progress> read(Progress at, char c) const {
    if (c == '-') {
      if (at.phase != Progress::kStart) return std::nullopt;
      at.phase = Progress::kMinus;
      at.negative = true;
      return at;
    }
    const bool whole = at.phase == Progress::kZero || at.phase == Progress::kWhole;
    if (c == '.') {
      if (integer_ || !whole) return std::nullopt;
      end_whole(at);
      at.phase = Progress::kPoint;
      at.n_digits = 0;
      return at;
    }
    if (at.phase == Progress::kZero) return std::nullopt;
    at.is_zero = at.is_zero && c == '0';
    if (at.phase == Progress::kPoint || at.phase == Progress::kFraction) {
      if (at.n_digits >= most_fraction_) return std::nullopt;
      compare_digit(at, c, &Decimal::fraction);
      at.phase = Progress::kFraction;
    } else {
      if (at.n_digits >= most_whole_) return std::nullopt;
      const bool first = at.phase == Progress::kStart || at.phase == Progress::kMinus;
      compare_digit(at, c, &Decimal::whole);
      at.phase = first && c == '0' ? Progress::kZero : Progress::kWhole;
    }
    ++at.n_digits;
    return at;
  }

  // The first digit that differs decides, among numbers of equally many whole digits.
  void compare_digit(Progress& at, char c, std::string Decimal::*part) const {
    for (size_t b = 0; b < bounds_.size(); ++b) {
      if (!bounds_[b] || at.order[b] != 0) continue;
      const std::string& digits = bounds_[b]->value.*part;
      const char other = at.n_digits < digits.size() ? digits[at.n_digits] : '0';
      at.order[b] = static_cast<int8_t>(sign_of(c - other));
    }
  }

  // More whole digits are a larger number.
  void end_whole(Progress& at) const {
    for (size_t b = 0; b < bounds_.size(); ++b) {
      if (!bounds_[b]) continue;
      const size_t n = bounds_[b]->value.whole.size();
      if (at.n_digits != n) at.order[b] = at.n_digits < n ? -1 : 1;
    }
  }

  [[nodiscard]] bool accepts(Progress at) const {
    const bool whole = at.phase == Progress::kZero || at.phase == Progress::kWhole;
    if (!whole && at.phase != Progress::kFraction) return false;
    if (at.negative && at.is_zero) return false;  // -0
    const size_t n_fraction = whole ? 0 : at.n_digits;
    if (whole) end_whole(at);
    for (size_t b = 0; b < bounds_.size(); ++b) {
      if (!bounds_[b]) continue;
      const Decimal& bound = bounds_[b]->value;
      int order = at.order[b];  // of magnitudes
      if (order == 0 && n_fraction < bound.fraction.size()) order = -1;
      if (at.negative != bound.negative) {
        order = at.negative ? -1 : 1;
      } else if (at.negative) {
        order = -order;
      }
      if (b == 1) order = -order;
      if (order < 0 || (order == 0 && bounds_[b]->exclusive)) return false;
    }
    return true;
  }

  std::array<std::optional<NumberBound>, 2> bounds_;
  bool integer_;
  size_t most_whole_ = kMostWholeDigits;
  size_t most_fraction_ = kMostFractionDigits;
  std::map<Progress, uint32_t> numbers_;
  std::vector<Progress> queue_;
};

}  // namespace

// nlohmann prints the shortest digits that give the number back, maybe with an exponent.
Decimal Decimal::from_json(const Json& number, const std::string& where) {
  std::string text = number.dump();
  Decimal result;
  if (text.starts_with('-')) {
    result.negative = true;
    text.erase(0, 1);
  }
  long exponent = 0;
  if (const size_t e = text.find('e'); e != text.npos) {
    exponent = std::stol(text.substr(e + 1));
    text.resize(e);
  }
  std::string digits = text;
  size_t point = text.find('.');
  if (point == text.npos) {
    point = text.size();
  } else {
    digits.erase(point, 1);
  }
  const long position = static_cast<long>(point) + exponent;  // of the point within digits
  if (std::max<long>(std::abs(position), 0) + static_cast<long>(digits.size()) >
      static_cast<long>(kMostBoundDigits)) {
    fail(ErrorKind::kUnsupported, "{}: a bound of more than {} digits cannot be enforced", where,
         kMostBoundDigits);
  }
  if (position <= 0) {
    digits.insert(0, static_cast<size_t>(1 - position), '0');
    point = 1;
  } else {
    point = static_cast<size_t>(position);
    if (point > digits.size()) digits.append(point - digits.size(), '0');
  }
  result.whole = digits.substr(0, point);
  result.whole.erase(0, std::min(result.whole.find_first_not_of('0'), result.whole.size() - 1));
  result.fraction = digits.substr(point);
  result.fraction.resize(result.fraction.find_last_not_of('0') + 1);
  if (is_zero(result)) result.negative = false;
  return result;
}

int compare(const Decimal& a, const Decimal& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  const int order = compare_magnitudes(a, b);
  return a.negative ? -order : order;
}

CharacterAutomaton number_range(const std::optional<NumberBound>& minimum,
                                const std::optional<NumberBound>& maximum, bool integer) {
  return RangeBuilder(minimum, maximum, integer).build();
}

}  // namespace freshet
