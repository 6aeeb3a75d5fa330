#include "controlplane/app/app_options.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "common/crypto/seal.h"
#include "common/observe/log.h"
#include "common/rpc/server.h"

namespace llmgw::controlplane::app {
namespace {

// Scheme only: what follows may hold a password.
std::string DatabaseKind(const std::string& url) { return url.substr(0, url.find(':')); }

// "postgres://user:PASSWORD@host/name" or "…?password=PASSWORD".
bool HasPassword(const std::string& url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string::npos) return false;
  const size_t begin = scheme + 3;
  const std::string authority = url.substr(begin, url.find_first_of("/?", begin) - begin);
  const size_t at = authority.rfind('@');
  const size_t colon = authority.find(':');
  if (at != std::string::npos && colon + 1 < at && colon != std::string::npos) return true;
  return url.find("password=", begin) != std::string::npos;
}

}  // namespace

std::string AppOptions::DatabaseUrl() const {
  return database.empty() ? "sqlite:" + data_dir + "/controlplane.db" : database.Reveal();
}

std::string AppOptions::SealingKeyFile() const {
  return sealing_key_file.empty() ? data_dir + "/sealing.key" : sealing_key_file;
}

std::vector<Error> AppOptions::Check() const {
  std::vector<Error> problems;
  if (data_dir.empty()) problems.push_back(InvalidArgument("data-dir", "is needed"));
  std::string kind = DatabaseKind(DatabaseUrl());
  if (kind != "sqlite" && kind != "postgres" && kind != "postgresql") {
    problems.push_back(InvalidArgument(
        "database", "must be sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME"));
  }
  if (auto tls = rpc::MakeServerCredentials({tls_cert, tls_key}); !tls) {
    problems.push_back(tls.error());
  }
  if (!HasTls() && !daemon::IsLoopback(listen.host) && !insecure_listen_plaintext) {
    problems.push_back(InvalidArgument(
        "listen", listen.ToString() +
                      " can be reached from the network, and without TLS tokens and secrets would "
                      "be readable there. Give --tls-cert and --tls-key, or listen on 127.0.0.1, "
                      "or say --insecure-listen-plaintext if something else protects the way"));
  }
  if (!sealing_key.empty()) {
    if (auto key = crypto::ParseSealingKey(sealing_key.Reveal()); !key) {
      problems.push_back(InvalidArgument("", "LLMGW_SEALING_KEY: " + key.error().message));
    }
  }
  return problems;
}

std::string AppOptions::ToJson() const {
  nlohmann::json json = {
      {"data_dir", data_dir},
      {"listen", listen.ToString()},
      {"ops_listen", ops_listen.ToString()},
      {"database", DatabaseKind(DatabaseUrl())},
      {"tls", HasTls()},
      {"tls_cert", tls_cert},
      {"insecure_listen_plaintext", insecure_listen_plaintext},
      {"sealing_key_from", sealing_key.empty() ? SealingKeyFile() : "LLMGW_SEALING_KEY"},
      {"log_level", observe::LogLevel()}};
  return json.dump() + "\n";
}

AppOptionsParser::AppOptionsParser()
    : options_({"llmgw-controlplane",
                "Keeps the gateway's configuration and request logs, and pushes the configuration "
                "to dataplanes.",
                LLMGW_VERSION}) {
  options_.AddPath("data-dir", values_.data_dir,
                   "Where tokens, the sealing key and the SQLite database live.");
  options_.AddAddress("listen", values_.listen, "Where dataplanes and llmctl connect (gRPC).");
  options_.AddAddress("ops-listen", values_.ops_listen,
                      "/metrics, /livez, /readyz, /config, /log-level (HTTP).");
  options_.AddText("database", database_,
                   "sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME. Default: "
                   "sqlite:<data-dir>/controlplane.db. Give one with a password through "
                   "LLMGW_DATABASE or the YAML file: everybody can read arguments.");
  options_.AddPath("tls-cert", values_.tls_cert, "PEM certificate chain; with it gRPC speaks TLS.");
  options_.AddPath("tls-key", values_.tls_key, "PEM key of the certificate.");
  options_.AddSwitch("insecure-listen-plaintext", values_.insecure_listen_plaintext,
                     "Listen without TLS on an address that is not loopback.");
  options_.AddPath(
      "sealing-key-file", values_.sealing_key_file,
      "Key that seals upstream credentials in the database: 32 bytes as hex or base64. "
      "Default: <data-dir>/sealing.key, made at first start. The variable "
      "LLMGW_SEALING_KEY may hold the key itself instead.");
}

void AppOptionsParser::LookForPassword(const std::vector<std::string>& arguments) {
  const std::string flag = "--database";
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    std::string url;
    if (argument == flag && i + 1 < arguments.size()) url = arguments[i + 1];
    if (argument.starts_with(flag + "=")) url = argument.substr(flag.size() + 1);
    if (HasPassword(url)) values_.database_password_in_arguments = true;
  }
}

std::vector<Error> AppOptionsParser::Finish() {
  values_.database = SecretString(database_);
  const char* key = std::getenv("LLMGW_SEALING_KEY");
  values_.sealing_key = SecretString(key == nullptr ? "" : key);
  return values_.Check();
}

std::optional<int> AppOptionsParser::Parse(int argc, const char* const* argv) {
  LookForPassword({argv + 1, argv + argc});
  return options_.Parse(argc, argv, [this] { return Finish(); });
}

std::optional<int> AppOptionsParser::Parse(std::vector<std::string> arguments, std::ostream& out,
                                           std::ostream& err) {
  LookForPassword(arguments);
  return options_.Parse(
      std::move(arguments), [this] { return Finish(); }, out, err);
}

}  // namespace llmgw::controlplane::app
