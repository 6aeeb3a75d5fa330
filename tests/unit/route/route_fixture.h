#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "dataplane/authenticate/api_key_authenticator.h"
#include "dataplane/net/http1/head_parser.h"
#include "dataplane/route/router.h"
#include "dataplane/settings/settings_builder.h"

namespace llmgw::route {

// Settings made in code, the table that goes with them, and a clock moved by hand. The caller is a
// stranger on an open route.
class RouteFixture : public ::testing::Test {
 protected:
  settings::UpstreamSettings& AddUpstream(const std::string& name) {
    upstreams_.emplace_back().name = name;
    return upstreams_.back();
  }
  settings::RouteDefinition& AddRoute(const std::string& name, const std::string& prefix) {
    settings::RouteDefinition& route = routes_.emplace_back();
    route.name = name;
    route.prefix = prefix;
    route.auth = settings::AuthMode::kOpen;
    return route;
  }
  // As a worker takes new settings.
  void Apply() {
    settings::SettingsBuilder builder(++revision_, "hash key");
    for (const auto& upstream : upstreams_) builder.AddUpstream(upstream);
    for (const auto& route : routes_) builder.AddRoute(route);
    auto built = builder.Build();
    table_ = std::make_shared<UpstreamTable>(*built, table_.get(), 7);
    settings_ = std::move(built);
  }

  const settings::RuntimeSettings& settings() const { return *settings_; }
  settings::SettingsPtr shared_settings() const { return settings_; }
  UpstreamTable& table() { return *table_; }
  std::shared_ptr<UpstreamTable> shared_table() { return table_; }

  model::Caller caller(const std::string& path = "/v1") const {
    const std::string text = "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    net::http1::RequestHead head;
    net::http1::HeadFault fault = net::http1::HeadFault::kNone;
    (void)net::http1::ParseRequestHead(text, {}, head, fault);
    return *authenticate::ApiKeyAuthenticator::Authenticate(
        head, *Router::Match(*settings_, "a", path), *settings_, {}, "192.0.2.7");
  }
  model::Route Chosen(const std::string& path) const {
    return *Router::Choose(*Router::Match(*settings_, "a", path), caller(path), {});
  }
  bool NeedsOrder(const std::string& path) { return Router::NeedsOrder(Chosen(path), *table_); }
  std::vector<std::string> Ordered(const std::string& path, uint64_t affinity = 0) {
    model::Route route = Chosen(path);
    Router::Order(route, caller(path), *table_, affinity, now_);
    std::vector<std::string> names;
    for (const settings::UpstreamSettings* upstream : route.candidates())
      names.push_back(upstream->name);
    return names;
  }

  std::vector<settings::UpstreamSettings> upstreams_;
  std::vector<settings::RouteDefinition> routes_;
  MonotonicTime now_ = MonotonicTime(std::chrono::hours(1));

 private:
  settings::SettingsPtr settings_;
  std::shared_ptr<UpstreamTable> table_;
  uint64_t revision_ = 0;
};

}  // namespace llmgw::route
