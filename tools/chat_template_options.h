// The flags of every command that turns messages into a prompt.
#pragma once

#include <freshet/chat.h>
#include <freshet/engine.h>

#include <string>

#include "tools/cli_fwd.h"
#include "tools/console.h"
#include "tools/model_options.h"

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
/// The same for commands that do not compute: of the file that -m or -hf name, else of the model in
/// the box. A template that is asked for needs no model; its control tokens then are the family's.
[[nodiscard]] ChatTemplate open_chat_template(const ChatTemplateOptions& options,
                                              const ModelOptions& model, bool with_tools,
                                              const Console& console);

}  // namespace freshet
