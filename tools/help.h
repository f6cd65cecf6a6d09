// How --help looks.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace freshet {

/// What it does, how it is called, then one line for each flag, spelt as fingers know it (-ctk,
/// --cache-type-k TYPE), in groups, and the command's examples at the end.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override;
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override;
};

}  // namespace freshet
