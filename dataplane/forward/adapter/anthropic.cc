#include "dataplane/forward/adapter/anthropic.h"

#include "dataplane/forward/path_join.h"

namespace llmgw::forward {
namespace {

constexpr std::string_view kVersionHeader = "anthropic-version";

class Anthropic final : public Adapter {
 public:
  void AppendTarget(std::string& out, const ForwardRequest& request,
                    const settings::UpstreamSettings& upstream) const override {
    AppendUpstreamPath(out, upstream.endpoint.base_path, request.route.settings().prefix,
                       request.path);
    out += request.query;
  }

  void AppendHeaders(std::string& out, const ForwardRequest& request,
                     const settings::UpstreamSettings& upstream,
                     const SecretString* secret) const override {
    if (secret != nullptr) {
      out += request.path.ends_with("/chat/completions") ? "authorization: Bearer " : "x-api-key: ";
      out += secret->Reveal();
      out += "\r\n";
    }
    const net::http1::HeaderView* version =
        request.exchange.head().Find(net::http1::HeaderId::kAnthropicVersion);
    if (version == nullptr) {
      AppendHeader(out, kVersionHeader, upstream.anthropic.version);
    } else if (upstream.headers == settings::HeaderPolicy::kMinimal) {
      // The bodies are in that version: without it they could be misread.
      AppendHeader(out, kVersionHeader, version->value);
    }
  }
};

}  // namespace

const Adapter& AnthropicAdapter() {
  static const Anthropic adapter;
  return adapter;
}

}  // namespace llmgw::forward
