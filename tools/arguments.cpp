#include "tools/arguments.h"

#include <freshet/error.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>

#include "base/format.h"
#include "tools/flag_table.h"

namespace freshet {
namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::kUsage, message); }

bool is_flag(std::string_view arg) { return arg.size() >= 2 && arg[0] == '-'; }

bool is_switch_value(std::string_view arg) {
  constexpr std::array<std::string_view, 9> kValues = {"on", "off", "auto", "always", "never",
                                                       "0",  "1",   "true", "false"};
  return std::ranges::find(kValues, arg) != kValues.end();
}

const CLI::Option* declared(const CLI::App& command, std::string_view flag) {
  return command.get_option_no_throw(std::string(flag));
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_min() > 0; }

/// -n128: a short flag with a number written onto it.
bool is_short_with_number(const CLI::App& command, std::string_view arg) {
  if (arg.size() < 3 || arg[1] == '-' || std::isdigit(static_cast<unsigned char>(arg[2])) == 0) {
    return false;
  }
  const CLI::Option* option = declared(command, arg.substr(0, 2));
  return option != nullptr && takes_value(*option);
}

std::vector<std::string> known_flags(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_snames()) flags.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  for (const FlagRule& rule : flag_table()) {
    if (rule.kind == FlagKind::kAlias && declared(command, rule.meaning) != nullptr) {
      flags.emplace_back(rule.flag);
    }
  }
  return flags;
}

[[noreturn]] void refuse_unknown(const CLI::App& command, std::string_view flag) {
  const std::vector<std::string> known = known_flags(command);
  std::string guess;
  if (flag[1] != '-' && declared(command, formatted("-{}", flag)) != nullptr) {
    guess = formatted("-{}", flag);
  } else {
    guess = nearest(flag, known);
  }
  refuse(formatted("{}: unknown flag {}; {}see freshet {} --help", command.get_name(), flag,
                   guess.empty() ? "" : formatted("did you mean {}? ", guess), command.get_name()));
}

/// Walks over the arguments of one command.
class Rewriter {
 public:
  Rewriter(const CLI::App& command, std::span<const std::string> args)
      : command_(command), args_(args) {}

  PreparedArguments run() {
    while (next_ < args_.size()) {
      const std::string& arg = args_[next_++];
      if (arg == "--") {
        keep(arg);
        while (next_ < args_.size()) keep(args_[next_++]);
      } else if (!is_flag(arg)) {
        keep(arg);
      } else {
        rewrite(arg);
      }
    }
    return std::move(result_);
  }

 private:
  void keep(const std::string& arg) { result_.args.push_back(arg); }

  void rewrite(const std::string& arg) {
    const size_t equals = arg.find('=');
    const std::string flag = arg.substr(0, equals);
    const std::string suffix = equals == std::string::npos ? "" : arg.substr(equals);
    if (const CLI::Option* option = declared(command_, flag)) {
      keep_option(*option, flag, suffix);
    } else if (const FlagRule* rule = find_flag_rule(flag)) {
      apply(*rule, flag, suffix);
    } else if (is_short_with_number(command_, arg)) {
      keep(arg);
    } else {
      refuse_unknown(command_, flag);
    }
  }

  void keep_option(const CLI::Option& option, const std::string& flag, const std::string& suffix) {
    if (!takes_value(option)) {
      keep(flag + suffix);
      return;
    }
    // CLI11 reads -x=1 as the value "=1" of -x: the value goes its own way.
    keep(flag);
    if (!suffix.empty()) {
      keep(suffix.substr(1));
    } else if (next_ < args_.size()) {
      keep(args_[next_++]);
    }
  }

  void apply(const FlagRule& rule, const std::string& flag, const std::string& suffix) {
    switch (rule.kind) {
      case FlagKind::kAlias:
        if (const CLI::Option* option = declared(command_, rule.meaning)) {
          keep_option(*option, std::string(rule.meaning), suffix);
          return;
        }
        refuse_unknown(command_, flag);
      case FlagKind::kNotThere:
        refuse(formatted("{}: {} is not supported: {}", command_.get_name(), flag, rule.meaning));
      case FlagKind::kGpu:
        result_.ignored_gpu_flags.push_back(flag);
        break;
      case FlagKind::kIgnored:
        break;
    }
    if (suffix.empty()) drop_value(rule, flag);
  }

  void drop_value(const FlagRule& rule, const std::string& flag) {
    if (rule.value == FlagValue::kNone) return;
    const bool has_next = next_ < args_.size();
    if (rule.value == FlagValue::kSwitch) {
      if (has_next && is_switch_value(args_[next_])) ++next_;
    } else if (has_next) {
      ++next_;
    } else {
      refuse(formatted("{}: {} needs a value", command_.get_name(), flag));
    }
  }

  const CLI::App& command_;
  std::span<const std::string> args_;
  size_t next_ = 0;
  PreparedArguments result_;
};

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  constexpr size_t kLongestWord = 64;
  if (word.size() > kLongestWord) return {};
  std::string best;
  size_t best_distance = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

PreparedArguments prepare_arguments(const CLI::App& command, std::span<const std::string> args) {
  return Rewriter(command, args).run();
}

}  // namespace freshet
