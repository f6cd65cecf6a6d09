// Masks against brute force: a token is allowed exactly if its bytes can be appended.
#include <freshet/grammar.h>
#include <gtest/gtest.h>

#include <random>

#include "grammar/constraint.h"
#include "grammar/small_vocabulary.h"

namespace freshet {
namespace {

using testing::small_vocabulary;

/// What the mask of `automaton` at `at` must be, token by token.
void expect_exact_mask(TokenAutomaton& tokens, Automaton& bytes, ConfigurationId at,
                       ConfigurationId bytes_at) {
  const Tokenizer& tokenizer = small_vocabulary();
  TokenMask mask(static_cast<size_t>(tokenizer.vocab_size()));
  tokens.find_mask(at, mask);
  for (TokenId id = 0; id < tokenizer.vocab_size(); ++id) {
    bool fits = false;
    if (tokenizer.is_control(id)) {
      const auto& terminals = bytes.network().tokens();
      for (uint32_t i = 0; i < terminals.size(); ++i) {
        fits = fits || (terminals[i].name == tokenizer.piece(id) &&
                        bytes.next_terminal(bytes_at, i) != kDead);
      }
    } else if (!tokenizer.is_unused(id)) {
      ConfigurationId to = bytes_at;
      for (const char byte : tokenizer.piece(id)) {
        if (to != kDead) to = bytes.next(to, static_cast<uint8_t>(byte));
      }
      fits = to != kDead;
    }
    ASSERT_EQ(mask.allows(id), fits) << "token " << id << " '" << tokenizer.piece(id) << "'";
    ASSERT_EQ(tokens.next(at, id) != kDead, fits) << "token " << id;
  }
}

/// Walks at random from the start to an end or for `steps` tokens, holding each mask to the truth.
void walk(const std::string& grammar_text, uint32_t seed, int steps) {
  SCOPED_TRACE(grammar_text);
  const Tokenizer& tokenizer = small_vocabulary();
  const Grammar grammar = Grammar::from_gbnf(grammar_text);
  TokenAutomaton tokens(grammar.impl(), std::make_shared<const TokenTexts>(tokenizer));
  Automaton bytes(grammar.impl());
  ConfigurationId at = tokens.start();
  ConfigurationId bytes_at = bytes.start();
  std::mt19937 random(seed);
  for (int step = 0; step < steps; ++step) {
    expect_exact_mask(tokens, bytes, at, bytes_at);
    if (::testing::Test::HasFatalFailure()) return;
    TokenMask mask(static_cast<size_t>(tokenizer.vocab_size()));
    tokens.find_mask(at, mask);
    std::vector<TokenId> allowed;
    for (TokenId id = 0; id < tokenizer.vocab_size(); ++id) {
      if (mask.allows(id)) allowed.push_back(id);
    }
    if (allowed.empty()) {
      ASSERT_TRUE(tokens.accepts(at)) << "a dead end";
      return;
    }
    const TokenId id = allowed[random() % allowed.size()];
    const uint32_t before = tokens.distance(at);
    at = tokens.next(at, id);
    ASSERT_TRUE(tokens.distance(at) != kFar && before != kFar);
    if (tokenizer.is_control(id)) {
      for (uint32_t i = 0; i < bytes.network().tokens().size(); ++i) {
        if (bytes.network().tokens()[i].name == tokenizer.piece(id)) {
          bytes_at = bytes.next_terminal(bytes_at, i);
        }
      }
    } else {
      for (const char byte : tokenizer.piece(id)) {
        bytes_at = bytes.next(bytes_at, static_cast<uint8_t>(byte));
      }
    }
  }
}

const char* const kGrammars[] = {
    R"gbnf(root ::= "hello world" | "help" | "ab"*)gbnf",
    R"gbnf(root ::= [^"\\]* "\"" root?)gbnf",
    R"gbnf(root ::= "\"" ([^"\\\x00-\x1F] | "\\" ["\\nu])* "\"")gbnf",
    R"gbnf(root ::= string
       string ::= "\"" char* "\""
       char ::= plain | "\\" ["\\n]
       plain ::= [^"\\\x7F\x00-\x1F])gbnf",
    R"gbnf(root ::= "\"" .{3,9} "\"")gbnf",
    R"gbnf(root ::= "\"" char{0,30} "\""
       char ::= [^"\\\x00-\x1F] | "\\" ["\\n])gbnf",
    R"gbnf(root ::= ("\"" [^"]{1,15} "\"" ","){2,5})gbnf",
    R"gbnf(root ::= [a-zA-Z ]{40} "!")gbnf",
    R"gbnf(root ::= [é-ü€😀]+ "x")gbnf",
    R"gbnf(root ::= value
       value ::= object | array | string | number | "true" | "false" | "null"
       object ::= "{" ws (pair ("," ws pair)*)? "}"
       pair ::= string ":" ws value
       array ::= "[" ws (value ("," ws value)*)? ws "]"
       string ::= "\"" ([^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\""
       number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [-+]? [0-9]+)?
       ws ::= ([ \t\n] ws)?)gbnf",
    R"gbnf(root ::= <|tool_call_start|> "[" [a-z]+ "()" "]" <|tool_call_end|>)gbnf",
    R"gbnf(root ::= "a" root "b" | "a" root "c" | "")gbnf",
    R"gbnf(root ::= (.{1,4}){1,4} "\n")gbnf",
    R"gbnf(root ::= ("a"{1,3} "b"?){20,30} "c")gbnf",
};

TEST(Mask, IsExactAlongRandomWalks) {
  uint32_t seed = 1;
  for (const char* grammar : kGrammars) {
    for (int i = 0; i < 4; ++i) walk(grammar, seed++, 60);
  }
}

TEST(Mask, LeavesNoDeadEnds) {
  // Rules that cannot end take no part; what the mask allows can always be completed.
  walk("root ::= \"ab\" never | \"a\" \"b\"\nnever ::= \"x\" never", 1, 10);
  walk("root ::= \"(\" root \")\" | dead | \"x\"\ndead ::= \"(\" dead", 2, 40);
}

TEST(Mask, TokensSpeltAlikeAreAllowedAlike) {
  // The walk's vocabulary has "hello world" as a user-defined token, and control tokens whose
  // spelling is text to nobody.
  const Grammar grammar = Grammar::from_gbnf(R"(root ::= "hello world" | "<|im_end|>")");
  TokenAutomaton tokens(grammar.impl(), std::make_shared<const TokenTexts>(small_vocabulary()));
  TokenMask mask(static_cast<size_t>(small_vocabulary().vocab_size()));
  tokens.find_mask(tokens.start(), mask);
  EXPECT_TRUE(mask.allows(*small_vocabulary().find("hello world")));
  EXPECT_FALSE(mask.allows(*small_vocabulary().find("<|im_end|>")));
}

TEST(Mask, MemoryThatIsGivenUpChangesNothing) {
  const Grammar grammar = Grammar::from_gbnf(R"(root ::= "[" (root ("," root)*)? "]")");
  TokenAutomaton first(grammar.impl(), std::make_shared<const TokenTexts>(small_vocabulary()));
  ConfigurationId at = first.start();
  for (const char byte : std::string("[[],[[")) {
    at = first.next(at, *small_vocabulary().find({&byte, 1}));
  }
  const std::shared_ptr<TokenAutomaton> second = first.make_empty();
  const ConfigurationId same = second->import(first, at);
  TokenMask mask(static_cast<size_t>(small_vocabulary().vocab_size()));
  TokenMask same_mask = mask;
  first.find_mask(at, mask);
  second->find_mask(same, same_mask);
  EXPECT_TRUE(std::equal(mask.words(), mask.words() + mask.word_count(), same_mask.words()));
  EXPECT_EQ(first.distance(at), 3u);
  EXPECT_EQ(second->distance(same), 3u);
}

}  // namespace
}  // namespace freshet
