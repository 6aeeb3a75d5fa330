#include "dataplane/route/router.h"

#include <gtest/gtest.h>

#include "dataplane/authenticate/api_key_authenticator.h"
#include "dataplane/net/http1/head_parser.h"
#include "dataplane/settings/settings_builder.h"

namespace llmgw::route {
namespace {

class RouterTest : public ::testing::Test {
 protected:
  settings::UpstreamSettings& AddUpstream(const std::string& name) {
    upstreams_.emplace_back().name = name;
    return upstreams_.back();
  }
  settings::RouteDefinition& AddRoute(const std::string& name, const std::string& prefix) {
    settings::RouteDefinition& route = routes_.emplace_back();
    route.name = name;
    route.prefix = prefix;
    return route;
  }

  void Build() {
    settings::SettingsBuilder builder(1, "hash key");
    for (const auto& upstream : upstreams_) builder.AddUpstream(upstream);
    for (const auto& route : routes_) builder.AddRoute(route);
    settings::SettingsBuilder hasher(0, "hash key");
    key_.id = "key";
    key_.hash = hasher.Build()->HashToken("token");
    builder.AddKey(key_);
    settings_ = builder.Build();
  }

  // The name of the route, or the reason of the refusal.
  std::string Match(std::string_view host, std::string_view path) {
    const auto route = Router::Match(*settings_, host, path);
    return route ? route->settings().name : std::string(route.error().reason);
  }

  // The names of the candidates, or the reason of the refusal.
  std::string Choose(const model::RequestFacts& facts, const std::string& path = "/v1") {
    const std::string text = "GET " + path + " HTTP/1.1\r\nHost: a\r\nApi-Key: token\r\n\r\n";
    net::http1::RequestHead head;
    net::http1::HeadFault fault = net::http1::HeadFault::kNone;
    (void)net::http1::ParseRequestHead(text, {}, head, fault);
    const auto matched = Router::Match(*settings_, "a", path);
    const auto caller = authenticate::ApiKeyAuthenticator::Authenticate(head, *matched, *settings_,
                                                                        {}, "192.0.2.7");
    const auto route = Router::Choose(*matched, *caller, facts);
    if (!route) return std::string(route.error().reason);
    std::string names;
    for (const settings::UpstreamSettings* upstream : route->candidates())
      names += upstream->name + " ";
    return names;
  }
  std::string Choose(const std::string& model) {
    model::RequestFacts facts;
    facts.model = model;
    facts.has_model = true;
    return Choose(facts);
  }

  std::vector<settings::UpstreamSettings> upstreams_;
  std::vector<settings::RouteDefinition> routes_;
  settings::KeyDefinition key_;
  settings::SettingsPtr settings_;
};

TEST_F(RouterTest, MatchesWholeSegmentsTheLongestFirst) {
  AddRoute("root", "/");
  AddRoute("v1", "/v1");
  AddRoute("chat", "/v1/chat");
  Build();
  EXPECT_EQ(Match("a", "/v1/chat/completions"), "chat");
  EXPECT_EQ(Match("a", "/v1/chats"), "v1");
  EXPECT_EQ(Match("a", "/v1"), "v1");
  EXPECT_EQ(Match("a", "/v1/"), "v1");
  EXPECT_EQ(Match("a", "/v11"), "root");
  EXPECT_EQ(Match("a", "/"), "root");
}

TEST_F(RouterTest, MatchesHostsWithoutTheirPortInAnyCase) {
  AddRoute("any", "/");
  AddRoute("host", "/").host = "api.test";
  AddRoute("v6", "/").host = "[2001:db8::1]";
  Build();
  EXPECT_EQ(Match("api.test", "/x"), "host");
  EXPECT_EQ(Match("API.Test:443", "/x"), "host");
  EXPECT_EQ(Match("[2001:DB8::1]:443", "/x"), "v6");
  EXPECT_EQ(Match("api.test.", "/x"), "any");
  EXPECT_EQ(Match("", "/x"), "any");
  EXPECT_EQ(Match("[", "/x"), "any");
}

TEST_F(RouterTest, KeepsTheOrderAndLeavesOutWhoeverDoesNotServeTheModel) {
  AddUpstream("a").models = {{"gpt-*"}, {"gpt-3*"}};
  AddUpstream("b");
  AddUpstream("c").models = {{}, {"gpt-4"}};
  AddRoute("v1", "/v1").upstreams = {"c", "a", "b"};
  Build();
  EXPECT_EQ(Choose("gpt-4"), "a b ");
  EXPECT_EQ(Choose("gpt-4o"), "c a b ");
  EXPECT_EQ(Choose("gpt-3.5"), "c b ");
  EXPECT_EQ(Choose(""), "c b ");
}

TEST_F(RouterTest, TellsWhoRefused) {
  AddUpstream("a").models = {{"x"}, {}};
  AddUpstream("b").models = {{"y"}, {}};
  AddRoute("v1", "/v1");
  AddRoute("only-b", "/b").upstreams = {"b"};
  AddRoute("gone", "/gone").upstreams = {"removed"};
  key_.upstreams = {"a"};
  key_.models = {{}, {"z"}};
  Build();
  EXPECT_EQ(Choose("x"), "a ");
  EXPECT_EQ(Choose("y"), "model_not_found");
  EXPECT_EQ(Choose("z"), "model_not_allowed");
  model::RequestFacts facts;
  facts.model = "y";
  EXPECT_EQ(Choose(facts, "/b"), "upstream_not_allowed");
  EXPECT_EQ(Choose(facts, "/gone"), "no_upstream");
}

TEST_F(RouterTest, OnlyAnAllowListThatNamesThePathAdmitsAnUnreadableBodyPastADenyList) {
  AddUpstream("none");
  AddUpstream("deny").models = {{}, {"x"}};
  AddUpstream("allow").models = {{"y"}, {}};
  AddUpstream("most").models = {{"*"}, {"x"}};
  AddUpstream("path").models = {{"y", "/v1/f*"}, {"x"}};
  AddRoute("v1", "/v1");
  Build();
  model::RequestFacts facts;
  facts.model = "/v1/files";
  EXPECT_EQ(Choose(facts), "none deny most path ");
  facts.opaque = true;
  EXPECT_EQ(Choose(facts), "none path ");
}

TEST_F(RouterTest, TriesNoMoreThanTheMostCandidates) {
  for (size_t i = 0; i < model::Route::kMaxCandidates + 5; ++i)
    AddUpstream("u" + std::to_string(i));
  AddRoute("v1", "/v1");
  Build();
  const std::string names = Choose("x");
  EXPECT_EQ(static_cast<size_t>(std::count(names.begin(), names.end(), ' ')),
            model::Route::kMaxCandidates);
}

}  // namespace
}  // namespace llmgw::route
