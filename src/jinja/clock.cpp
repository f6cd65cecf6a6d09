#include "jinja/clock.h"

#include <array>
#include <charconv>
#include <ctime>
#include <optional>
#include <string>

#include "jinja/limits.h"

namespace freshet::jinja {
namespace {

std::tm clock_time() {
  const std::time_t now = std::time(nullptr);
  std::tm time{};
  localtime_r(&now, &time);
  return time;
}

std::optional<int> number_at(std::string_view text, size_t at, size_t n_digits) {
  int number = 0;
  if (text.size() < at + n_digits) return std::nullopt;
  const char* const begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + n_digits, number);
  return error == std::errc() && end == begin + n_digits ? std::optional(number) : std::nullopt;
}

[[noreturn]] void refuse_time(std::string_view text) {
  fault("the time '{}' is none: expected 2026-11-21 or 2026-11-21T09:30:00", text);
}

/// Within [0, most], if it is there at all.
int field(std::string_view text, size_t at, int least, int most) {
  const auto number = number_at(text, at, 2);
  if (!number || *number < least || *number > most) refuse_time(text);
  return *number;
}

std::tm parse_time(std::string_view text) {
  const auto year = number_at(text, 0, 4);
  const bool has_time = text.size() == 16 || text.size() == 19;
  if (!year || *year < 1900 || (text.size() != 10 && !has_time) || text[4] != '-' ||
      text[7] != '-') {
    refuse_time(text);
  }
  std::tm time{};
  time.tm_year = *year - 1900;
  time.tm_mon = field(text, 5, 1, 12) - 1;
  time.tm_mday = field(text, 8, 1, 31);
  if (has_time) {
    const bool is_well_formed = (text[10] == 'T' || text[10] == ' ') && text[13] == ':' &&
                                (text.size() == 16 || text[16] == ':');
    if (!is_well_formed) refuse_time(text);
    time.tm_hour = field(text, 11, 0, 23);
    time.tm_min = field(text, 14, 0, 59);
    time.tm_sec = text.size() == 19 ? field(text, 17, 0, 59) : 0;
  }
  const int day = time.tm_mday;
  std::tm normal = time;
  timegm(&normal);  // fills in the days of the week and of the year
  if (normal.tm_mday != day) refuse_time(text);
  time.tm_wday = normal.tm_wday;
  time.tm_yday = normal.tm_yday;
  return time;
}

/// One conversion, as the C library's strftime has it in the C locale. The conversions that ask for
/// a time zone give nothing, as they do for Python's times without one.
std::string convert(const std::string& conversion, const std::tm& time) {
  constexpr std::string_view kKnown = "aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyY";
  const char letter = conversion.back();
  if (letter == 'f') return "000000";
  if (letter == 'z' || letter == 'Z') return "";
  if (letter == '%') return "%";
  if (kKnown.find(letter) == std::string_view::npos) {
    fault("strftime_now() does not know the conversion '{}'", conversion);
  }
  std::array<char, 128> buffer;
  const size_t n = strftime(buffer.data(), buffer.size(), conversion.c_str(), &time);
  return std::string(buffer.data(), n);
}

}  // namespace

Text format_time(TextView format, std::string_view now) {
  const std::tm time = now.empty() ? clock_time() : parse_time(now);
  Text result;
  for (size_t i = 0; i < format.size(); ++i) {
    if (code_of(format[i]) != '%') {
      result += format[i];
      continue;
    }
    std::string conversion = "%";
    while (++i < format.size()) {
      const char32_t c = code_of(format[i]);
      conversion += c < 0x7F ? static_cast<char>(c) : '?';
      if (conversion.size() > 2 || (c != '-' && c != '_' && c != '^' && c != '#')) break;
    }
    if (conversion.size() == 1) fault("strftime_now() has a format that ends in %");
    const std::string text = convert(conversion, time);
    result.append(text.begin(), text.end());
  }
  return result;
}

}  // namespace freshet::jinja
