#include <freshet/chat.h>

#include <algorithm>

#include "base/error.h"
#include "chat/built_in_templates.h"
#include "chat/messages.h"
#include "jinja/from_json.h"
#include "jinja/template.h"

namespace freshet {
namespace {

using jinja::Text;
using jinja::Value;

/// Room that grows with the conversation: templates walk over it, some of them several times.
jinja::Limits limits_for(const ChatRequest& request) {
  const size_t n_bytes = request.messages.size() + request.tools.size() + request.kwargs.size();
  jinja::Limits limits;
  limits.steps += n_bytes * 32;
  limits.bytes += n_bytes * 64;
  limits.output += n_bytes * 4;
  return limits;
}

Prompt to_prompt(const Text& text) {
  Prompt prompt;
  for (size_t i = 0; i < text.size();) {
    const char32_t origin = jinja::origin_of(text[i]);
    const size_t begin = i;
    while (i < text.size() && jinja::origin_of(text[i]) == origin) ++i;
    const size_t begin_byte = prompt.text.size();
    prompt.text += jinja::to_utf8(jinja::TextView(text).substr(begin, i - begin));
    if (origin != 0) prompt.content.push_back({begin_byte, prompt.text.size()});
  }
  return prompt;
}

void add_kwargs(jinja::Context& context, const std::string& json) {
  if (json.empty()) return;
  constexpr std::string_view kWhat = "the template's variables (--chat-template-kwargs)";
  const Value kwargs = jinja::value_from_json(json, jinja::kForeign, kWhat);
  if (kwargs.dict() == nullptr) {
    fail(ErrorKind::kBadRequest, "{} must be a JSON object, such as {{\"enable_thinking\": false}}",
         kWhat);
  }
  for (const auto& [name, value] : kwargs.dict()->entries) {
    const std::string utf8 = jinja::to_utf8(*name.text());
    if (utf8 == "messages" || utf8 == "tools") {
      fail(ErrorKind::kBadRequest, "{} cannot set {}, which is given already", kWhat, utf8);
    }
    context.emplace_back(utf8, value);
  }
}

}  // namespace

struct ChatTemplate::Impl {
  Impl(std::string template_name, std::string_view template_source, SpecialTexts special)
      : name(std::move(template_name)),
        source(template_source),
        texts(std::move(special)),
        parsed(name, source) {}

  [[nodiscard]] jinja::Context context(const ChatRequest& request, const ChatValues& chat) const {
    jinja::Context context = {{"messages", chat.messages},
                              {"tools", chat.tools},
                              {"documents", Value(jinja::None{})},
                              {"add_generation_prompt", Value(request.add_generation_prompt)}};
    const auto add = [&](const char* variable, const std::string& text) {
      if (!text.empty()) context.emplace_back(variable, jinja::make_text(jinja::from_utf8(text)));
    };
    add("bos_token", texts.bos_token);
    add("eos_token", texts.eos_token);
    add("pad_token", texts.pad_token);
    add_kwargs(context, request.kwargs);
    return context;
  }

  std::string name;
  std::string source;
  SpecialTexts texts;
  jinja::Template parsed;
};

ChatTemplate::ChatTemplate(std::string name, std::string_view source, SpecialTexts texts)
    : impl_(std::make_shared<const Impl>(std::move(name), source, std::move(texts))) {}

ChatTemplate ChatTemplate::built_in(std::string_view name, SpecialTexts texts) {
  for (const BuiltInTemplate& known : built_in_templates()) {
    if (known.name == name) {
      return ChatTemplate("the built-in template " + std::string(name), known.source,
                          std::move(texts));
    }
  }
  fail(ErrorKind::kUsage, "there is no built-in chat template named {}; there is {}", name,
       fmt::join(built_in_names(), ", "));
}

const std::string& ChatTemplate::name() const noexcept { return impl_->name; }
const std::string& ChatTemplate::source() const noexcept { return impl_->source; }

Prompt ChatTemplate::render(const ChatRequest& request) const {
  ChatValues chat = read_chat(request.messages, request.tools, impl_->source);
  const jinja::RenderOptions options{.limits = limits_for(request), .now = request.now};
  const auto render = [&] {
    return to_prompt(impl_->parsed.render(impl_->context(request, chat), options));
  };
  try {
    return render();
  } catch (const Error& error) {
    const auto fewer =
        error.kind() == ErrorKind::kBadRequest ? without_nulls(chat.messages) : std::nullopt;
    if (!fewer) throw;
    chat.messages = *fewer;
  }
  return render();
}

std::vector<TokenId> encode_prompt(const Tokenizer& tokenizer, const Prompt& prompt) {
  return tokenizer.encode(prompt.text, {.content = prompt.content});
}

SpecialTexts special_texts(const Tokenizer& tokenizer) {
  const auto text = [&](std::optional<TokenId> id) {
    return id ? std::string(tokenizer.piece(*id)) : std::string();
  };
  return {.bos_token = text(tokenizer.bos()),
          .eos_token = text(tokenizer.eos()),
          .pad_token = text(tokenizer.pad())};
}

std::string chat_template_problem(std::string_view source) {
  try {
    const ChatTemplate parsed("the model's chat template", source);
    (void)parsed.render({.messages = R"([{"role": "user", "content": "Hello"}])"});
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

ChatTemplateChoice choose_chat_template(const Tokenizer& tokenizer, const ModelTemplates& templates,
                                        bool with_tools) {
  const bool for_tools = with_tools && !templates.tool_use.empty();
  const std::string& source = for_tools ? templates.tool_use : templates.standard;
  SpecialTexts texts = special_texts(tokenizer);
  std::string problem =
      source.empty() ? "the model's file has no chat template" : chat_template_problem(source);
  if (problem.empty()) {
    return {ChatTemplate("the model's chat template", source, std::move(texts)), {}};
  }
  if (!tokenizer.find("<|im_start|>") || !tokenizer.find("<|im_end|>")) {
    fail(ErrorKind::kUnsupported,
         "{}, and its vocabulary has no <|im_start|> and <|im_end|>, so it was not trained on "
         "ChatML either; complete plain text with it (freshet run without --chat) or give a "
         "template (--chat-template FILE)",
         problem);
  }
  return {ChatTemplate::built_in("chatml", std::move(texts)),
          problem + "; the family's ChatML is used instead"};
}

}  // namespace freshet
