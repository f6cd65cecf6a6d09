#include "chat/tool_schema.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/utf8.h"
#include "chat/tool_schema_fit.h"
#include "chat/tool_schema_types.h"

namespace freshet {
namespace {

constexpr const char* kExpected =
    "expected a list of {\"type\": \"function\", \"function\": {\"name\": ..., \"parameters\": "
    "...}}";

Json parse_tools(std::string_view text) {
  const auto keep = [](int depth, Json::parse_event_t, Json&) {
    if (depth <= ToolSet::kMaxDepth) return true;
    fail(ErrorKind::kBadRequest, "tools: nested deeper than {} levels; declare them more simply",
         ToolSet::kMaxDepth);
  };
  try {
    return Json::parse(text, keep);
  } catch (const Json::exception& error) {
    fail(ErrorKind::kBadRequest, "tools: not JSON ({}); {}", replace_invalid_utf8(error.what()),
         kExpected);
  }
}

Tool tool_from(const Json& entry, std::size_t index) {
  const bool is_wrapped = entry.is_object() && entry.contains("function");
  const Json& function = is_wrapped ? entry.at("function") : entry;
  if (!function.is_object() || !function.contains("name") || !function.at("name").is_string() ||
      function.at("name").get_ref<const std::string&>().empty()) {
    fail(ErrorKind::kBadRequest, "tools: entry {} has no name; {}", index, kExpected);
  }
  Tool tool{.name = function.at("name").get<std::string>(),
            .parameters = function.value("parameters", Json::object()),
            .order = {}};
  if (tool.parameters.is_null()) tool.parameters = Json::object();
  if (!tool.parameters.is_object()) {
    fail(ErrorKind::kBadRequest,
         "tools: the parameters of {} are no object; expected a JSON schema",
         freshet::quoted(tool.name));
  }
  const auto properties = tool.parameters.find("properties");
  if (properties != tool.parameters.end() && properties->is_object()) {
    for (const auto& [name, schema] : properties->items()) tool.order.push_back(name);
  }
  return tool;
}

/// Names for the arguments that were given without: the declared ones in their order, then argN.
std::string positional_name(const Tool* tool, std::size_t index) {
  if (tool && index < tool->order.size()) return tool->order[index];
  return formatted("arg{}", index + 1);
}

/// f({"city": "Paris"}) means f(city="Paris"), unless the first parameter is itself an object.
bool is_spread(const WrittenCall& call, const Tool* tool) {
  if (call.arguments.size() != 1 || !call.arguments[0].name.empty()) return false;
  const Json& value = call.arguments[0].value;
  if (!value.is_object()) return false;
  if (!tool || tool->order.empty()) return true;
  return std::ranges::all_of(value.items(), [&](const auto& member) {
    return std::ranges::count(tool->order, member.key()) > 0;
  });
}

}  // namespace

ToolSet::ToolSet(std::string_view json) {
  if (json.empty()) return;
  const Json list = parse_tools(json);
  if (!list.is_array()) fail(ErrorKind::kBadRequest, "tools: not a list; {}", kExpected);
  if (list.size() > kMaxTools) {
    fail(ErrorKind::kBadRequest, "tools: at most {} may be declared, found {}", kMaxTools,
         list.size());
  }
  for (const Json& entry : list) {
    tools_.push_back(tool_from(entry, tools_.size()));
    if (!by_name_.try_emplace(tools_.back().name, tools_.size() - 1).second) {
      fail(ErrorKind::kBadRequest, "tools: {} is declared twice; give each tool a name of its own",
           freshet::quoted(tools_.back().name));
    }
  }
}

const Tool* ToolSet::find(std::string_view name) const {
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? nullptr : &tools_[found->second];
}

ToolCall ToolSet::bind(const WrittenCall& call) const {
  const Tool* tool = find(call.name);
  ToolCall bound{.id = {}, .name = call.name, .arguments = {}};
  if (!tool && !empty())
    bound.problems.push_back(formatted("no tool is named {}", freshet::quoted(call.name)));

  ObjectBuilder arguments;
  SchemaFit::Sources sources;
  std::size_t n_positional = 0;
  const auto add = [&](std::string name, const Json& value, const std::string& source) {
    if (!source.empty() && !value.is_string()) sources[name] = source;
    if (arguments.add(name, value)) return;
    if (bound.problems.size() < SchemaFit::kMaxProblems) {
      bound.problems.push_back(formatted("{}: is given twice; the last one counts", name));
    }
  };
  if (is_spread(call, tool)) {
    for (const auto& [name, value] : call.arguments[0].value.items()) add(name, value, {});
  } else {
    for (const CallArgument& argument : call.arguments) {
      const std::string name =
          argument.name.empty() ? positional_name(tool, n_positional++) : argument.name;
      add(name, argument.value, argument.source);
    }
  }
  Json typed = arguments.take();
  if (tool) {
    SchemaFit fit(tool->parameters);
    typed = fit.fit(std::move(typed), sources);
    bound.problems.insert(bound.problems.end(), fit.problems().begin(), fit.problems().end());
  }
  bound.arguments = as_text(typed);
  return bound;
}

}  // namespace freshet
