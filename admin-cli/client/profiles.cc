#include "admin-cli/client/profiles.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

#include "admin-cli/output/document.h"
#include "common/text/near_name.h"

namespace llmgw::admin_cli {
namespace {

struct TextField {
  const char* name;
  std::string Profile::*member;
};
struct FlagField {
  const char* name;
  bool Profile::*member;
};

constexpr TextField kTextFields[] = {
    {"controlplane", &Profile::controlplane}, {"ca", &Profile::ca},
    {"server_name", &Profile::server_name},   {"token_file", &Profile::token_file},
    {"gateway", &Profile::gateway},           {"gateway_ca", &Profile::gateway_ca},
    {"key_file", &Profile::key_file},
};
constexpr FlagField kFlagFields[] = {{"tls", &Profile::tls}, {"insecure", &Profile::insecure}};

Status SetField(Profile& profile, const std::string& field, const YAML::Node& value) {
  std::vector<std::string> known;
  for (const auto& [name, member] : kTextFields) {
    known.emplace_back(name);
    if (field == name) {
      profile.*member = value.as<std::string>();
      return {};
    }
  }
  for (const auto& [name, member] : kFlagFields) {
    known.emplace_back(name);
    if (field == name) {
      profile.*member = value.as<bool>();
      return {};
    }
  }
  return Fail(InvalidArgument("profiles[" + profile.name + "]." + field,
                              "no such field" + text::DidYouMean(field, known)));
}

Result<ProfileSet> Parse(const YAML::Node& root) {
  ProfileSet set;
  if (root["current"]) set.current = root["current"].as<std::string>();
  for (const auto& entry : root["profiles"]) {
    Profile profile;
    profile.name = entry.first.as<std::string>();
    for (const auto& field : entry.second) {
      TRY(SetField(profile, field.first.as<std::string>(), field.second));
    }
    set.profiles[profile.name] = profile;
  }
  return set;
}

std::string ToText(const ProfileSet& set) {
  Json document = Json::object();
  if (!set.current.empty()) document["current"] = set.current;
  Json& profiles = document["profiles"] = Json::object();
  for (const auto& [name, profile] : set.profiles) {
    Json& entry = profiles[name] = Json::object();
    for (const auto& field : kTextFields) {
      if (!(profile.*field.member).empty()) entry[field.name] = profile.*field.member;
    }
    for (const auto& field : kFlagFields) {
      if (profile.*field.member) entry[field.name] = true;
    }
  }
  return ToYaml(document);
}

Status WriteAll(int fd, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0) return Fail(Internal(std::strerror(errno)));
    done += static_cast<size_t>(n);
  }
  if (::fsync(fd) != 0) return Fail(Internal(std::strerror(errno)));
  return {};
}

}  // namespace

Result<Profile> ProfileSet::Find(const std::string& name) const {
  if (auto it = profiles.find(name); it != profiles.end()) return it->second;
  std::vector<std::string> names;
  names.reserve(profiles.size());
  for (const auto& [known, profile] : profiles) names.push_back(known);
  return Fail(NotFound("there is no profile '" + name + "'" + text::DidYouMean(name, names) +
                       "\nSee `llmctl profile list`, or add it with `llmctl profile add " + name +
                       " --controlplane ADDR`."));
}

std::string ProfilePath(const Environment& env) {
  std::string base = env("XDG_CONFIG_HOME").value_or("");
  if (base.empty()) base = env("HOME").value_or(".") + "/.config";
  return base + "/llmgw/profiles.yaml";
}

Result<ProfileSet> ProfileStore::Load() const {
  std::error_code missing;
  if (!std::filesystem::exists(path_, missing)) return ProfileSet{};
  try {
    auto set = Parse(YAML::LoadFile(path_));
    if (!set) return Fail(InvalidArgument(set.error().field, set.error().message + " in " + path_));
    return set;
  } catch (const YAML::Exception& e) {
    return Fail(InvalidArgument(path_, e.what()));
  }
}

Status ProfileStore::Save(const ProfileSet& set) const {
  const std::filesystem::path path(path_);
  std::error_code failed;
  std::filesystem::create_directories(path.parent_path().parent_path(), failed);
  // Only a folder that is made here gets its mode; an existing one is the user's business.
  if (::mkdir(path.parent_path().c_str(), 0700) != 0 && errno != EEXIST) {
    return Fail(
        Internal("can't make " + path.parent_path().string() + ": " + std::strerror(errno)));
  }
  const std::string temporary = path_ + "." + std::to_string(::getpid());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Fail(Internal("can't write " + temporary + ": " + std::strerror(errno)));
  Status written = WriteAll(fd, ToText(set));
  ::close(fd);
  if (written && std::rename(temporary.c_str(), path_.c_str()) != 0) {
    written = Fail(Internal(std::strerror(errno)));
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return Fail(Internal("can't write " + path_ + ": " + written.error().message));
  }
  return {};
}

}  // namespace llmgw::admin_cli
