// A template as a tree. Offsets are characters from the start of the source, for messages.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "jinja/operations.h"
#include "jinja/value.h"

namespace freshet::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;
struct Statement;
using Body = std::vector<Statement>;

struct Constant {
  Value value;
};
struct Name {
  std::string name;
};
struct ListDisplay {
  std::vector<ExpressionPtr> items;
  Flavor flavor;  ///< a list or a tuple
};
struct DictDisplay {
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> entries;
};
struct Attribute {
  ExpressionPtr object;
  std::string name;
  Text key;  ///< the same, to look it up in a dict
};
struct Item {
  ExpressionPtr object, key;
};
struct Slice {
  ExpressionPtr object, first, last, step;  ///< the bounds may be null
};

struct CallArguments {
  std::vector<ExpressionPtr> positional;
  std::vector<std::pair<std::string, ExpressionPtr>> named;
  ExpressionPtr more_positional, more_named;  ///< *args and **kwargs, or null
};
struct Call {
  ExpressionPtr callee;
  CallArguments arguments;
};
struct FilterCall {
  ExpressionPtr subject;  ///< null in a filter block, whose subject is its text
  std::string name;
  CallArguments arguments;
};
struct TestCall {
  ExpressionPtr subject;
  std::string name;
  CallArguments arguments;
};

struct Not {
  ExpressionPtr operand;
};
struct Sign {
  ExpressionPtr operand;
  bool is_negative;
};
struct Logic {
  ExpressionPtr left, right;
  bool is_and;
};
struct Arithmetic {
  Operator op;
  ExpressionPtr left, right;
};
struct Concatenation {
  std::vector<ExpressionPtr> parts;
};
enum class Comparison : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kNotIn
};
/// a < b <= c: each operand is evaluated once, and none after the first comparison that fails.
struct ComparisonChain {
  ExpressionPtr first;
  std::vector<std::pair<Comparison, ExpressionPtr>> rest;
};
struct Conditional {
  ExpressionPtr condition, then, otherwise;  ///< otherwise may be null
};

struct Expression {
  uint32_t offset;
  int height;  ///< levels of expressions below it, bounded by the parser
  std::variant<Constant, Name, ListDisplay, DictDisplay, Attribute, Item, Slice, Call, FilterCall,
               TestCall, Not, Sign, Logic, Arithmetic, Concatenation, ComparisonChain, Conditional>
      node;
};

/// The height that an expression of this node has.
[[nodiscard]] int height_of(const decltype(Expression::node)& node);

/// Where a value goes: a name, ns.attribute, or several targets for the items of a sequence.
struct Target {
  uint32_t offset = 0;
  std::string name;
  std::string attribute;      ///< not empty: of the namespace `name`
  std::vector<Target> items;  ///< not empty: instead of a name
};

struct Data {
  Value text;
};
struct Print {
  ExpressionPtr value;
};
struct If {
  std::vector<std::pair<ExpressionPtr, Body>> branches;
  Body otherwise;
};
struct For {
  Target target;
  ExpressionPtr iterable;
  ExpressionPtr test;  ///< may be null
  bool is_recursive = false;
  Body body, otherwise;
};
struct Set {
  Target target;
  ExpressionPtr value;
};
struct SetBlock {
  Target target;
  ExpressionPtr filter;  ///< filters over a null subject, or null
  Body body;
};
struct With {
  std::vector<std::pair<Target, ExpressionPtr>> values;
  Body body;
};
struct MacroNode {
  std::string name;
  std::vector<std::string> parameters;
  std::vector<ExpressionPtr> defaults;  ///< of the last parameters
  bool uses_varargs = false, uses_kwargs = false, uses_caller = false;
  Body body;
};
struct CallBlock {
  ExpressionPtr call;  ///< a Call
  MacroNode caller;
};
struct FilterBlock {
  ExpressionPtr filter;  ///< filters over a null subject
  Body body;
};
/// {% generation %}: what the assistant says. A scope of its own, and no more than that here.
struct Generation {
  Body body;
};
struct LoopControl {
  bool is_break;
};

struct Statement {
  uint32_t offset;
  std::variant<Data, Print, If, For, Set, SetBlock, With, MacroNode, CallBlock, FilterBlock,
               Generation, LoopControl>
      node;
};

}  // namespace freshet::jinja
