#include "text/tokenizer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/utf8.h"
#include "text/bpe.h"
#include "text/byte_alphabet.h"

namespace freshet {
namespace {

constexpr std::array<std::string_view, 9> kEndNames = {
    "<|im_end|>", "<|endoftext|>", "<|eot_id|>",    "<|eom_id|>", "<|end_of_text|>",
    "<|end|>",    "<|eot|>",       "<end_of_turn>", "</s>"};

PreTokenizer select_pre_tokenizer(const VocabularySpec& spec) {
  if (spec.model != "gpt2") {
    fail(ErrorKind::kUnsupported,
         "{}: tokenizer model {} is not supported, only \"gpt2\" (byte-level BPE) is", spec.source,
         quoted(spec.model));
  }
  std::string names;
  for (const PreTokenizer& pre : pre_tokenizers()) {
    if (pre.name == spec.pre) return pre;
    names += (names.empty() ? "" : ", ") + std::string(pre.name);
  }
  fail(ErrorKind::kUnsupported,
       "{}: pre-tokenizer {} (tokenizer.ggml.pre) is not supported; supported are {}", spec.source,
       quoted(spec.pre), names);
}

std::vector<TokenId> tokens_matched_in_text(const VocabularySpec& spec,
                                            const Vocabulary& vocabulary, bool with_control) {
  std::vector<TokenId> ids;
  for (TokenId id = 0; id < vocabulary.size(); ++id) {
    const TokenType type = vocabulary.type(id);
    if (type != TokenType::kUserDefined && !(with_control && type == TokenType::kControl)) continue;
    const std::size_t bytes = vocabulary.piece(id).size();
    if (bytes > SpecialMatcher::kMaxTokenBytes) {
      fail(ErrorKind::kBadFile, "{}: special token {} is {} bytes long, at most {} are supported",
           spec.source, id, bytes, SpecialMatcher::kMaxTokenBytes);
    }
    ids.push_back(id);
  }
  return ids;
}

std::optional<TokenId> checked_id(const VocabularySpec& spec, const Vocabulary& vocabulary,
                                  std::string_view role, std::optional<std::int64_t> id) {
  if (!id) return std::nullopt;
  if (!vocabulary.contains(*id)) {
    fail(ErrorKind::kBadFile,
         "{}: the {} token id is {}, outside the vocabulary of {} tokens; the file is damaged",
         spec.source, role, *id, vocabulary.size());
  }
  return static_cast<TokenId>(*id);
}

std::vector<TokenId> find_end_ids(const VocabularySpec& spec, const Vocabulary& vocabulary,
                                  std::optional<TokenId> eos) {
  std::vector<TokenId> ids;
  if (eos) ids.push_back(*eos);
  for (const std::int64_t id : spec.end_of_generation) {
    ids.push_back(*checked_id(spec, vocabulary, "end-of-turn", id));
  }
  for (const std::string_view name : kEndNames) {
    const auto id = vocabulary.find_text(name);
    // Where such a name is ordinary text, a model may write it without meaning to stop.
    if (id && vocabulary.type(*id) != TokenType::kNormal) ids.push_back(*id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

Tokenizer make_tokenizer(const VocabularySpec& spec) {
  return Tokenizer(std::make_shared<const Tokenizer::Impl>(spec));
}

Tokenizer::Impl::Impl(const VocabularySpec& spec)
    : pre(select_pre_tokenizer(spec)),
      vocabulary(spec),
      merges(spec, vocabulary),
      added(vocabulary, tokens_matched_in_text(spec, vocabulary, true)),
      user_defined(vocabulary, tokens_matched_in_text(spec, vocabulary, false)),
      bos(checked_id(spec, vocabulary, "beginning-of-sequence", spec.bos)),
      eos(checked_id(spec, vocabulary, "end-of-sequence", spec.eos)),
      pad(checked_id(spec, vocabulary, "padding", spec.pad)),
      end_ids(find_end_ids(spec, vocabulary, eos)),
      add_bos(spec.add_bos) {
  if (add_bos && !bos) {
    fail(ErrorKind::kBadFile,
         "{}: tokenizer.ggml.add_bos_token is true but there is no tokenizer.ggml.bos_token_id; "
         "convert the model again",
         spec.source);
  }
}

void Tokenizer::Impl::append_plain(std::vector<TokenId>& out, std::string_view text) const {
  std::string spelling;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = pre.piece_end(text, begin);
    const std::string_view piece = text.substr(begin, end - begin);
    begin = end;
    if (pre.ignore_merges) {
      spelling.clear();
      append_alphabet_text(spelling, piece);
      const auto whole = vocabulary.find_text(spelling);
      if (whole && vocabulary.is_text(*whole)) {
        out.push_back(*whole);
        continue;
      }
    }
    append_bpe(out, piece, vocabulary.byte_tokens(), merges);
  }
}

void Tokenizer::Impl::append_text(std::vector<TokenId>& out, std::string_view text) const {
  for (std::size_t at = 0; at < text.size();) {
    const auto match = user_defined.find(text, at);
    const std::size_t plain_end = match ? match->begin : text.size();
    append_plain(out, text.substr(at, plain_end - at));
    if (match) out.push_back(match->id);
    at = match ? match->end : plain_end;
  }
}

std::vector<SpecialMatcher::Match> Tokenizer::Impl::control_tokens(
    std::string_view text, const EncodeOptions& options) const {
  std::vector<SpecialMatcher::Match> found;
  std::size_t at = options.parse_special ? 0 : text.size();
  for (std::size_t i = 0; at < text.size(); ++i) {
    const bool is_last = i == options.content.size();
    const std::string_view open = text.substr(0, is_last ? text.size() : options.content[i].begin);
    while (const auto match = added.find(open, at)) {
      if (vocabulary.type(match->id) == TokenType::kControl) found.push_back(*match);
      at = match->end;
    }
    at = is_last ? text.size() : options.content[i].end;
  }
  return found;
}

void Tokenizer::Impl::require_token(TokenId id) const {
  if (vocabulary.contains(id)) return;
  fail(ErrorKind::kBadRequest,
       "token id {} is out of range: the vocabulary has {} tokens (0 to {})", id, vocabulary.size(),
       vocabulary.size() - 1);
}

bool Tokenizer::Impl::is_hidden(TokenId id) const noexcept {
  const TokenType type = vocabulary.type(id);
  return type == TokenType::kControl || type == TokenType::kUnknown || type == TokenType::kUnused;
}

Tokenizer::Tokenizer(std::shared_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}

std::vector<TokenId> Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  constexpr std::size_t kMaxBytes = std::numeric_limits<std::int32_t>::max();
  if (text.size() > kMaxBytes) {
    fail(ErrorKind::kBadRequest, "a text of {} bytes cannot be tokenized, at most {} can; cut it",
         text.size(), kMaxBytes);
  }
  std::vector<TokenId> ids;
  ids.reserve(text.size() / 3 + 1);
  if (options.add_bos && impl_->add_bos) ids.push_back(*impl_->bos);
  const std::size_t own = ids.size();
  std::size_t at = 0;
  for (const SpecialMatcher::Match& match : impl_->control_tokens(text, options)) {
    impl_->append_text(ids, text.substr(at, match.begin - at));
    ids.push_back(match.id);
    at = match.end;
  }
  impl_->append_text(ids, text.substr(at));
  const bool doubled = own > 0 && ids.size() > own && ids[own] == ids[0];
  if (doubled) ids.erase(ids.begin());
  return ids;
}

std::string Tokenizer::decode(std::span<const TokenId> ids, bool show_special) const {
  std::string bytes;
  for (const TokenId id : ids) {
    impl_->require_token(id);
    if (show_special || !impl_->is_hidden(id)) bytes.append(impl_->vocabulary.piece(id));
  }
  return bytes;
}

std::string_view Tokenizer::piece(TokenId id) const {
  impl_->require_token(id);
  return impl_->vocabulary.piece(id);
}

bool Tokenizer::is_control(TokenId id) const noexcept {
  return impl_->vocabulary.contains(id) && impl_->is_hidden(id) && !is_unused(id);
}

bool Tokenizer::is_unused(TokenId id) const noexcept {
  return impl_->vocabulary.contains(id) && impl_->vocabulary.type(id) == TokenType::kUnused;
}

bool Tokenizer::is_end_of_generation(TokenId id) const noexcept {
  return std::binary_search(impl_->end_ids.begin(), impl_->end_ids.end(), id);
}

std::span<const TokenId> Tokenizer::end_of_generation_ids() const noexcept {
  return impl_->end_ids;
}

std::optional<TokenId> Tokenizer::bos() const noexcept { return impl_->bos; }
std::optional<TokenId> Tokenizer::eos() const noexcept { return impl_->eos; }
std::optional<TokenId> Tokenizer::pad() const noexcept { return impl_->pad; }
bool Tokenizer::adds_bos() const noexcept { return impl_->add_bos; }
std::int32_t Tokenizer::vocab_size() const noexcept { return impl_->vocabulary.size(); }

std::optional<TokenId> Tokenizer::find(std::string_view text) const {
  const auto matches = [this, text](std::optional<TokenId> id) {
    return id && impl_->vocabulary.piece(*id) == text;
  };
  if (const auto literal = impl_->vocabulary.find_text(text); matches(literal)) return literal;
  std::string spelling;
  append_alphabet_text(spelling, text);
  const auto spelled = impl_->vocabulary.find_text(spelling);
  return matches(spelled) ? spelled : std::nullopt;
}

TextDecoder::TextDecoder(Tokenizer tokenizer, bool show_special, std::vector<TokenId> shown)
    : tokenizer_(std::move(tokenizer)), show_special_(show_special), shown_(std::move(shown)) {}

std::string TextDecoder::push(TokenId id) {
  const bool show = show_special_ || std::ranges::count(shown_, id) > 0;
  pending_ += tokenizer_.decode({&id, 1}, show);
  return take_decided_utf8(pending_);
}

std::string TextDecoder::flush() { return replace_invalid_utf8(std::exchange(pending_, {})); }

}  // namespace freshet
