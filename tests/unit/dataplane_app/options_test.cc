#include "dataplane/app/options.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "common/daemon/options.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_ca.h"

namespace llmgw::app {
namespace {

// Parses and checks; returns what was printed to stderr.
std::string Parse(DataplaneOptions& options, const std::vector<std::string>& arguments) {
  daemon::Options declared({.name = "llmgw-dataplane", .summary = "x", .version = "1"});
  Declare(declared, options);
  std::ostringstream out, err;
  (void)declared.Parse(
      arguments, [&] { return Check(options); }, out, err);
  return err.str();
}

TEST(DataplaneOptions, EveryLimitReachesTheGateway) {
  DataplaneOptions options;
  EXPECT_EQ(Parse(options, {"--controlplane",
                            "127.0.0.1:7400",
                            "--token-file",
                            "/t",
                            "--listen",
                            "127.0.0.1:0",
                            "--workers",
                            "3",
                            "--max-head",
                            "64KiB",
                            "--max-headers",
                            "99",
                            "--max-target",
                            "4KiB",
                            "--max-body",
                            "2GiB",
                            "--body-replay",
                            "1MiB",
                            "--body-memory",
                            "10MiB",
                            "--body-memory-each",
                            "64KiB",
                            "--head-timeout",
                            "1s",
                            "--trusted-proxies",
                            "10.0.0.0/8,::1",
                            "--max-connections",
                            "5000",
                            "--max-in-flight",
                            "400",
                            "--max-spooled-bytes",
                            "3GiB",
                            "--body-min-rate",
                            "2KiB",
                            "--body-rate-grace",
                            "7s",
                            "--body-timeout",
                            "2s",
                            "--write-timeout",
                            "3s",
                            "--keep-alive-timeout",
                            "4s",
                            "--temp-dir",
                            "/var/tmp"}),
            "");
  const accept::GatewayOptions gateway = ToGatewayOptions(options);
  EXPECT_EQ(gateway.listen, "127.0.0.1:0");
  EXPECT_EQ(gateway.workers, 3u);
  EXPECT_EQ(gateway.head_limits.max_head_bytes, 64u << 10);
  EXPECT_EQ(gateway.head_limits.max_headers, 99u);
  EXPECT_EQ(gateway.head_limits.max_target_bytes, 4u << 10);
  EXPECT_EQ(gateway.body_limits.max_bytes, 2ull << 30);
  EXPECT_EQ(gateway.body_limits.replay_bytes, 1u << 20);
  EXPECT_EQ(gateway.body_limits.memory_bytes, 64u << 10);
  EXPECT_EQ(gateway.body_memory_bytes, 10u << 20);
  EXPECT_EQ(gateway.max_connections, 5000u);
  EXPECT_TRUE(gateway.trusted_proxies.Contains("10.1.2.3"));
  EXPECT_FALSE(gateway.trusted_proxies.Contains("127.0.0.1"));
  EXPECT_EQ(gateway.max_in_flight, 400u);
  EXPECT_EQ(gateway.max_spooled_bytes, 3ull << 30);
  EXPECT_EQ(gateway.body_limits.pace.min_bytes_per_second, 2048u);
  EXPECT_EQ(gateway.body_limits.pace.grace, std::chrono::seconds(7));
  EXPECT_EQ(gateway.head_timeout, std::chrono::seconds(1));
  EXPECT_EQ(gateway.body_limits.pace.idle_timeout, std::chrono::seconds(2));
  EXPECT_EQ(gateway.write_timeout, std::chrono::seconds(3));
  EXPECT_EQ(gateway.keep_alive_timeout, std::chrono::seconds(4));
  EXPECT_EQ(gateway.body_limits.temp_dir, "/var/tmp");
}

TEST(DataplaneOptions, TemporaryFilesGoIntoTheDataFolderByDefault) {
  DataplaneOptions options;
  options.data_dir = "/d";
  EXPECT_EQ(ToGatewayOptions(options).body_limits.temp_dir, "/d/tmp");
}

TEST(DataplaneOptions, NeedAControlplaneOrASnapshotButNotBoth) {
  DataplaneOptions neither;
  EXPECT_NE(Parse(neither, {}).find("--controlplane: is needed, or --snapshot"), std::string::npos);
  DataplaneOptions both;
  EXPECT_NE(Parse(both, {"--controlplane", "127.0.0.1:1", "--token-file", "/t", "--snapshot", "x"})
                .find("--controlplane: can't be given together"),
            std::string::npos);
}

TEST(DataplaneOptions, PlaintextToAnotherMachineMustBeAllowedByName) {
  const std::vector<std::string> remote{"--controlplane", "cp.example.com:7400", "--token-file",
                                        "/t"};
  const auto with = [&](const std::string& flag) {
    std::vector<std::string> arguments = remote;
    arguments.push_back(flag);
    return arguments;
  };
  DataplaneOptions plain, tls, insecure;
  EXPECT_NE(Parse(plain, remote).find("--controlplane-tls"), std::string::npos);
  EXPECT_EQ(Parse(tls, with("--controlplane-tls")), "");
  EXPECT_EQ(Parse(insecure, with("--controlplane-insecure")), "");
}

TEST(DataplaneOptions, AControlplaneNeedsATokenFile) {
  DataplaneOptions options;
  EXPECT_NE(Parse(options, {"--controlplane", "127.0.0.1:7400"}).find("--token-file: is needed"),
            std::string::npos);
}

TEST(DataplaneOptions, EveryFaultOfASnapshotFileIsSaidWithItsPlace) {
  test::TempDir folder;
  std::ofstream(folder.Path("gw.yaml")) << "upstreams:\n  - {name: m, kind: nonsense}\nkey: []\n";
  DataplaneOptions options;
  const std::string said = Parse(options, {"--snapshot", folder.Path("gw.yaml")});
  EXPECT_NE(said.find("--snapshot: gw.yaml:3: key: is not a known list"), std::string::npos)
      << said;
}

TEST(DataplaneOptions, RefuseLimitsThatContradictEachOther) {
  DataplaneOptions options;
  const std::string said = Parse(
      options, {"--controlplane", "127.0.0.1:1", "--token-file", "/t", "--max-head", "1KiB",
                "--max-body", "1MiB", "--head-timeout", "1ms", "--id", "a b", "--max-spooled-bytes",
                "1KiB", "--body-min-rate", "2GiB", "--body-rate-grace", "25h"});
  EXPECT_NE(said.find("--max-target: "), std::string::npos) << said;
  EXPECT_NE(said.find("--body-replay: "), std::string::npos) << said;
  EXPECT_NE(said.find("--head-timeout: "), std::string::npos) << said;
  EXPECT_NE(said.find("--max-spooled-bytes: "), std::string::npos) << said;
  EXPECT_NE(said.find("--body-min-rate: "), std::string::npos) << said;
  EXPECT_NE(said.find("--body-rate-grace: "), std::string::npos) << said;
  EXPECT_NE(said.find("--id: "), std::string::npos) << said;
}

TEST(DataplaneOptions, TakeCertificatesInPairsFromFlagsAndYaml) {
  test::TestCa ca;
  test::TempDir folder;
  const auto a = ca.IssueFor("a", "DNS:a.test");
  const auto b = ca.IssueFor("b", "DNS:b.test");
  const std::vector<std::string> certificates{a.certificate, b.certificate};
  const std::vector<std::string> source{"--controlplane", "127.0.0.1:7400", "--token-file", "/t"};
  DataplaneOptions repeated, joined, yaml;
  auto arguments = source;
  for (const auto& files : {a, b}) {
    arguments.insert(arguments.end(), {"--tls-cert", files.certificate, "--tls-key", files.key});
  }
  arguments.insert(arguments.end(), {"--tls-client-auth", "require", "--tls-client-ca",
                                     ca.ca_file(), "--tls-handshake-timeout", "3s"});
  EXPECT_EQ(Parse(repeated, arguments), "");
  EXPECT_EQ(repeated.tls.certificates, certificates);
  EXPECT_EQ(ToGatewayOptions(repeated).tls_handshake_timeout, std::chrono::seconds(3));
  const net::TlsServerFiles files = repeated.tls.Files();
  ASSERT_EQ(files.certificates.size(), 2u);
  EXPECT_EQ(files.certificates[1].key_file, b.key);
  EXPECT_EQ(files.client_auth, net::TlsClientAuth::kRequire);
  EXPECT_EQ(files.client_ca_file, ca.ca_file());
  arguments = source;
  arguments.insert(arguments.end(), {"--tls-cert=" + a.certificate + "," + b.certificate,
                                     "--tls-key=" + a.key + "," + b.key});
  EXPECT_EQ(Parse(joined, arguments), "");
  EXPECT_EQ(joined.tls.certificates, certificates);
  arguments = source;
  arguments.insert(
      arguments.end(),
      {"--config", folder.Write("dp.yaml", "tls-cert: [" + a.certificate + ", " + b.certificate +
                                               "]\ntls-key: [" + a.key + ", " + b.key + "]\n")});
  EXPECT_EQ(Parse(yaml, arguments), "");
  EXPECT_EQ(yaml.tls.certificates, certificates);
}

TEST(DataplaneOptions, SayWhatIsWrongWithCertificates) {
  test::TestCa ca;
  const auto good = ca.IssueFor("a", "DNS:a.test");
  const auto other = ca.IssueFor("b", "DNS:b.test");
  const auto said = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--controlplane", "127.0.0.1:7400", "--token-file", "/t"});
    DataplaneOptions options;
    return Parse(options, arguments);
  };
  const std::string cert = "--tls-cert=" + good.certificate;
  const std::string key = "--tls-key=" + good.key;
  EXPECT_NE(said({cert}).find("--tls-key: each --tls-cert needs its --tls-key, in the same order: "
                              "there are 1 certificate and 0 keys"),
            std::string::npos)
      << said({cert});
  EXPECT_NE(said({key}).find("--tls-cert: each"), std::string::npos);
  EXPECT_NE(said({cert, "--tls-key=" + other.key})
                .find("--tls-key: the key in " + other.key + " does not belong"),
            std::string::npos);
  EXPECT_NE(said({"--tls-cert=/nowhere", key}).find("--tls-cert: can't read /nowhere"),
            std::string::npos);
  EXPECT_NE(said({cert, key, "--tls-client-auth=require"}).find("--tls-client-ca: is needed"),
            std::string::npos);
  EXPECT_NE(said({cert, key, "--tls-client-ca=" + ca.ca_file()})
                .find("--tls-client-ca: is of no use unless"),
            std::string::npos);
  EXPECT_NE(said({"--tls-client-auth=require"}).find("--tls-client-auth: is of no use without"),
            std::string::npos);
}

}  // namespace
}  // namespace llmgw::app
