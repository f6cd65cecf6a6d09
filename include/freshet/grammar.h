// Structured output: what a text must look like, and a constraint that lets a model write nothing
// else.
//
//   freshet::ConstraintCompiler compiler(engine.tokenizer());
//   freshet::GenerateOptions options;
//   options.constraint = compiler.compile(freshet::Grammar::from_json_schema(schema));
//   freshet::generate(engine, sequence, prompt, options);  // valid JSON, token by token
//
// Everything here fails closed: a grammar or schema that cannot be enforced to the letter is
// refused with an Error, never loosened.
#pragma once

#include <freshet/tokenizer.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// Whether a text belongs to a grammar, and if not, where it leaves it.
struct GrammarVerdict {
  bool accepted = false;
  size_t offset = 0;  ///< bytes that fit: of the whole text if it is accepted or merely unfinished
  size_t line = 1;    ///< of the byte at offset, from 1
  size_t column = 1;  ///< in characters, from 1
  std::string expected;  ///< what could stand there: "\"}\" or a digit"; empty if accepted
  std::string found;     ///< what does: "\"x\"" or "the end of the text"; empty if accepted
};

struct ToolGrammarOptions {
  std::string name = {};  ///< only this function; empty: any of them
  bool several = true;    ///< whether one list may hold several calls
};

/// A language over bytes and control tokens: a context-free grammar. Immutable; copies share it.
/// Text never matches a control token: "<|im_end|>" in a grammar's literal is ten characters.
class Grammar {
 public:
  /// GBNF: rules `name ::= alternatives`, of which `root` is the start. Literals "...", classes
  /// [a-z] and [^a-z], `.`, groups, * + ? {m} {m,} {m,n}, comments from # to the line's end;
  /// escapes \n \r \t \\ \" \[ \] \- \^ \xNN \uNNNN \UNNNNNNNN stand for characters. `<[123]>` is
  /// the token 123 and `<|name|>` the control token of that spelling. Throws Error{kBadRequest}
  /// with line and column for what is not GBNF, Error{kUnsupported} for left recursion, rules that
  /// can never end, and what is beyond the limits in src/grammar/README.md.
  [[nodiscard]] static Grammar from_gbnf(std::string_view text);

  /// The JSON documents that are valid under a JSON Schema, as src/grammar/README.md narrows them:
  /// properties in declared order, bounded white space. Throws Error{kBadRequest} for what is not
  /// a schema, Error{kUnsupported} with a JSON pointer for a keyword that cannot be enforced and
  /// for a schema that nothing satisfies.
  [[nodiscard]] static Grammar from_json_schema(std::string_view schema);

  /// Any JSON document, nested as deep as it likes.
  [[nodiscard]] static Grammar any_json();

  /// The family's call form, <|tool_call_start|>[name(argument=value, ...), ...]<|tool_call_end|>,
  /// the markers being control tokens. `tools` is a JSON array as OpenAI's API has it: {"type":
  /// "function", "function": {"name", "parameters"}} or the bare function objects. Values are
  /// Python or JSON literals valid under the declared parameters. Throws Error as from_json_schema,
  /// and Error{kBadRequest} if no function has options.name.
  [[nodiscard]] static Grammar from_tools(std::string_view tools,
                                          const ToolGrammarOptions& options = {});

  /// Holds a text of bytes against the grammar. Linear in the text for all but very ambiguous
  /// grammars; throws Error{kUnsupported} where those exceed a limit.
  [[nodiscard]] GrammarVerdict check(std::string_view text) const;

  /// Implementation; see src/grammar/network.h.
  struct Impl;
  explicit Grammar(std::shared_ptr<const Impl> impl) noexcept;
  [[nodiscard]] const std::shared_ptr<const Impl>& impl() const noexcept { return impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

/// A grammar and a vocabulary: which tokens may come next. Copies share what has been worked out;
/// any number of threads may generate under one constraint.
class Constraint {
 public:
  /// Implementation; see src/grammar/constraint.h.
  struct Impl;
  explicit Constraint(std::shared_ptr<Impl> impl) noexcept;
  [[nodiscard]] const std::shared_ptr<Impl>& impl() const noexcept { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

/// From where in an answer a constraint holds.
enum class ConstraintStart {
  kAtOnce,  ///< from the first token
  /// The prompt has opened a <think> span: from behind </think>. Until then any token but one that
  /// ends the answer. Up to two newlines may follow </think>.
  kAfterThinking,
  /// The answer may begin with <think>: then as above, otherwise from the first token.
  kAfterOptionalThinking,
  /// Not until <|tool_call_start|> comes, which must be how the grammar begins (from_tools); free
  /// again behind the grammar's end, and so on.
  kAtToolCall,
};

/// Makes constraints for one vocabulary and keeps the latest of them, so that the same grammar is
/// prepared once. May be shared among threads.
class ConstraintCompiler {
 public:
  /// Sorts the vocabulary, some 20 ms for 65,536 tokens. `capacity`: constraints kept, at least 1.
  explicit ConstraintCompiler(const Tokenizer& tokenizer, size_t capacity = 64);
  ~ConstraintCompiler();
  ConstraintCompiler(ConstraintCompiler&&) noexcept;
  ConstraintCompiler& operator=(ConstraintCompiler&&) noexcept;

  /// Throws Error{kUnsupported} if the grammar names a control token that the vocabulary lacks.
  [[nodiscard]] Constraint compile(const Grammar& grammar);

  /// The same with the grammar's text looked up first: compiling is skipped for a text that is
  /// still kept.
  [[nodiscard]] Constraint compile_gbnf(std::string_view text);
  [[nodiscard]] Constraint compile_json_schema(std::string_view schema);
  [[nodiscard]] Constraint compile_tools(std::string_view tools,
                                         const ToolGrammarOptions& options = {});

  /// Constraints kept at present.
  [[nodiscard]] size_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freshet
