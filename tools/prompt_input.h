// Text from where the user has it: an argument, a file, standard input.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/cli_fwd.h"

namespace freshet {

struct PromptInput {
  std::optional<std::string> text = {};  ///< -p, or a positional argument
  std::string file = {};                 ///< -f; "-" is standard input
  bool escapes = false;                  ///< -e: \n \t \\ \" \' \r \xHH in -p mean what they say
};

/// Declares -p, -f and -e.
void add_prompt_options(CLI::App& command, PromptInput& input);

/// The text, byte for byte; of a file or standard input without its last newline if
/// `drop_last_newline`. Without -p and -f it is read from standard input, unless that is a
/// terminal: then Error{kUsage}. Above 256 MiB Error{kBadRequest}.
std::string read_prompt_input(const PromptInput& input, bool drop_last_newline);

/// The bytes of a file, or of standard input for "-". Throws Error.
std::string read_text_file(const std::string& path);

/// \n \t \r \\ \" \' \0 and \xHH become what they stand for; other backslashes stay.
std::string unescape(std::string_view text);

}  // namespace freshet
