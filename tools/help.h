// How --help looks.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace freshet {

/// One line for each flag, spelt as fingers know it (-ctk, --cache-type-k TYPE), in groups, with
/// the command's examples at the end.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();

  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override;
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override;
};

}  // namespace freshet
