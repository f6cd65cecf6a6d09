// The family's tool calls: <|tool_call_start|>[name(argument=value, ...), ...]<|tool_call_end|>.
#include <freshet/grammar.h>

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "grammar/network.h"
#include "grammar/schema_writer.h"

namespace freshet {
namespace {

constexpr uint32_t kMostCalls = 64;

/// The function object of a declaration, with or without its wrapping.
const Json& function_of(const Json& tool) {
  if (!tool.is_object()) fail(ErrorKind::kBadRequest, "tools: expected a list of functions");
  const auto wrapped = tool.find("function");
  const Json& function = wrapped == tool.end() ? tool : *wrapped;
  if (!function.is_object() || !function.contains("name") || !function["name"].is_string()) {
    fail(ErrorKind::kBadRequest, "tools: a function without a name");
  }
  return function;
}

/// A name that can be told from what follows it.
void check_name(const std::string& name) {
  const bool plain = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
  if (!plain) {
    fail(ErrorKind::kBadRequest,
         "tools: the function name {} is not made of letters, digits, and _ . -",
         quoted(std::string_view(name)));
  }
}

/// References within parameters begin at the parameters: each function is a document of its own.
ExpressionId write_call(Productions& productions, Schemas& schemas, const Json& function) {
  const auto& name = function["name"].get_ref<const std::string&>();
  check_name(name);
  const auto parameters = function.find("parameters");
  const bool none = parameters == function.end() || parameters->is_null();
  const Json document =
      none ? Json{{"type", "object"}, {"additionalProperties", false}} : *parameters;
  SchemaWriter writer(productions, schemas, Dialect::kPython);
  const ExpressionId arguments = writer.call_arguments(read_schema(schemas, document));
  writer.finish();
  return productions.sequence({productions.literal(name), arguments});
}

}  // namespace

Grammar Grammar::from_tools(std::string_view tools, const ToolGrammarOptions& options) {
  const Json list = read_json(tools, "tools");
  if (!list.is_array() || list.empty()) {
    fail(ErrorKind::kBadRequest, "tools: expected a list of functions that is not empty");
  }
  Productions productions;
  Schemas schemas;
  std::vector<ExpressionId> calls;
  for (const Json& tool : list) {
    const Json& function = function_of(tool);
    if (options.name.empty() || function["name"] == options.name) {
      calls.push_back(write_call(productions, schemas, function));
    }
  }
  if (calls.empty()) {
    fail(ErrorKind::kBadRequest, "tools: there is no function named {}",
         quoted(std::string_view(options.name)));
  }
  const RuleId call = productions.add("call", productions.choice(calls));
  const ExpressionId more = productions.sequence({productions.literal(","),
                                                  productions.optional(productions.literal(" ")),
                                                  productions.call(call)});
  const ExpressionId body = productions.sequence(
      {productions.token({.id = -1, .name = "<|tool_call_start|>"}), productions.literal("["),
       productions.call(call), productions.repeat(more, 0, options.several ? kMostCalls - 1 : 0),
       productions.literal("]"), productions.token({.id = -1, .name = "<|tool_call_end|>"})});
  productions.set_start(productions.add("tool calls", body));
  return Grammar(std::make_shared<const Impl>(Network::compile(productions)));
}

}  // namespace freshet
