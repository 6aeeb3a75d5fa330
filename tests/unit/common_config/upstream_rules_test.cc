#include <gmock/gmock.h>

#include "tests/unit/common_config/config_builder.h"

namespace llmgw::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(UpstreamRules, AcceptTheMinimumAndTheFull) {
  EXPECT_THAT(UpstreamFaults(""), IsEmpty());
  EXPECT_THAT(UpstreamFaults(R"(kind: "openai" credential_mode: "stored" headers: "minimal"
    allow: "gpt-4o*" allow: "*" deny: "gpt-4o-mini" retries: 10 disabled: true
    timeouts { connect { seconds: 1 } first_byte { seconds: 86400 } idle { nanos: 1000000 } }
    tls { server_name: "other.example" })"),
              IsEmpty());
  EXPECT_THAT(BareUpstreamFaults(R"(kind: "mock" mock { reply: "a\nb" chunk_interval {} })"),
              IsEmpty());
  EXPECT_THAT(BareUpstreamFaults(R"(endpoint: "http://h" credential_mode: "none")"), IsEmpty());
  EXPECT_THAT(BareUpstreamFaults(R"(endpoint: "http://h" credential_mode: "passthrough")"),
              IsEmpty());
}

TEST(UpstreamRules, NameIsALowerCaseWord) {
  for (auto name : {"", "A", "-a", ".a", "a b", "a/b", "ä"}) {
    v1::Snapshot snapshot;
    snapshot.add_resources()->mutable_upstream()->set_name(name);
    EXPECT_THAT(FaultsOf(snapshot), Contains(HasSubstr("].name: "))) << name;
  }
  EXPECT_EQ(CheckName(std::string(63, 'a')), "");
  EXPECT_NE(CheckName(std::string(64, 'a')), "");
  EXPECT_EQ(CheckName("0.a_b-c"), "");
}

TEST(UpstreamRules, ClosedChoicesListTheChoices) {
  EXPECT_THAT(
      UpstreamFaults("kind: 'grok'"),
      ElementsAre(
          "upstreams[up].kind: must be one of openai, azure_openai, anthropic, replicate, mock"));
  EXPECT_THAT(UpstreamFaults("credential_mode: 'x'"),
              ElementsAre(HasSubstr("must be one of stored, passthrough, none")));
  EXPECT_THAT(UpstreamFaults("headers: 'x'"), ElementsAre(HasSubstr("all, minimal")));
}

TEST(UpstreamRules, EndpointIsNeededUnlessMock) {
  EXPECT_THAT(BareUpstreamFaults("credential_mode: 'none'"),
              ElementsAre(StartsWith("upstreams[up].endpoint: is needed")));
  EXPECT_THAT(BareUpstreamFaults("kind: 'mock' endpoint: 'nonsense'"),
              ElementsAre(StartsWith("upstreams[up].endpoint: ")));
}

TEST(UpstreamRules, StoredModeNeedsACredential) {
  EXPECT_THAT(BareUpstreamFaults("endpoint: 'http://h'"),
              ElementsAre(StartsWith("upstreams[up].credentials: needs one")));
}

TEST(UpstreamRules, CredentialHasExactlyOneSourceAndAUniqueId) {
  EXPECT_THAT(UpstreamFaults("credentials { id: 'b' }"),
              ElementsAre("upstreams[up].credentials[1].secret: is needed"));
  EXPECT_THAT(UpstreamFaults("credentials { secret: 'x' secret_env: 'Y' }"),
              ElementsAre(HasSubstr("only one of")));
  EXPECT_THAT(UpstreamFaults("credentials { id: 'b' secret_env: 'X' } "
                             "credentials { id: 'b' secret_file: '/x' }"),
              ElementsAre(HasSubstr("credentials[2].id: is the id of another")));
  EXPECT_THAT(UpstreamFaults("credentials { id: 'B!' secret: 'x' }"),
              ElementsAre(HasSubstr("credentials[1].id: must have only")));
}

TEST(UpstreamRules, SecretIsOneHeaderWordAndNeverQuoted) {
  for (auto secret : {"hunter2 ", "hunter2\\n", "hunt\\001er2"}) {
    auto faults = UpstreamFaults("credentials { secret: '" + std::string(secret) + "' }");
    EXPECT_THAT(faults, Contains(HasSubstr("credentials[1].secret: "))) << secret;
    for (const auto& fault : faults) EXPECT_EQ(fault.find("hunter2"), std::string::npos);
  }
}

TEST(UpstreamRules, PatternsHaveAStarOnlyAtTheEndAndStandOnce) {
  EXPECT_THAT(UpstreamFaults("allow: 'gpt*4'"), ElementsAre(HasSubstr("allow[0]: may have a '*'")));
  EXPECT_THAT(UpstreamFaults("deny: ''"), ElementsAre(HasSubstr("deny[0]: must not be empty")));
  EXPECT_THAT(UpstreamFaults("deny: 'a' deny: 'a'"),
              ElementsAre(HasSubstr("deny[1]: stands twice")));
  EXPECT_THAT(UpstreamFaults("allow: 'a\\tb'"), ElementsAre(HasSubstr("control character")));
  EXPECT_THAT(UpstreamFaults("allow: ' a'"), ElementsAre(HasSubstr("space")));
}

TEST(UpstreamRules, TimeoutsArePositiveAndAtMostADay) {
  for (auto field : {"connect", "first_byte", "first_byte_stream", "idle", "total"}) {
    std::string path = std::string("upstreams[up].timeouts.") + field;
    auto faults = [&](const char* value) {
      return UpstreamFaults("timeouts { " + std::string(field) + " { " + value + " } }");
    };
    EXPECT_THAT(faults(""), ElementsAre(path + ": must not be zero; leave it out for the default"));
    EXPECT_THAT(faults("seconds: -1"), ElementsAre(path + ": must not be negative"));
    EXPECT_THAT(faults("nanos: -1"), ElementsAre(path + ": must not be negative"));
    EXPECT_THAT(faults("nanos: 1"), ElementsAre(path + ": must be at least 1ms"));
    EXPECT_THAT(faults("seconds: 86400 nanos: 1"), ElementsAre(path + ": must be at most 24h"));
  }
}

TEST(UpstreamRules, RetriesAreBounded) {
  EXPECT_THAT(UpstreamFaults("retries: 11"),
              ElementsAre("upstreams[up].retries: must be at most 10"));
}

TEST(UpstreamRules, TlsSettingsNeedAnHttpsEndpointAndRealCertificates) {
  EXPECT_THAT(BareUpstreamFaults("endpoint: 'http://h' credential_mode: 'none' tls {}"),
              ElementsAre("upstreams[up].tls: is for an https endpoint"));
  EXPECT_THAT(UpstreamFaults("tls { ca_pem: 'nonsense' }"), ElementsAre(HasSubstr("tls.ca_pem")));
  EXPECT_THAT(UpstreamFaults("tls { ca_pem: '-----BEGIN CERTIFICATE-----\\nAA\\n"
                             "-----END CERTIFICATE-----\\n' }"),
              ElementsAre(HasSubstr("tls.ca_pem")));
  EXPECT_THAT(UpstreamFaults("tls { server_name: 'a b' }"),
              ElementsAre("upstreams[up].tls.server_name: must be a host name"));
}

TEST(UpstreamRules, MockSettingsAreForMocks) {
  EXPECT_THAT(UpstreamFaults("mock {}"), ElementsAre("upstreams[up].mock: is for kind mock"));
  EXPECT_THAT(
      BareUpstreamFaults("kind: 'mock' mock { reply: 'a\\001' first_byte_delay { seconds: -1 "
                         "} chunk_interval { seconds: 86401 } }"),
      ElementsAre(HasSubstr("mock.reply"), HasSubstr("mock.first_byte_delay"),
                  HasSubstr("mock.chunk_interval")));
}

}  // namespace
}  // namespace llmgw::config
