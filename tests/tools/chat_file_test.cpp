#include "tools/chat_file.h"

#include <freshet/error.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace freshet {
namespace {

using testing::TemporaryFolder;

std::vector<Message> load(const std::string& text) {
  const TemporaryFolder folder;
  folder.write("chat.json", text);
  return load_messages(folder.path() / "chat.json");
}

TEST(ChatFile, ReadsWhatItWrote) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "chat.json";
  const std::vector<Message> messages = {
      {{"role", "system"}, {"content", "be\nterse"}},
      {{"role", "user"}, {"content", "\"é\\"}},
      {{"role", "assistant"}, {"content", nullptr}, {"tool_calls", Message::array()}},
      {{"role", "tool"}, {"tool_call_id", "call_1"}, {"content", "3"}}};
  save_messages(path, messages);
  EXPECT_EQ(load_messages(path), messages);
}

TEST(ChatFile, ReplacesBytesThatAreNotUtf8) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "chat.json";
  save_messages(path, std::vector<Message>{{{"role", "user"}, {"content", "a\xff"}}});
  EXPECT_EQ(load_messages(path)[0].at("content"), "a\xef\xbf\xbd");
}

TEST(ChatFile, TakesABareList) {
  EXPECT_EQ(load(R"([{"role": "user", "content": "hi", "name": "x"}])").size(), 1u);
  EXPECT_TRUE(load("[]").empty());
}

TEST(ChatFile, RefusesWhatIsNoConversationInOneLine) {
  for (const char* text :
       {"", "{", "{}", "3", R"({"messages": 3})", R"([3])", R"([{"role": "user"}])",
        R"([{"role": "user", "content": 3}])", R"([{"role": "boss", "content": ""}])",
        R"([{"role": "user", "content": ""}, {"role": "system", "content": ""}])"}) {
    try {
      (void)load(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadFile) << text;
      EXPECT_NE(std::string(error.what()).find("messages"), std::string::npos);
    }
  }
}

TEST(ChatFile, RefusesDeepNestingBeforeItIsBuilt) {
  EXPECT_THROW((void)load(std::string(1'000'000, '[')), Error);
}

TEST(ChatFile, RefusesAFileThatIsNotThere) {
  EXPECT_THROW((void)load_messages("/nonexistent/chat.json"), Error);
  EXPECT_THROW(save_messages("/nonexistent/chat.json", {}), Error);
}

}  // namespace
}  // namespace freshet
