// The cases in replicate_golden/: see the README there.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "dataplane/forward/adapter/replicate_events.h"
#include "dataplane/forward/adapter/replicate_input.h"

namespace llmgw::forward {
namespace {

using nlohmann::json;

json ReadCase(const std::string& name) {
  std::ifstream file(std::filesystem::path(LLMGW_SOURCE_DIR) /
                     "tests/unit/forward/replicate_golden" / (name + ".json"));
  return json::parse(file, nullptr, false);
}

class ReplicateGolden : public ::testing::TestWithParam<const char*> {};

void CheckOrder(const json& golden) {
  const std::string model = golden["request"]["model"];
  const auto order = OrderPrediction(golden["request"].dump(), model, {});
  if (golden.contains("refused")) {
    ASSERT_FALSE(order);
    EXPECT_EQ(order.error().param, golden["refused"]);
    return;
  }
  ASSERT_TRUE(order) << order.error().message;
  EXPECT_EQ(order->path, golden["path"]);
  EXPECT_EQ(json::parse(order->body), golden["order"]);
  EXPECT_EQ(json(order->unsupported), golden["unsupported"]);
}

void CheckEvents(const json& golden, size_t step) {
  std::string stream;
  for (const json& line : golden["events"]) stream += line.get<std::string>() + "\n";
  ReplicateEvents events({"chatcmpl-1", "a/b", 1}, false);
  std::string out;
  for (size_t at = 0; at < stream.size(); at += step) events.Feed(stream.substr(at, step), out);
  json chunks = json::array();
  for (size_t at = 0; at < out.size();) {
    ASSERT_EQ(out.compare(at, 6, "data: "), 0);
    const size_t end = out.find("\n\n", at);
    chunks.push_back(json::parse(out.substr(at + 6, end - at - 6)));
    at = end + 2;
  }
  EXPECT_EQ(chunks, golden["chunks"]);
  const std::map<std::string, ReplicateEvents::State> ends{
      {"running", ReplicateEvents::State::kRunning},
      {"done", ReplicateEvents::State::kDone},
      {"failed", ReplicateEvents::State::kFailed},
      {"canceled", ReplicateEvents::State::kCanceled}};
  EXPECT_EQ(events.state(), ends.at(golden["end"]));
}

TEST_P(ReplicateGolden, IsAsTheDocumentsSay) {
  const json golden = ReadCase(GetParam());
  ASSERT_TRUE(golden.is_object());
  if (golden.contains("request")) return CheckOrder(golden);
  for (const size_t step : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, size_t{10'000}})
    CheckEvents(golden, step);
}

INSTANTIATE_TEST_SUITE_P(Cases, ReplicateGolden,
                         ::testing::Values("llama3", "mistral_template", "openai_messages",
                                           "claude_image", "version_chat", "no_messages",
                                           "bad_model", "bad_limit", "stream", "stream_error",
                                           "stream_canceled", "stream_cut"));

}  // namespace
}  // namespace llmgw::forward
