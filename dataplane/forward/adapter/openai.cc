#include "dataplane/forward/adapter/openai.h"

#include "dataplane/forward/path_join.h"

namespace llmgw::forward {
namespace {

// A client that says whom it works for is believed; but where only the minimal headers are passed
// on, its word does not get there.
void AppendDefault(std::string& out, const ForwardRequest& request,
                   const settings::UpstreamSettings& upstream, std::string_view name,
                   const std::string& value) {
  if (value.empty()) return;
  if (upstream.headers == settings::HeaderPolicy::kAll && ClientHeader(request, name) != nullptr)
    return;
  AppendHeader(out, name, value);
}

class Openai final : public Adapter {
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
      out += "authorization: Bearer ";
      out += secret->Reveal();
      out += "\r\n";
    }
    AppendDefault(out, request, upstream, "openai-organization", upstream.openai.organization);
    AppendDefault(out, request, upstream, "openai-project", upstream.openai.project);
  }
};

}  // namespace

const Adapter& OpenaiAdapter() {
  static const Openai adapter;
  return adapter;
}

}  // namespace llmgw::forward
