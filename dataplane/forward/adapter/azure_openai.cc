#include "dataplane/forward/adapter/azure_openai.h"

#include <algorithm>
#include <array>

namespace llmgw::forward {
namespace {

// The operations of a deployment; those of Microsoft's inference reference, of which OpenAI's paths
// are the same.
constexpr std::array<std::string_view, 8> kOfDeployment = {
    "/chat/completions",     "/completions",        "/embeddings",   "/audio/speech",
    "/audio/transcriptions", "/audio/translations", "/images/edits", "/images/generations",
};
constexpr std::string_view kRealtime = "/realtime";
constexpr std::string_view kOwnRoot = "/openai";
constexpr size_t kLongestDeployment = 64;

bool BelongsToDeployment(std::string_view rest) {
  return std::find(kOfDeployment.begin(), kOfDeployment.end(), rest) != kOfDeployment.end();
}

// In Azure's own form: it names its deployment, if any, by itself.
bool IsOwnForm(std::string_view rest) {
  return rest.starts_with(kOwnRoot) &&
         (rest.size() == kOwnRoot.size() || rest[kOwnRoot.size()] == '/');
}

std::string_view DeploymentOf(const ForwardRequest& request,
                              const settings::UpstreamSettings& upstream) {
  const auto found = upstream.azure_openai.deployments.find(request.upstream_model);
  return found == upstream.azure_openai.deployments.end() ? request.upstream_model
                                                          : std::string_view(found->second);
}

// It becomes a segment of a path: nothing may be in it that means something there.
bool IsDeploymentName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= kLongestDeployment &&
         name.find_first_not_of('.') != std::string_view::npos &&
         std::all_of(name.begin(), name.end(), allowed);
}

bool HasParameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    query.remove_prefix(1);  // '?' or '&'
    const std::string_view pair = query.substr(0, query.find('&'));
    if (pair.substr(0, pair.find('=')) == name) return true;
    query.remove_prefix(pair.size());
  }
  return false;
}

void AppendParameter(std::string& out, bool& first, std::string_view name, std::string_view value) {
  out += first ? '?' : '&';
  first = false;
  out += name;
  out += '=';
  out += value;
}

// The deployment that a path names by itself; empty: none.
std::string_view NamedInPath(std::string_view rest) {
  constexpr std::string_view kDeployments = "/deployments/";
  if (IsOwnForm(rest)) rest.remove_prefix(kOwnRoot.size());
  if (!rest.starts_with(kDeployments)) return {};
  rest.remove_prefix(kDeployments.size());
  return rest.substr(0, rest.find('/'));
}

// Lists are about the model that the body or query names; here the client would name another beside
// it. Names of parameters that are written in another way may be one too.
bool NamesAnother(std::string_view query, std::string_view deployment) {
  while (!query.empty()) {
    query.remove_prefix(1);  // '?' or '&'
    const std::string_view pair = query.substr(0, query.find('&'));
    const std::string_view name = pair.substr(0, pair.find('='));
    const std::string_view value = pair.substr(std::min(name.size() + 1, pair.size()));
    if (name.find('%') != std::string_view::npos || (name == "deployment" && value != deployment))
      return true;
    query.remove_prefix(pair.size());
  }
  return false;
}

bool DeniesByPathOnly(const model::AccessList& models, std::string_view path) {
  return !models.deny.empty() &&
         std::none_of(models.allow.begin(), models.allow.end(), [path](const std::string& entry) {
           return entry.starts_with('/') && model::MatchesModel(entry, path);
         });
}

// Without a model in the body the path stands for it, which no deny list of models matches.
bool MayNameByPath(const ForwardRequest& request, const settings::UpstreamSettings& upstream) {
  const settings::KeySettings* key = request.caller.key();
  return !DeniesByPathOnly(upstream.models, request.path) &&
         (key == nullptr || !DeniesByPathOnly(key->models, request.path));
}

class AzureOpenai final : public Adapter {
 public:
  std::optional<AttemptEnd> Refuses(const ForwardRequest& request,
                                    const settings::UpstreamSettings& upstream) const override {
    const std::string_view rest = PathBelowVersion(request);
    if (const std::string_view named = NamedInPath(rest); !named.empty()) {
      const bool good = request.facts.has_model ? named == DeploymentOf(request, upstream)
                                                : MayNameByPath(request, upstream);
      return good ? std::nullopt : std::optional(AttemptEnd::kNoDeployment);
    }
    if (rest.ends_with(kRealtime) && request.facts.has_model &&
        NamesAnother(request.query, DeploymentOf(request, upstream)))
      return AttemptEnd::kNoDeployment;
    if (upstream.azure_openai.v1_paths || !BelongsToDeployment(rest)) return std::nullopt;
    if (!request.facts.has_model) return AttemptEnd::kModelNeeded;
    if (!IsDeploymentName(DeploymentOf(request, upstream))) return AttemptEnd::kNoDeployment;
    return std::nullopt;
  }

  void AppendTarget(std::string& out, const ForwardRequest& request,
                    const settings::UpstreamSettings& upstream) const override {
    const settings::AzureOpenaiSettings& azure = upstream.azure_openai;
    const std::string_view rest = PathBelowVersion(request);
    out += upstream.endpoint.base_path;
    if (!IsOwnForm(rest)) out += kOwnRoot;
    if (azure.v1_paths) {
      if (!IsOwnForm(rest)) out += "/v1";
    } else if (BelongsToDeployment(rest)) {
      out += "/deployments/";
      out += DeploymentOf(request, upstream);
    }
    out += rest;
    out += request.query;
    if (azure.v1_paths) return;
    bool first = request.query.size() < 2;
    if (first) out.resize(out.size() - request.query.size());
    if (!HasParameter(request.query, "api-version"))
      AppendParameter(out, first, "api-version", azure.api_version);
    const bool realtime = rest == kRealtime && request.facts.has_model;
    if (realtime && !HasParameter(request.query, "deployment") &&
        IsDeploymentName(DeploymentOf(request, upstream)))
      AppendParameter(out, first, "deployment", DeploymentOf(request, upstream));
  }

  void AppendHeaders(std::string& out, const ForwardRequest&,
                     const settings::UpstreamSettings& upstream,
                     const SecretString* secret) const override {
    if (secret == nullptr) return;
    out += upstream.azure_openai.bearer ? "authorization: Bearer " : "api-key: ";
    out += secret->Reveal();
    out += "\r\n";
  }
};

}  // namespace

const Adapter& AzureOpenaiAdapter() {
  static const AzureOpenai adapter;
  return adapter;
}

}  // namespace llmgw::forward
