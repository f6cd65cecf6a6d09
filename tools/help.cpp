#include "tools/help.h"

#include <fmt/format.h>

#include "tools/flag_table.h"

namespace freshet {

HelpFormatter::HelpFormatter() { column_width(34); }

std::string HelpFormatter::make_usage(const CLI::App* app, std::string name) const {
  if (app->get_parent() == nullptr) return fmt::format("\nusage: {} COMMAND [flags]\n", name);
  std::string line = fmt::format("\nusage: {} [flags]", name);
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_positional()) line += " " + make_option_usage(option);
  }
  return line + "\n";
}

std::string HelpFormatter::make_group(std::string group, bool is_positional,
                                      std::vector<const CLI::Option*> options) const {
  if (group == "Options") group = "Other";
  return CLI::Formatter::make_group(std::move(group), is_positional, std::move(options));
}

std::string HelpFormatter::make_option_name(const CLI::Option* option, bool is_positional) const {
  if (is_positional) return option->get_name(true, false);
  std::string names;
  const auto add = [&](std::string_view name) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  };
  for (const std::string& name : option->get_snames()) add("-" + name);
  if (option->get_lnames().empty()) return names;
  // Of several long names the first is the one to learn.
  const std::string& long_name = option->get_lnames().front();
  for (const FlagRule& rule : flag_table()) {
    if (rule.kind == FlagKind::kAlias && rule.meaning.substr(2) == long_name) {
      add(rule.flag);
      break;
    }
  }
  add("--" + long_name);
  return names;
}

}  // namespace freshet
