#include "tools/chat_commands.h"

#include <array>
#include <string>
#include <vector>

#include "base/format.h"
#include "tools/arguments.h"
#include "tools/chat_file.h"
#include "tools/prompt_input.h"

namespace freshet {
namespace {

struct ChatCommand {
  std::string_view name;
  std::string_view argument;  // empty: takes none
  std::string_view help;
  ChatStep (*run)(ChatSession& session, const std::string& argument);
};

void say(std::string_view text) { print(stderr, "{}\n", text); }

ChatStep show_help(ChatSession&, const std::string&);

ChatStep leave(ChatSession&, const std::string&) { return ChatStep::kLeave; }

ChatStep clear(ChatSession& session, const std::string&) {
  session.conversation().clear();
  session.console().note("the conversation begins anew");
  return ChatStep::kGoOn;
}

ChatStep regenerate(ChatSession& session, const std::string&) {
  session.regenerate();
  return ChatStep::kGoOn;
}

ChatStep read_file(ChatSession& session, const std::string& path) {
  const std::string text = read_text_file(path);
  session.attach(text);
  session.console().note(
      formatted("{}: {} bytes, put before your next message", path, text.size()));
  return ChatStep::kGoOn;
}

ChatStep save(ChatSession& session, const std::string& path) {
  const auto& messages = session.conversation().messages();
  save_messages(path, messages);
  session.console().note(formatted("{}: {} messages", path, messages.size()));
  return ChatStep::kGoOn;
}

ChatStep load(ChatSession& session, const std::string& path) {
  std::vector<Message> messages = load_messages(path);
  session.console().note(formatted("{}: {} messages", path, messages.size()));
  session.conversation().replace(std::move(messages));
  return ChatStep::kGoOn;
}

ChatStep set(ChatSession& session, const std::string& argument) {
  const size_t space = argument.find(' ');
  if (space == std::string::npos) {
    throw Error(ErrorKind::kUsage, "/set needs a name and a value, as in /set temp 0.5");
  }
  session.set(argument.substr(0, space), argument.substr(argument.find_first_not_of(' ', space)));
  return ChatStep::kGoOn;
}

ChatStep set_system(ChatSession& session, const std::string& text) {
  session.conversation().set_system(text);
  return ChatStep::kGoOn;
}

ChatStep show_settings(ChatSession& session, const std::string&) {
  say(session.describe());
  return ChatStep::kGoOn;
}

ChatStep show_tokens(ChatSession& session, const std::string&) {
  say(formatted("{} of {} tokens", session.conversation().sequence().size(), session.context()));
  return ChatStep::kGoOn;
}

constexpr std::array<ChatCommand, 14> kCommands = {{
    {"help", "", "show this", show_help},
    {"exit", "", "leave (also Ctrl-D, or Ctrl-C twice)", leave},
    {"bye", "", "leave", leave},
    {"clear", "", "forget the conversation, keep the system prompt", clear},
    {"regen", "", "answer the last message anew", regenerate},
    {"read", "FILE", "put a file's text before your next message", read_file},
    {"save", "FILE", "write the conversation as JSON", save},
    {"load", "FILE", "go on from a saved conversation", load},
    {"set", "NAME VALUE", "change temp, top_k, seed, n, ...", set},
    {"system", "TEXT", "change what the model is told first", set_system},
    {"show", "", "show the model and the settings", show_settings},
    {"tokens", "", "show how much of the context is taken", show_tokens},
    {"quit", "", "leave", leave},
    {"?", "", "show this", show_help},
}};

constexpr size_t kListed = 12;  // the rest are second names

ChatStep show_help(ChatSession&, const std::string&) {
  for (const ChatCommand& command : std::span(kCommands).first(kListed)) {
    say(formatted("  /{:<18}{}", formatted("{} {}", command.name, command.argument), command.help));
  }
  say("  \"\"\" text \"\"\"        a message of several lines; a \\ at the end of a line goes on "
      "too\n"
      "  Ctrl-C             stop the answer; once more: leave");
  return ChatStep::kGoOn;
}

std::string trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

[[noreturn]] void refuse_unknown(std::string_view name) {
  std::vector<std::string> names;
  for (const ChatCommand& command : kCommands) names.emplace_back(command.name);
  const std::string guess = nearest(name, names);
  throw Error(ErrorKind::kUsage,
              formatted("/{}: unknown command; {}/help lists them, and \"\"\" lets a message begin "
                        "with a slash",
                        name, guess.empty() ? "" : formatted("did you mean /{}? ", guess)));
}

}  // namespace

ChatStep run_chat_command(ChatSession& session, std::string_view line) {
  line.remove_prefix(1);
  const size_t space = line.find_first_of(" \t");
  const std::string_view name = line.substr(0, space);
  const std::string argument = space == std::string_view::npos ? "" : trimmed(line.substr(space));
  for (const ChatCommand& command : kCommands) {
    if (command.name != name) continue;
    // A system prompt may be empty: that is how one is taken back.
    if (!command.argument.empty() && argument.empty() && name != "system") {
      throw Error(ErrorKind::kUsage,
                  formatted("/{} needs an argument: /{} {}", name, name, command.argument));
    }
    return command.run(session, argument);
  }
  refuse_unknown(name);
}

}  // namespace freshet
