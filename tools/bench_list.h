// Lists of numbers in the flags of freshet bench.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// "1,2,4": these; "1-4": 1 2 3 4; "128-512+128": 128 256 384 512; "1-8*2": 1 2 4 8. Throws
/// Error{kUsage} that names the flag for anything else, for numbers beyond 2^31 and for lists of
/// more than 4096.
std::vector<int64_t> parse_bench_list(std::string_view flag, const std::string& text);

}  // namespace freshet
