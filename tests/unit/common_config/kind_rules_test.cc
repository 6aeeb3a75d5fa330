#include <gmock/gmock.h>

#include "tests/unit/common_config/config_builder.h"

namespace llmgw::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(KindRules, AcceptEachKindWithItsOptions) {
  EXPECT_THAT(UpstreamFaults("openai { organization: 'org-1' project: 'proj_2' }"), IsEmpty());
  EXPECT_THAT(UpstreamFaults("kind: 'anthropic' anthropic { version: '2023-06-01' }"), IsEmpty());
  EXPECT_THAT(UpstreamFaults("kind: 'azure_openai'"), IsEmpty());
  EXPECT_THAT(UpstreamFaults("kind: 'azure_openai' azure_openai { api_version: 'v1' }"), IsEmpty());
  EXPECT_THAT(UpstreamFaults(R"(kind: 'azure_openai' azure_openai { auth: 'bearer'
      deployments { key: 'gpt-4o' value: 'my_gpt.4o-eu' } })"),
              IsEmpty());
  EXPECT_THAT(BareUpstreamFaults(R"(kind: 'mock' mock { mode: 'echo' fault: 'status' rate: 5
      fault_percent: 20 fault_status: 429 fault_retry_after { seconds: 3 } })"),
              IsEmpty());
}

TEST(KindRules, OptionsOfAnotherKindAreRefusedByName) {
  EXPECT_THAT(UpstreamFaults("anthropic {} azure_openai {} replicate {} mock {}"),
              UnorderedElementsAre("upstreams[up].anthropic: is for kind anthropic",
                                   "upstreams[up].azure_openai: is for kind azure_openai",
                                   "upstreams[up].replicate: is for kind replicate",
                                   "upstreams[up].mock: is for kind mock"));
  EXPECT_THAT(UpstreamFaults("kind: 'anthropic' openai {}"),
              ElementsAre("upstreams[up].openai: is for kind openai"));
}

TEST(KindRules, HeaderValuesCannotBreakOut) {
  EXPECT_THAT(UpstreamFaults("openai { organization: 'a b' }"),
              ElementsAre(HasSubstr("openai.organization: must have only visible ASCII")));
  EXPECT_FALSE(UpstreamFaults("openai { project: 'a\\r\\nb: c' }").empty());
  EXPECT_FALSE(UpstreamFaults("kind: 'anthropic' anthropic { version: 'a\\nb' }").empty());
}

TEST(KindRules, AzureTakesTheResourceAndWordsForItsPaths) {
  for (const char* path : {"/openai", "/openai/v1"}) {
    EXPECT_THAT(BareUpstreamFaults(std::string("kind: 'azure_openai' credential_mode: 'none' "
                                               "endpoint: 'https://n.openai.azure.com") +
                                   path + "'"),
                ElementsAre(HasSubstr("endpoint: must be the resource itself")));
  }
  EXPECT_THAT(UpstreamFaults("kind: 'azure_openai' azure_openai { api_version: 'a&b=c' }"),
              ElementsAre(HasSubstr("azure_openai.api_version")));
  EXPECT_THAT(UpstreamFaults("kind: 'azure_openai' azure_openai { auth: 'oauth' }"),
              ElementsAre(HasSubstr("azure_openai.auth: must be one of api-key, bearer")));
  for (const char* deployment : {"", "a/b", "..", "a?b"}) {
    EXPECT_THAT(UpstreamFaults(std::string("kind: 'azure_openai' azure_openai { deployments { key: "
                                           "'m' value: '") +
                               deployment + "' } }"),
                ElementsAre(HasSubstr("azure_openai.deployments[m]: must be a deployment")));
  }
  EXPECT_THAT(UpstreamFaults("kind: 'azure_openai' azure_openai { api_version: 'v1' deployments { "
                             "key: 'm' value: 'd' } }"),
              ElementsAre(HasSubstr("use model_map")));
}

TEST(KindRules, DrillsNeedToSayHowTheyFail) {
  const auto faults = [](const std::string& mock) {
    return BareUpstreamFaults("kind: 'mock' mock { " + mock + " }");
  };
  EXPECT_THAT(faults("fault_percent: 20"), ElementsAre(HasSubstr("needs mock.fault")));
  EXPECT_THAT(faults("fault: 'explode'"), ElementsAre(HasSubstr("status, cut, garbage, hang")));
  EXPECT_THAT(faults("fault: 'cut' fault_percent: 101"), ElementsAre(HasSubstr("0 to 100")));
  EXPECT_THAT(faults("fault: 'cut' fault_status: 500"),
              ElementsAre(HasSubstr("is for mock.fault status")));
  EXPECT_THAT(faults("fault: 'status' fault_status: 200"), ElementsAre(HasSubstr("400 to 599")));
  EXPECT_THAT(faults("fault: 'hang' fault_retry_after { seconds: 1 }"),
              ElementsAre(HasSubstr("is for mock.fault status")));
  EXPECT_THAT(faults("mode: 'parrot'"), ElementsAre(HasSubstr("canned, echo")));
  EXPECT_THAT(faults("rate: 1000001"), ElementsAre(HasSubstr("mock.rate")));
}

}  // namespace
}  // namespace llmgw::config
