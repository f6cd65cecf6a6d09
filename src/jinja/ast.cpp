#include "jinja/ast.h"

#include <algorithm>

namespace freshet::jinja {
namespace {

int tallest(const ExpressionPtr& child) { return child == nullptr ? 0 : child->height; }

int tallest(const std::vector<ExpressionPtr>& children) {
  int height = 0;
  for (const ExpressionPtr& child : children) height = std::max(height, child->height);
  return height;
}

template <class First>
int tallest(const std::vector<std::pair<First, ExpressionPtr>>& children) {
  int height = 0;
  for (const auto& [first, child] : children) {
    height = std::max(height, child->height);
    if constexpr (std::is_same_v<First, ExpressionPtr>) height = std::max(height, first->height);
  }
  return height;
}

int tallest(const CallArguments& arguments) {
  return std::max({tallest(arguments.positional), tallest(arguments.named),
                   tallest(arguments.more_positional), tallest(arguments.more_named)});
}

struct BelowNode {
  int operator()(const Constant&) const { return 0; }
  int operator()(const Name&) const { return 0; }
  int operator()(const ListDisplay& node) const { return tallest(node.items); }
  int operator()(const DictDisplay& node) const { return tallest(node.entries); }
  int operator()(const Attribute& node) const { return tallest(node.object); }
  int operator()(const Item& node) const {
    return std::max(tallest(node.object), tallest(node.key));
  }
  int operator()(const Slice& node) const {
    return std::max(
        {tallest(node.object), tallest(node.first), tallest(node.last), tallest(node.step)});
  }
  int operator()(const Call& node) const {
    return std::max(tallest(node.callee), tallest(node.arguments));
  }
  int operator()(const FilterCall& node) const {
    return std::max(tallest(node.subject), tallest(node.arguments));
  }
  int operator()(const TestCall& node) const {
    return std::max(tallest(node.subject), tallest(node.arguments));
  }
  int operator()(const Not& node) const { return tallest(node.operand); }
  int operator()(const Sign& node) const { return tallest(node.operand); }
  int operator()(const Logic& node) const {
    return std::max(tallest(node.left), tallest(node.right));
  }
  int operator()(const Arithmetic& node) const {
    return std::max(tallest(node.left), tallest(node.right));
  }
  int operator()(const Concatenation& node) const { return tallest(node.parts); }
  int operator()(const ComparisonChain& node) const {
    return std::max(tallest(node.first), tallest(node.rest));
  }
  int operator()(const Conditional& node) const {
    return std::max({tallest(node.condition), tallest(node.then), tallest(node.otherwise)});
  }
};

}  // namespace

int height_of(const decltype(Expression::node)& node) { return 1 + std::visit(BelowNode(), node); }

}  // namespace freshet::jinja
