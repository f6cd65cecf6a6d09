#include "tools/prompt_input.h"

#include <freshet/error.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "base/format.h"

namespace freshet {
namespace {

constexpr size_t kMaxPromptBytes = size_t{256} << 20;

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};

std::optional<char> simple_escape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case '0':
      return '\0';
    case '\\':
    case '"':
    case '\'':
      return c;
    default:
      return std::nullopt;
  }
}

}  // namespace

void add_prompt_options(CLI::App& command, PromptInput& input) {
  constexpr const char* kGroup = "Prompt";
  command.add_option("-p,--prompt", input.text, "the prompt")->option_text("TEXT")->group(kGroup);
  command
      .add_option("-f,--file", input.file,
                  "read it from a file, - for standard input (also the default)")
      ->option_text("FILE")
      ->group(kGroup);
  command
      .add_flag("-e,--escape,!--no-escape", input.escapes,
                "in -p, read \\n \\t \\\\ \\xHH as what they stand for")
      ->group(kGroup);
}

std::string read_text_file(const std::string& path) {
  std::error_code ignored;
  if (path != "-" && std::filesystem::is_directory(path, ignored)) {
    throw Error(ErrorKind::kBadFile, formatted("{}: is a directory, expected a text file", path));
  }
  const std::unique_ptr<std::FILE, CloseFile> file(path == "-" ? stdin
                                                               : std::fopen(path.c_str(), "rb"));
  if (file == nullptr) {
    throw Error(ErrorKind::kBadFile, formatted("{}: {}", path, std::strerror(errno)));
  }
  std::string text;
  std::array<char, 65'536> buffer;
  while (const size_t n = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    text.append(buffer.data(), n);
    if (text.size() > kMaxPromptBytes) {
      throw Error(ErrorKind::kBadRequest,
                  formatted("{}: more than {} MiB of text; give a shorter one", path,
                            kMaxPromptBytes >> 20));
    }
  }
  if (std::ferror(file.get()) != 0) {
    throw Error(ErrorKind::kBadFile, formatted("{}: {}", path, std::strerror(errno)));
  }
  return text;
}

std::string read_prompt_input(const PromptInput& input, bool drop_last_newline) {
  if (input.text && !input.file.empty()) {
    throw Error(ErrorKind::kUsage, "a prompt as an argument and one from a file (-f): give one");
  }
  if (input.text) return input.escapes ? unescape(*input.text) : *input.text;
  const std::string path = input.file.empty() ? "-" : input.file;
  if (input.file.empty() && isatty(STDIN_FILENO) == 1) {
    throw Error(ErrorKind::kUsage,
                "no prompt: give -p TEXT, -f FILE, or text on standard input (freshet chat talks)");
  }
  std::string text = read_text_file(path);
  if (drop_last_newline && text.ends_with('\n')) {
    text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
  }
  return text;
}

std::string unescape(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char* const digits = text.data() + i + 2;
    unsigned byte = 0;
    if (const auto plain = simple_escape(text[i + 1])) {
      result += *plain;
      ++i;
    } else if (text[i + 1] == 'x' && i + 3 < text.size() &&
               std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      result += static_cast<char>(byte);
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace freshet
