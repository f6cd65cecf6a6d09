// The flags of every command that turns messages into a prompt.
#pragma once

#include <freshet/chat.h>
#include <freshet/engine.h>

#include <string>

#include "tools/cli_fwd.h"
#include "tools/console.h"

namespace freshet {

struct ChatTemplateOptions {
  std::string chat_template;  ///< --chat-template: a built-in name or a file; empty: the model's
  std::string kwargs;         ///< --chat-template-kwargs: JSON, or empty
};

void add_chat_template_options(CLI::App& command, ChatTemplateOptions& options);

[[nodiscard]] ModelTemplates templates_of(const Engine& engine);

/// The one that is asked for, else the model's, else ChatML and one warning on the console. Throws
/// Error.
[[nodiscard]] ChatTemplate load_chat_template(const ChatTemplateOptions& options,
                                              const Tokenizer& tokenizer,
                                              const ModelTemplates& templates, bool with_tools,
                                              const Console& console);
/// The one that is asked for, for the control tokens of `texts`.
[[nodiscard]] ChatTemplate load_named_template(const std::string& name, SpecialTexts texts);

}  // namespace freshet
