#include "dataplane/config_sync/snapshot_file.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "common/config/upstream_secrets.h"
#include "common/config/validate.h"
#include "common/crypto/digest.h"
#include "common/crypto/random.h"
#include "common/text/near_name.h"
#include "dataplane/config_sync/yaml_message.h"

namespace llmgw::config_sync {
namespace {

using config::v1::Resource;
using config::v1::Snapshot;

constexpr size_t kHashKeyBytes = 32;
constexpr size_t kShortestHinted = 12;  // a hint must not be most of the secret
constexpr size_t kHintCharacters = 4;
constexpr size_t kKeyIdCharacters = 16;

std::string Trimmed(std::string text) {
  constexpr std::string_view kSpace = " \t\r\n";
  text.erase(0, std::min(text.find_first_not_of(kSpace), text.size()));
  text.erase(text.find_last_not_of(kSpace) + 1);
  return text;
}

// Reads one file into a snapshot, step by step; each step is skipped once there are errors.
class Reader {
 public:
  Reader(std::string_view yaml, const std::string& name) : yaml_(yaml), messages_(name) {}

  SnapshotFile Read() {
    ReadResources();
    if (Good()) ReadSecrets();
    if (Good()) Check();
    if (Good()) HashTokens();
    if (!Good()) return {messages_.errors(), {}};
    return {{}, ConfigState::FromSnapshot(1, std::move(snapshot_))};
  }

 private:
  bool Good() const { return messages_.errors().empty(); }

  void ReadResources() {
    YAML::Node root;
    try {
      root = YAML::Load(std::string(yaml_));
    } catch (const YAML::Exception& error) {
      // yaml-cpp's messages say what is wrong with the syntax and quote nothing.
      return messages_.FaultAtLine(error.mark.line + 1, error.msg);
    }
    if (!root.IsMap()) {
      return messages_.FaultAtLine(1, "must have the lists upstreams, routes and keys");
    }
    const std::vector<std::string> lists{"upstreams", "routes", "keys", "levels"};
    for (const auto& entry : root) {
      const std::string list = entry.first.IsScalar() ? entry.first.Scalar() : "?";
      if (std::find(lists.begin(), lists.end(), list) == lists.end()) {
        messages_.Fault(entry.first, list, "is not a known list" + text::DidYouMean(list, lists));
      }
    }
    ReadList(root, "upstreams", [](Resource& r) { return r.mutable_upstream(); });
    ReadList(root, "routes", [](Resource& r) { return r.mutable_route(); });
    if (!root["routes"]) AddDefaultRoute();
    ReadList(root, "keys", [](Resource& r) { return r.mutable_client_key(); });
    ReadList(root, "levels", [](Resource& r) { return r.mutable_level(); });
  }

  template <typename BodyOf>
  void ReadList(const YAML::Node& root, const std::string& list, BodyOf body_of) {
    const YAML::Node node = root[list];
    if (!node) return;
    messages_.Remember(node, list);
    if (!node.IsSequence()) return messages_.Fault(node, list, "must be a list");
    for (const auto& item : node) {
      Resource& resource = AddResource();
      const std::string path = PathOf(list, item);
      messages_.Read(item, path, *body_of(resource));
    }
  }

  // As the validator names it, so that its errors find their line.
  std::string PathOf(const std::string& list, const YAML::Node& item) const {
    if (item.IsMap() && item["name"] && item["name"].IsScalar() && !item["name"].Scalar().empty()) {
      return list + "[" + item["name"].Scalar() + "]";
    }
    return list + "[#" + std::to_string(snapshot_.resources_size() - 1) + "]";
  }

  Resource& AddResource() {
    Resource& resource = *snapshot_.add_resources();
    resource.set_revision(1);
    resource.set_created_revision(static_cast<uint64_t>(snapshot_.resources_size()));
    return resource;
  }

  void AddDefaultRoute() {
    auto& route = *AddResource().mutable_route();
    route.set_name("default");
    route.set_prefix("/v1");
  }

  void ReadSecrets() {
    for (Resource& resource : *snapshot_.mutable_resources()) {
      if (resource.has_upstream()) {
        auto& upstream = *resource.mutable_upstream();
        for (const auto& secret : config::SecretsOf(upstream)) {
          ReadSecret("upstreams[" + upstream.name() + "]." + secret.Path(), secret.value);
          if (secret.place == config::UpstreamSecret::Place::kCredentials) Name(secret);
        }
      } else if (resource.has_client_key()) {
        auto& key = *resource.mutable_client_key();
        const std::string path = "keys[" + key.name() + "].token";
        if (!key.token_env().empty() && key.token().empty() && key.token_file().empty()) {
          key.set_token(FromEnvironment(path + "_env", key.token_env()));
          key.clear_token_env();
        } else if (!key.token_file().empty() && key.token().empty() && key.token_env().empty()) {
          key.set_token(FromFile(path + "_file", key.token_file()));
          key.clear_token_file();
        }
      }
    }
  }

  void ReadSecret(const std::string& path, config::v1::Credential& credential) {
    if (!credential.secret_env().empty() && credential.secret().empty() &&
        credential.secret_file().empty()) {
      credential.set_secret(FromEnvironment(path + ".secret_env", credential.secret_env()));
      credential.clear_secret_env();
    } else if (!credential.secret_file().empty() && credential.secret().empty() &&
               credential.secret_env().empty()) {
      credential.set_secret(FromFile(path + ".secret_file", credential.secret_file()));
      credential.clear_secret_file();
    }
  }

  static void Name(const config::UpstreamSecret& secret) {
    config::v1::Credential& credential = secret.value;
    const std::string& text = credential.secret();
    if (text.size() >= kShortestHinted) {
      credential.set_hint(text.substr(text.size() - kHintCharacters));
    }
    if (credential.id().empty()) credential.set_id("cred-" + std::to_string(secret.index + 1));
  }

  std::string FromEnvironment(const std::string& path, const std::string& variable) {
    const char* value = std::getenv(variable.c_str());
    std::string text = value == nullptr ? "" : Trimmed(value);
    if (text.empty()) {
      messages_.Fault(path, "the environment variable " + variable + " is not set, or empty");
    }
    return text;
  }

  std::string FromFile(const std::string& path, const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    text = Trimmed(std::move(text));
    if (!in || text.empty())
      messages_.Fault(path, "the file " + file + " can't be read, or is empty");
    return text;
  }

  void Check() {
    for (const Error& fault : config::Validate(snapshot_)) {
      messages_.Fault(fault.field, fault.message);
    }
  }

  void HashTokens() {
    const std::string hash_key = crypto::RandomBytes(kHashKeyBytes);
    snapshot_.set_client_key_hash_key(hash_key);
    for (Resource& resource : *snapshot_.mutable_resources()) {
      if (!resource.has_client_key()) continue;
      auto& key = *resource.mutable_client_key();
      const auto hash = crypto::HmacSha256(hash_key, key.token());
      key.set_hash(hash.data(), hash.size());
      key.clear_token();
      if (key.id().empty()) {
        // The same after a restart, so that logs of one key stay together.
        const auto digest = crypto::Sha256(key.name());
        key.set_id("key_" +
                   crypto::ToHex({reinterpret_cast<const char*>(digest.data()), digest.size()})
                       .substr(0, kKeyIdCharacters));
      }
    }
  }

  const std::string_view yaml_;
  YamlMessageReader messages_;
  Snapshot snapshot_;
};

}  // namespace

SnapshotFile LoadSnapshotFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string yaml{std::istreambuf_iterator<char>(in), {}};
  if (!in) return {{InvalidArgument(path, "can't be read")}, {}};
  const size_t slash = path.rfind('/');
  return ParseSnapshotFile(yaml, slash == std::string::npos ? path : path.substr(slash + 1));
}

SnapshotFile ParseSnapshotFile(std::string_view yaml, const std::string& name) {
  return Reader(yaml, name).Read();
}

}  // namespace llmgw::config_sync
