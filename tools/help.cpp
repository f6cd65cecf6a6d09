#include "tools/help.h"

#include <cctype>

#include "base/format.h"
#include "tools/flag_table.h"

namespace freshet {
namespace {

std::string with_capital(std::string text) {
  if (!text.empty()) {
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  }
  return text;
}

}  // namespace

HelpFormatter::HelpFormatter() { column_width(36); }

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode mode) const {
  const bool is_program = app->get_parent() == nullptr;
  std::string text = with_capital(app->get_description()) + ".\n\n";
  if (is_program) {
    text += formatted("usage: {} COMMAND [flags]\n\nCommands:\n", name);
    for (const CLI::App* command : app->get_subcommands({})) text += make_subcommand(command);
    text += "\n";
  } else {
    text += formatted("usage: {} [flags]", name);
    for (const CLI::Option* option : app->get_options()) {
      if (option->get_positional()) text += " " + make_option_usage(option);
    }
    text += "\n\n" + make_positionals(app);
  }
  return text + make_groups(app, mode) + "\n" + app->get_footer() + "\n";
}

std::string HelpFormatter::make_group(std::string group, bool is_positional,
                                      std::vector<const CLI::Option*> options) const {
  std::string text = (is_positional ? "Arguments" : group) + ":\n";
  for (const CLI::Option* option : options) text += make_option(option, is_positional);
  return is_positional ? text + "\n" : text;
}

std::string HelpFormatter::make_option_name(const CLI::Option* option, bool is_positional) const {
  if (is_positional) return option->get_name(true, false);
  std::string names;
  const auto add = [&](std::string_view name) {
    names += formatted("{}{}", names.empty() ? "" : ", ", name);
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
