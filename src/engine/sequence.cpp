#include "engine/sequence.h"

#include "base/error.h"

namespace freshet {

Sequence::Sequence(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Sequence::Sequence(Sequence&&) noexcept = default;
Sequence& Sequence::operator=(Sequence&&) noexcept = default;
Sequence::~Sequence() = default;

std::span<const TokenId> Sequence::tokens() const noexcept { return impl_->tokens; }
std::span<const float> Sequence::logits() const noexcept { return impl_->logits; }

Sequence Sequence::fork() const { return Sequence(std::make_unique<Impl>(*impl_)); }

void Sequence::rewind(int64_t size) {
  if (size < 0 || size > this->size()) {
    fail(ErrorKind::kBadRequest, "a sequence of {} tokens cannot be rewound to {}", this->size(),
         size);
  }
  if (size == this->size()) return;
  impl_->tokens.resize(static_cast<size_t>(size));
  if (size < impl_->memory.length()) impl_->memory.rewind(size);
  impl_->logits.clear();
}

void Sequence::checkpoint() {
  if (impl_->memory.length() == size()) impl_->memory.checkpoint();
}

}  // namespace freshet
