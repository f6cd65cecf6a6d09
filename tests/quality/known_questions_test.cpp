// The model in the box answers known questions, word for word, however it is run.
#include "quality/known_questions.h"

#include <gtest/gtest.h>

#include "support/tiny_models.h"

namespace freshet::testing {
namespace {

Engine& engine() {
  static Engine opened = Engine::open_built_in({.n_threads = 1});
  return opened;
}

/// Every fourth question: enough for another way to the same bits.
std::vector<KnownQuestion> some_questions() {
  std::vector<KnownQuestion> some;
  for (size_t i = 0; i < known_questions().size(); i += 4) some.push_back(known_questions()[i]);
  return some;
}

TEST(KnownQuestions, AreAnsweredOnEveryCpuTarget) {
  for (const std::string& target : cpu_targets()) {
    Engine on_target = Engine::open_built_in({.n_threads = 1, .cpu_target = target});
    for (const KnownQuestion& question :
         target == cpu_targets().front() ? known_questions() : some_questions()) {
      Sequence sequence = on_target.new_sequence();
      on_target.read(sequence, prompt_of(on_target, question));
      EXPECT_EQ(greedy_answer(on_target, sequence), question.answer)
          << target << ": " << question.messages;
    }
  }
}

TEST(KnownQuestions, AreAnsweredWhateverThePiecesInWhichTheyAreRead) {
  for (const size_t piece : {1, 7, 64}) {
    for (const KnownQuestion& question : some_questions()) {
      const std::vector<TokenId> prompt = prompt_of(engine(), question);
      Sequence sequence = engine().new_sequence();
      for (size_t i = 0; i < prompt.size(); i += piece) {
        engine().read(sequence, std::span(prompt).subspan(i, std::min(piece, prompt.size() - i)));
      }
      EXPECT_EQ(greedy_answer(engine(), sequence), question.answer) << "pieces of " << piece;
    }
  }
}

TEST(KnownQuestions, AreAnsweredSideBySide) {
  const std::vector<KnownQuestion>& questions = known_questions();
  std::vector<std::vector<TokenId>> unread(questions.size()), answers(questions.size());
  std::vector<Sequence> sequences;
  for (size_t i = 0; i < questions.size(); ++i) {
    sequences.push_back(engine().new_sequence());
    unread[i] = prompt_of(engine(), questions[i]);
  }
  for (bool answering = true; answering;) {
    std::vector<Feed> feeds;
    std::vector<size_t> fed;
    for (size_t i = 0; i < questions.size(); ++i) {
      if (unread[i].empty()) continue;
      feeds.push_back({.sequence = &sequences[i], .tokens = unread[i]});
      fed.push_back(i);
    }
    answering = !feeds.empty();
    if (answering) engine().step(feeds);
    for (const size_t i : fed) {
      const TokenId token = most_likely(sequences[i]);
      unread[i].clear();
      if (engine().tokenizer().is_end_of_generation(token) || answers[i].size() > 120) continue;
      answers[i].push_back(token);
      unread[i].push_back(token);
    }
  }
  for (size_t i = 0; i < questions.size(); ++i) {
    EXPECT_EQ(text_of(engine(), answers[i]), questions[i].answer) << questions[i].messages;
  }
}

TEST(KnownQuestions, AreAnsweredAfterARewind) {
  const std::vector<TokenId> astray = engine().tokenizer().encode("Tea is made with hot water.");
  for (const KnownQuestion& question : some_questions()) {
    const std::vector<TokenId> prompt = prompt_of(engine(), question);
    Sequence sequence = engine().new_sequence();
    const auto half = static_cast<std::ptrdiff_t>(prompt.size() / 2);
    engine().read(sequence, std::span(prompt).first(static_cast<size_t>(half)));
    engine().read(sequence, astray);
    sequence.rewind(half);
    engine().read(sequence, std::span(prompt).subspan(static_cast<size_t>(half)));
    EXPECT_EQ(greedy_answer(engine(), sequence), question.answer) << question.messages;
  }
}

}  // namespace
}  // namespace freshet::testing
