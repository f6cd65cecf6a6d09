#include "jinja/parser.h"

#include <array>

#include "jinja/parse_expression.h"

namespace freshet::jinja {
namespace {

/// Statements that the language has and this engine does not, and why.
struct Refusal {
  std::string_view name, why;
};
constexpr std::array kRefusals = {
    Refusal{"include", "a template cannot read other files"},
    Refusal{"import", "a template cannot read other files"},
    Refusal{"from", "a template cannot read other files"},
    Refusal{"extends", "a template cannot read other files"},
    Refusal{"block", "there are no other templates to override it"},
    Refusal{"autoescape", "prompts are not HTML"},
    Refusal{"trans", "there are no translations"},
    Refusal{"do", "set a variable instead"},
};

bool is_end_tag(std::string_view name) {
  return name.starts_with("end") || name == "else" || name == "elif";
}

class Parser {
 public:
  explicit Parser(const Source& source) : tokens_(source), expressions_(tokens_) {}

  Body parse_template() {
    Body body = parse_body({});
    if (!tokens_.is(TokenKind::kEnd)) refuse_tag();
    return body;
  }

 private:
  using EndTags = std::initializer_list<std::string_view>;

  template <class Node>
  void add(Body& body, uint32_t offset, Node node) {
    body.push_back(Statement{offset, std::move(node)});
  }

  /// Up to a tag that is one of `ends`, whose name is then the current token; with none, up to the
  /// end of the template or a tag that ends nothing.
  Body parse_body(EndTags ends) {
    expressions_.enter();
    Body body;
    while (!tokens_.is(TokenKind::kEnd)) {
      const uint32_t offset = tokens_.current().offset;
      if (tokens_.is(TokenKind::kData)) {
        add(body, offset, Data{tokens_.take().value});
      } else if (tokens_.is(TokenKind::kVariableBegin)) {
        tokens_.take();
        add(body, offset, Print{expressions_.parse_tuple()});
        tokens_.expect(TokenKind::kVariableEnd);
      } else {
        tokens_.take();
        if (tokens_.is_any_name(ends)) break;
        if (tokens_.is(TokenKind::kName) && is_end_tag(tokens_.current().name)) break;
        parse_statement(body, offset);
        tokens_.expect(TokenKind::kBlockEnd);
      }
    }
    expressions_.leave();
    return body;
  }

  /// The body of a tag and the tag that ends it; returns which one it was.
  std::string parse_block(Body& body, uint32_t offset, EndTags ends) {
    tokens_.skip_operator(":");
    tokens_.expect(TokenKind::kBlockEnd);
    body = parse_body(ends);
    if (!tokens_.is_any_name(ends)) {
      if (!tokens_.is(TokenKind::kEnd)) refuse_tag();
      tokens_.refuse(offset,
                     formatted("the block has no end: expected {{% {} %}}", *(ends.end() - 1)));
    }
    return tokens_.take().name;
  }

  [[noreturn]] void refuse_tag() {
    tokens_.refuse(tokens_.current().offset,
                   formatted("unexpected tag '{}'", tokens_.current().name));
  }

  void parse_statement(Body& body, uint32_t offset) {
    struct Handler {
      std::string_view name;
      void (Parser::*parse)(Body&, uint32_t);
    };
    static constexpr Handler kHandlers[] = {
        {"if", &Parser::parse_if},         {"for", &Parser::parse_for},
        {"set", &Parser::parse_set},       {"with", &Parser::parse_with},
        {"macro", &Parser::parse_macro},   {"call", &Parser::parse_call},
        {"filter", &Parser::parse_filter}, {"generation", &Parser::parse_generation},
        {"break", &Parser::parse_control}, {"continue", &Parser::parse_control},
        {"print", &Parser::parse_print},
    };
    if (!tokens_.is(TokenKind::kName)) tokens_.refuse_token("the name of a tag");
    for (const Handler& handler : kHandlers) {
      if (tokens_.is_name(handler.name)) return (this->*handler.parse)(body, offset);
    }
    for (const Refusal& refusal : kRefusals) {
      if (!tokens_.is_name(refusal.name)) continue;
      tokens_.refuse_unsupported(offset,
                                 formatted("'{}' is not supported: {}", refusal.name, refusal.why));
    }
    refuse_tag();
  }

  void parse_if(Body& body, uint32_t offset) {
    If node;
    for (std::string tag = tokens_.take().name; tag != "endif";) {
      if (tag == "else") {
        tag = parse_block(node.otherwise, offset, {"endif"});
        break;
      }
      ExpressionPtr condition = expressions_.parse_plain_tuple();
      Body branch;
      tag = parse_block(branch, offset, {"elif", "else", "endif"});
      node.branches.emplace_back(std::move(condition), std::move(branch));
    }
    add(body, offset, std::move(node));
  }

  void parse_for(Body& body, uint32_t offset) {
    tokens_.take();
    For node;
    node.target = parse_targets("in");
    tokens_.expect_name("in");
    node.iterable = expressions_.parse_plain_tuple("recursive");
    if (tokens_.skip_name("if")) node.test = expressions_.parse_expression();
    node.is_recursive = tokens_.skip_name("recursive");
    ++loops_;
    const std::string tag = parse_block(node.body, offset, {"else", "endfor"});
    --loops_;
    if (tag == "else") parse_block(node.otherwise, offset, {"endfor"});
    add(body, offset, std::move(node));
  }

  void parse_set(Body& body, uint32_t offset) {
    tokens_.take();
    Target target = parse_targets({});
    if (tokens_.skip_operator("=")) {
      return add(body, offset, Set{std::move(target), expressions_.parse_tuple()});
    }
    SetBlock node{std::move(target), expressions_.parse_filters(nullptr, false), {}};
    parse_block(node.body, offset, {"endset"});
    add(body, offset, std::move(node));
  }

  void parse_with(Body& body, uint32_t offset) {
    tokens_.take();
    With node;
    while (!tokens_.is(TokenKind::kBlockEnd)) {
      if (!node.values.empty()) tokens_.expect_operator(",");
      Target target = parse_target();
      tokens_.expect_operator("=");
      node.values.emplace_back(std::move(target), expressions_.parse_expression());
    }
    parse_block(node.body, offset, {"endwith"});
    add(body, offset, std::move(node));
  }

  void parse_macro(Body& body, uint32_t offset) {
    tokens_.take();
    MacroNode node;
    node.name = tokens_.expect_name();
    parse_signature(node);
    parse_macro_body(node, offset, "endmacro");
    add(body, offset, std::move(node));
  }

  void parse_signature(MacroNode& node) {
    tokens_.expect_operator("(");
    while (!tokens_.is_operator(")")) {
      if (!node.parameters.empty()) tokens_.expect_operator(",");
      const uint32_t offset = tokens_.current().offset;
      node.parameters.push_back(tokens_.expect_name());
      if (tokens_.skip_operator("=")) {
        node.defaults.push_back(expressions_.parse_expression());
      } else if (!node.defaults.empty()) {
        tokens_.refuse(offset, "a parameter without a default follows one that has a default");
      }
    }
    tokens_.expect_operator(")");
  }

  void parse_macro_body(MacroNode& node, uint32_t offset, std::string_view end) {
    // A loop outside does not make `break` meaningful in here.
    const int loops = std::exchange(loops_, 0);
    const size_t begin = tokens_.position();
    parse_block(node.body, offset, {end});
    node.uses_varargs = tokens_.has_name_since(begin, "varargs");
    node.uses_kwargs = tokens_.has_name_since(begin, "kwargs");
    node.uses_caller = tokens_.has_name_since(begin, "caller");
    loops_ = loops;
  }

  void parse_call(Body& body, uint32_t offset) {
    tokens_.take();
    CallBlock node;
    node.caller.name = "caller";
    if (tokens_.is_operator("(")) parse_signature(node.caller);
    node.call = expressions_.parse_expression();
    if (!std::holds_alternative<Call>(node.call->node)) {
      tokens_.refuse(node.call->offset, "expected the call of a macro");
    }
    parse_macro_body(node.caller, offset, "endcall");
    add(body, offset, std::move(node));
  }

  void parse_filter(Body& body, uint32_t offset) {
    tokens_.take();
    FilterBlock node{expressions_.parse_filters(nullptr, /*has_name=*/true), {}};
    parse_block(node.body, offset, {"endfilter"});
    add(body, offset, std::move(node));
  }

  void parse_generation(Body& body, uint32_t offset) {
    tokens_.take();
    Generation node;
    const int loops = std::exchange(loops_, 0);
    parse_block(node.body, offset, {"endgeneration"});
    loops_ = loops;
    add(body, offset, std::move(node));
  }

  void parse_control(Body& body, uint32_t offset) {
    const std::string name = tokens_.take().name;
    if (loops_ == 0) tokens_.refuse(offset, formatted("'{}' outside of a loop", name));
    add(body, offset, LoopControl{name == "break"});
  }

  void parse_print(Body& body, uint32_t offset) {
    tokens_.take();
    do {
      add(body, offset, Print{expressions_.parse_expression()});
    } while (tokens_.skip_operator(","));
  }

  /// One target, or several with commas between, up to a word that ends them.
  Target parse_targets(std::string_view end) {
    Target first = parse_target();
    if (!tokens_.is_operator(",")) return first;
    Target all{.offset = first.offset, .name = {}, .attribute = {}, .items = {}};
    all.items.push_back(std::move(first));
    while (tokens_.skip_operator(",")) {
      const bool is_end = tokens_.is_operator("=") || tokens_.is(TokenKind::kBlockEnd) ||
                          tokens_.is_operator(")") || (!end.empty() && tokens_.is_name(end));
      if (is_end) break;
      all.items.push_back(parse_target());
    }
    return all;
  }

  Target parse_target() {
    Target target{.offset = tokens_.current().offset, .name = {}, .attribute = {}, .items = {}};
    if (tokens_.skip_operator("(")) {
      expressions_.enter();
      target = parse_targets({});
      expressions_.leave();
      tokens_.expect_operator(")");
      return target;
    }
    target.name = tokens_.expect_name();
    if (tokens_.skip_operator(".")) target.attribute = tokens_.expect_name();
    return target;
  }

  TokenStream tokens_;
  ExpressionParser expressions_;
  int loops_ = 0;
};

}  // namespace

Body parse(const Source& source) { return Parser(source).parse_template(); }

}  // namespace freshet::jinja
