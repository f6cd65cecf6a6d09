// Any text as a model's answer. The first byte chooses whether the prompt opened thinking, whether
// tools are declared and how the text is cut. Whatever is written: pieces give what the whole
// gives, all of it is UTF-8, and arguments are objects.
#include <freshet/answer.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/check.h"
#include "base/utf8.h"

namespace freshet {
namespace {

constexpr const char* kTools = R"([
  {"name": "f", "parameters": {"type": "object", "required": ["a"], "properties": {
     "a": {"type": "integer"}, "b": {"type": ["string", "null"]},
     "c": {"anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "boolean"}]},
     "d": {"type": "object", "additionalProperties": {"$ref": "#/properties/d"}}}}},
  {"name": "get.time", "parameters": {"properties": {"a": {"enum": ["x", 1, null]}}}}])";

void append(Answer& sum, const Answer& part) {
  sum.content += part.content;
  sum.thinking += part.thinking;
  sum.tool_calls.insert(sum.tool_calls.end(), part.tool_calls.begin(), part.tool_calls.end());
}

Answer fed(std::string_view text, const AnswerOptions& options, unsigned cut) {
  AnswerParser parser(options);
  Answer sum;
  while (!text.empty()) {
    const std::size_t piece = 1 + (cut = cut * 1103515245u + 12345u) / 65536u % 5u;
    append(sum, parser.push(text.substr(0, piece)));
    text.remove_prefix(std::min(piece, text.size()));
  }
  append(sum, parser.finish());
  return sum;
}

void check(std::string_view text, const AnswerOptions& options, unsigned cut) {
  const Answer whole = parse_answer(text, options);
  FRESHET_CHECK(fed(text, options, cut) == whole);
  FRESHET_CHECK(is_valid_utf8(whole.content) && is_valid_utf8(whole.thinking));
  for (const ToolCall& call : whole.tool_calls) {
    FRESHET_CHECK(nlohmann::json::parse(call.arguments).is_object());
    FRESHET_CHECK(is_valid_utf8(call.name) && !call.id.empty());
  }
  FRESHET_CHECK(nlohmann::json::accept(to_json(whole)));
}

}  // namespace
}  // namespace freshet

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace freshet;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  check(text, {.tools = (data[0] & 1) != 0 ? kTools : "", .think_open = (data[0] & 2) != 0},
        data[0]);
  return 0;
}
