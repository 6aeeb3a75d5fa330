// TLS with clients: who may connect and with what, which certificate they see, and that requests,
// streams and hang-ups are the same as without.
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "dataplane/net/tls_ticket_keys.h"
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using net::TlsClientAuth;
using net::TlsFailure;
using std::chrono::milliseconds;

struct SessionDeleter {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using SessionPtr = std::unique_ptr<SSL_SESSION, SessionDeleter>;

class ClientTlsTest : public GatewayTest {
 protected:
  ClientTlsTest() {
    // The tests' own ends write through OpenSSL, without MSG_NOSIGNAL.
    std::signal(SIGPIPE, SIG_IGN);
    AddUpstream("only", fake);
  }

  std::shared_ptr<const net::TlsServerContext> Server(const std::vector<CertificateFiles>& pairs,
                                                      TlsClientAuth auth = TlsClientAuth::kOff,
                                                      const std::string& client_ca = {}) {
    net::TlsServerFiles files{.client_ca_file = client_ca, .client_auth = auth};
    for (const auto& pair : pairs) files.certificates.push_back({pair.certificate, pair.key});
    auto made = net::TlsServerContext::Make(files, keys);
    if (!made) throw std::runtime_error(made.error().Describe());
    return *made;
  }
  void StartTls() {
    options().tls = Server({ca.Issue()});
    Start();
  }
  void StartTls(TlsClientAuth auth, const TestCa& client_ca) {
    options().tls = Server({ca.Issue()}, auth, client_ca.ca_file());
    Start();
  }

  // A client under TLS that trusts the test CA and expects this name.
  Connection Secure(const std::string& name = "localhost", SSL_SESSION* session = nullptr) {
    Connection client = Connect();
    EXPECT_TRUE(client.StartTlsClient(context.get(), name, session)) << client.tls_error();
    return client;
  }
  static HttpRequest ChatRequest(const std::string& body = R"({"model":"gpt-4o"})") {
    return {.method = "POST",
            .target = "/v1/chat/completions",
            .headers = {{"Authorization", std::string("Bearer ") + kKey},
                        {"Content-Type", "application/json"}},
            .body = body};
  }
  Connection OpenSecureStream() {
    Connection client = Secure();
    EXPECT_TRUE(client.Write(Print(ChatRequest(R"({"model":"gpt-4o","stream":true})"))));
    return client;
  }

  uint64_t Failed(TlsFailure why) { return options().tls_handshakes->failed(why); }
  bool WaitForFailure(TlsFailure why) {
    return WaitFor([&] { return Failed(why) > 0; });
  }

  TestCa ca;
  std::shared_ptr<net::TlsTicketKeys> keys = std::make_shared<net::TlsTicketKeys>();
  SslContextPtr context = ClientContext(ca.ca_file());
  FakeUpstream fake;
};

TEST_F(ClientTlsTest, ServesRequestsOnOneConnection) {
  StartTls();
  Connection client = Secure();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Exchange(client, ChatRequest()).status, 200);
  EXPECT_EQ(options().tls_handshakes->full(), 1U);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->client_address, "127.0.0.1");
}

TEST_F(ClientTlsTest, RelaysEachStreamEventBeforeTheNextOneIsMade) {
  StartTls();
  Gate gate;
  fake.Next(StreamSse({"1", "2", "[DONE]"}, gate));
  Connection client = OpenSecureStream();
  gate.Release();
  EXPECT_NE(client.TakeThrough("data: 1\n\n"), "");
  gate.Release();
  EXPECT_NE(client.TakeThrough("data: 2\n\n"), "");
  gate.Open();
  EXPECT_NE(client.TakeThrough("0\r\n\r\n"), "");
  EXPECT_EQ(Exchange(client, ChatRequest()).status, 200);
}

// ---- certificates

TEST_F(ClientTlsTest, TheNameAskedForChoosesTheCertificate) {
  options().tls = Server({ca.Issue(), ca.IssueFor("a", "DNS:a.test,DNS:also.a.test"),
                          ca.IssueFor("wild", "DNS:*.w.test")});
  Start();
  for (const char* name : {"localhost", "a.test", "also.a.test", "x.w.test", "Y.W.test"}) {
    SCOPED_TRACE(name);
    // The client checks that the certificate has the name.
    Connection client = Secure(name);
    EXPECT_EQ(Exchange(client, ChatRequest()).status, 200);
  }
}

TEST_F(ClientTlsTest, WithoutANameOrWithAnUnknownOneTheFirstCertificateServes) {
  options().tls = Server({ca.Issue(), ca.IssueFor("wild", "DNS:*.w.test")});
  Start();
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  for (const char* name : {"", "other.test", "w.test", "x.y.w.test"}) {
    SCOPED_TRACE(name);
    Connection client = Secure(name);
    X509* shown = SSL_get0_peer_certificate(client.tls());
    ASSERT_NE(shown, nullptr);
    EXPECT_EQ(X509_check_host(shown, "localhost", 0, 0, nullptr), 1);
    EXPECT_EQ(Exchange(client, ChatRequest()).status, 200);
  }
}

TEST_F(ClientTlsTest, NewCertificatesServeNewConnectionsWhileAStreamGoesOn) {
  StartTls();
  Gate gate;
  fake.Next(StreamSse({"1", "2"}, gate));
  Connection stream = OpenSecureStream();
  gate.Release();
  EXPECT_NE(stream.TakeThrough("data: 1\n\n"), "");
  gateway().UseTls(Server({ca.IssueFor("new", "DNS:new.test")}));
  Connection fresh = Secure("new.test");
  EXPECT_EQ(Exchange(fresh, ChatRequest()).status, 200);
  gate.Open();
  EXPECT_NE(stream.TakeThrough("data: 2\n\n"), "");
  EXPECT_NE(stream.TakeThrough("0\r\n\r\n"), "");
  EXPECT_EQ(Exchange(stream, ChatRequest()).status, 200) << "the old connection serves on";
}

// ---- versions and protocols

TEST_F(ClientTlsTest, SpeaksTls12And13AndNothingOlder) {
  StartTls();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    Connection client = Secure();
    EXPECT_EQ(SSL_version(client.tls()), version);
    EXPECT_EQ(Exchange(client, ChatRequest()).status, 200);
  }
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  Connection old = Connect();
  EXPECT_FALSE(old.StartTlsClient(context.get(), "localhost"));
  EXPECT_NE(old.tls_error().find("protocol version"), std::string::npos) << old.tls_error();
  EXPECT_TRUE(WaitForFailure(TlsFailure::kVersion));
}

TEST_F(ClientTlsTest, OffersNoCipherWithoutForwardSecrecy) {
  StartTls();
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "AES128-GCM-SHA256:AES256-SHA");
  Connection client = Connect();
  EXPECT_FALSE(client.StartTlsClient(context.get(), "localhost"));
  EXPECT_TRUE(WaitForFailure(TlsFailure::kNoSharedParameters));
}

TEST_F(ClientTlsTest, AgreesOnHttp11OrOnNothing) {
  StartTls();
  static constexpr unsigned char kBoth[] = "\x02h2\x08http/1.1";
  SSL_CTX_set_alpn_protos(context.get(), kBoth, sizeof kBoth - 1);
  Connection client = Secure();
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(client.tls(), &chosen, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
  SSL_CTX_set_alpn_protos(context.get(), kBoth, 3);
  Connection other = Connect();
  EXPECT_FALSE(other.StartTlsClient(context.get(), "localhost"));
  EXPECT_TRUE(WaitForFailure(TlsFailure::kNoProtocol));
}

TEST_F(ClientTlsTest, RefusesRenegotiation) {
  StartTls();
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  Connection client = Secure();
  EXPECT_EQ(Exchange(client, ChatRequest()).status, 200);
  ASSERT_EQ(SSL_renegotiate(client.tls()), 1);
  // The refusal is a warning in TLS 1.2; OpenSSL's client takes it as the end.
  EXPECT_NE(Exchange(client, ChatRequest(), milliseconds(200)).status, 200);
  EXPECT_EQ(options().tls_handshakes->full(), 1U);
}

// ---- clients' certificates

TEST_F(ClientTlsTest, ARequiredCertificateMustBeShownAndBeGood) {
  const TestCa clients;
  StartTls(TlsClientAuth::kRequire, clients);
  const auto good = clients.IssueFor("alice", "DNS:alice");
  // In TLS 1.3 the client learns of the refusal only when it reads.
  Connection without = Connect();
  if (without.StartTlsClient(context.get(), "localhost")) {
    EXPECT_EQ(Exchange(without, ChatRequest()).status, 0);
  }
  EXPECT_TRUE(WaitForFailure(TlsFailure::kNoCertificate));
  const auto use = [&](const CertificateFiles& files) {
    SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM);
  };
  use(good);
  Connection with = Secure();
  EXPECT_EQ(Exchange(with, ChatRequest()).status, 200);
  const TestCa strangers;
  use(strangers.IssueFor("eve", "DNS:eve"));
  Connection wrong = Connect();
  if (wrong.StartTlsClient(context.get(), "localhost")) {
    EXPECT_EQ(Exchange(wrong, ChatRequest()).status, 0);
  }
  EXPECT_TRUE(WaitForFailure(TlsFailure::kBadCertificate));
}

TEST_F(ClientTlsTest, ARequestedCertificateMayBeLeftOutButNotBeWrong) {
  const TestCa clients;
  StartTls(TlsClientAuth::kRequest, clients);
  Connection without = Secure();
  EXPECT_EQ(Exchange(without, ChatRequest()).status, 200);
  const TestCa strangers;
  const auto eve = strangers.IssueFor("eve", "DNS:eve");
  SSL_CTX_use_certificate_chain_file(context.get(), eve.certificate.c_str());
  SSL_CTX_use_PrivateKey_file(context.get(), eve.key.c_str(), SSL_FILETYPE_PEM);
  Connection wrong = Connect();
  if (wrong.StartTlsClient(context.get(), "localhost")) {
    EXPECT_EQ(Exchange(wrong, ChatRequest()).status, 0);
  }
  EXPECT_TRUE(WaitForFailure(TlsFailure::kBadCertificate));
}

// ---- resumption

class ResumptionTest : public ClientTlsTest, public testing::WithParamInterface<int> {
 protected:
  ResumptionTest() {
    SSL_CTX_set_min_proto_version(context.get(), GetParam());
    SSL_CTX_set_max_proto_version(context.get(), GetParam());
  }

  // Serves one request on a new connection and returns the session to go on with.
  SessionPtr Visit(SSL_SESSION* session, bool& resumed) {
    Connection client = Secure("localhost", session);
    // TLS 1.3 tickets come after the handshake and are read along.
    EXPECT_EQ(Exchange(client, ChatRequest()).status, 200);
    resumed = SSL_session_reused(client.tls()) == 1;
    return SessionPtr(SSL_get1_session(client.tls()));
  }
};

INSTANTIATE_TEST_SUITE_P(Version, ResumptionTest, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) {
                           return version.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(ResumptionTest, WorksOnAnyWorker) {
  options().workers = 2;
  StartTls();
  bool resumed = false;
  SessionPtr session = Visit(nullptr, resumed);
  EXPECT_FALSE(resumed);
  for (int i = 0; i < 20; ++i) {
    session = Visit(session.get(), resumed);
    EXPECT_TRUE(resumed) << i;
  }
  EXPECT_EQ(options().tls_handshakes->full(), 1U);
  EXPECT_EQ(options().tls_handshakes->resumed(), 20U);
}

TEST_P(ResumptionTest, WorksAcrossAReload) {
  StartTls();
  bool resumed = false;
  const SessionPtr session = Visit(nullptr, resumed);
  gateway().UseTls(Server({ca.Issue()}));
  (void)Visit(session.get(), resumed);
  EXPECT_TRUE(resumed);
}

TEST_P(ResumptionTest, DoesNotGetAroundNewRulesForClients) {
  StartTls();
  bool resumed = false;
  const SessionPtr session = Visit(nullptr, resumed);
  const TestCa clients;
  gateway().UseTls(Server({ca.Issue()}, TlsClientAuth::kRequest, clients.ca_file()));
  (void)Visit(session.get(), resumed);
  EXPECT_FALSE(resumed);
  gateway().UseTls(Server({ca.Issue()}, TlsClientAuth::kRequire, clients.ca_file()));
  Connection client = Connect();
  if (client.StartTlsClient(context.get(), "localhost", session.get())) {
    EXPECT_EQ(Exchange(client, ChatRequest()).status, 0);
  }
}

TEST_P(ResumptionTest, KeepsTheProofOfAClientsCertificate) {
  const TestCa clients;
  const auto alice = clients.IssueFor("alice", "DNS:alice");
  SSL_CTX_use_certificate_chain_file(context.get(), alice.certificate.c_str());
  SSL_CTX_use_PrivateKey_file(context.get(), alice.key.c_str(), SSL_FILETYPE_PEM);
  StartTls(TlsClientAuth::kRequire, clients);
  bool resumed = false;
  const SessionPtr session = Visit(nullptr, resumed);
  (void)Visit(session.get(), resumed);
  EXPECT_TRUE(resumed);
}

// ---- clients that are slow, gone or speak something else

TEST_F(ClientTlsTest, ASilentClientIsCut) {
  options().tls_handshake_timeout = milliseconds(50);
  StartTls();
  Connection client = Connect();
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(Failed(TlsFailure::kTimeout), 1U);
}

TEST_F(ClientTlsTest, AClientThatStopsWithinTheHandshakeIsCut) {
  options().tls_handshake_timeout = milliseconds(50);
  StartTls();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(std::string("\x16\x03\x01\x02\x00\x01", 6)));
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(Failed(TlsFailure::kTimeout), 1U);
}

TEST_F(ClientTlsTest, AClientThatLeavesWithinTheHandshakeIsCounted) {
  StartTls();
  Connect().Close();
  EXPECT_TRUE(WaitForFailure(TlsFailure::kClosed));
}

TEST_F(ClientTlsTest, PlainHttpIsToldSo) {
  StartTls();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Print(ChatRequest())));
  const HttpAnswer answer = ReadAnswer(client);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(ErrorField(answer.body, "code"), "plain_http_to_tls");
  EXPECT_EQ(answer.Header("connection"), "close");
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(Failed(TlsFailure::kPlainHttp), 1U);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "plain_http_to_tls");
  EXPECT_EQ(fake.connections_accepted(), 0U);
}

TEST_F(ClientTlsTest, GarbageIsClosed) {
  StartTls();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(std::string(200, 'x')));
  client.ShutdownWrite();
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_TRUE(WaitForFailure(TlsFailure::kNotTls));
}

TEST_F(ClientTlsTest, DrainingClosesAHandshakeUnderWay) {
  StartTls();
  Connection silent = Connect();
  Connection idle = Secure();
  gateway().Drain(std::chrono::seconds(20));
  EXPECT_TRUE(silent.WaitForClose());
  EXPECT_TRUE(idle.WaitForClose());
}

// OpenSSL over memory, so that the test decides how bytes reach the socket.
class ByteByByteClient {
 public:
  ByteByByteClient(SSL_CTX* context, Connection& socket) : ssl_(SSL_new(context)), socket_(socket) {
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_.get());
  }

  bool ShakeHands() {
    while (SSL_do_handshake(ssl_.get()) != 1) {
      if (!Flush() || !Receive()) return false;
    }
    return Flush();
  }
  bool Write(std::string_view text) {
    return SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) > 0 && Flush();
  }
  std::string ReadThrough(std::string_view end) {
    std::string text;
    char piece[4096];
    while (text.find(end) == std::string::npos) {
      const int n = SSL_read(ssl_.get(), piece, sizeof piece);
      if (n > 0) {
        text.append(piece, static_cast<size_t>(n));
      } else if (!Receive()) {
        break;
      }
    }
    return text;
  }

 private:
  bool Flush() {
    char byte = 0;
    while (BIO_read(SSL_get_wbio(ssl_.get()), &byte, 1) == 1) {
      if (!socket_.Write({&byte, 1})) return false;
    }
    return true;
  }
  bool Receive() {
    if (socket_.ReadMore() != Connection::Event::kData) return false;
    BIO_write(SSL_get_rbio(ssl_.get()), socket_.buffer().data(),
              static_cast<int>(socket_.buffer().size()));
    socket_.buffer().clear();
    return true;
  }

  SslPtr ssl_;
  Connection& socket_;
};

TEST_F(ClientTlsTest, EveryByteMayComeAlone) {
  StartTls();
  Connection socket = Connect();
  ByteByByteClient client(context.get(), socket);
  ASSERT_TRUE(client.ShakeHands());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client.Write(Print(ChatRequest())));
    EXPECT_TRUE(client.ReadThrough("{}").starts_with("HTTP/1.1 200 OK\r\n"));
  }
}

// ---- records and bodies

TEST_F(ClientTlsTest, RequestsInOneRecordAreAllServed) {
  StartTls();
  fake.Handle([](const ReceivedRequest& request) { return AnswerJson(200, request.body); });
  Connection client = Secure();
  std::string requests;
  for (int i = 0; i < 5; ++i) requests += Print(ChatRequest("{\"n\":" + std::to_string(i) + "}"));
  ASSERT_TRUE(client.Write(requests));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ReadAnswer(client).body, "{\"n\":" + std::to_string(i) + "}");
  }
}

TEST_F(ClientTlsTest, ARequestSplitOverRecordsIsOne) {
  StartTls();
  fake.Handle([](const ReceivedRequest& request) { return AnswerJson(200, request.body); });
  Connection client = Secure();
  // All in the socket at once, as many small records.
  for (const char c : Print(ChatRequest("{\"n\":1}"))) ASSERT_TRUE(client.Write({&c, 1}));
  EXPECT_EQ(ReadAnswer(client).body, "{\"n\":1}");
  const std::string chunked =
      "POST /v1/files HTTP/1.1\r\nHost: a\r\nAuthorization: " + std::string(kKey) +
      "\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& piece :
       {chunked, std::string("3\r\n"), std::string("abc"), std::string("\r\n"),
        std::string("0\r\n"), std::string("\r\n")}) {
    ASSERT_TRUE(client.Write(piece));
  }
  EXPECT_EQ(ReadAnswer(client).body, "abc");
}

// Sizes of the records with content that a client gets.
void NoteRecord(int sending, int, int type, const void* bytes, size_t size, SSL*, void* sizes) {
  const auto* header = static_cast<const unsigned char*>(bytes);
  if (sending != 0 || type != SSL3_RT_HEADER || size < 5 || header[0] != SSL3_RT_APPLICATION_DATA)
    return;
  static_cast<std::vector<int>*>(sizes)->push_back(header[3] << 8 | header[4]);
}

TEST_F(ClientTlsTest, HeadAndBodyOfAnAnswerShareARecordAndLongOnesFillThem) {
  StartTls();
  std::string body(1 << 20, 'b');
  Connection client = Secure();
  std::vector<int> sizes;
  EXPECT_EQ(Exchange(client, ChatRequest()).status, 200);  // takes the session tickets along
  SSL_set_msg_callback(client.tls(), NoteRecord);
  SSL_set_msg_callback_arg(client.tls(), &sizes);
  EXPECT_EQ(Exchange(client, ChatRequest()).status, 200);
  EXPECT_EQ(sizes.size(), 1U);
  sizes.clear();
  fake.Next(Answer(200, body));
  const HttpAnswer answer = Exchange(client, ChatRequest());
  EXPECT_TRUE(answer.body == body);
  // As many as its size needs, and the ends of what came at a time from the upstream.
  const auto full = std::count_if(sizes.begin(), sizes.end(), [](int n) { return n > 16'384; });
  EXPECT_GT(full, 32) << sizes.size();
}

TEST_F(ClientTlsTest, CarriesLargeBodiesBothWays) {
  options().body_limits.replay_bytes = 4 << 20;
  StartTls();
  Connection client = Secure();
  // Held in memory, in a file, and streamed through.
  for (const size_t bytes : {size_t{900'000}, size_t{3} << 20, size_t{12} << 20}) {
    SCOPED_TRACE(bytes);
    std::string body(bytes, '\0');
    for (size_t i = 0; i < bytes; ++i) body[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    fake.Next(Answer(200, body));
    const HttpAnswer answer = Exchange(client, ChatRequest(body));
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body == body);
    const auto request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->body == body);
  }
}

TEST_F(ClientTlsTest, AClientThatReadsLateLosesNothing) {
  StartTls();
  std::string body(8 << 20, '\0');
  for (size_t i = 0; i < body.size(); ++i)
    body[i] = static_cast<char>('a' + (i * 3 + i / 997) % 26);
  // In pieces that are no multiple of a record.
  std::vector<std::string> chunks;
  for (size_t at = 0; at < body.size(); at += 70'001) chunks.push_back(body.substr(at, 70'001));
  fake.Next(AnswerChunks(200, chunks));
  Connection client = Connect();
  const int small = 64 << 10;
  setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  ASSERT_TRUE(client.StartTlsClient(context.get(), "localhost"));
  ASSERT_TRUE(client.Write(Print(ChatRequest())));
  ASSERT_TRUE(fake.WaitForRequest());
  // Far more than the sockets hold: the gateway has to wait in the middle of records.
  ASSERT_NE(client.TakeThrough("\r\n\r\n"), "");
  std::string got;
  while (got.size() < body.size()) {
    const std::string line = client.TakeThrough("\r\n");
    ASSERT_NE(line, "");
    got += client.Take(std::stoul(line, nullptr, 16));
    ASSERT_EQ(client.Take(2), "\r\n");
  }
  EXPECT_TRUE(got == body);
}

// ---- ends

TEST_F(ClientTlsTest, AClientThatLeavesClosesTheUpstreamConnection) {
  StartTls();
  Gate gate;
  gate.Release();
  fake.Next(StreamSse({"1", "2"}, gate));
  Connection client = OpenSecureStream();
  ASSERT_NE(client.TakeThrough("data: 1\n\n"), "");
  client.Close();
  EXPECT_TRUE(fake.WaitForClientGone());
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "client_gone");
}

TEST_F(ClientTlsTest, AClientThatIsResetClosesTheUpstreamConnection) {
  StartTls();
  fake.Next(Hang());
  Connection client = OpenSecureStream();
  ASSERT_TRUE(fake.WaitForRequest());
  client.Reset();
  EXPECT_TRUE(fake.WaitForClientGone());
}

TEST_F(ClientTlsTest, AnAnswerThatEndsAtTheCloseEndsWithAGoodbye) {
  StartTls();
  const std::string old_chat =
      "GET /v1/models HTTP/1.0\r\nAuthorization: " + std::string(kKey) + "\r\n\r\n";
  fake.Next(AnswerChunks(200, {"whole"}));
  Connection client = Secure();
  ASSERT_TRUE(client.Write(old_chat));
  Connection::Event how = Connection::Event::kData;
  EXPECT_NE(client.TakeToEnd(&how).find("whole"), std::string::npos);
  EXPECT_EQ(how, Connection::Event::kEnd);
  // A cut one must not look so.
  Gate gate;
  Reply cut = Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ncut\r\n");
  cut.steps.emplace_back(Reply::WaitAt{gate});
  cut.steps.emplace_back(Reply::Reset{});
  fake.Next(cut);
  Connection unlucky = Secure();
  ASSERT_TRUE(unlucky.Write(old_chat));
  ASSERT_NE(unlucky.TakeThrough("cut"), "");
  gate.Release();
  (void)unlucky.TakeToEnd(&how);
  EXPECT_EQ(how, Connection::Event::kReset);
}

}  // namespace
}  // namespace llmgw::test
