#include "tools/chat_session.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/format.h"

namespace freshet {
namespace {

double parse_value(const std::string& name, const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorKind::kUsage, formatted("/set {}: expected a number, found {}", name, text));
  }
  return value;
}

int64_t parse_length(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < -1) {
    throw Error(
        ErrorKind::kUsage,
        formatted("/set n: expected a number of tokens, or -1 for no limit, found {}", text));
  }
  return value;
}

/// "top_k", "top-k" and, as the flag has it, "temp".
const SamplingFieldInfo& find_field(std::string name) {
  std::ranges::replace(name, '-', '_');
  std::string names;
  for (const SamplingFieldInfo& info : sampling_fields()) {
    std::string flag = std::string(info.flag).substr(2);
    std::ranges::replace(flag, '-', '_');
    if (name == info.name || name == flag) return info;
    names += formatted(", {}", info.name);
  }
  throw Error(ErrorKind::kUsage, formatted("/set {}: unknown; there are seed, n{}", name, names));
}

const char* shown_reason(StopReason reason) {
  switch (reason) {
    case StopReason::kCancelled:
      return "stopped";
    case StopReason::kMaxTokens:
      return "stopped: the answer has as many tokens as allowed (-n, /set n)";
    case StopReason::kContextFull:
      return "stopped: the context is full; /clear begins anew, -c N gives more room";
    default:
      return "";
  }
}

}  // namespace

ChatSession::ChatSession(const Place& place, const Flags& flags, ChatTemplate chat_template,
                         ConversationSetup setup)
    : engine_(place.engine),
      console_(place.console),
      interrupt_(place.interrupt),
      flags_(flags.generation),
      sampling_(resolve_flags(flags_, engine_)),
      tools_(setup.tools),
      style_(style_of_output(flags.answer)),
      conversation_(engine_, chat_template, std::move(setup)) {
  asked_.constraint = resolve_constraint(flags_, engine_);
  apply_answer_flags(flags.answer, tools_, chat_template, engine_, console_, asked_);
}

SamplingOptions ChatSession::sampling_of_this_attempt() const {
  SamplingOptions options = sampling_.options;
  // A fixed seed makes a session repeatable; /regen must still be able to say something else.
  if (options.seed) *options.seed += attempt_;
  return options;
}

/// Runs `answering`, which is given the options, and shows progress, text, calls and statistics.
template <class Answering>
void ChatSession::show(Answering answering) {
  std::optional<ProgressBar> bar(std::in_place, "reading");
  AnswerView view({.tools = tools_, .first_call = n_calls_ + 1}, style_, write_output);
  GenerateOptions options = asked_;
  options.sampling = sampling_of_this_attempt();
  options.max_tokens = flags_.max_tokens;
  options.stop = flags_.stop;
  options.show_special = flags_.show_special;
  options.cancel = &interrupt_.flag();
  options.on_prompt = [&](int64_t done, int64_t total) {
    if (bar) bar->update(done, total);
    if (done >= total) bar.reset();
  };
  options.on_text = [&](std::string_view text) { view.push(text); };
  calls_.clear();
  const Generation generation = answering(options);
  bar.reset();
  calls_ = view.finish().tool_calls;
  n_calls_ += static_cast<int64_t>(calls_.size());
  for (const ToolCall& call : calls_) {
    for (const std::string& problem : call.problems) {
      console_.note(formatted("{}: {}", call.name, problem));
    }
  }
  if (!generation.constraint_met) console_.warn("the answer was cut off before it was complete");
  const std::string reason = shown_reason(generation.reason);
  if (!reason.empty()) console_.note(reason);
  console_.note(statistics_line(generation));
}

void ChatSession::ask(const std::string& text) {
  attempt_ = 0;
  const std::string question = attached_.empty() ? text : attached_ + "\n" + text;
  show([&](const GenerateOptions& options) { return conversation_.ask(question, options); });
  attached_.clear();
}

void ChatSession::regenerate() {
  ++attempt_;
  show([&](const GenerateOptions& options) { return conversation_.regenerate(options); });
}

void ChatSession::give_results(const std::vector<std::string>& results) {
  for (size_t i = 0; i < results.size() && i < calls_.size(); ++i) {
    conversation_.add({{"role", "tool"},
                       {"tool_call_id", calls_[i].id},
                       {"name", calls_[i].name},
                       {"content", results[i]}});
  }
  show([&](const GenerateOptions& options) { return conversation_.answer(options); });
}

void ChatSession::attach(const std::string& text) {
  if (!attached_.empty()) attached_ += '\n';
  attached_ += text;
}

void ChatSession::set(const std::string& name, const std::string& value) {
  GenerationFlags flags = flags_;
  if (name == "seed") {
    flags.seed = value;
  } else if (name == "n") {
    flags.max_tokens = parse_length(value);
  } else {
    flags.sampling[find_field(name).field] = parse_value(name, value);
  }
  sampling_ = resolve_flags(flags, engine_);
  flags_ = flags;
}

std::string ChatSession::describe() const {
  const std::string system = conversation_.system();
  return formatted(
      "model     {}\ncontext   {} of {} tokens\nsampling  {}\nseed      {}\nanswer    {}\n"
      "system    {}",
      engine_.model().path, conversation_.sequence().size(), engine_.setup().context,
      sampling_.describe(),
      sampling_.options.seed ? formatted("{}", *sampling_.options.seed) : "a new one each time",
      flags_.max_tokens < 0 ? "of any length" : formatted("{} tokens at most", flags_.max_tokens),
      system.empty() ? "(none)" : system);
}

}  // namespace freshet
