// Walks the tree of a template and writes its text.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/ast.h"
#include "jinja/runtime.h"
#include "jinja/scope.h"
#include "jinja/source.h"

namespace freshet::jinja {

class Interpreter {
 public:
  Interpreter(const Source& source, Runtime& runtime) : source_(source), runtime_(runtime) {}
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  /// Renders with the variables that the template is given. Throws Error with the place of what
  /// went wrong.
  Text run(const Body& body, const std::vector<std::pair<std::string, Value>>& context);

  // For the objects that are parts of a template:

  /// The text of a macro called with `arguments`; free names are looked up in `closure`.
  Value call_macro(const MacroNode& macro, const Scope* closure, const Arguments& arguments);
  /// The text of a loop's body over `iterable`, called by the loop itself.
  Value call_loop(const For& loop, const Scope* outer, const Value& iterable, int depth0);
  /// Whether `item` passes the loop's test.
  bool passes_test(const For& loop, const Scope* outer, const Value& item);

  [[nodiscard]] Runtime& runtime() noexcept { return runtime_; }

 private:
  enum class Flow { kNext, kBreak, kContinue };

  /// A scope for as long as this lives, and longer if something in it refers to it.
  class Frame {
   public:
    Frame(Interpreter& interpreter, const Scope* outer);
    ~Frame();
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

   private:
    Interpreter& interpreter_;
    Scope* const before_;
    const size_t n_captures_;
  };

  Flow execute(const Body& body);
  Text capture(const Body& body);
  void check_output() const;

  Flow execute(const Data& node);
  Flow execute(const Print& node);
  Flow execute(const If& node);
  Flow execute(const For& node);
  Flow execute(const Set& node);
  Flow execute(const SetBlock& node);
  Flow execute(const With& node);
  Flow execute(const MacroNode& node);
  Flow execute(const CallBlock& node);
  Flow execute(const FilterBlock& node);
  Flow execute(const Generation& node);
  Flow execute(const LoopControl& node);

  void run_loop(const For& node, const Value& iterable, const Scope* outer, int depth0);
  void assign(const Target& target, const Value& value);
  Value make_macro(const MacroNode& node);
  void bind(const MacroNode& macro, const Arguments& arguments);
  void bind_rest(const MacroNode& macro, const Arguments& arguments,
                 const std::vector<bool>& is_used);

  Value evaluate(const Expression& expression);
  Value evaluate_or_none(const ExpressionPtr& expression);

  Value evaluate(const Constant& node);
  Value evaluate(const Name& node);
  Value evaluate(const ListDisplay& node);
  Value evaluate(const DictDisplay& node);
  Value evaluate(const Attribute& node);
  Value evaluate(const Item& node);
  Value evaluate(const Slice& node);
  Value evaluate(const Call& node);
  Value evaluate(const FilterCall& node);
  Value evaluate(const TestCall& node);
  Value evaluate(const Not& node);
  Value evaluate(const Sign& node);
  Value evaluate(const Logic& node);
  Value evaluate(const Arithmetic& node);
  Value evaluate(const Concatenation& node);
  Value evaluate(const ComparisonChain& node);
  Value evaluate(const Conditional& node);

  bool compare(Comparison comparison, const Value& a, const Value& b);
  Arguments evaluate(const CallArguments& arguments);
  Value call(const Call& node, Arguments extra);
  Value filtered(const ExpressionPtr& filter, Value text);

  const Source& source_;
  Runtime& runtime_;
  std::deque<Scope> scopes_;
  Scope* scope_ = nullptr;
  size_t n_captures_ = 0;  // macros and loops that hold on to a scope
  Text* out_ = nullptr;
  const Value* block_text_ = nullptr;  // of the filter block or set block whose filters are applied
  uint32_t at_ = 0;                    // what is being evaluated, for messages
  std::map<std::string, Value, std::less<>> functions_;
};

}  // namespace freshet::jinja
