#include "admin-cli/command/access/add.h"
#include "admin-cli/command/chat/chat.h"
#include "admin-cli/command/key/create.h"
#include "admin-cli/command/logs/list.h"
#include "admin-cli/command/logs/tail.h"
#include "admin-cli/command/route/add.h"
#include "tests/unit/admin_cli/command/parsing.h"

namespace llmgw::admin_cli {
namespace {

using Words = std::vector<std::string>;

class ParseCommand : public ParseTest {
 protected:
  std::string Key(Words args, std::function<void(const key::CreateOptions&)> check) {
    return Parse<key::CreateOptions>(
        [](auto& noun, auto c, auto run) { key::BuildCreate(noun, c, run); }, args, check);
  }
  std::string Tail(Words args, std::function<void(const logs::TailOptions&)> check) {
    return Parse<logs::TailOptions>(
        [](auto& noun, auto c, auto run) { logs::BuildTail(noun, c, run); }, args, check);
  }
  std::string Chat(Words args, std::function<void(const chat::ChatOptions&)> check) {
    return Parse<chat::ChatOptions>([](auto& noun, auto c, auto run) { chat::Build(noun, c, run); },
                                    args, check);
  }
};

TEST_F(ParseCommand, KeyCreateTakesItsLimits) {
  EXPECT_EQ(Key({"create", "app", "--allow", "gpt-4o*", "--deny", "o3", "--route", "a,b",
                 "--upstream", "u", "--expires", "30d", "--log-policy", "none", "--token-env", "T"},
                [](const key::CreateOptions& o) {
                  EXPECT_EQ(o.flags.name, "app");
                  EXPECT_EQ(o.token_env, "T");
                  config::v1::ClientKey k;
                  ASSERT_TRUE(key::ApplyKeyFlags(o.flags, FixedClock().Wall(), k));
                  EXPECT_EQ(k.allow(0), "gpt-4o*");
                  EXPECT_EQ(k.deny(0), "o3");
                  EXPECT_EQ(k.routes_size(), 2);
                  EXPECT_EQ(k.upstreams(0), "u");
                  EXPECT_EQ(k.log_policy(), "none");
                  EXPECT_EQ(k.expires_at().seconds(), 1'795'176'000 + 30 * 86'400);
                }),
            "");
}

TEST_F(ParseCommand, KeyCreateTakesLevelsAndAddresses) {
  EXPECT_EQ(Key({"create", "app", "--level", "basic,voice", "--allow-address", "10.0.0.0/8",
                 "--deny-address", "10.0.0.1", "--deny-address", "::1"},
                [](const key::CreateOptions& o) {
                  config::v1::ClientKey k;
                  ASSERT_TRUE(key::ApplyKeyFlags(o.flags, FixedClock().Wall(), k));
                  EXPECT_EQ(k.levels_size(), 2);
                  EXPECT_EQ(k.addresses().allow(0), "10.0.0.0/8");
                  EXPECT_EQ(k.addresses().deny_size(), 2);
                }),
            "");
}

TEST_F(ParseCommand, KeyCreateRefusesATokenAsAnArgument) {
  const std::string error =
      Key({"create", "app", "--token", "sk-real"}, [](const key::CreateOptions&) { FAIL(); });
  EXPECT_NE(error.find("--token-stdin"), std::string::npos);
  EXPECT_EQ(error.find("sk-real"), std::string::npos);
}

TEST_F(ParseCommand, RouteAddHasAFlagForEveryField) {
  Parse<route::AddOptions>(
      [](auto& noun, auto c, auto run) { route::BuildAdd(noun, c, run); },
      {"add",        "r",        "--prefix",      "/v1",       "--host",     "h",
       "--upstream", "a",        "--upstream",    "b",         "--retry-on", "5xx,429",
       "--auth",     "none",     "--cors-origin", "https://x", "--no-cors",  "--log-policy",
       "bodies",     "--commit", "first-byte",    "--models",  "local",      "--disable"},
      [](const route::AddOptions& o) {
        config::v1::Route r;
        ASSERT_TRUE(o.flags.edits.ApplyTo(r));
        EXPECT_EQ(o.flags.name, "r");
        EXPECT_EQ(r.prefix(), "/v1");
        EXPECT_EQ(r.host(), "h");
        EXPECT_EQ(r.upstreams(1), "b");
        EXPECT_EQ(r.retry_on(1), "429");
        EXPECT_EQ(r.auth(), "none");
        EXPECT_EQ(r.cors().allow_origins(0), "https://x");
        EXPECT_TRUE(r.cors().disabled());
        EXPECT_EQ(r.log_policy(), "bodies");
        EXPECT_EQ(r.commit(), "first-byte");
        EXPECT_EQ(r.models(), "local");
        EXPECT_TRUE(r.disabled());
      });
}

TEST_F(ParseCommand, AccessTakesOneSubject) {
  auto parse = [this](Words args) {
    return Parse<access::AddOptions>(
        [](auto& noun, auto c, auto run) { access::BuildAdd(noun, access::Effect::kDeny, c, run); },
        args,
        [](const access::AddOptions& o) {
          EXPECT_EQ(o.patterns, (Words{"a*", "b"}));
          EXPECT_EQ(o.subject.upstream, "openai");
          EXPECT_EQ(o.effect, access::Effect::kDeny);
        });
  };
  EXPECT_EQ(parse({"add", "a*", "b", "--upstream", "openai"}), "");
  EXPECT_NE(parse({"add", "a*", "b", "--upstream", "openai", "--key", "k"}), "");
}

TEST_F(ParseCommand, LogsTailTakesFiltersAndDashF) {
  EXPECT_EQ(Tail({"tail", "-f", "--last", "0", "--errors", "--status", "5xx"},
                 [](const logs::TailOptions& o) {
                   EXPECT_EQ(o.last, 0u);
                   EXPECT_TRUE(o.filter.errors);
                   EXPECT_EQ(o.filter.status, "5xx");
                 }),
            "");
  EXPECT_NE(Tail({"tail", "--last", "1001"}, [](const logs::TailOptions&) { FAIL(); }), "");
}

TEST_F(ParseCommand, LogFiltersBecomeTheContract) {
  logs::FilterFlags flags;
  flags.since = "1h";
  flags.until = "2026-11-20T11:30:00Z";
  flags.key = "app";
  flags.model = "gpt*";
  flags.status = "400-499";
  auto filter = logs::ToFilter(flags, FixedClock().Wall());
  ASSERT_TRUE(filter);
  EXPECT_EQ(filter->since().seconds(), 1'795'176'000 - 3600);
  EXPECT_EQ(filter->until().seconds(), 1'795'176'000 - 1800);
  EXPECT_EQ(filter->key(), "app");
  EXPECT_EQ(filter->model(), "gpt*");
  EXPECT_EQ(filter->status_min(), 400);
  EXPECT_EQ(filter->status_max(), 499);

  flags.status = "5xx";
  EXPECT_EQ(logs::ToFilter(flags, {})->status_min(), 500);
  flags.status = "429";
  EXPECT_EQ(logs::ToFilter(flags, {})->status_max(), 429);
  for (const char* wrong : {"9xx", "x", "499-400", "0", "5xxx", "400-"}) {
    flags.status = wrong;
    EXPECT_FALSE(logs::ToFilter(flags, {})) << wrong;
  }
}

TEST_F(ParseCommand, ChatTakesWordsAndStreamsUnlessTold) {
  EXPECT_EQ(Chat({"chat", "--model", "m", "Say", "hello"},
                 [](const chat::ChatOptions& o) {
                   EXPECT_EQ(o.text, (Words{"Say", "hello"}));
                   EXPECT_EQ(o.model, "m");
                   EXPECT_TRUE(o.stream);
                 }),
            "");
  EXPECT_EQ(Chat({"chat", "--no-stream", "-"},
                 [](const chat::ChatOptions& o) {
                   EXPECT_EQ(o.text, (Words{"-"}));
                   EXPECT_FALSE(o.stream);
                 }),
            "");
}

}  // namespace
}  // namespace llmgw::admin_cli
