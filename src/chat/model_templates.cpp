#include <freshet/chat.h>

#include "gguf/reader.h"

namespace freshet {

ModelTemplates read_model_templates(const std::string& path) {
  const GgufFile file(path);
  const auto text = [&](std::string_view key) {
    return std::string(file.metadata().get<std::string_view>(key).value_or(""));
  };
  return {.standard = text("tokenizer.chat_template"),
          .tool_use = text("tokenizer.chat_template.tool_use")};
}

}  // namespace freshet
