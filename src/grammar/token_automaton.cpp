#include "grammar/token_automaton.h"

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "base/utf8.h"
#include "grammar/limits.h"

namespace freshet {
namespace {

constexpr size_t kFewTokens = 512;

std::vector<TokenId> find_terminals(const Network& network, const Tokenizer& tokenizer) {
  std::vector<TokenId> ids;
  for (const TokenTerminal& terminal : network.tokens()) {
    const auto id = terminal.id >= 0 ? std::optional(terminal.id) : tokenizer.find(terminal.name);
    if (!id || *id >= tokenizer.vocab_size()) {
      fail(ErrorKind::kUnsupported,
           "grammar: this model's vocabulary has no token {}; use a model that was trained with it",
           terminal.id >= 0 ? std::to_string(terminal.id) : quoted(terminal.name));
    }
    ids.push_back(*id);
  }
  return ids;
}

}  // namespace

TokenAutomaton::TokenAutomaton(std::shared_ptr<const Grammar::Impl> grammar,
                               std::shared_ptr<const TokenTexts> texts)
    : grammar_(std::move(grammar)),
      texts_(std::move(texts)),
      terminals_(find_terminals(grammar_->network, texts_->tokenizer())),
      automaton_(grammar_) {}

std::shared_ptr<TokenAutomaton> TokenAutomaton::make_empty() const {
  return std::make_shared<TokenAutomaton>(grammar_, texts_);
}

bool TokenAutomaton::accepts(ConfigurationId id) const {
  const std::lock_guard lock(mutex_);
  return automaton_.accepts(id);
}

uint32_t TokenAutomaton::distance(ConfigurationId id) const {
  const std::lock_guard lock(mutex_);
  return automaton_.distance(id);
}

bool TokenAutomaton::goes_on(ConfigurationId id) const {
  const std::lock_guard lock(mutex_);
  return !automaton_.tops(id).empty();
}

bool TokenAutomaton::is_full() const {
  const std::lock_guard lock(mutex_);
  return automaton_.bytes() + mask_bytes_ > grammar_limits::kAutomatonBytes;
}

ConfigurationId TokenAutomaton::import(const TokenAutomaton& other, ConfigurationId id) {
  const std::scoped_lock lock(mutex_, other.mutex_);
  return automaton_.import(other.automaton_, id);
}

ConfigurationId TokenAutomaton::next(ConfigurationId from, TokenId token) {
  const std::lock_guard lock(mutex_);
  const auto terminal = std::ranges::find(terminals_, token);
  if (terminal != terminals_.end()) {
    const auto index = static_cast<uint32_t>(terminal - terminals_.begin());
    const ConfigurationId to = automaton_.next_terminal(from, index);
    if (to != kDead) return to;
  }
  if (!texts_->is_text(token)) return kDead;
  for (const char byte : texts_->tokenizer().piece(token)) {
    from = automaton_.next(from, static_cast<uint8_t>(byte));
    if (from == kDead) break;
  }
  return from;
}

void TokenAutomaton::find_mask(ConfigurationId from, TokenMask& mask) {
  const std::lock_guard lock(mutex_);
  const uint32_t known = from < mask_of_.size() ? mask_of_[from] : kNoMask;
  if (known == kNoMask) {
    work_out_mask(from, mask);
    return store(from, mask);
  }
  mask.clear();
  if (const auto* words = std::get_if<std::vector<uint64_t>>(&masks_[known])) {
    std::copy_n(words->begin(), std::min(words->size(), mask.word_count()), mask.words());
    return;
  }
  for (const TokenId id : std::get<std::vector<TokenId>>(masks_[known])) mask.allow(id);
}

// How many characters of plain text are allowed whatever they are: without end in a loop, as many
// as there are rounds left where characters are counted.
uint32_t TokenAutomaton::plain_characters(ConfigurationId from) const {
  const Network& network = automaton_.network();
  uint32_t most = 0;
  for (const Top& top : automaton_.tops(from)) {
    if (network.loops_on_plain_text(top.state)) return kUnlimited;
    // Only where a rule starts is the state between two characters.
    if (!network.covers_plain_text(top.state)) continue;
    for (const Frame& frame : automaton_.frames(top.node)) {
      if (frame.edge == Frame::kBottom) continue;
      const CallEdge& edge = network.call_edge(frame.edge);
      if (!network.rule(edge.rule).covers_plain_text) continue;
      const bool endless = edge.maximum == kUnlimited || network.loops_on_plain_text(edge.target);
      if (endless) return kUnlimited;
      most = std::max(most, edge.maximum - frame.rounds);
    }
  }
  return most;
}

void TokenAutomaton::work_out_mask(ConfigurationId from, TokenMask& mask) {
  mask.clear();
  if (const TokenTexts::Slice* slice = texts_->slice(plain_characters(from))) {
    std::copy_n(slice->plain.words(), slice->plain.word_count(), mask.words());
    walk(slice->others, from, mask);
  } else {
    walk(texts_->all(), from, mask);
  }
  texts_->allow_namesakes(mask);
  const Network& network = automaton_.network();
  for (const Top& top : automaton_.tops(from)) {
    for (const TokenEdge& edge : network.token_edges(top.state)) {
      mask.allow(terminals_[edge.terminal]);
    }
  }
}

void TokenAutomaton::walk(const VocabularyTrie& trie, ConfigurationId from, TokenMask& mask) {
  path_.resize(std::max(path_.size(), trie.max_depth + 1));
  path_[0] = from;
  const std::vector<VocabularyTrie::Node>& nodes = trie.nodes;
  for (size_t i = 0; i < nodes.size();) {
    const VocabularyTrie::Node& node = nodes[i];
    const ConfigurationId to = automaton_.next(path_[node.depth], node.byte);
    if (to == kDead) {
      i = node.skip;
      continue;
    }
    if (node.token >= 0) mask.allow(node.token);
    path_[size_t{node.depth} + 1] = to;
    ++i;
  }
}

void TokenAutomaton::store(ConfigurationId id, const TokenMask& mask) {
  if (id >= mask_of_.size()) mask_of_.resize(automaton_.n_configurations(), kNoMask);
  mask_of_[id] = static_cast<uint32_t>(masks_.size());
  size_t n_allowed = 0;
  for (size_t i = 0; i < mask.word_count(); ++i) {
    n_allowed += static_cast<size_t>(std::popcount(mask.words()[i]));
  }
  if (n_allowed > kFewTokens) {
    masks_.emplace_back(std::vector<uint64_t>(mask.words(), mask.words() + mask.word_count()));
    mask_bytes_ += mask.word_count() * sizeof(uint64_t);
    return;
  }
  std::vector<TokenId> few;
  for (size_t i = 0; i < mask.word_count(); ++i) {
    for (uint64_t word = mask.words()[i]; word != 0; word &= word - 1) {
      few.push_back(static_cast<TokenId>(i * TokenMask::kWordBits +
                                         static_cast<size_t>(std::countr_zero(word))));
    }
  }
  mask_bytes_ += few.size() * sizeof(TokenId) + sizeof(StoredMask);
  masks_.emplace_back(std::move(few));
}

// Bytes up to the end or to a control token, each of which brings the end nearer.
std::string TokenAutomaton::shortest_bytes(ConfigurationId from) {
  const Network& network = automaton_.network();
  std::string bytes;
  while (automaton_.distance(from) > 0 && bytes.size() <= texts_->all().max_depth) {
    ConfigurationId nearest = kDead;
    uint8_t byte = 0;
    for (size_t i = 0; i < automaton_.tops(from).size(); ++i) {
      const StateId state = automaton_.tops(from)[i].state;
      for (const ByteEdge& edge : network.byte_edges(state)) {
        const ConfigurationId to = automaton_.next(from, edge.low);
        if (nearest != kDead && automaton_.distance(to) >= automaton_.distance(nearest)) continue;
        nearest = to;
        byte = edge.low;
      }
    }
    if (nearest == kDead || automaton_.distance(nearest) >= automaton_.distance(from)) break;
    bytes.push_back(static_cast<char>(byte));
    from = nearest;
  }
  return bytes;
}

std::optional<TokenId> TokenAutomaton::closing_token(ConfigurationId from) {
  const std::lock_guard lock(mutex_);
  if (automaton_.distance(from) == 0) return std::nullopt;
  const std::string bytes = shortest_bytes(from);
  if (bytes.empty()) {
    // The shortest way begins with a control token.
    const Network& network = automaton_.network();
    for (size_t i = 0; i < automaton_.tops(from).size(); ++i) {
      for (const TokenEdge& edge : network.token_edges(automaton_.tops(from)[i].state)) {
        const ConfigurationId to = automaton_.next_terminal(from, edge.terminal);
        if (automaton_.distance(to) < automaton_.distance(from)) return terminals_[edge.terminal];
      }
    }
    return std::nullopt;
  }
  std::optional<TokenId> longest;
  const std::vector<VocabularyTrie::Node>& nodes = texts_->all().nodes;
  size_t depth = 0;
  for (size_t i = 0; i < nodes.size() && depth < bytes.size() && nodes[i].depth == depth;) {
    if (nodes[i].byte != static_cast<uint8_t>(bytes[depth])) {
      i = nodes[i].skip;
      continue;
    }
    if (nodes[i].token >= 0) longest = nodes[i].token;
    ++depth;
    ++i;
  }
  return longest;
}

}  // namespace freshet
