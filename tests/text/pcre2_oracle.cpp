#include "text/pcre2_oracle.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <cstdint>
#include <memory>
#include <stdexcept>

namespace freshet::testing {

bool has_pcre2() { return true; }

std::vector<std::string_view> pcre2_matches(const char* pattern, std::string_view text) {
  int error = 0;
  PCRE2_SIZE where = 0;
  const std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern), PCRE2_ZERO_TERMINATED,
                    PCRE2_UTF | PCRE2_UCP, &error, &where, nullptr),
      pcre2_code_free);
  if (!code) throw std::runtime_error("PCRE2 cannot compile the pattern");
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
      pcre2_match_data_create_from_pattern(code.get(), nullptr), pcre2_match_data_free);
  std::vector<std::string_view> matches;
  std::uint32_t options = 0;
  for (std::size_t at = 0; at < text.size();) {
    const int rc = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                               at, options, data.get(), nullptr);
    if (rc == PCRE2_ERROR_NOMATCH) break;
    if (rc < 0) throw std::runtime_error("PCRE2 fails to match");
    const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(data.get());
    matches.push_back(text.substr(bounds[0], bounds[1] - bounds[0]));
    at = bounds[1];
    options = PCRE2_NO_UTF_CHECK;  // the first call has checked the whole text
  }
  return matches;
}

}  // namespace freshet::testing
