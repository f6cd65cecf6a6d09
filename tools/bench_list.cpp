#include "tools/bench_list.h"

#include <freshet/error.h>

#include <charconv>

#include "base/format.h"
#include "tools/quote_bytes.h"

namespace freshet {
namespace {

constexpr int64_t kMost = int64_t{1} << 31;
constexpr size_t kMostValues = 4096;

class Parser {
 public:
  Parser(std::string_view flag, std::string_view text) : flag_(flag), text_(text), rest_(text) {}

  std::vector<int64_t> parse() {
    do {
      parse_range();
    } while (take(','));
    if (!rest_.empty()) refuse();
    return values_;
  }

 private:
  [[noreturn]] void refuse() const {
    throw Error(ErrorKind::kUsage,
                formatted("{}: expected numbers as in 512, 1,2,4, 1-4, 128-512+128 or 1-8*2, "
                          "found {}",
                          flag_, quote_bytes(text_)));
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  int64_t number() {
    int64_t value = -1;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || value < 0 || value > kMost) refuse();
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return value;
  }
  void parse_range() {
    const int64_t first = number();
    const int64_t last = take('-') ? number() : first;
    const bool multiplies = take('*');
    const int64_t step = multiplies || take('+') ? number() : 1;
    if (last < first || step < (multiplies ? 2 : 1) || (multiplies && first == 0)) refuse();
    for (int64_t value = first; value <= last; value = multiplies ? value * step : value + step) {
      if (values_.size() == kMostValues) refuse();
      values_.push_back(value);
    }
  }

  std::string_view flag_, text_, rest_;
  std::vector<int64_t> values_;
};

}  // namespace

std::vector<int64_t> parse_bench_list(std::string_view flag, const std::string& text) {
  return Parser(flag, text).parse();
}

}  // namespace freshet
