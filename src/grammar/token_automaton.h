// The matcher over a vocabulary: which tokens may follow, and where they lead.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "grammar/automaton.h"
#include "grammar/vocabulary_trie.h"
#include "sampling/token_mask.h"

namespace freshet {

/// An automaton, a vocabulary, and the masks worked out so far. Any number of answers may share it;
/// each call locks it.
class TokenAutomaton {
 public:
  /// Throws Error{kUnsupported} if the grammar names a control token that the vocabulary lacks.
  TokenAutomaton(std::shared_ptr<const Grammar::Impl> grammar,
                 std::shared_ptr<const TokenTexts> texts);

  [[nodiscard]] ConfigurationId start() const { return automaton_.start(); }
  [[nodiscard]] bool accepts(ConfigurationId id) const;
  /// Tokens that complete the text, at most.
  [[nodiscard]] uint32_t distance(ConfigurationId id) const;
  /// Whether anything but the end may follow.
  [[nodiscard]] bool goes_on(ConfigurationId id) const;

  /// Allows exactly the tokens that may follow, those that end an answer not counted. The mask may
  /// be longer than the vocabulary, as a model's logits may.
  void find_mask(ConfigurationId from, TokenMask& mask);

  /// Behind one more token; kDead if it may not follow.
  [[nodiscard]] ConfigurationId next(ConfigurationId from, TokenId token);

  /// A token on the shortest way to the end; nothing if that is here.
  [[nodiscard]] std::optional<TokenId> closing_token(ConfigurationId from);

  /// Memory has grown beyond its bound: go on in a new one, from import().
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] ConfigurationId import(const TokenAutomaton& other, ConfigurationId id);
  [[nodiscard]] std::shared_ptr<TokenAutomaton> make_empty() const;

 private:
  /// Few tokens by id, many as the words of a mask.
  using StoredMask = std::variant<std::vector<TokenId>, std::vector<uint64_t>>;

  static constexpr uint32_t kNoMask = UINT32_MAX;

  void work_out_mask(ConfigurationId from, TokenMask& mask);
  void walk(const VocabularyTrie& trie, ConfigurationId from, TokenMask& mask);
  [[nodiscard]] uint32_t plain_characters(ConfigurationId from) const;
  void store(ConfigurationId id, const TokenMask& mask);
  [[nodiscard]] std::string shortest_bytes(ConfigurationId from);

  std::shared_ptr<const Grammar::Impl> grammar_;
  std::shared_ptr<const TokenTexts> texts_;
  std::vector<TokenId> terminals_;  ///< ids of the network's tokens()
  mutable std::mutex mutex_;
  Automaton automaton_;
  std::vector<uint32_t> mask_of_;  ///< by configuration
  std::vector<StoredMask> masks_;
  size_t mask_bytes_ = 0;
  std::vector<ConfigurationId> path_;  ///< scratch of walk(): the configuration at each depth
};

}  // namespace freshet
