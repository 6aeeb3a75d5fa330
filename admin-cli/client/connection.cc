#include "admin-cli/client/connection.h"

#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "admin-cli/input/secret_source.h"
#include "common/daemon/host_port.h"

namespace llmgw::admin_cli {
namespace {

std::string FirstOf(const std::string& flag, const std::optional<std::string>& env,
                    const std::string& profile, const std::string& fallback) {
  if (!flag.empty()) return flag;
  if (env) return *env;
  return profile.empty() ? fallback : profile;
}

// Token files that were named, strongest first.
struct TokenFile {
  std::string source;
  std::string path;
};

// "cp:7400" for every way to write it that we know; as it stands when it is none.
std::string Canonical(const std::string& address) {
  auto parsed = daemon::ParseHostPort(address);
  return parsed ? parsed->ToString() : address;
}

Status UseTokenFile(const TokenFile& file, Connection& connection) {
  auto token = ReadSecretFile(file.path);
  if (!token) {
    return Fail({token.error().kind,
                 token.error().message + "\nIt is named by " + file.source +
                     "; the controlplane writes its admin token to "
                     "<data folder>/admin.token at first start.",
                 "token-file"});
  }
  connection.token = std::move(*token);
  connection.token_source = file.source + " " + file.path;
  return {};
}

Status FindToken(const Globals& globals, const Profile& profile, const Environment& env,
                 Connection& connection) {
  if (!globals.token_file.empty()) {
    return UseTokenFile({"--token-file", globals.token_file}, connection);
  }
  if (auto token = env("LLMGW_TOKEN")) {
    connection.token = SecretString(*token);
    connection.token_source = "LLMGW_TOKEN";
    return {};
  }
  if (auto path = env("LLMGW_TOKEN_FILE")) {
    return UseTokenFile({"LLMGW_TOKEN_FILE", *path}, connection);
  }
  if (!profile.token_file.empty()) {
    return UseTokenFile({"profile " + profile.name, profile.token_file}, connection);
  }
  auto address = daemon::ParseHostPort(connection.address);
  const bool loopback = address && daemon::IsLoopback(address->host);
  std::error_code missing;
  if (loopback && std::filesystem::exists(kLocalTokenFile, missing)) {
    return UseTokenFile({"the local default", kLocalTokenFile}, connection);
  }
  return {};
}

std::string UserName(const Environment& env) {
  // The password entry can't be changed by the caller, unlike $USER; sudo says who is behind root.
  const passwd* entry = ::getpwuid(::geteuid());
  std::string name = entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
  if (auto behind = env("SUDO_USER"); behind && name == "root") name = *behind + " (sudo)";
  return name;
}

}  // namespace

Result<Connection> ResolveConnection(const Globals& globals, const Profile& profile,
                                     const Environment& env) {
  Connection connection;
  connection.address = FirstOf(globals.controlplane, env("LLMGW_CONTROLPLANE"),
                               profile.controlplane, kDefaultControlplane);
  const std::string& own =
      profile.controlplane.empty() ? kDefaultControlplane : profile.controlplane;
  const bool is_own = Canonical(connection.address) == Canonical(own);
  const Profile used = is_own ? profile : Profile();
  connection.ca_file = FirstOf(globals.ca, std::nullopt, used.ca, "");
  connection.server_name = FirstOf(globals.server_name, std::nullopt, used.server_name, "");
  connection.tls = globals.tls || used.tls || !connection.ca_file.empty();
  connection.insecure = globals.insecure || used.insecure;
  connection.user = UserName(env);
  TRY(FindToken(globals, used, env, connection));
  if (!is_own && !profile.token_file.empty()) connection.passed_over = profile.name;
  return connection;
}

}  // namespace llmgw::admin_cli
