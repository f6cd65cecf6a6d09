#include "grammar/formats.h"

#include <string>

namespace freshet {
namespace {

// Years 0001 to 9999; 29 February in years that 4 divides, but of those that 100 divides only where
// 400 does.
const std::string& date() {
  static const std::string kDate =
      "(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-"
      "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|"
      "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|"
      "02-(?:0[1-9]|1[0-9]|2[0-8]))|"
      "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|"
      "(?:0[48]|[2468][048]|[13579][26])00)-02-29)";
  return kDate;
}

const std::string& time_of_day() {
  static const std::string kTime =
      "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?"
      "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";
  return kTime;
}

}  // namespace

const char* format_pattern(std::string_view name) {
  static const std::string kDate = "^" + date() + "$";
  static const std::string kTime = "^" + time_of_day() + "$";
  static const std::string kDateTime = "^" + date() + "T" + time_of_day() + "$";
  if (name == "date") return kDate.c_str();
  if (name == "time") return kTime.c_str();
  if (name == "date-time") return kDateTime.c_str();
  if (name == "uuid") return "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
  if (name == "email") {
    return "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
           "@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
           "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$";
  }
  return nullptr;
}

}  // namespace freshet
