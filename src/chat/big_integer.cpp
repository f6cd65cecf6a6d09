#include "chat/big_integer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace freshet {
namespace {

std::string digits_of(const Json& big) {
  const auto& bytes = big.get_binary();
  return {bytes.begin(), bytes.end()};
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Recursion is as deep as the value, which literals bound.
void append_text(std::string& out, const Json& value) {
  if (value.is_binary()) {
    out += digits_of(value);
  } else if (value.is_array()) {
    out += '[';
    for (const Json& item : value) {
      if (&item != &value.front()) out += ',';
      append_text(out, item);
    }
    out += ']';
  } else if (value.is_object()) {
    out += '{';
    bool first = true;
    for (const auto& [name, member] : value.items()) {
      if (!first) out += ',';
      first = false;
      out += dump(name);
      out += ':';
      append_text(out, member);
    }
    out += '}';
  } else {
    out += dump(value);
  }
}

}  // namespace

Json big_integer(std::string digits, bool negative) {
  const size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  digits.erase(0, zeros);
  if (negative) digits.insert(digits.begin(), '-');
  return Json::binary({digits.begin(), digits.end()});
}

bool is_integer(const Json& value) { return value.is_number_integer() || value.is_binary(); }

bool is_number(const Json& value) { return value.is_number() || value.is_binary(); }

double as_double(const Json& value) {
  return value.is_binary() ? std::strtod(digits_of(value).c_str(), nullptr) : value.get<double>();
}

std::string to_text(const Json& value) {
  std::string out;
  append_text(out, value);
  return out;
}

}  // namespace freshet
