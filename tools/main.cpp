// The program: finds the command, has its arguments read, runs it, and turns errors into one line
// on standard error and an exit code.
#include <freshet/error.h>
#include <freshet/version.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <memory>
#include <new>

#include "base/format.h"
#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/help.h"

namespace freshet {
namespace {

const Command& find_command(const std::vector<Command>& commands, const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : commands) {
    if (command.app->get_name() == name) return command;
    names.push_back(command.app->get_name());
  }
  if (name.starts_with('-')) {
    throw Error(ErrorKind::kUsage,
                formatted("{}: expected a command before any flag, as in: freshet run {} ...; see "
                          "freshet --help",
                          name, name));
  }
  const std::string guess = nearest(name, names);
  throw Error(ErrorKind::kUsage,
              formatted("{}: unknown command; {}there are {}", name,
                        guess.empty() ? "" : formatted("did you mean {}? ", guess),
                        fmt::join(names, ", ")));
}

void warn_of_ignored_flags(const std::vector<std::string>& flags) {
  if (flags.empty()) return;
  Console().warn(formatted("warning: this build computes on the CPU alone; ignored: {}",
                           fmt::join(flags, " ")));
}

/// CLI11 takes what is left to read from the back of a vector.
void parse(CLI::App& program, std::vector<std::string> args) {
  std::ranges::reverse(args);
  program.parse(std::move(args));
}

int run_program(const std::vector<std::string>& args) {
  CLI::App program("An inference engine for the LFM2 family of language models", "freshet");
  program.formatter(std::make_shared<HelpFormatter>());
  program.set_version_flag("--version", formatted("freshet {}", version()), "show the version")
      ->group(kOtherFlags);
  program.set_help_flag("-h,--help", "show this help")->group(kOtherFlags);
  program.require_subcommand(0, 1);
  program.footer("freshet COMMAND --help describes the flags of a command.");
  const std::vector<Command> commands = add_commands(program);
  try {
    if (args.empty()) throw CLI::CallForHelp();
    const bool is_global = args[0] == "--version" || args[0] == "--help" || args[0] == "-h";
    if (is_global || args[0] == "help") {
      parse(program, {is_global ? args[0] : "--help"});
    }
    const Command& command = find_command(commands, args[0]);
    const PreparedArguments prepared = prepare_arguments(*command.app, std::span(args).subspan(1));
    std::vector<std::string> all = {args[0]};
    all.insert(all.end(), prepared.args.begin(), prepared.args.end());
    parse(program, std::move(all));
    warn_of_ignored_flags(prepared.ignored_gpu_flags);
    return command.run();
  } catch (const CLI::Success& wanted) {
    // Help or the version: CLI11 knows which text was asked for.
    program.exit(wanted, args.empty() ? std::cerr : std::cout);
    return args.empty() ? kExitUsage : kExitOk;
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::kUsage, formatted("{}: {}", args[0], error.what()));
  }
}

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return kExitUsage;
    case ErrorKind::kCancelled:
      return kExitInterrupted;
    default:
      return kExitFailure;
  }
}

/// The promise is one line, whatever a file name or a message has in it.
void print_error(std::string_view message) {
  std::string line(message);
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  print(stderr, "freshet: {}\n", line);
}

int guarded_main(const std::vector<std::string>& args) {
  try {
    return run_program(args);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCancelled) print_error(error.what());
    return exit_code(error.kind());
  } catch (const std::bad_alloc&) {
    print_error("out of memory; give a smaller context (-c) or fewer tokens in a pass (-ub)");
  } catch (const std::exception& error) {
    print_error(error.what());
  }
  return kExitFailure;
}

}  // namespace
}  // namespace freshet

int main(int argc, char** argv) {
  return freshet::guarded_main(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
}
