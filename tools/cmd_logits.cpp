// freshet logits: what the model says at every position, for comparing it with another engine.
#include <freshet/engine.h>

#include <CLI/CLI.hpp>
#include <bit>
#include <charconv>
#include <memory>
#include <optional>

#include "base/format.h"
#include "tools/commands.h"
#include "tools/interrupt.h"
#include "tools/model_options.h"
#include "tools/prompt_input.h"
#include "tools/quote_bytes.h"
#include "tools/result_file.h"

namespace freshet {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is little-endian");

struct LogitsOptions {
  ModelOptions model;
  PromptInput prompt;
  std::string ids;
  std::string output;
};

/// "1,2,3", with white space and brackets as `freshet tokenize --ids` prints them.
std::vector<TokenId> parse_ids(const std::string& text) {
  std::vector<TokenId> ids;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (std::string_view(" ,[]\n\r\t").find(*at) != std::string_view::npos) {
      ++at;
      continue;
    }
    TokenId id = 0;
    const auto [next, error] = std::from_chars(at, end, id);
    if (error != std::errc()) {
      throw Error(ErrorKind::kUsage,
                  formatted("--ids: expected numbers as in 1,2,3, found {} at byte {}",
                            quote_bytes({at, std::min<size_t>(8, end - at)}), at - text.data()));
    }
    ids.push_back(id);
    at = next;
  }
  return ids;
}

std::vector<TokenId> input_tokens(const LogitsOptions& options, const Tokenizer& tokenizer) {
  const bool has_text = options.prompt.text.has_value() || !options.prompt.file.empty();
  if (!options.ids.empty() && has_text) {
    throw Error(ErrorKind::kUsage,
                "--ids and a prompt (-p, -f) both give tokens; give one of them");
  }
  std::vector<TokenId> ids = options.ids.empty()
                                 ? tokenizer.encode(read_prompt_input(options.prompt, false))
                                 : parse_ids(options.ids);
  if (ids.empty()) throw Error(ErrorKind::kUsage, "no tokens: give --ids 1,2,3 or -p TEXT");
  return ids;
}

int run(const LogitsOptions& options) {
  const Console console(options.model.verbose);
  InterruptGuard interrupt;
  Engine engine = open_model(options.model, console);
  const std::vector<TokenId> ids = input_tokens(options, engine.tokenizer());

  ResultFile output(options.output);
  ProgressBar bar("computing logits", ids.size());
  Sequence sequence = engine.new_sequence();
  Feed feed{
      .sequence = &sequence, .tokens = ids, .on_logits = [&](int64_t, std::span<const float> row) {
        output.write(std::as_bytes(row));
      }};
  engine.step(std::span(&feed, 1),
              {.progress = [&](int64_t done, int64_t) { bar.update(static_cast<uint64_t>(done)); },
               .cancel = &interrupt.flag()});
  output.commit();
  return kExitOk;
}

}  // namespace

Command add_logits_command(CLI::App& program) {
  CLI::App* command = program.add_subcommand("logits", "write the logits of every position");
  command->footer(
      "The file is raw little-endian float32 [positions, vocabulary].\n\n"
      "  freshet logits -m model.gguf --ids 1,2,3 -o logits.f32\n"
      "  freshet logits -m model.gguf -p \"The snow melts\" --cpu scalar -ctk f32 -ctv f32 -o -");
  const auto options = std::make_shared<LogitsOptions>();
  add_model_options(*command, options->model);
  add_prompt_options(*command, options->prompt);
  command->add_option("--ids", options->ids, "the tokens themselves: 1,2,3")
      ->option_text("LIST")
      ->group("Prompt");
  command->add_option("-o,--output", options->output, "where to write, - for standard output")
      ->required()
      ->option_text("FILE")
      ->group("Output");
  return {command, [options] { return run(*options); }};
}

}  // namespace freshet
