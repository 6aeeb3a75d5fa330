#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace llmgw::settings {
struct RouteSettings;
struct UpstreamSettings;
}  // namespace llmgw::settings
namespace llmgw::route {
class Router;
}

namespace llmgw::model {

// Where a request may go: the candidates that admit its model and its caller, in the order to try.
// Only the router makes one. Points into the settings that the request holds.
class Route {
 public:
  static constexpr size_t kMaxCandidates = 32;

  const settings::RouteSettings& settings() const { return *settings_; }
  // At least one.
  std::span<const settings::UpstreamSettings* const> candidates() const {
    return {candidates_.data(), count_};
  }

 private:
  friend class route::Router;
  explicit Route(const settings::RouteSettings& settings) : settings_(&settings) {}
  const settings::RouteSettings* settings_;
  std::array<const settings::UpstreamSettings*, kMaxCandidates> candidates_{};
  size_t count_ = 0;
};

}  // namespace llmgw::model
