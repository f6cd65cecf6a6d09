// ConstraintCompiler: constraints for one vocabulary, the latest of them kept.
#include <freshet/grammar.h>

#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/error.h"
#include "grammar/constraint.h"

namespace freshet {

struct ConstraintCompiler::Impl {
  Impl(const Tokenizer& tokenizer, size_t max_kept)
      : texts(std::make_shared<const TokenTexts>(tokenizer)), capacity(max_kept) {}

  struct Kept {
    std::string text;  ///< the kind and the source
    Constraint constraint;
  };

  [[nodiscard]] std::optional<Constraint> find(const std::string& text) {
    const std::lock_guard lock(mutex);
    const auto known = by_text.find(text);
    if (known == by_text.end()) return std::nullopt;
    kept.splice(kept.begin(), kept, known->second);
    return known->second->constraint;
  }

  void keep(const std::string& text, const Constraint& constraint) {
    const std::lock_guard lock(mutex);
    if (by_text.contains(text)) return;  // another thread was faster
    kept.push_front({text, constraint});
    by_text.emplace(kept.front().text, kept.begin());
    if (kept.size() <= capacity) return;
    by_text.erase(kept.back().text);
    kept.pop_back();
  }

  template <class MakeGrammar>
  Constraint find_or_make(const std::string& text, MakeGrammar make_grammar) {
    if (auto known = find(text)) return *known;
    const Constraint constraint(std::make_shared<Constraint::Impl>(make_grammar().impl(), texts));
    keep(text, constraint);
    return constraint;
  }

  std::shared_ptr<const TokenTexts> texts;
  size_t capacity;
  std::mutex mutex;
  std::list<Kept> kept;  ///< the latest used first
  std::unordered_map<std::string_view, std::list<Kept>::iterator> by_text;
};

ConstraintCompiler::ConstraintCompiler(const Tokenizer& tokenizer, size_t capacity)
    : impl_(std::make_unique<Impl>(tokenizer, capacity)) {
  if (capacity == 0) fail(ErrorKind::kBadRequest, "a cache of constraints must hold at least one");
}

ConstraintCompiler::~ConstraintCompiler() = default;
ConstraintCompiler::ConstraintCompiler(ConstraintCompiler&&) noexcept = default;
ConstraintCompiler& ConstraintCompiler::operator=(ConstraintCompiler&&) noexcept = default;

Constraint ConstraintCompiler::compile(const Grammar& grammar) {
  return Constraint(std::make_shared<Constraint::Impl>(grammar.impl(), impl_->texts));
}

Constraint ConstraintCompiler::compile_gbnf(std::string_view text) {
  return impl_->find_or_make("gbnf\n" + std::string(text),
                             [&] { return Grammar::from_gbnf(text); });
}

Constraint ConstraintCompiler::compile_json_schema(std::string_view schema) {
  return impl_->find_or_make("schema\n" + std::string(schema),
                             [&] { return Grammar::from_json_schema(schema); });
}

Constraint ConstraintCompiler::compile_tools(std::string_view tools,
                                             const ToolGrammarOptions& options) {
  const std::string kind = options.several ? "tools\n" : "tool\n";
  return impl_->find_or_make(kind + options.name + "\n" + std::string(tools),
                             [&] { return Grammar::from_tools(tools, options); });
}

size_t ConstraintCompiler::size() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->kept.size();
}

}  // namespace freshet
