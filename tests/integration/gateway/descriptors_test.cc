// Out of descriptors: the gateway neither spins nor stops for good, and says so.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace {

enum class Descriptors { kPlenty, kOnlyTheSpareOne, kNone };
std::atomic<Descriptors> descriptors{Descriptors::kPlenty};
std::atomic<int> accept_calls{0};
std::atomic<bool> refused_last{false};

}  // namespace

// In place of the C library's, so that a shortage can be played without one: sanitizers need
// descriptors of their own.
extern "C" int accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  ++accept_calls;
  const Descriptors left = descriptors;
  // The second call in a row comes after the spare one was given up.
  if (left == Descriptors::kNone ||
      (left == Descriptors::kOnlyTheSpareOne && !refused_last.exchange(!refused_last))) {
    errno = EMFILE;
    return -1;
  }
  return static_cast<int>(syscall(SYS_accept4, fd, address, length, flags));
}

extern "C" int socket(int domain, int type, int protocol) noexcept {
  if (descriptors != Descriptors::kPlenty) {
    errno = EMFILE;
    return -1;
  }
  return static_cast<int>(syscall(SYS_socket, domain, type, protocol));
}

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

class Shortage {
 public:
  explicit Shortage(Descriptors left) {
    refused_last = false;
    descriptors = left;
  }
  ~Shortage() { descriptors = Descriptors::kPlenty; }
  Shortage(const Shortage&) = delete;
  Shortage& operator=(const Shortage&) = delete;
};

// Really takes every descriptor that this process may have.
class AllTaken {
 public:
  AllTaken() {
    getrlimit(RLIMIT_NOFILE, &before_);
    int highest = 0;
    for (int fd = 0; fd < static_cast<int>(before_.rlim_cur); ++fd)
      if (fcntl(fd, F_GETFD) >= 0) highest = fd;
    const rlimit low{static_cast<rlim_t>(highest) + 1, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
    for (int fd = dup(0); fd >= 0; fd = dup(0)) taken_.push_back(fd);
  }
  ~AllTaken() {
    for (const int fd : taken_) close(fd);
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  AllTaken(const AllTaken&) = delete;
  AllTaken& operator=(const AllTaken&) = delete;

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

class DescriptorsTest : public GatewayTest {
 protected:
  static Connection Socket() { return Connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }
  // With a socket that was there before the shortage.
  void ConnectWith(Connection& client) {
    const std::string where = address();
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer.sin_port = htons(static_cast<uint16_t>(std::stoi(where.substr(where.rfind(':') + 1))));
    (void)connect(client.fd(), reinterpret_cast<sockaddr*>(&peer), sizeof(peer));
  }
  static HttpRequest Health() {
    return {.method = "GET", .target = "/healthz", .headers = {}, .body = {}};
  }
  uint64_t Refused() const {
    return gateway().load().refused[static_cast<size_t>(model::Limit::kDescriptors)];
  }
};

TEST_F(DescriptorsTest, WaitsForThemWithoutSpinningAndAcceptsAgain) {
  AddMock("mock");
  Start();
  EXPECT_EQ(Chat().status, 200);
  Connection waiting = Socket();
  int calls = 0;
  {
    const Shortage none(Descriptors::kNone);
    ConnectWith(waiting);
    ASSERT_TRUE(WaitFor([&] { return gateway().load().accept_pauses > 0; }));
    calls = accept_calls;
    EXPECT_EQ(waiting.ReadMore(milliseconds(600)), Connection::Event::kTimeout);
    calls = accept_calls - calls;
  }
  EXPECT_GT(calls, 0) << "it gave up";
  EXPECT_LT(calls, 200) << "it spins";
  EXPECT_EQ(Exchange(waiting, Health()).status, 200);
}

TEST_F(DescriptorsTest, TheSpareOneServesToTellClients) {
  AddMock("mock");
  Start();
  EXPECT_EQ(Chat().status, 200);
  Connection running = Connect();
  EXPECT_EQ(Exchange(running, Health()).status, 200);
  std::vector<Connection> refused;
  for (int i = 0; i < 3; ++i) refused.push_back(Socket());
  {
    const Shortage one(Descriptors::kOnlyTheSpareOne);
    for (Connection& client : refused) {
      ConnectWith(client);
      const HttpAnswer answer = ReadAnswer(client);
      EXPECT_EQ(answer.status, 503);
      EXPECT_EQ(ErrorField(answer.body, "code"), "overloaded");
      EXPECT_EQ(answer.Header("retry-after"), "1");
      EXPECT_TRUE(client.WaitForClose());
    }
    EXPECT_EQ(Exchange(running, Health()).status, 200);
  }
  EXPECT_EQ(Refused(), 3u);
  EXPECT_EQ(gateway().load().accept_pauses, 0u);
  EXPECT_EQ(Chat().status, 200);
}

TEST_F(DescriptorsTest, ARequestThatFindsNoSocketForItsUpstreamBlamesTheGateway) {
  FakeUpstream fake;
  AddUpstream("only", fake);
  Start();
  Connection client = Connect();
  EXPECT_EQ(Exchange(client, Health()).status, 200);
  HttpAnswer answer;
  {
    const Shortage none(Descriptors::kNone);
    answer = Exchange(client, {.method = "GET",
                               .target = "/v1/models",
                               .headers = {{"Authorization", kKey}},
                               .body = {}});
  }
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(ErrorField(answer.body, "code"), "overloaded");
  EXPECT_EQ(ErrorField(answer.body, "fault"), "gateway");
  EXPECT_EQ(answer.Header("retry-after"), "1");
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  ASSERT_EQ(record->attempts.size(), 1U);
  EXPECT_EQ(record->attempts[0].outcome, "no_socket");
  EXPECT_EQ(Refused(), 1u);
  EXPECT_EQ(Chat().status, 200);
}

TEST_F(DescriptorsTest, ARealShortageIsAnsweredAndForgotten) {
#if defined(__SANITIZE_ADDRESS__)
  // UBSan opens a pipe to see whether an object's memory can be read, and takes the lack of
  // descriptors for a broken object. The played shortages above run there.
  GTEST_SKIP() << "needs descriptors of its own";
#endif
  AddMock("mock");
  Start();
  EXPECT_EQ(Chat().status, 200);
  // A descriptor that it gives up meanwhile would be one to accept with.
  ASSERT_TRUE(WaitFor([&] { return gateway().load().connections.now == 0; }));
  Connection refused = Socket();
  {
    const AllTaken none;
    ConnectWith(refused);
    EXPECT_EQ(ReadAnswer(refused).status, 503);
  }
  EXPECT_EQ(Refused(), 1u);
  EXPECT_EQ(Chat().status, 200);
}

}  // namespace
}  // namespace llmgw::test
