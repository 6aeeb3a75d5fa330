#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/secret_string.h"
#include "common/daemon/host_port.h"
#include "common/daemon/options.h"

namespace llmgw::controlplane::app {

// What a controlplane is started with. Empty paths stand for their place in data_dir.
struct AppOptions {
  // Where tokens, the sealing key and (by default) the database live; made when missing, mode 0700.
  std::string data_dir = "./data/controlplane";
  // Where dataplanes and llmctl connect (gRPC).
  daemon::HostPort listen{"127.0.0.1", 7400};
  // /metrics, /livez, /readyz, /config, /log-level (HTTP).
  daemon::HostPort ops_listen{"127.0.0.1", 7401};
  // "sqlite:PATH" or "postgres://…"; may hold a password, so it is shown nowhere.
  SecretString database;
  // It came with a password in the arguments, which every user of the machine can read.
  bool database_password_in_arguments = false;
  std::string tls_cert;
  std::string tls_key;
  // Lets plaintext gRPC listen on an address that is not loopback.
  bool insecure_listen_plaintext = false;
  std::string sealing_key_file;
  // LLMGW_SEALING_KEY: wins over the file.
  SecretString sealing_key;

  std::string DatabaseUrl() const;
  std::string SealingKeyFile() const;
  std::string AdminTokenFile() const { return data_dir + "/admin.token"; }
  std::string DataplaneTokenFile() const { return data_dir + "/dataplane.token"; }
  bool HasTls() const { return !tls_cert.empty() || !tls_key.empty(); }

  // What is wrong with them together; `field` is an option's name.
  std::vector<Error> Check() const;
  // JSON for /config, without secrets.
  std::string ToJson() const;
};

// Reads the command line, environment and YAML file. Declares on construction; take the options
// after Parse.
class AppOptionsParser {
 public:
  AppOptionsParser();

  // See daemon::Options::Parse.
  std::optional<int> Parse(int argc, const char* const* argv);
  std::optional<int> Parse(std::vector<std::string> arguments, std::ostream& out,
                           std::ostream& err);

  const AppOptions& options() const { return values_; }

 private:
  void LookForPassword(const std::vector<std::string>& arguments);
  std::vector<Error> Finish();

  AppOptions values_;
  std::string database_;
  daemon::Options options_;
};

}  // namespace llmgw::controlplane::app
