#include "text/vocabulary.h"

#include <bit>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "base/utf8.h"
#include "text/byte_alphabet.h"

namespace freshet {
namespace {

constexpr TokenId kEmptySlot = -1;

std::uint64_t mix(std::uint64_t x) noexcept {
  x *= 0x9E3779B97F4A7C15u;
  return x ^ (x >> 32);
}

// Eight bytes a step. The length is part of it, so that a zero-filled last step is not ambiguous.
std::uint32_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = mix(text.size());
  for (; text.size() > 8; text.remove_prefix(8)) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), sizeof(word));
    hash = mix(hash ^ word);
  }
  std::uint64_t word = 0;
  if (!text.empty()) std::memcpy(&word, text.data(), text.size());
  return static_cast<std::uint32_t>(mix(mix(hash ^ word)));
}

}  // namespace

Vocabulary::Vocabulary(const VocabularySpec& spec) {
  if (spec.tokens.empty()) {
    fail(ErrorKind::kBadFile, "{}: the vocabulary has no tokens; use a file with its tokenizer",
         spec.source);
  }
  // Ids are 32 bits wide and so are the hash table's indices, at twice the size.
  constexpr std::size_t kMaxTokens = std::size_t{1} << 28;
  if (spec.tokens.size() > kMaxTokens) {
    fail(ErrorKind::kBadFile, "{}: a vocabulary of {} tokens; at most {} are supported",
         spec.source, spec.tokens.size(), kMaxTokens);
  }
  read_types(spec);
  copy_strings(spec);
  index_texts(spec);
  find_byte_tokens(spec);
}

void Vocabulary::read_types(const VocabularySpec& spec) {
  if (spec.types.empty()) {
    types_.assign(spec.tokens.size(), TokenType::kNormal);
    return;
  }
  if (spec.types.size() != spec.tokens.size()) {
    fail(ErrorKind::kBadFile,
         "{}: tokenizer.ggml.token_type has {} entries for {} tokens; the file is damaged",
         spec.source, spec.types.size(), spec.tokens.size());
  }
  types_.reserve(spec.types.size());
  for (const std::int32_t type : spec.types) {
    if (type < 1 || type > 6) {
      fail(ErrorKind::kBadFile, "{}: token {} has type {}, expected 1 to 6; the file is damaged",
           spec.source, types_.size(), type);
    }
    types_.push_back(static_cast<TokenType>(type));
  }
}

void Vocabulary::copy_strings(const VocabularySpec& spec) {
  std::size_t total = 0;
  for (const auto token : spec.tokens) total += token.size();
  if (total > std::numeric_limits<std::uint32_t>::max()) {
    fail(ErrorKind::kBadFile,
         "{}: the vocabulary's tokens take {} bytes; at most 4 GiB are supported", spec.source,
         total);
  }
  for (Arena* arena : {&texts_, &pieces_}) {
    arena->bytes.reserve(total);
    arena->ends.reserve(spec.tokens.size());
  }
  for (std::size_t i = 0; i < spec.tokens.size(); ++i) {
    const std::string_view text = spec.tokens[i];
    if (text.empty() && types_[i] != TokenType::kUnused) {
      fail(ErrorKind::kBadFile, "{}: token {} is empty; the file is damaged", spec.source, i);
    }
    texts_.bytes.append(text);
    texts_.ends.push_back(static_cast<std::uint32_t>(texts_.bytes.size()));
    // Added tokens are stored as they read. So, now and then, is an ordinary one: what the alphabet
    // does not spell, the official decoder takes literally too.
    const bool spelled = types_[i] == TokenType::kNormal || types_[i] == TokenType::kByte;
    if (!spelled || !append_alphabet_bytes(pieces_.bytes, text)) pieces_.bytes.append(text);
    pieces_.ends.push_back(static_cast<std::uint32_t>(pieces_.bytes.size()));
  }
}

void Vocabulary::index_texts(const VocabularySpec& spec) {
  slots_.assign(std::bit_ceil(2 * types_.size()), Slot{0, kEmptySlot});
  const std::size_t mask = slots_.size() - 1;
  for (TokenId id = 0; id < size(); ++id) {
    if (type(id) == TokenType::kUnused) continue;
    const std::uint32_t hash = hash_of(text(id));
    std::size_t slot = hash & mask;
    for (; slots_[slot].id != kEmptySlot; slot = (slot + 1) & mask) {
      if (slots_[slot].hash == hash && text(slots_[slot].id) == text(id)) {
        fail(ErrorKind::kBadFile,
             "{}: tokens {} and {} are both {}; the vocabulary is damaged, convert the model again",
             spec.source, slots_[slot].id, id, quoted(text(id)));
      }
    }
    slots_[slot] = {hash, id};
  }
}

std::optional<TokenId> Vocabulary::find_text(std::string_view wanted) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  const std::uint32_t hash = hash_of(wanted);
  for (std::size_t slot = hash & mask; slots_[slot].id != kEmptySlot; slot = (slot + 1) & mask) {
    if (slots_[slot].hash == hash && text(slots_[slot].id) == wanted) return slots_[slot].id;
  }
  return std::nullopt;
}

void Vocabulary::find_byte_tokens(const VocabularySpec& spec) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    std::string spelling;
    append_alphabet_text(spelling, {&c, 1});
    const auto id = find_text(spelling);
    if (!id || !is_text(*id)) {
      fail(ErrorKind::kBadFile,
           "{}: no token for byte 0x{:02x} (expected {}); not a byte-level vocabulary, convert the "
           "model again",
           spec.source, byte, quoted(spelling));
    }
    byte_tokens_[byte] = *id;
  }
}

}  // namespace freshet
