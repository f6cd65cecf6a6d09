// Grammar::check: a text against a grammar, and what to say where it does not fit.
#include <freshet/grammar.h>

#include <algorithm>
#include <bitset>

#include "base/format.h"
#include "base/utf8.h"
#include "grammar/automaton.h"
#include "grammar/limits.h"

namespace freshet {
namespace {

using ByteSet = std::bitset<256>;

constexpr size_t kMostListed = 12;
constexpr size_t kLongestContinuation = 40;

ByteSet possible_bytes(const Automaton& automaton, ConfigurationId at) {
  ByteSet bytes;
  for (const Top& top : automaton.tops(at)) {
    for (const ByteEdge& edge : automaton.network().byte_edges(top.state)) {
      for (unsigned byte = edge.low; byte <= edge.high; ++byte) bytes.set(byte);
    }
  }
  return bytes;
}

size_t first_of(const ByteSet& bytes) {
  size_t byte = 0;
  while (!bytes.test(byte)) ++byte;
  return byte;
}

/// All that must follow: bytes as long as there is but one.
std::string forced_text(Automaton& automaton, ConfigurationId at) {
  std::string text;
  while (text.size() < kLongestContinuation && !automaton.accepts(at)) {
    const ByteSet bytes = possible_bytes(automaton, at);
    if (bytes.count() != 1) break;
    text.push_back(static_cast<char>(first_of(bytes)));
    at = automaton.next(at, static_cast<uint8_t>(text.back()));
  }
  return text;
}

std::string name_byte(size_t byte) {
  const char c = static_cast<char>(byte);
  return byte < 0x80 ? quoted({&c, 1}) : formatted("byte {:02X}", byte);
}

/// "0" to "9", or the single ones; bytes beyond ASCII as one item.
std::vector<std::string> name_bytes(ByteSet bytes) {
  std::vector<std::string> names;
  bool beyond_ascii = false;
  for (size_t byte = 0x80; byte < 256; ++byte) {
    beyond_ascii = beyond_ascii || bytes.test(byte);
    bytes.reset(byte);
  }
  for (size_t low = 0; low < 128; ++low) {
    if (!bytes.test(low)) continue;
    size_t high = low;
    while (high + 1 < 128 && bytes.test(high + 1)) ++high;
    if (high - low < 2) {
      for (size_t byte = low; byte <= high; ++byte) names.push_back(name_byte(byte));
    } else {
      names.push_back(name_byte(low) + " to " + name_byte(high));
    }
    low = high;
  }
  if (beyond_ascii) names.emplace_back("a character beyond ASCII");
  return names;
}

std::string describe_expected(Automaton& automaton, ConfigurationId at) {
  const std::string forced = forced_text(automaton, at);
  if (forced.size() > 1 && is_valid_utf8(forced)) return quoted(forced);
  std::vector<std::string> names = name_bytes(possible_bytes(automaton, at));
  for (const Top& top : automaton.tops(at)) {
    for (const TokenEdge& edge : automaton.network().token_edges(top.state)) {
      const TokenTerminal& terminal = automaton.network().tokens()[edge.terminal];
      names.push_back(terminal.id >= 0 ? formatted("token {}", terminal.id)
                                       : formatted("the control token {}", terminal.name));
    }
  }
  if (automaton.accepts(at)) names.emplace_back("the end of the text");
  if (names.size() > kMostListed) {
    names.resize(kMostListed);
    names.emplace_back("others");
  }
  std::string list;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) list += i + 1 == names.size() ? " or " : ", ";
    list += names[i];
  }
  return list;
}

std::string describe_found(std::string_view rest) {
  if (rest.empty()) return "the end of the text";
  const Utf8Char c = decode_utf8(rest);
  return c.status == Utf8Status::kValid ? quoted(rest.substr(0, c.length))
                                        : name_byte(static_cast<uint8_t>(rest[0]));
}

void locate(std::string_view text, GrammarVerdict& verdict) {
  const std::string_view before = text.substr(0, verdict.offset);
  verdict.line = 1 + static_cast<size_t>(std::ranges::count(before, '\n'));
  const size_t newline = before.rfind('\n');
  const std::string_view line = newline == before.npos ? before : before.substr(newline + 1);
  // Continuation bytes begin no character.
  verdict.column = 1 + static_cast<size_t>(std::ranges::count_if(
                           line, [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

}  // namespace

GrammarVerdict Grammar::check(std::string_view text) const {
  auto automaton = std::make_unique<Automaton>(impl_);
  ConfigurationId at = automaton->start();
  GrammarVerdict verdict;
  for (; verdict.offset < text.size(); ++verdict.offset) {
    if (automaton->bytes() > grammar_limits::kAutomatonBytes) {
      auto fresh = std::make_unique<Automaton>(impl_);
      at = fresh->import(*automaton, at);
      automaton = std::move(fresh);
    }
    const ConfigurationId next = automaton->next(at, static_cast<uint8_t>(text[verdict.offset]));
    if (next == kDead) break;
    at = next;
  }
  locate(text, verdict);
  verdict.accepted = verdict.offset == text.size() && automaton->accepts(at);
  if (!verdict.accepted) {
    verdict.expected = describe_expected(*automaton, at);
    verdict.found = describe_found(text.substr(verdict.offset));
  }
  return verdict;
}

}  // namespace freshet
