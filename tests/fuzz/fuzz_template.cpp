// Any text as a template: it is read and rendered, or refused in one line that names a place,
// within its limits, and never otherwise.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "jinja/from_json.h"
#include "jinja/template.h"

namespace freshet::jinja {
namespace {

Context make_context() {
  const Value chat = value_from_json(
      R"({"messages": [{"role": "system", "content": "S<|im_end|>"}, {"role": "user", "content":
          [{"type": "text", "text": "\u00e9"}]}, {"role": "assistant", "content": null,
          "tool_calls": [{"function": {"name": "f", "arguments": {"a": [1, 2.5, true, null]}}}]}],
          "tools": [{"name": "f"}], "n": -7, "s": "a b\n"})",
      kForeign, "the context");
  Context context;
  for (const auto& [name, value] : chat.dict()->entries) {
    context.emplace_back(to_utf8(*name.text()), value);
  }
  return context;
}

void check_message(std::string_view message) {
  FRESHET_CHECK(message.starts_with("t, line ") || message.starts_with("t: "));
}

}  // namespace
}  // namespace freshet::jinja

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace freshet;
  static const jinja::Context kContext = jinja::make_context();
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  jinja::RenderOptions options{.limits = {}, .now = "2026-11-21"};
  options.limits.steps = 20'000;
  options.limits.bytes = 4 << 20;
  options.limits.output = 1 << 20;
  try {
    const jinja::Template parsed("t", source);
    const jinja::Text text = parsed.render(kContext, options);
    FRESHET_CHECK(text == parsed.render(kContext, options));
  } catch (const Error& error) {
    jinja::check_message(error.what());
  }
  return 0;
}
