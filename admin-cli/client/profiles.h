#pragma once

#include <map>
#include <string>

#include "admin-cli/app/environment.h"
#include "common/base/result.h"

namespace llmgw::admin_cli {

// How to reach one controlplane and the gateway behind it. Empty fields have the defaults of the
// flags of the same name. Holds paths of secrets, never secrets.
struct Profile {
  std::string name;
  std::string controlplane;
  bool tls = false;
  bool insecure = false;
  std::string ca;
  std::string server_name;
  std::string token_file;
  std::string gateway;
  std::string gateway_ca;
  std::string key_file;

  bool operator==(const Profile&) const = default;
};

struct ProfileSet {
  std::string current;  // empty: none chosen
  std::map<std::string, Profile> profiles;

  // kNotFound lists what there is.
  Result<Profile> Find(const std::string& name) const;
};

// ${XDG_CONFIG_HOME:-~/.config}/llmgw/profiles.yaml
std::string ProfilePath(const Environment& env);

// The profile file.
class ProfileStore {
 public:
  explicit ProfileStore(std::string path) : path_(std::move(path)) {}

  // An empty set when there is no file. kInvalidArgument names the line or field that can't be
  // read.
  Result<ProfileSet> Load() const;
  // Replaces the file as a whole (mode 0600, its folder 0700 when made): a crash leaves the old one
  // or the new one.
  Status Save(const ProfileSet& set) const;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace llmgw::admin_cli
