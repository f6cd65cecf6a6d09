// PCRE2 as the oracle of the pre-split.
#pragma once

#include <string_view>
#include <vector>

namespace freshet::testing {

/// Whether this build has PCRE2.
bool has_pcre2();

/// The successive matches of `pattern` in `text` (UTF, Unicode properties). Needs has_pcre2().
std::vector<std::string_view> pcre2_matches(const char* pattern, std::string_view text);

}  // namespace freshet::testing
