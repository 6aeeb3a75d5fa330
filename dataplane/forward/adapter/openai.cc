#include "dataplane/forward/adapter/openai.h"

#include "dataplane/forward/path_join.h"

namespace llmgw::forward {
namespace {

class Openai final : public Adapter {
 public:
  void AppendTarget(std::string& out, const ForwardRequest& request,
                    const settings::UpstreamSettings& upstream) const override {
    AppendUpstreamPath(out, upstream.endpoint.base_path, request.route.settings().prefix,
                       request.path);
    out += request.query;
  }

  void AppendCredentialLine(std::string& out, const SecretString& secret) const override {
    out += "authorization: Bearer ";
    out += secret.Reveal();
    out += "\r\n";
  }
};

}  // namespace

const Adapter& OpenaiAdapter() {
  static const Openai adapter;
  return adapter;
}

}  // namespace llmgw::forward
