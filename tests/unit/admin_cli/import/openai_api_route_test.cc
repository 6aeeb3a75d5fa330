#include "admin-cli/import/openai_api_route.h"

#include <gmock/gmock.h>

#include "tests/unit/admin_cli/import/plan_text.h"

namespace llmgw::admin_cli::migrate {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<ImportPlan> Plan(const std::string& yaml) {
  return PlanOfApiRoute(yaml, ShortTokens::kLeaveOut);
}

// Every documented key, as a config.yaml uses them together.
constexpr char kWhole[] = R"(address: 0.0.0.0:8888
hostname: gateway-1
dbtype: postgres
dbaddr: "host=db user=u password=p"
authorization: first-client-token, second-client-token
timeout: 120
stream_timeout: 10
lb_policy: random
upstreams:
  - sk: sk-of-the-first-provider
    endpoint: https://api.openai.com/v1
    timeout: 30
    deny:
      - whisper-1
  - sk: sk-of-the-second-provider
    endpoint: http://llm.example.com:8080/v2/
    keep_header: true
    stream_timeout: 5
    authorization: third-client-token,first-client-token
    allow: [gpt-4, /v1/audio/transcriptions, gpt-4]
  - sk: ""
    endpoint: https://api.openai.com/v1
    noauth: true
)";

TEST(OpenaiApiRoute, CarriesOverEveryKeyOfItsFile) {
  const auto plan = Plan(kWhole);
  ASSERT_TRUE(plan) << ErrorOf(plan);
  EXPECT_EQ(TextOf(*plan), R"(
upstream name: "api.openai.com" kind: "openai" endpoint: "https://api.openai.com/v1" credentials { id: "sk" secret: "sk-of-the-first-provider" } headers: "minimal" deny: "whisper-1" timeouts { first_byte { seconds: 30 } }
upstream name: "llm.example.com" kind: "openai" endpoint: "http://llm.example.com:8080/v2/" credentials { id: "sk" secret: "sk-of-the-second-provider" } allow: "gpt-4" allow: "/v1/audio/transcriptions" timeouts { first_byte_stream { seconds: 5 } }
upstream name: "api.openai.com-2" kind: "openai" endpoint: "https://api.openai.com/v1" credential_mode: "none" headers: "minimal"
route name: "default" prefix: "/v1" upstreams: "api.openai.com" upstreams: "llm.example.com" upstreams: "api.openai.com-2" retry_on: "any-error" log_policy: "bodies" policy: "random" retry_budget { percent: 100 }
key name: "client-1" routes: "default" token first-client-token
key name: "client-2" routes: "default" upstreams: "api.openai.com" upstreams: "api.openai.com-2" token second-client-token
key name: "client-3" routes: "default" upstreams: "llm.example.com" upstreams: "api.openai.com-2" token third-client-token
not upstreams[2].noauth:23 the route default asks for keys, and every imported key may use the upstream api.openai.com-2; to serve it without one: llmctl route add open --prefix /open/v1 --upstream api.openai.com-2 --auth none
not address:1 is where the program listens: --listen of llmgw-dataplane
not hostname:2 was written into records; here they name the dataplane: --id
not dbtype:3 records are kept by the controlplane, in its --database; that bodies are recorded is carried over as the route's log policy
not dbaddr:4 old records stay where they are; new ones go to the controlplane
not FEISHU_WEBHOOK, MATRIX_API (environment):0 alerts are not supported yet
)");
}

TEST(OpenaiApiRoute, OpensTheRouteOnlyWhenEveryUpstreamSaysNoauth) {
  const auto open = Plan(
      "dbtype: none\nupstreams:\n  - {sk: asis, endpoint: 'https://a.example/v1', noauth: true}\n");
  ASSERT_TRUE(open) << ErrorOf(open);
  EXPECT_EQ(open->routes[0].auth(), "none");
  EXPECT_EQ(open->routes[0].log_policy(), "none");
  EXPECT_EQ(open->upstreams[0].credential_mode(), "passthrough");
  EXPECT_TRUE(open->keys.empty());

  const auto unsaid = Plan("upstreams:\n  - {sk: sk-1, endpoint: 'https://a.example/v1'}\n");
  ASSERT_TRUE(unsaid);
  EXPECT_EQ(unsaid->routes[0].auth(), "");
  EXPECT_THAT(TextOf(*unsaid), HasSubstr("upstreams[0].authorization:2 is empty"));
}

TEST(OpenaiApiRoute, SaysWhatAsisMeansBehindKeys) {
  const auto plan = Plan(
      "authorization: 0123456789abcdef\n"
      "upstreams:\n  - {sk: asis, endpoint: 'https://a.example/v1'}\n");
  ASSERT_TRUE(plan);
  EXPECT_THAT(TextOf(*plan), HasSubstr("upstreams[0].sk:3 asis sent the client's token"));
}

TEST(OpenaiApiRoute, TokensThatAreTooShortAreLeftOutOrReplaced) {
  const std::string file =
      "authorization: short,0123456789abcdef\n"
      "upstreams:\n  - {sk: sk-1, endpoint: 'https://a.example/v1'}\n";
  const auto left = Plan(file);
  ASSERT_TRUE(left);
  ASSERT_EQ(left->keys.size(), 1u);
  EXPECT_EQ(left->keys[0].key.name(), "client-2");
  EXPECT_THAT(TextOf(*left), HasSubstr("authorization (token 1):3 the token can't be kept"));
  EXPECT_THAT(TextOf(*left), Not(HasSubstr("short")));
  const auto replaced = PlanOfApiRoute(file, ShortTokens::kReplace);
  ASSERT_TRUE(replaced);
  EXPECT_THAT(TextOf(*replaced),
              HasSubstr("key name: \"client-1\" routes: \"default\" token (new)"));
}

TEST(OpenaiApiRoute, UnknownKeysAreNamed) {
  const auto plan =
      Plan("colour: blue\nupstreams:\n  - {sk: sk-1, endpoint: 'https://a.example/v1', size: 1}\n");
  ASSERT_TRUE(plan);
  EXPECT_THAT(TextOf(*plan), HasSubstr("not colour:1 openai-api-route has no key of this name"));
  EXPECT_THAT(TextOf(*plan), HasSubstr("not upstreams[0].size:3"));
}

TEST(OpenaiApiRoute, NamesKeyAndLineOfAMistakeAndNoSecret) {
  const auto error = [](const std::string& yaml) { return ErrorOf(Plan(yaml)); };
  EXPECT_EQ(error("upstreams: []\n"), "the file (line 1): has no upstreams");
  EXPECT_THAT(error("a: [\nupstreams"), HasSubstr("the file (line 2): can't be read"));
  EXPECT_EQ(error("- a\n"), "the file (line 1): must have fields (name: value)");
  EXPECT_EQ(error("timeout: soon\nupstreams:\n  - endpoint: http://a/v1\n"),
            "timeout (line 1): must be a number of seconds from 0 to 86400");
  EXPECT_EQ(error("timeout: 1\ntimeout: 2\n"), "timeout (line 2): stands here twice");
  EXPECT_THAT(error("upstreams:\n  - sk: sk-1\n    endpoint: htp://a\n"),
              HasSubstr("upstreams[0].endpoint (line 3): "));
  EXPECT_THAT(error("upstreams:\n  - sk: sk-1\n"), HasSubstr("upstreams[0] (line 2): is needed"));
  EXPECT_THAT(error("upstreams:\n  - sk: 'sk secret'\n    endpoint: http://a/v1\n"),
              testing::AllOf(HasSubstr("upstreams[0].sk (line 2): "), Not(HasSubstr("sk secret"))));
  EXPECT_THAT(error("upstreams:\n  - endpoint: http://a/v1\n    type: azure\n"),
              HasSubstr("upstreams[0].type (line 3): must be openai or replicate"));
  EXPECT_THAT(error("upstreams:\n  - endpoint: http://a/v1\n    allow: ['a*b']\n"),
              HasSubstr("upstreams[0].allow[0] (line 3): "));
  EXPECT_THAT(error("lb_policy: best\nupstreams:\n  - endpoint: http://a/v1\n"),
              HasSubstr("lb_policy (line 1): must be order or random"));
  EXPECT_THAT(error("upstreams:\n  - endpoint: http://a/v1\n    noauth: perhaps\n"),
              HasSubstr("upstreams[0].noauth (line 3): must be true or false"));
}

}  // namespace
}  // namespace llmgw::admin_cli::migrate
