#include "dataplane/app/options.h"

#include <algorithm>

#include "common/daemon/options.h"
#include "dataplane/config_sync/settings_compiler.h"
#include "dataplane/config_sync/snapshot_file.h"

namespace llmgw::app {
namespace {

constexpr size_t kLongestId = 100;
constexpr uint64_t kFastestMinRate = 1 << 30;
constexpr std::chrono::hours kLongestGrace{24};

void DeclareControlplane(daemon::Options& declared, DataplaneOptions& options) {
  declared.AddText("controlplane", options.controlplane,
                   "HOST:PORT of the controlplane's gRPC API, where the configuration comes from "
                   "and request logs go to. Without it, --snapshot is needed.");
  declared.AddSwitch("controlplane-tls", options.controlplane_tls,
                     "Speak TLS to the controlplane and check its certificate against the "
                     "system's CAs.");
  declared.AddPath("controlplane-ca", options.controlplane_ca,
                   "PEM file of the only CAs trusted for the controlplane's certificate; means "
                   "TLS.");
  declared.AddText("controlplane-server-name", options.controlplane_server_name,
                   "The name that the controlplane's certificate must have, when it is not the "
                   "host of --controlplane.");
  declared.AddSwitch("controlplane-insecure", options.controlplane_insecure,
                     "Allow plaintext to a controlplane that is not on this machine. The network "
                     "then sees the dataplane token and the upstreams' secrets.");
  declared.AddPath("token-file", options.token_file,
                   "File with the dataplane token (mode 0600), which the controlplane made at its "
                   "first start (dataplane.token in its data folder). It also seals the last good "
                   "configuration on disk.");
  declared.AddPath("snapshot", options.snapshot,
                   "YAML file with upstreams, routes and keys, instead of a controlplane. Request "
                   "logs are then only counted in the metrics.");
}

void DeclareLimits(daemon::Options& declared, DataplaneOptions& options) {
  auto& gateway = options.gateway;
  declared.AddList("trusted-proxies", options.trusted_proxies,
                   "Load balancers in front of this gateway, as IP addresses or networks "
                   "(10.0.0.0/8): from them X-Forwarded-For tells the client's address in the "
                   "request log. From anybody else it is ignored.");
  declared.AddNumber("workers", options.workers,
                     "Threads that serve requests; 0 is one per core. Fewer when the machine has "
                     "other work.");
  declared.AddNumber("max-connections", options.max_connections,
                     "Most client connections; beyond it new ones are answered 503 and closed. 0 "
                     "is by the open files allowed (ulimit -n): three quarters of them, less a "
                     "reserve.");
  declared.AddNumber("max-in-flight", options.max_in_flight,
                     "Most requests served at once; beyond it new ones are answered 503 before "
                     "their key or body is looked at. 0 is as many as open files allow.");
  declared.AddBytes("max-head", gateway.head_limits.max_head_bytes,
                    "Longest start line and headers of a request; beyond it 431.");
  declared.AddNumber("max-headers", options.max_headers,
                     "Most headers of a request; beyond it 431.");
  declared.AddBytes("max-target", gateway.head_limits.max_target_bytes,
                    "Longest request target (path and query); beyond it 414.");
  declared.AddBytes("max-body", gateway.body_limits.max_bytes,
                    "Longest request body; beyond it 413.");
  declared.AddBytes("body-replay", gateway.body_limits.replay_bytes,
                    "Bodies up to this size are kept until the answer begins, so that another "
                    "upstream can be tried; longer ones are passed through as they arrive.");
  declared.AddBytes("body-memory-each", gateway.body_limits.memory_bytes,
                    "A kept body beyond this size goes to a temporary file.");
  declared.AddBytes("body-memory", gateway.body_memory_bytes,
                    "Memory for kept bodies, and for what slow clients have not taken yet, in "
                    "all; beyond it bodies go to temporary files whatever their size.");
  declared.AddBytes("max-spooled-bytes", gateway.max_spooled_bytes,
                    "Room for bodies in temporary files in all; beyond it requests with a body "
                    "are answered 503. Not more than --temp-dir has.");
  declared.AddPath("temp-dir", options.temp_dir,
                   "Where temporary files of bodies go; empty is 'tmp' in --data-dir. They are "
                   "unlinked at once, so nothing stays behind.");
  declared.AddDuration("head-timeout", gateway.head_timeout,
                       "From the first byte of a request's head to its end.");
  declared.AddDuration("tls-handshake-timeout", gateway.tls_handshake_timeout,
                       "From a client's connecting to the end of its TLS handshake.");
  declared.AddDuration("body-timeout", gateway.body_limits.pace.idle_timeout,
                       "Longest pause of a client within a request body.");
  declared.AddBytes("body-min-rate", gateway.body_limits.pace.min_bytes_per_second,
                    "A client whose request body comes with fewer bytes a second on average is "
                    "cut off; 0 is never.");
  declared.AddDuration("body-rate-grace", gateway.body_limits.pace.grace,
                       "How far a client may fall behind --body-min-rate before that.");
  declared.AddDuration("keep-alive-timeout", gateway.keep_alive_timeout,
                       "How long an idle client connection is kept. Longer than a load balancer's "
                       "own, so that it never meets a closing one.");
  declared.AddDuration("write-timeout", gateway.write_timeout,
                       "A client that takes no byte of its answer for so long is cut off.");
}

bool IsIdCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

void CheckControlplane(const DataplaneOptions& options, std::vector<Error>& faults) {
  if (options.controlplane.empty()) {
    if (options.snapshot.empty()) {
      faults.push_back(InvalidArgument(
          "controlplane",
          "is needed, or --snapshot: without either there is no configuration to serve with"));
    }
    return;
  }
  if (!options.snapshot.empty()) {
    faults.push_back(InvalidArgument(
        "controlplane", "can't be given together with --snapshot: which of them is right?"));
  }
  const auto address = daemon::ParseHostPort(options.controlplane);
  if (!address) {
    faults.push_back(InvalidArgument("controlplane", address.error().message));
    return;
  }
  if (options.token_file.empty()) {
    faults.push_back(
        InvalidArgument("token-file",
                        "is needed with --controlplane; the controlplane keeps the token in "
                        "dataplane.token in its data folder"));
  }
  const bool tls = options.controlplane_tls || !options.controlplane_ca.empty();
  if (!tls && !options.controlplane_insecure && !daemon::IsLoopback(address->host)) {
    faults.push_back(
        InvalidArgument("controlplane",
                        "is not on this machine, and plaintext would show the network every "
                        "secret; give --controlplane-tls or --controlplane-ca, or allow it with "
                        "--controlplane-insecure"));
  }
}

void CheckSnapshot(const DataplaneOptions& options, std::vector<Error>& faults) {
  if (options.snapshot.empty()) return;
  const config_sync::SnapshotFile file = config_sync::LoadSnapshotFile(options.snapshot);
  for (const Error& fault : file.errors) {
    faults.push_back(InvalidArgument("snapshot", fault.Describe()));
  }
}

void CheckAtLeast(const char* option, std::chrono::milliseconds value,
                  std::chrono::milliseconds least, std::vector<Error>& faults) {
  if (value >= least) return;
  faults.push_back(
      InvalidArgument(option, "must be at least " + std::to_string(least.count()) + "ms"));
}

}  // namespace

void Declare(daemon::Options& declared, DataplaneOptions& options) {
  declared.AddPath("data-dir", options.data_dir,
                   "Folder for the last good configuration, this dataplane's id and the addresses "
                   "it listens on. Made when missing; one dataplane at a time.");
  declared.AddAddress("listen", options.listen,
                      "Where clients connect: HTTP/1.1, in plaintext without --tls-cert.");
  DeclareTls(declared, options.tls);
  declared.AddAddress("ops-listen", options.ops_listen,
                      "Where /metrics, /livez, /readyz and /config are. They ask for no "
                      "credential: keep it inside.");
  declared.AddText("id", options.id,
                   "Name of this dataplane in logs and llmctl, unique in the fleet and the same "
                   "after a restart. Default: the host name and a random part, kept in "
                   "--data-dir.");
  DeclareControlplane(declared, options);
  declared.AddDuration("drain-timeout", options.drain_timeout,
                       "After SIGTERM, how long requests may take to end before they are "
                       "cancelled.");
  declared.AddDuration("report-grace", options.report_grace,
                       "After that, how long to try to deliver the last request logs.");
  DeclareLimits(declared, options);
  declared.AddBytes("log-queue", options.log_queue_bytes,
                    "Memory for request logs that wait for the controlplane; beyond it the newest "
                    "are dropped and counted.");
  declared.AddNumber("log-queue-records", options.log_queue_records, "The same as a number.");
}

std::vector<Error> Check(const DataplaneOptions& options) {
  std::vector<Error> faults;
  if (options.data_dir.empty()) faults.push_back(InvalidArgument("data-dir", "is needed"));
  if (options.id.size() > kLongestId ||
      !std::all_of(options.id.begin(), options.id.end(), IsIdCharacter)) {
    faults.push_back(InvalidArgument(
        "id", "must have at most 100 characters, of a-z, A-Z, 0-9, '.', '_' and '-'"));
  }
  CheckControlplane(options, faults);
  CheckSnapshot(options, faults);
  CheckTls(options.tls, faults);
  if (auto proxies = net::IpRanges::Parse(options.trusted_proxies); !proxies)
    faults.push_back(InvalidArgument("trusted-proxies", proxies.error().message));
  const auto& gateway = options.gateway;
  CheckAtLeast("head-timeout", gateway.head_timeout, std::chrono::milliseconds(100), faults);
  CheckAtLeast("tls-handshake-timeout", gateway.tls_handshake_timeout,
               std::chrono::milliseconds(100), faults);
  CheckAtLeast("body-timeout", gateway.body_limits.pace.idle_timeout,
               std::chrono::milliseconds(100), faults);
  CheckAtLeast("body-rate-grace", gateway.body_limits.pace.grace, std::chrono::milliseconds(100),
               faults);
  if (gateway.body_limits.pace.grace > kLongestGrace) {
    faults.push_back(InvalidArgument("body-rate-grace", "must be at most 24h"));
  }
  CheckAtLeast("write-timeout", gateway.write_timeout, std::chrono::milliseconds(100), faults);
  if (options.workers > 1024) {
    faults.push_back(InvalidArgument("workers", "must be at most 1024"));
  }
  if (gateway.head_limits.max_target_bytes > gateway.head_limits.max_head_bytes) {
    faults.push_back(InvalidArgument("max-target", "must not be more than --max-head"));
  }
  if (gateway.body_limits.replay_bytes > gateway.body_limits.max_bytes) {
    faults.push_back(InvalidArgument("body-replay", "must not be more than --max-body"));
  }
  if (gateway.max_spooled_bytes < gateway.body_limits.replay_bytes) {
    faults.push_back(InvalidArgument(
        "max-spooled-bytes", "must not be less than --body-replay: one body must find room"));
  }
  if (gateway.body_limits.pace.min_bytes_per_second > kFastestMinRate) {
    faults.push_back(InvalidArgument("body-min-rate", "must be at most 1GiB"));
  }
  return faults;
}

accept::GatewayOptions ToGatewayOptions(const DataplaneOptions& options) {
  accept::GatewayOptions gateway = options.gateway;
  gateway.listen = options.listen.ToString();
  gateway.workers = options.workers;
  if (auto proxies = net::IpRanges::Parse(options.trusted_proxies))
    gateway.trusted_proxies = std::move(*proxies);
  gateway.head_limits.max_headers = options.max_headers;
  gateway.max_connections = options.max_connections;
  gateway.max_in_flight = options.max_in_flight;
  gateway.body_limits.temp_dir =
      options.temp_dir.empty() ? options.data_dir + "/tmp" : options.temp_dir;
  return gateway;
}

}  // namespace llmgw::app
