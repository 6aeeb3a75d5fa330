#include "common/observe/log.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

namespace llmgw::observe {
namespace {

TEST(Log, JsonLinesSurviveQuotesNewlinesAndControlCharacters) {
  ASSERT_TRUE(SetUpLog({.level = "info", .format = "json"}));
  testing::internal::CaptureStderr();
  spdlog::warn("a \"quoted\" \\ line\nwith \x01");
  auto line = nlohmann::json::parse(testing::internal::GetCapturedStderr());
  EXPECT_EQ(line["message"], "a \"quoted\" \\ line\nwith \x01");
  EXPECT_EQ(line["level"], "warn");
  EXPECT_TRUE(line["time"].get<std::string>().ends_with("Z"));
}

TEST(Log, LevelChangesAtRunTime) {
  ASSERT_TRUE(SetUpLog({.level = "error", .format = "text"}));
  testing::internal::CaptureStderr();
  spdlog::info("unseen");
  ASSERT_TRUE(SetLogLevel("debug"));
  spdlog::debug("seen");
  std::string text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(text.find("unseen"), std::string::npos);
  EXPECT_NE(text.find("seen"), std::string::npos);
  EXPECT_EQ(LogLevel(), "debug");
}

TEST(Log, UnknownChoicesAreRefusedWithTheList) {
  EXPECT_EQ(SetUpLog({.level = "loud", .format = "text"}).error().field, "log-level");
  EXPECT_EQ(SetUpLog({.level = "info", .format = "xml"}).error().field, "log-format");
  EXPECT_NE(SetLogLevel("loud").error().message.find("trace, debug"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::observe
