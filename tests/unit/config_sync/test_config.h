#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "llmgw/config/v1/config_service.pb.h"

// Configurations and folders for the tests of this room.
namespace llmgw::config_sync {

inline config::v1::Resource MakeUpstream(const std::string& name, uint64_t created = 1) {
  config::v1::Resource resource;
  resource.set_revision(created);
  resource.set_created_revision(created);
  auto& upstream = *resource.mutable_upstream();
  upstream.set_name(name);
  upstream.set_endpoint("https://" + name + ".example.com/v1");
  auto& credential = *upstream.add_credentials();
  credential.set_id("main");
  credential.set_secret("sk-secret-of-" + name);
  return resource;
}

inline config::v1::Resource MakeRoute(const std::string& name, const std::string& prefix) {
  config::v1::Resource resource;
  resource.set_revision(1);
  resource.set_created_revision(1);
  resource.mutable_route()->set_name(name);
  resource.mutable_route()->set_prefix(prefix);
  return resource;
}

inline config::v1::Resource MakeKey(const std::string& id, char hash_byte) {
  config::v1::Resource resource;
  resource.set_revision(1);
  resource.set_created_revision(1);
  auto& key = *resource.mutable_client_key();
  key.set_id(id);
  key.set_name("name-of-" + id);
  key.set_hash(std::string(32, hash_byte));
  return resource;
}

inline config::v1::Snapshot MakeSnapshot() {
  config::v1::Snapshot snapshot;
  snapshot.set_store_id("store");
  snapshot.set_client_key_hash_key(std::string(32, 'k'));
  *snapshot.add_resources() = MakeUpstream("openai");
  *snapshot.add_resources() = MakeRoute("v1", "/v1");
  *snapshot.add_resources() = MakeKey("key-a", 'a');
  return snapshot;
}

// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "llmgw-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace llmgw::config_sync
