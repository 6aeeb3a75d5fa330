#include <gmock/gmock.h>

#include "admin-cli/import/openai_forward_config.h"
#include "tests/unit/admin_cli/import/plan_text.h"

namespace llmgw::admin_cli::migrate {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Result<ImportPlan> PlanOfEnv(const std::string& text,
                             ShortTokens short_tokens = ShortTokens::kLeaveOut) {
  TRY_ASSIGN(ForwardConfig config, ReadForwardEnv(text));
  return PlanOfForward(std::move(config), short_tokens);
}

Result<ImportPlan> PlanOfYaml(const std::string& text,
                              ShortTokens short_tokens = ShortTokens::kLeaveOut) {
  TRY_ASSIGN(ForwardConfig config, ReadForwardYaml(text));
  return PlanOfForward(std::move(config), short_tokens);
}

// Several targets, a pool, generic targets, limits, a cache, a proxy: the variables of v0.6.2.
constexpr char kEnv[] = R"(# several services behind one port
LOG_CHAT=true
OPENAI_BASE_URL='https://api.openai.com, http://localhost:8080, http://localhost:9999'
OPENAI_ROUTE_PREFIX='/openai, localai/'
OPENAI_API_KEY='sk-first-provider-key, sk-second-provider-key'
FORWARD_KEY=fk-the-first-client, fk-2
EXTRA_BASE_URL=http://localhost:8882
EXTRA_ROUTE_PREFIX=/tts
REQ_RATE_LIMIT='{
"/healthz": "50/3minutes",
"/openai/v1/chat/completions": "1/10seconds"
}'
GLOBAL_RATE_LIMIT=inf
RATE_LIMIT_STRATEGY=fixed-window
TOKEN_RATE_LIMIT={"/v1/chat/completions":"20/second"}
CACHE_CHAT_COMPLETION=false
CACHE_BACKEND=LMDB
PROXY=http://localhost:7890
TIMEOUT=6
IP_WHITELIST=192.0.2.1,2001:db8::1,office
IP_BLACKLIST=192.0.2.9
TZ=Asia/Shanghai
SOMETHING=else
)";

TEST(OpenaiForwardEnv, CarriesOverSeveralTargetsWithTheirPool) {
  const auto plan = PlanOfEnv(kEnv);
  ASSERT_TRUE(plan) << ErrorOf(plan);
  const std::string pool =
      R"(credentials { id: "key-1" secret: "sk-first-provider-key" } credentials { id: "key-2" secret: "sk-second-provider-key" } timeouts { connect { seconds: 6 } } outbound { proxy: "http://localhost:7890" })";
  const std::string addresses =
      R"(addresses { allow: "192.0.2.1" allow: "2001:db8::1" deny: "192.0.2.9" })";
  EXPECT_EQ(
      TextOf(*plan),
      "\nupstream name: \"api.openai.com\" kind: \"openai\" endpoint: \"https://api.openai.com\" " +
          pool +
          "\nupstream name: \"localhost\" kind: \"openai\" endpoint: \"http://localhost:8080\" " +
          pool +
          "\nupstream name: \"localhost-2\" kind: \"openai\" endpoint: \"http://localhost:8882\" "
          "credential_mode: \"passthrough\" timeouts { connect { seconds: 6 } } outbound { proxy: "
          "\"http://localhost:7890\" }"
          "\nroute name: \"openai\" prefix: \"/openai\" upstreams: \"api.openai.com\" log_policy: "
          "\"bodies\" " +
          addresses +
          "\nroute name: \"localai\" prefix: \"/localai\" upstreams: \"localhost\" log_policy: "
          "\"bodies\" " +
          addresses +
          "\nroute name: \"tts\" prefix: \"/tts\" upstreams: \"localhost-2\" auth: \"none\" " +
          addresses +
          R"(
key name: "forward-key-1" routes: "openai" routes: "localai" token fk-the-first-client
not OPENAI_BASE_URL (from entry 3):3 has no partner in OPENAI_ROUTE_PREFIX
not CACHE_BACKEND:17 a cache of answers is not supported yet
not RATE_LIMIT_STRATEGY:14 rate limits are not supported yet
not REQ_RATE_LIMIT:9 rate limits are not supported yet
not SOMETHING:23 openai-forward has no variable of this name
not TOKEN_RATE_LIMIT:15 rate limits are not supported yet
not TZ:22 times are shown in the time zone of whoever reads them
not IP_WHITELIST:20 an entry must be an IP address or a range such as 10.0.0.0/8 or 2001:db8::/32
not X-Forwarded-For:0 was believed of everybody; here only of the dataplane's --trusted-proxies
not FORWARD_KEY (key 2):6 the token can't be kept: it must have 16 to 512 visible ASCII characters; --new-tokens FILE makes the key forward-key-2 with a new token
not tokens that are no forward key:0 were passed through to the upstream; here they are answered 401
)");
}

TEST(OpenaiForwardEnv, WithNothingSetItPassesEverythingThrough) {
  const auto plan = PlanOfEnv("LOG_CHAT=false\n");
  ASSERT_TRUE(plan) << ErrorOf(plan);
  EXPECT_EQ(TextOf(*plan), R"(
upstream name: "api.openai.com" kind: "openai" endpoint: "https://api.openai.com" credential_mode: "passthrough"
route name: "default" prefix: "/" upstreams: "api.openai.com" auth: "none"
)");
}

TEST(OpenaiForwardEnv, APoolWithoutForwardKeysIsNotOpenedToEverybody) {
  const auto plan = PlanOfEnv("OPENAI_API_KEY=sk-1\n");
  ASSERT_TRUE(plan) << ErrorOf(plan);
  EXPECT_EQ(plan->routes[0].auth(), "");
  EXPECT_TRUE(plan->keys.empty());
  EXPECT_THAT(TextOf(*plan), HasSubstr("not OPENAI_API_KEY:1 without forward keys everybody"));
}

TEST(OpenaiForwardEnv, ForwardKeysWithoutAPoolStandForNothing) {
  const auto plan = PlanOfEnv("FORWARD_KEY=fk-0123456789abcdef\n");
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->keys.empty());
  EXPECT_EQ(plan->upstreams[0].credential_mode(), "passthrough");
  EXPECT_THAT(TextOf(*plan), HasSubstr("not FORWARD_KEY (key 1):1 there is no OPENAI_API_KEY"));
}

// The forms of 0.7.1 (key to levels, forward key to level) and of 0.8.1 (level to forward keys).
TEST(OpenaiForwardEnv, LevelsBindKeysToModelsAndCredentials) {
  const std::string common =
      "OPENAI_API_KEY={\"sk-1-aaaa\": [0], \"sk-2-bbbb\": [1], \"sk-3-cccc\": [1, 2, 9]}\n"
      "LEVEL_MODELS='{\"1\": [\"gpt-4\"],\n \"2\": [\"gpt-3.5-turbo\", \"o*\"]}'\n";
  const std::string expected = R"(
level name: "level-0"
level name: "level-1" models: "gpt-4"
level name: "level-2" models: "gpt-3.5-turbo" models: "o*"
upstream name: "api.openai.com" kind: "openai" endpoint: "https://api.openai.com" credentials { id: "key-1" secret: "sk-1-aaaa" levels: "level-0" } credentials { id: "key-2" secret: "sk-2-bbbb" levels: "level-1" } credentials { id: "key-3" secret: "sk-3-cccc" levels: "level-1" levels: "level-2" }
route name: "default" prefix: "/" upstreams: "api.openai.com"
key name: "forward-key-1" routes: "default" levels: "level-0" token fk-0-0123456789abcdef
key name: "forward-key-2" routes: "default" levels: "level-1" token fk-1-0123456789abcdef
)";
  const auto old = PlanOfEnv(
      common +
      "FORWARD_KEY={\"fk-0-0123456789abcdef\": 0, \"fk-1-0123456789abcdef\": 1, \"fk-7\": 7}\n");
  ASSERT_TRUE(old) << ErrorOf(old);
  const std::string text = TextOf(*old);
  EXPECT_EQ(text.substr(0, expected.size()), expected) << text;
  EXPECT_THAT(text, HasSubstr("not OPENAI_API_KEY[2] (key 3):1 is for a level that has no models"));
  EXPECT_THAT(text, HasSubstr("not FORWARD_KEY[2] (key 3):4 its level has no models"));

  const auto newer = PlanOfEnv(common +
                               "FORWARD_KEY_CONFIG={\"0\": [\"fk-0-0123456789abcdef\"], \"1\": "
                               "[\"fk-1-0123456789abcdef\"]}\n");
  ASSERT_TRUE(newer) << ErrorOf(newer);
  EXPECT_EQ(TextOf(*newer).substr(0, expected.size()), expected) << TextOf(*newer);
}

TEST(OpenaiForwardEnv, ACredentialWhoseLevelsAreUnknownIsLeftOutBecauseItWouldServeAll) {
  const auto plan = PlanOfEnv("OPENAI_API_KEY={\"sk-a\": [5], \"sk-b\": [0]}\n");
  ASSERT_TRUE(plan) << ErrorOf(plan);
  ASSERT_EQ(plan->upstreams[0].credentials_size(), 1);
  EXPECT_EQ(plan->upstreams[0].credentials(0).id(), "key-2");
}

TEST(OpenaiForwardEnv, ForwardConfigTakesThePlaceOfTheUrlLists) {
  const auto plan = PlanOfEnv(
      "OPENAI_BASE_URL=https://ignored.example\n"
      "FORWARD_CONFIG=[{\"base_url\":\"https://api.openai.com\",\"route\":\"/"
      "\",\"type\":\"openai\"},"
      "{\"base_url\":\"https://g.example\",\"route\":\"/gemini\",\"type\":\"general\"},"
      "{\"base_url\":\"https://late.example\",\"route\":\"/gemini\",\"type\":\"general\"}]\n");
  ASSERT_TRUE(plan) << ErrorOf(plan);
  EXPECT_EQ(plan->upstreams.size(), 2u);
  EXPECT_EQ(plan->routes[0].name(), "default");
  EXPECT_EQ(plan->routes[1].name(), "gemini");
  EXPECT_THAT(TextOf(*plan),
              AllOf(HasSubstr("not OPENAI_BASE_URL:1 FORWARD_CONFIG takes its place"),
                    HasSubstr("not FORWARD_CONFIG[2]:2 the target for /gemini")));
}

TEST(OpenaiForwardEnv, AProxysPasswordIsASecret) {
  const auto plan = PlanOfEnv("PROXY=http://user:pass-word@proxy.example:3128/\n");
  ASSERT_TRUE(plan) << ErrorOf(plan);
  const auto& outbound = plan->upstreams[0].outbound();
  EXPECT_EQ(outbound.proxy(), "http://proxy.example:3128");
  EXPECT_EQ(outbound.proxy_user(), "user");
  ASSERT_EQ(outbound.secrets_size(), 1);
  EXPECT_EQ(outbound.secrets(0).id(), "proxy_password");
  EXPECT_EQ(outbound.secrets(0).secret(), "pass-word");
  EXPECT_THAT(TextOf(*PlanOfEnv("PROXY=socks5://p:1\n")), HasSubstr("not PROXY:1 the proxy is no"));
}

TEST(OpenaiForwardEnv, AWhitelistOfNothingUsableLetsNobodyIn) {
  const auto plan = PlanOfEnv("IP_WHITELIST=office\n");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->routes[0].addresses().deny_size(), 2);
}

TEST(OpenaiForwardEnv, BenchmarkModeIsAMock) {
  const auto plan = PlanOfEnv("BENCHMARK_MODE=True\n");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->upstreams[1].kind(), "mock");
  EXPECT_EQ(plan->routes[1].prefix(), "/benchmark/v1");
}

TEST(OpenaiForwardEnv, NamesVariableAndLineOfAMistakeAndNoSecret) {
  const auto error = [](const std::string& text) { return ErrorOf(PlanOfEnv(text)); };
  EXPECT_THAT(error("A=1\nOPENAI_BASE_URL=nonsense\n"),
              HasSubstr("OPENAI_BASE_URL (line 2): the base URL "));
  EXPECT_THAT(error("\nFORWARD_CONFIG=[{\"route\": \"/\"}]\n"),
              HasSubstr("FORWARD_CONFIG[0] (line 2): has no base_url"));
  EXPECT_THAT(error("FORWARD_CONFIG='[\n{]'\n"),
              HasSubstr("FORWARD_CONFIG (line 2): can't be read"));
  EXPECT_THAT(error("OPENAI_ROUTE_PREFIX=/a b\n"), HasSubstr("the route "));
  EXPECT_THAT(error("LEVEL_MODELS={\"1\": [\"a*b\"]}\n"), HasSubstr("LEVEL_MODELS.1 (line 1): "));
  EXPECT_THAT(error("TIMEOUT=soon\n"), HasSubstr("TIMEOUT (line 1): must be a number of seconds"));
  EXPECT_THAT(error("OPENAI_API_KEY={\"sk-secret\": {}}\n"),
              AllOf(HasSubstr("OPENAI_API_KEY[0] (line 1): must be"), Not(HasSubstr("sk-secret"))));
  EXPECT_THAT(error("OPENAI_API_KEY=sk-sec ret\n"),
              AllOf(HasSubstr("OPENAI_API_KEY (line 1): a key "), Not(HasSubstr("sk-sec"))));
}

// The whole example of the newest version, with tokens long enough to be kept.
constexpr char kYaml[] = R"(log:
  general: true
  openai: false
cache:
  openai: true
  backend: MEMORY
chat_completion_route: "/v1/chat/completions"
benchmark_mode: false
forward:
  - base_url: "https://api.openai.com/"
    route: "/openai"
    type: "openai"
  - base_url: "https://generativelanguage.googleapis.com"
    route: "/gemini"
    type: "general"
  - base_url: "http://localhost:11434"
    route: "/"
    type: "custom"
    backend: "ollama"
    model_map:
      gpt-4o-mini: "qwen2:latest"
  - base_url: "https://api.anthropic.com/v1/messages"
    route: "/anthropic"
    type: "custom"
    backend: "anthropic"
api_key:
  level:
    1: ["gpt-4"]
    2: []
  openai_key:
    "sk-xxx1": [0]
    "sk-xxx2": [1]
  forward_key:
    0: ["fk-0"]
    1: ["fk-1-0123456789abcdef", "fk-11-0123456789abcdef"]
    2: ["fk-2-0123456789abcdef"]
rate_limit:
  global_rate_limit: "200/minute"
timeout: 6
ip_blacklist:
ip_whitelist:
webui_restart_port: 15555
proxy:
default_stream_response: true
tz: Asia/Shanghai
)";

TEST(OpenaiForwardYaml, CarriesOverItsExample) {
  const auto plan = PlanOfYaml(kYaml, ShortTokens::kReplace);
  ASSERT_TRUE(plan) << ErrorOf(plan);
  EXPECT_EQ(TextOf(*plan), R"(
level name: "level-0"
level name: "level-1" models: "gpt-4"
upstream name: "api.openai.com" kind: "openai" endpoint: "https://api.openai.com" credentials { id: "key-1" secret: "sk-xxx1" levels: "level-0" } credentials { id: "key-2" secret: "sk-xxx2" levels: "level-1" } timeouts { connect { seconds: 6 } }
upstream name: "generativelanguage.googleapis.com" kind: "openai" endpoint: "https://generativelanguage.googleapis.com" credential_mode: "passthrough" timeouts { connect { seconds: 6 } }
upstream name: "localhost" kind: "openai" endpoint: "http://localhost:11434" credential_mode: "none" timeouts { connect { seconds: 6 } } model_map { key: "gpt-4o-mini" value: "qwen2:latest" }
route name: "default" prefix: "/" upstreams: "localhost" log_policy: "bodies"
route name: "openai" prefix: "/openai" upstreams: "api.openai.com"
route name: "gemini" prefix: "/gemini" upstreams: "generativelanguage.googleapis.com" auth: "none" log_policy: "bodies"
key name: "forward-key-1" routes: "openai" routes: "default" levels: "level-0" token (new)
key name: "forward-key-2" routes: "openai" routes: "default" levels: "level-1" token fk-1-0123456789abcdef
key name: "forward-key-3" routes: "openai" routes: "default" levels: "level-1" token fk-11-0123456789abcdef
not cache:5 a cache of answers is not supported yet
not chat_completion_route:7 needs no equivalent: logs and levels are about every path, whatever its name
not forward[3]:22 targets of type custom are carried over for the backend ollama only; see llmctl upstream add --help for other kinds
not rate_limit:38 rate limits are not supported yet
not webui_restart_port:42 there is no web interface
not default_stream_response:44 a request without "stream" is sent on as it is
not tz:45 times are shown in the time zone of whoever reads them
not api_key.level.2:29 a level without models would have every model here
not api_key.forward_key[0] (key 1):34 the token can't be kept: it must have 16 to 512 visible ASCII characters; the key forward-key-1 gets a new one, which its client needs
not api_key.forward_key[2] (key 4):36 its level has no models
not tokens that are no forward key:0 were passed through to the upstream; here they are answered 401
not forward[2]:16 its route asks for a key; to open it: llmctl route set NAME --auth none
)");
}

TEST(OpenaiForwardYaml, NamesKeyAndLineOfAMistake) {
  const auto error = [](const std::string& text) { return ErrorOf(PlanOfYaml(text)); };
  EXPECT_EQ(error("log:\n  openai: true\n"), "the file (line 1): has no targets under forward");
  EXPECT_THAT(error("forward:\n  - base_url: x\n    route: /\n    type: openai\n"),
              HasSubstr("forward[0] (line 2): the base URL "));
  EXPECT_THAT(error("forward:\n  - base_url: http://a\n    type: other\n"),
              HasSubstr("forward[0] (line 2): has a type that is none of"));
  EXPECT_THAT(error("forward: 1\n"), HasSubstr("forward (line 1): must be a list"));
  EXPECT_THAT(error("api_key:\n  openai_key:\n    - a\n"),
              HasSubstr("api_key.openai_key (line 3): must be a map"));
}

}  // namespace
}  // namespace llmgw::admin_cli::migrate
