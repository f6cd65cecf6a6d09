#include "tools/chat_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace freshet {
namespace {

double parse_value(const std::string& name, const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorKind::kUsage, fmt::format("/set {}: expected a number, found {}", name, text));
  }
  return value;
}

int64_t parse_length(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < -1) {
    throw Error(
        ErrorKind::kUsage,
        fmt::format("/set n: expected a number of tokens, or -1 for no limit, found {}", text));
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
    names += fmt::format(", {}", info.name);
  }
  throw Error(ErrorKind::kUsage, fmt::format("/set {}: unknown; there are seed, n{}", name, names));
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

ChatSession::ChatSession(Engine& engine, Console& console, InterruptGuard& interrupt,
                         const GenerationFlags& flags, const std::string& system)
    : engine_(engine),
      console_(console),
      interrupt_(interrupt),
      flags_(flags),
      sampling_(resolve_flags(flags, engine)),
      conversation_(engine, system) {}

SamplingOptions ChatSession::sampling_of_this_attempt() const {
  SamplingOptions options = sampling_.options;
  // A fixed seed makes a session repeatable; /regen must still be able to say something else.
  if (options.seed) *options.seed += attempt_;
  return options;
}

/// Runs `answer`, which is given the options, and shows progress, text and statistics.
template <class Answer>
void ChatSession::show(Answer answer) {
  std::optional<ProgressBar> bar;
  bool wrote = false;
  const GenerateOptions options{.sampling = sampling_of_this_attempt(),
                                .max_tokens = flags_.max_tokens,
                                .stop = flags_.stop,
                                .show_special = flags_.show_special,
                                .cancel = &interrupt_.flag(),
                                .on_prompt =
                                    [&](int64_t done, int64_t total) {
                                      if (!bar)
                                        bar.emplace("reading", static_cast<uint64_t>(total));
                                      bar->update(static_cast<uint64_t>(done));
                                      if (done >= total) bar.reset();
                                    },
                                .on_text =
                                    [&](std::string_view text) {
                                      write_model_text(text);
                                      wrote = true;
                                    }};
  const Generation generation = answer(options);
  bar.reset();
  if (!wrote || !generation.text.ends_with('\n')) write_output("\n");
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
  const auto& messages = conversation_.messages();
  const bool has_system = !messages.empty() && messages.front().role == "system";
  return fmt::format(
      "model     {}\ncontext   {} of {} tokens\nsampling  {}\nseed      {}\nanswer    {}\n"
      "system    {}",
      engine_.model().path, conversation_.sequence().size(), engine_.setup().context,
      sampling_.describe(),
      sampling_.options.seed ? fmt::format("{}", *sampling_.options.seed) : "a new one each time",
      flags_.max_tokens < 0 ? "of any length" : fmt::format("{} tokens at most", flags_.max_tokens),
      has_system ? messages.front().content : "(none)");
}

}  // namespace freshet
