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

template <class Word>
std::uint64_t load(const char* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

// Eight bytes a step; the last step reads again what it needs to be whole. The length is part of
// the hash, so that this is not ambiguous.
std::uint32_t hash_of(std::string_view text) noexcept {
  const std::size_t size = text.size();
  const char* at = text.data();
  std::uint64_t hash = mix(size);
  if (size >= 8) {
    for (const char* last = at + size - 8; at < last; at += 8) {
      hash = mix(hash ^ load<std::uint64_t>(at));
    }
    hash ^= load<std::uint64_t>(text.data() + size - 8);
  } else if (size >= 4) {
    hash ^= load<std::uint32_t>(at) | load<std::uint32_t>(at + size - 4) << 32;
  } else if (size > 0) {
    hash ^= load<std::uint8_t>(at) | load<std::uint8_t>(at + size / 2) << 8 |
            load<std::uint8_t>(at + size - 1) << 16;
  }
  return static_cast<std::uint32_t>(mix(mix(hash)));
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

Vocabulary::Lookup Vocabulary::prepare_find(std::string_view wanted) const noexcept {
  const std::uint32_t hash = hash_of(wanted);
  __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
  return {wanted, hash};
}

std::optional<TokenId> Vocabulary::find_text(const Lookup& wanted) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = wanted.hash & mask; slots_[slot].id != kEmptySlot;
       slot = (slot + 1) & mask) {
    if (slots_[slot].hash == wanted.hash && text(slots_[slot].id) == wanted.text) {
      return slots_[slot].id;
    }
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
