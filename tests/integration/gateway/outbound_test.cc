// How the gateway connects to upstreams: client certificates, addresses that are not connected to,
// redirects that are not followed.
#include <csignal>
#include <string>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

class OutboundTest : public GatewayTest {
 protected:
  // The fakes write through OpenSSL, without MSG_NOSIGNAL.
  OutboundTest() { std::signal(SIGPIPE, SIG_IGN); }

  settings::UpstreamSettings& AddTls(const FakeUpstream& fake) {
    settings::UpstreamSettings& upstream = AddUpstream("only", fake);
    upstream.endpoint.tls = true;
    upstream.tls.server_name = "localhost";
    upstream.tls.ca_pem = ReadFile(ca.ca_file());
    return upstream;
  }

  void Show(settings::UpstreamSettings& upstream, const CertificateFiles& files) {
    upstream.outbound.client_certificate_pem = ReadFile(files.certificate);
    upstream.outbound.client_key = SecretString(ReadFile(files.key));
  }

  // The one attempt of the last request.
  model::AttemptRecord Attempt() {
    const auto record = records.Wait();
    if (!record || record->attempts.size() != 1) {
      ADD_FAILURE() << "not one attempt";
      return {};
    }
    return record->attempts[0];
  }

  TestCa ca;
};

TEST_F(OutboundTest, ShowsItsCertificateToAnUpstreamThatAsks) {
  FakeUpstream fake({.tls = ca.Issue(), .client_ca = ca.ca_file()});
  Show(AddTls(fake), ca.IssueFor("gateway", "DNS:gateway.test"));
  Start();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(fake.last_client_name(), "gateway");
  EXPECT_EQ(fake.connections_accepted(), 1U);
}

TEST_F(OutboundTest, WithoutOneTheUpstreamRefusesAndTheRecordSaysSo) {
  FakeUpstream fake({.tls = ca.Issue(), .client_ca = ca.ca_file()});
  AddTls(fake);
  Start();
  EXPECT_EQ(ErrorField(Chat().body, "code"), "upstream_tls_failed");
  const model::AttemptRecord attempt = Attempt();
  EXPECT_EQ(attempt.outcome, "tls_failed");
  EXPECT_NE(attempt.error.find("certificate required"), std::string::npos) << attempt.error;
}

TEST_F(OutboundTest, ACertificateOfAnotherAuthorityIsRefused) {
  FakeUpstream fake({.tls = ca.Issue(), .client_ca = ca.ca_file()});
  Show(AddTls(fake), TestCa().IssueFor("gateway", "DNS:gateway.test"));
  Start();
  EXPECT_EQ(ErrorField(Chat().body, "code"), "upstream_tls_failed");
  EXPECT_EQ(Attempt().outcome, "tls_failed");
}

TEST_F(OutboundTest, LinkLocalAndMetadataAddressesAreRefusedInEverySpelling) {
  for (const char* host : {"169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fd00:ec2::254",
                           "100.100.100.200", "64:ff9b::a9fe:a9fe"}) {
    SCOPED_TRACE(host);
    RemoveUpstream("only");
    FakeUpstream fake;
    AddUpstream("only", fake).endpoint.host = host;
    Start();
    const HttpAnswer answer = Chat();
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(ErrorField(answer.body, "code"), "address_refused");
    const model::AttemptRecord attempt = Attempt();
    EXPECT_EQ(attempt.outcome, "address_refused");
    EXPECT_NE(attempt.error.find("allow_addresses"), std::string::npos) << attempt.error;
  }
}

TEST_F(OutboundTest, AnAddressThatIsAllowedIsConnectedTo) {
  FakeUpstream fake;
  settings::UpstreamSettings& upstream = AddUpstream("only", fake);
  upstream.endpoint.host = "169.254.255.254";
  upstream.timeouts.connect = std::chrono::milliseconds(50);
  upstream.outbound.allowed = *net::IpRanges::Parse({"169.254.255.254"});
  Start();
  EXPECT_NE(ErrorField(Chat().body, "code"), "address_refused");
  EXPECT_NE(Attempt().outcome, "address_refused") << "nobody is there, but it was tried";
}

TEST_F(OutboundTest, TheNextUpstreamStandsInForOneThatIsRefused) {
  FakeUpstream fake, second;
  AddUpstream("first", fake).endpoint.host = "169.254.169.254";
  AddUpstream("second", second);
  Start();
  EXPECT_EQ(Chat().status, 200);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  ASSERT_EQ(record->attempts.size(), 2U);
  EXPECT_EQ(record->attempts[0].outcome, "address_refused");
}

TEST_F(OutboundTest, ARedirectIsTheClientsToSee) {
  FakeUpstream fake, elsewhere;
  AddUpstream("only", fake);
  Start();
  for (const int status : {301, 302, 303, 307, 308}) {
    const std::string location = elsewhere.Url("/v1/chat/completions");
    fake.Next(Answer(status, "moved", {{"Location", location}}));
    const HttpAnswer answer = Chat();
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.Header("location"), location);
    EXPECT_EQ(answer.body, "moved");
  }
  EXPECT_EQ(elsewhere.connections_accepted(), 0U);
  EXPECT_EQ(fake.requests().size(), 5U) << "each was asked once";
}

}  // namespace
}  // namespace llmgw::test
