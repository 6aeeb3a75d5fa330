#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/daemon/host_port.h"
#include "dataplane/accept/gateway.h"
#include "dataplane/app/tls_options.h"

namespace llmgw::daemon {
class Options;
}

namespace llmgw::app {

// Everything that can be set about a dataplane besides its configuration. The member initialisers
// are the defaults; what each does is said where it is declared (options.cc), for --help.
struct DataplaneOptions {
  std::string data_dir = "./data/dataplane";
  std::string id;  // empty: made and kept in data_dir
  daemon::HostPort listen{"127.0.0.1", 8080};
  daemon::HostPort ops_listen{"127.0.0.1", 8081};
  TlsOptions tls;  // with clients

  std::string controlplane;  // HOST:PORT; empty: none
  bool controlplane_tls = false;
  std::string controlplane_ca;  // PEM file; implies TLS
  std::string controlplane_server_name;
  bool controlplane_insecure = false;
  std::string token_file;
  std::string snapshot;  // YAML file; instead of a controlplane

  std::chrono::milliseconds drain_timeout{30'000};
  std::chrono::milliseconds report_grace{5'000};

  std::vector<std::string> trusted_proxies;
  uint32_t workers = 0;
  uint32_t max_headers = 128;
  uint32_t max_connections = 0;
  uint32_t max_in_flight = 0;
  std::string temp_dir;  // empty: "tmp" in data_dir
  // What the members above leave to set. `listen`, `workers`, `temp_dir` and the limits of that
  // name in it are replaced by those, and `tls` is made of the files when it starts.
  accept::GatewayOptions gateway;

  uint64_t log_queue_bytes = 64 << 20;
  uint32_t log_queue_records = 200'000;
};

// Declares every member at `declared`; `options` must outlive Parse().
void Declare(daemon::Options& declared, DataplaneOptions& options);

// What is wrong with the values together, a snapshot file's content included; `field` is an
// option's name.
std::vector<Error> Check(const DataplaneOptions& options);

// For Gateway::Start.
accept::GatewayOptions ToGatewayOptions(const DataplaneOptions& options);

}  // namespace llmgw::app
