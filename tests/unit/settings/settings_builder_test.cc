#include "dataplane/settings/settings_builder.h"

#include <gtest/gtest.h>

#include <cstring>

namespace llmgw::settings {
namespace {

UpstreamSettings Upstream(std::string name) {
  UpstreamSettings upstream;
  upstream.name = std::move(name);
  return upstream;
}

RouteDefinition Route(std::string name, std::string prefix, std::string host = "") {
  RouteDefinition route;
  route.name = std::move(name);
  route.prefix = std::move(prefix);
  route.host = std::move(host);
  return route;
}

std::string RouteNameFor(const RuntimeSettings& settings, std::string_view host,
                         std::string_view path) {
  const RouteSettings* route = settings.FindRoute(host, path);
  return route == nullptr ? "(none)" : route->name;
}

KeyHash HashOf(uint64_t number) {
  KeyHash hash{};
  std::memcpy(hash.data(), &number, sizeof(number));
  return hash;
}

std::vector<std::string> Names(const std::vector<const UpstreamSettings*>& upstreams) {
  std::vector<std::string> names;
  for (const UpstreamSettings* upstream : upstreams) names.push_back(upstream->name);
  return names;
}

TEST(FindRoute, TakesTheLongestPrefixThatEndsOnASegmentBoundary) {
  SettingsBuilder builder(7, "key");
  builder.AddRoute(Route("v1", "/v1"));
  builder.AddRoute(Route("chat", "/v1/chat"));
  const SettingsPtr settings = builder.Build();
  EXPECT_EQ(settings->revision(), 7u);
  EXPECT_EQ(RouteNameFor(*settings, "h", "/v1"), "v1");
  EXPECT_EQ(RouteNameFor(*settings, "h", "/v1/models"), "v1");
  EXPECT_EQ(RouteNameFor(*settings, "h", "/v1/chat"), "chat");
  EXPECT_EQ(RouteNameFor(*settings, "h", "/v1/chat/completions"), "chat");
  EXPECT_EQ(RouteNameFor(*settings, "h", "/v1/chatter"), "v1");
  EXPECT_EQ(RouteNameFor(*settings, "h", "/v10"), "(none)");
  EXPECT_EQ(RouteNameFor(*settings, "h", "/"), "(none)");
  EXPECT_EQ(RouteNameFor(*settings, "h", ""), "(none)");
}

TEST(FindRoute, SlashMatchesEveryPath) {
  SettingsBuilder builder(1, "key");
  builder.AddRoute(Route("all", "/"));
  builder.AddRoute(Route("v1", "/v1"));
  const SettingsPtr settings = builder.Build();
  EXPECT_EQ(RouteNameFor(*settings, "", "/"), "all");
  EXPECT_EQ(RouteNameFor(*settings, "", "/v10/x"), "all");
  EXPECT_EQ(RouteNameFor(*settings, "", "/v1/x"), "v1");
}

TEST(FindRoute, AMatchingHostBeatsALongerPrefixWithoutHost) {
  SettingsBuilder builder(1, "key");
  builder.AddRoute(Route("long", "/v1/chat"));
  builder.AddRoute(Route("hosted", "/v1", "API.Example.com"));
  const SettingsPtr settings = builder.Build();
  EXPECT_EQ(RouteNameFor(*settings, "api.example.COM", "/v1/chat"), "hosted");
  EXPECT_EQ(RouteNameFor(*settings, "other.example.com", "/v1/chat"), "long");
  EXPECT_EQ(RouteNameFor(*settings, "other.example.com", "/v1"), "(none)");
}

TEST(Routes, WithoutAListHaveEveryUpstreamInOrder) {
  SettingsBuilder builder(1, "key");
  builder.AddUpstream(Upstream("b"));
  builder.AddUpstream(Upstream("a"));
  builder.AddRoute(Route("all", "/"));
  RouteDefinition chosen = Route("chosen", "/v1");
  chosen.upstreams = {"a", "disabled-one", "b"};
  builder.AddRoute(chosen);
  RouteDefinition only_disabled = Route("dead", "/dead");
  only_disabled.upstreams = {"disabled-one"};
  builder.AddRoute(only_disabled);
  const SettingsPtr settings = builder.Build();
  EXPECT_EQ(Names(settings->FindRoute("", "/x")->upstreams), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(Names(settings->FindRoute("", "/v1")->upstreams), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(settings->FindRoute("", "/dead")->upstreams.empty());
}

TEST(Keys, KeepTheirRestrictions) {
  SettingsBuilder builder(1, "key");
  builder.AddUpstream(Upstream("openai"));
  builder.AddRoute(Route("v1", "/v1"));
  {
    const std::string id = "key_0123456789abcdef";
    const std::string name = "a-name-that-does-not-fit-into-a-small-string";
    builder.AddKey({.id = id,
                    .name = name,
                    .hash = HashOf(1),
                    .expires_at = std::chrono::system_clock::time_point(std::chrono::seconds(5)),
                    .models = {{"gpt-4o*"}, {"gpt-4o-mini"}},
                    .routes = {"v1"},
                    .upstreams = {"openai"},
                    .log_policy = model::LogPolicy::kBodies});
  }
  builder.AddKey({.id = "key_2", .name = "two", .hash = HashOf(2), .disabled = true});
  const SettingsPtr settings = builder.Build();
  ASSERT_EQ(settings->key_count(), 2u);
  const KeySettings* one = settings->FindKey(HashOf(1));
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->id, "key_0123456789abcdef");
  EXPECT_EQ(one->name, "a-name-that-does-not-fit-into-a-small-string");
  EXPECT_EQ(one->expires_at->time_since_epoch(), std::chrono::seconds(5));
  EXPECT_TRUE(one->models.Admits("gpt-4o-2024"));
  EXPECT_FALSE(one->models.Admits("gpt-4o-mini"));
  EXPECT_FALSE(one->any_route);
  EXPECT_FALSE(one->any_upstream);
  EXPECT_EQ(one->routes, std::vector<const RouteSettings*>{settings->FindRoute("", "/v1")});
  EXPECT_EQ(Names(one->upstreams), std::vector<std::string>{"openai"});
  EXPECT_EQ(one->log_policy, model::LogPolicy::kBodies);
  const KeySettings* two = settings->FindKey(HashOf(2));
  ASSERT_NE(two, nullptr);
  EXPECT_TRUE(two->disabled);
  EXPECT_TRUE(two->any_route);
  EXPECT_TRUE(two->any_upstream);
  EXPECT_TRUE(two->models.Admits("anything"));
  EXPECT_FALSE(two->expires_at);
  EXPECT_EQ(settings->FindKey(HashOf(3)), nullptr);
}

TEST(Keys, BoundToOnlyDisabledThingsMayUseNoneOfThem) {
  SettingsBuilder builder(1, "key");
  builder.AddKey({.id = "k", .hash = HashOf(1), .routes = {"off"}, .upstreams = {"off"}});
  const SettingsPtr settings = builder.Build();
  const KeySettings* key = settings->FindKey(HashOf(1));
  EXPECT_FALSE(key->any_route);
  EXPECT_FALSE(key->any_upstream);
  EXPECT_TRUE(key->routes.empty());
  EXPECT_TRUE(key->upstreams.empty());
}

TEST(Keys, AreAllFoundWhetherRoomWasReservedOrNot) {
  for (const bool reserve : {false, true}) {
    SettingsBuilder builder(1, "key");
    if (reserve) builder.ReserveKeys(5000, 5000 * 8);
    for (uint64_t i = 0; i < 5000; ++i) {
      // Multiples of a power of two: they all want few of the slots.
      builder.AddKey({.id = std::to_string(i), .hash = HashOf(i * 4096)});
    }
    const SettingsPtr settings = builder.Build();
    ASSERT_EQ(settings->key_count(), 5000u);
    for (uint64_t i = 0; i < 5000; ++i) {
      const KeySettings* key = settings->FindKey(HashOf(i * 4096));
      ASSERT_NE(key, nullptr) << i;
      EXPECT_EQ(key->id, std::to_string(i));
    }
    EXPECT_EQ(settings->FindKey(HashOf(1)), nullptr);
  }
}

TEST(Keys, OfTwoWithOneHashTheFirstIsKept) {
  SettingsBuilder builder(1, "key");
  builder.AddKey({.id = "first", .hash = HashOf(1)});
  builder.AddKey({.id = "second", .hash = HashOf(1)});
  const SettingsPtr settings = builder.Build();
  EXPECT_EQ(settings->key_count(), 1u);
  EXPECT_EQ(settings->FindKey(HashOf(1))->id, "first");
}

TEST(Keys, ShareEqualAddressListsAndLevels) {
  SettingsBuilder builder(1, "key");
  builder.AddLevel({"basic", {"gpt-4o*"}});
  builder.AddLevel({"every", {}});
  const auto add = [&](uint64_t number, const char* range, std::vector<std::string_view> levels) {
    KeyDefinition key;
    key.hash = HashOf(number);
    key.addresses.deny = *net::IpRanges::Parse({range});
    key.levels = std::move(levels);
    builder.AddKey(key);
  };
  add(1, "10.0.0.0/8", {"basic", "every"});
  add(2, "10.0.0.0/8", {"every", "basic"});
  add(3, "11.0.0.0/8", {"basic"});
  const SettingsPtr settings = builder.Build();
  const KeySettings& one = *settings->FindKey(HashOf(1));
  const KeySettings& two = *settings->FindKey(HashOf(2));
  const KeySettings& three = *settings->FindKey(HashOf(3));
  EXPECT_EQ(one.addresses, two.addresses);
  EXPECT_EQ(one.levels, two.levels);
  EXPECT_TRUE(one.levels->every_model);
  EXPECT_NE(one.addresses, three.addresses);
  EXPECT_FALSE(three.levels->every_model);
  EXPECT_EQ(three.levels->names, std::vector<std::string_view>{"basic"});
}

TEST(Keys, AreSmall) { EXPECT_LE(sizeof(KeySettings), 96u); }

}  // namespace
}  // namespace llmgw::settings
