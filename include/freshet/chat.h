// From a conversation to the prompt that a model was trained on: chat templates.
//
//   auto chosen = freshet::choose_chat_template(engine.tokenizer(), {.standard = template_text});
//   const freshet::Prompt prompt = chosen.chat_template.render({.messages = messages_json});
//   const auto ids = freshet::encode_prompt(engine.tokenizer(), prompt);
#pragma once

#include <freshet/tokenizer.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// What a template is given. JSON as OpenAI's API has it; members that are not named here reach the
/// template as they are.
struct ChatRequest {
  /// A list of {"role": "user", "content": "..."}, or an object with "messages", and maybe "tools".
  /// Content is a string, a list of parts such as {"type": "text", "text": "..."}, or null. The
  /// "arguments" of "tool_calls" are an object, or a string that holds one.
  std::string messages;
  std::string tools = {};             ///< a list of tools, or empty
  std::string kwargs = {};            ///< an object: more variables for the template, or empty
  bool add_generation_prompt = true;  ///< end with the beginning of an answer
  /// What the template's clock shows: "2026-11-21" or "2026-11-21T09:30:00"; empty: this machine's.
  std::string now = {};
};

/// A rendered conversation.
struct Prompt {
  std::string text;
  /// Ascending: what came with the request and is content, whatever it looks like. All else is the
  /// template's, but for the marks of thinking and tool calls in what the assistant said.
  std::vector<TextRange> content;
};

/// The tokens of a prompt. One beginning-of-sequence token, if the vocabulary asks for one or the
/// template wrote one. Control tokens are read where the template wrote them; within content their
/// text is spelt out, so that no message can end itself or speak for another.
[[nodiscard]] std::vector<TokenId> encode_prompt(const Tokenizer& tokenizer, const Prompt& prompt);

/// Control tokens that templates ask for by name. Empty ones are not defined for the template.
struct SpecialTexts {
  std::string bos_token = "<|startoftext|>";
  std::string eos_token = "<|im_end|>";
  std::string pad_token = "<|pad|>";
};
[[nodiscard]] SpecialTexts special_texts(const Tokenizer& tokenizer);

/// A chat template in Jinja's language. Immutable; copies share it, and any number of threads may
/// render it. It reads no file and is bounded in time, memory and output.
class ChatTemplate {
 public:
  /// `name` is what messages call it. Throws Error, with line and column: kBadFile for what is no
  /// template, kUnsupported for what this engine does not have, kResources if nested too deeply.
  ChatTemplate(std::string name, std::string_view source, SpecialTexts texts = {});

  /// One that the engine brings along: "chatml", the form of the LFM2 family, with tools and
  /// thinking. Throws Error{kUsage} for another name.
  [[nodiscard]] static ChatTemplate built_in(std::string_view name, SpecialTexts texts = {});
  [[nodiscard]] static std::span<const std::string_view> built_in_names() noexcept;

  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] const std::string& source() const noexcept;

  /// Throws Error: kBadRequest for messages that are none (which one, which member) and where the
  /// template fails or refuses them (line and column), kResources where it passes a limit.
  ///
  /// A template that fails is tried once more without the members of messages that are null, which
  /// clients write for what is not there and templates mostly test with `is defined`.
  [[nodiscard]] Prompt render(const ChatRequest& request) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

/// The templates of a model's file: tokenizer.chat_template and tokenizer.chat_template.tool_use.
struct ModelTemplates {
  std::string standard = {}, tool_use = {};  ///< empty: there is none
};

struct ChatTemplateChoice {
  ChatTemplate chat_template;
  std::string warning;  ///< one line for the user, or empty: why it is not the file's own
};

/// The model's own template, the one for tools if there are any; if there is none, or it cannot
/// render a greeting, the built-in ChatML. Throws Error{kUnsupported} if the vocabulary has no
/// tokens for that either.
[[nodiscard]] ChatTemplateChoice choose_chat_template(const Tokenizer& tokenizer,
                                                      const ModelTemplates& templates,
                                                      bool with_tools = false);

/// Those of a GGUF file (of the first part, if it is split). Throws Error{kBadFile} if it is none.
[[nodiscard]] ModelTemplates read_model_templates(const std::string& path);

/// Whether the template can be read and renders a greeting: empty, or why not, in one line.
[[nodiscard]] std::string chat_template_problem(std::string_view source);

}  // namespace freshet
