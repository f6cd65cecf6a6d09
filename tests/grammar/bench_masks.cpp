// bench_masks [FILE]: how long masks take, step by step along answers under realistic schemas, with
// the vocabulary of a GGUF file or with a made-up one of 65,536 tokens. A cold walk is the first
// under its schema; all others are warm. Not a test: run it on a quiet machine.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>

#include "grammar/constraint.h"
#include "grammar/schema_cases.h"
#include "text/byte_alphabet.h"
#include "text/tokenizer.h"

namespace freshet {
namespace {

constexpr size_t kVocabulary = 65'536;
constexpr int kTokensPerWalk = 400;
constexpr int kWarmWalks = 5;

/// Bytes, runs of white space, digits, punctuation, and words of several scripts, with and without
/// a space before them: about the shape of a trained vocabulary.
std::vector<std::string> made_up_pieces() {
  std::mt19937 random(7);
  std::set<std::string> pieces;
  for (int n = 1; n <= 64; ++n) {
    pieces.insert(std::string(static_cast<size_t>(n), ' '));
    pieces.insert(std::string(1, '\n').append(static_cast<size_t>(n), ' '));
  }
  for (int n = 0; n < 1000; ++n) pieces.insert(std::to_string(n));
  const std::string marks = "\"{}[]:,.()'-_/\\<>=;!?#*+ ";
  for (const char a : marks) {
    for (const char b : marks) {
      pieces.insert({a, b});
      for (const char c : {'"', '\n', ' ', '{', ',', ':'}) pieces.insert({a, b, c});
    }
  }
  const std::vector<std::vector<std::string>> scripts = {
      {"a", "e", "i", "o", "n", "r", "s", "t", "l", "c", "d", "u", "m", "p", "g", "h", "b", "y"},
      {"а", "е", "и", "о", "н", "т", "с", "р", "в", "л"},
      {"你", "的", "是", "不", "在", "有", "人", "这", "中", "大", "为", "上", "个", "国"},
      {"é", "è", "ü", "ö", "ñ", "a", "n", "s", "t", "r"}};
  while (pieces.size() < kVocabulary - 300) {
    const auto& letters = scripts[random() % 10 < 7 ? 0 : 1 + random() % 3];
    std::string word(random() % 2, ' ');
    const size_t length = 1 + random() % 5 + random() % 6;
    for (size_t i = 0; i < length; ++i) word += letters[random() % letters.size()];
    if (random() % 8 == 0) word += std::string(1, "\",.:'"[random() % 5]);
    pieces.insert(word);
  }
  return {pieces.begin(), pieces.end()};
}

Tokenizer made_up_vocabulary() {
  std::vector<std::string> tokens;
  std::set<std::string> known;
  const auto add = [&](const std::string& piece) {
    std::string text;
    append_alphabet_text(text, piece);
    if (known.insert(text).second) tokens.push_back(text);
  };
  for (unsigned byte = 0; byte < 256; ++byte) add(std::string(1, static_cast<char>(byte)));
  for (const std::string& piece : made_up_pieces()) add(piece);
  std::vector<std::int32_t> types(tokens.size(), 1);
  while (tokens.size() < kVocabulary) {
    tokens.push_back(fmt::format("<|reserved_{}|>", tokens.size()));
    types.push_back(3);
  }
  const std::vector<std::string_view> views(tokens.begin(), tokens.end());
  VocabularySpec spec;
  spec.source = "made up";
  spec.model = "gpt2";
  spec.pre = "lfm2";
  spec.tokens = views;
  spec.types = types;
  spec.eos = static_cast<int64_t>(tokens.size()) - 1;
  return make_tokenizer(spec);
}

class Bench {
 public:
  explicit Bench(const Tokenizer& tokenizer) : tokenizer_(tokenizer), compiler_(tokenizer) {}

  void run(const std::string& schema, const std::vector<std::string>& documents) {
    const auto start = Clock::now();
    const Constraint constraint = compiler_.compile_json_schema(schema);
    compile_.push_back(microseconds_since(start));
    std::vector<double>* times = &cold_;
    for (int walk = 0; walk <= kWarmWalks; ++walk) {
      walk_at_random(constraint, static_cast<uint32_t>(walk), *times);
      for (const std::string& document : documents) follow(constraint, document, *times);
      times = &warm_;
    }
  }

  void report() {
    fmt::print("{} tokens in the vocabulary, {} schemas\n", tokenizer_.vocab_size(),
               compile_.size());
    fmt::print("{:<24} {:>8} {:>10} {:>10} {:>10} {:>10}\n", "microseconds", "steps", "median",
               "99 %", "99.9 %", "most");
    print("compiling a schema", compile_);
    print("mask, first walks", cold_);
    print("mask, later walks", warm_);
    std::vector<double> all = cold_;
    all.insert(all.end(), warm_.begin(), warm_.end());
    print("mask, all", all);
  }

 private:
  using Clock = std::chrono::steady_clock;

  static double microseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
  }

  static void print(const char* name, std::vector<double> times) {
    std::ranges::sort(times);
    const auto at = [&](double share) {
      return times[static_cast<size_t>(share * static_cast<double>(times.size() - 1))];
    };
    fmt::print("{:<24} {:>8} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f}\n", name, times.size(),
               at(0.5), at(0.99), at(0.999), at(1.0));
  }

  static const TokenMask& timed_mask(Matcher& matcher, std::vector<double>& times) {
    const auto start = Clock::now();
    const TokenMask* mask = matcher.mask();
    times.push_back(microseconds_since(start));
    return *mask;
  }

  /// Uniformly among what is allowed, but every fourth token closes: strings do not go on for ever.
  void walk_at_random(const Constraint& constraint, uint32_t seed, std::vector<double>& times) {
    Matcher matcher(constraint, ConstraintStart::kAtOnce);
    std::mt19937 random(seed);
    for (int n = kTokensPerWalk; n > 0 && !matcher.is_finished(); --n) {
      const TokenMask& mask = timed_mask(matcher, times);
      TokenId token = static_cast<TokenId>(random() % kVocabulary);
      while (!mask.allows(token)) token = (token + 1) % tokenizer_.vocab_size();
      const auto closing = random() % 4 == 0 ? matcher.closing_token() : std::nullopt;
      if (closing) token = *closing;
      matcher.accept(token);
      if (tokenizer_.is_end_of_generation(token)) return;
    }
  }

  /// The document, each token the longest that fits.
  void follow(const Constraint& constraint, std::string_view document, std::vector<double>& times) {
    Matcher matcher(constraint, ConstraintStart::kAtOnce);
    while (!document.empty()) {
      timed_mask(matcher, times);
      TokenId token = -1;
      for (size_t length = std::min<size_t>(document.size(), 16); token < 0; --length) {
        token = tokenizer_.find(document.substr(0, length)).value_or(-1);
      }
      matcher.accept(token);
      document.remove_prefix(tokenizer_.piece(token).size());
    }
  }

  Tokenizer tokenizer_;
  ConstraintCompiler compiler_;
  std::vector<double> compile_;
  std::vector<double> cold_;
  std::vector<double> warm_;
};

}  // namespace
}  // namespace freshet

int main(int argc, char** argv) {
  using namespace freshet;
  Bench bench(argc > 1 ? Tokenizer::open(argv[1]) : made_up_vocabulary());
  for (const testing::SchemaCase& one : testing::schema_cases()) {
    if (one.group == "realistic" || one.group == "objects" || one.group == "combinations") {
      bench.run(one.schema, one.valid);
    }
  }
  bench.report();
  return 0;
}
