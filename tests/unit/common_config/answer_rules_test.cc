#include "tests/unit/common_config/config_builder.h"

namespace llmgw::config {
namespace {

using Lines = std::vector<std::string>;

TEST(AnswerRules, AModelMapTakesNamesAndTrailingStars) {
  EXPECT_EQ(UpstreamFaults("model_map { key: 'fast' value: 'gpt-4o' } "
                           "model_map { key: 'or-*' value: 'openrouter/*' } "
                           "model_map { key: 'any*' value: 'one' }"),
            Lines());
}

TEST(AnswerRules, AModelMapIsRefusedWhereItCantBeMeant) {
  EXPECT_EQ(UpstreamFaults("model_map { key: 'fast' value: 'x/*' }"),
            Lines{"upstreams[up].model_map[fast]: has a '*', and the alias has none that says what "
                  "to put there"});
  EXPECT_EQ(UpstreamFaults("model_map { key: 'fast' value: '' }"),
            Lines{"upstreams[up].model_map[fast]: must not be empty; '*' stands for every model"});
  EXPECT_EQ(UpstreamFaults("model_map { key: 'a*b' value: 'c' }"),
            Lines{"upstreams[up].model_map[a*b]: the alias may have a '*' only at its end"});
  EXPECT_EQ(UpstreamFaults("model_map { key: 'a' value: 'c\\nd' }"),
            Lines{"upstreams[up].model_map[a]: has a control character"});
}

TEST(AnswerRules, ARouteSaysWhenItCommitsAndWhoListsItsModels) {
  const auto faults = [](const std::string& fields) {
    return FaultsOf(FromText("resources { route { name: 'r' prefix: '/v1' " + fields + " } }"));
  };
  EXPECT_EQ(faults("commit: 'first-content' models: 'local'"), Lines());
  EXPECT_EQ(faults("commit: 'first-byte' models: 'upstream'"), Lines());
  EXPECT_EQ(faults("commit: 'later'").size(), 1U);
  EXPECT_EQ(faults("models: 'none'").size(), 1U);
}

}  // namespace
}  // namespace llmgw::config
