#include "tools/arguments.h"

#include <freshet/error.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include "tools/flag_table.h"

namespace freshet {
namespace {

using Args = std::vector<std::string>;

class Arguments : public ::testing::Test {
 protected:
  Arguments() {
    command_.add_option("-p,--prompt", text_);
    command_.add_option("-n,--predict", number_);
    command_.add_option("--cache-type-k", text_);
    command_.add_option("--system-prompt", text_);
    command_.add_option("--temp", text_);
    command_.add_flag("--chat", flag_);
  }

  PreparedArguments prepare(const Args& args) { return prepare_arguments(command_, args); }

  std::string refusal(const Args& args) {
    try {
      (void)prepare(args);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      return error.what();
    }
    return "accepted";
  }

  CLI::App command_{"", "run"};
  std::string text_;
  int number_ = 0;
  bool flag_ = false;
};

TEST_F(Arguments, SpellsShortFlagsOut) {
  EXPECT_EQ(prepare({"-ctk", "q8_0", "-sys", "Be terse."}).args,
            (Args{"--cache-type-k", "q8_0", "--system-prompt", "Be terse."}));
}

TEST_F(Arguments, TakesAValueAfterAnEqualsSign) {
  EXPECT_EQ(prepare({"-ctk=q8_0", "--temp=-1", "-n=3", "-n5"}).args,
            (Args{"--cache-type-k", "q8_0", "--temp", "-1", "-n", "3", "-n5"}));
}

TEST_F(Arguments, LeavesValuesAlone) {
  EXPECT_EQ(prepare({"-p", "-ngl", "-n", "-1"}).args, (Args{"-p", "-ngl", "-n", "-1"}));
  EXPECT_EQ(prepare({"-p", "--", "--", "-ngl"}).args, (Args{"-p", "--", "--", "-ngl"}));
}

TEST_F(Arguments, DropsGpuFlagsWithTheirValuesAndSaysWhich) {
  const auto prepared = prepare(
      {"-ngl", "99", "-fa", "--chat", "-fa", "on", "-cmoe", "--n-gpu-layers=all", "-n", "1"});
  EXPECT_EQ(prepared.args, (Args{"--chat", "-n", "1"}));
  EXPECT_EQ(prepared.ignored_gpu_flags, (Args{"-ngl", "-fa", "-fa", "-cmoe", "--n-gpu-layers"}));
}

TEST_F(Arguments, DropsWhatGoesWithoutSaying) {
  const auto prepared = prepare({"--mmap", "-lv", "3", "--no-warmup", "-n", "1"});
  EXPECT_EQ(prepared.args, (Args{"-n", "1"}));
  EXPECT_TRUE(prepared.ignored_gpu_flags.empty());
}

TEST_F(Arguments, LeavesAFlagToTheCommandThatDeclaresIt) {
  command_.add_option("--n-gpu-layers", text_);
  EXPECT_EQ(prepare({"--n-gpu-layers", "3"}).args, (Args{"--n-gpu-layers", "3"}));
}

TEST_F(Arguments, SuggestsTheNearestFlag) {
  EXPECT_NE(refusal({"--promt", "x"}).find("did you mean --prompt?"), std::string::npos);
  EXPECT_NE(refusal({"-ctq", "x"}).find("did you mean -ctk?"), std::string::npos);
  EXPECT_NE(refusal({"-temp", "1"}).find("did you mean --temp?"), std::string::npos);
  EXPECT_EQ(refusal({"--zzzzzzzzzz"}).find("did you mean"), std::string::npos);
}

TEST_F(Arguments, RefusesAnAliasOfAFlagThatTheCommandLacks) {
  EXPECT_NE(refusal({"-ub", "32"}).find("unknown flag -ub"), std::string::npos);
}

TEST_F(Arguments, SaysWhatToDoInsteadOfWhatIsNotThere) {
  EXPECT_NE(refusal({"--lora", "x"}).find("not there yet"), std::string::npos);
}

TEST_F(Arguments, RefusesAGpuFlagWithoutItsValue) {
  EXPECT_NE(refusal({"-ngl"}).find("needs a value"), std::string::npos);
}

TEST(FlagTable, NamesEachFlagOnceAndAliasesLongFlags) {
  for (const FlagRule& rule : flag_table()) {
    EXPECT_EQ(find_flag_rule(rule.flag), &rule) << rule.flag;
    if (rule.kind == FlagKind::kAlias) {
      EXPECT_TRUE(rule.meaning.starts_with("--")) << rule.flag;
    }
    EXPECT_EQ(rule.kind == FlagKind::kAlias || rule.kind == FlagKind::kNotThere,
              !rule.meaning.empty())
        << rule.flag;
  }
}

TEST(Nearest, ForgivesASwapAndASlip) {
  const Args words = {"run", "chat", "tokenize"};
  EXPECT_EQ(nearest("rnu", words), "run");
  EXPECT_EQ(nearest("tokenise", words), "tokenize");
  EXPECT_EQ(nearest("quantize", words), "");
}

}  // namespace
}  // namespace freshet
