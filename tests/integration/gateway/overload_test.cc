// Out of descriptors: the gateway neither spins nor stops for good.
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

// Lowers the limit of open files of this process for as long as it lives.
class FileLimit {
 public:
  explicit FileLimit(rlim_t files) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit low{files, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
  }
  ~FileLimit() { setrlimit(RLIMIT_NOFILE, &before_); }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_{};
};

// The lowest descriptor that is free: a limit of that much leaves none.
rlim_t FirstFree() {
  const int fd = dup(0);
  close(fd);
  return static_cast<rlim_t>(fd);
}

double CpuSeconds() {
  timespec ts{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
  return static_cast<double>(ts.tv_sec) + static_cast<double>(ts.tv_nsec) / 1e9;
}

class OverloadTest : public GatewayTest {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__)
    // UBSan opens a pipe to see whether an object's memory can be read, and takes the lack of
    // descriptors for a broken object.
    GTEST_SKIP() << "needs descriptors of its own";
#endif
  }
};

TEST_F(OverloadTest, WaitsForDescriptorsWithoutSpinningAndAcceptsAgain) {
  AddMock("mock");
  Start();
  EXPECT_EQ(Chat().status, 200);
  // Our own end is made before the limit falls: it waits in the backlog.
  Connection waiting(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string where = address();
  {
    const FileLimit none(FirstFree());
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer.sin_port = htons(static_cast<uint16_t>(std::stoi(where.substr(where.rfind(':') + 1))));
    (void)connect(waiting.fd(), reinterpret_cast<sockaddr*>(&peer), sizeof(peer));
    const double before = CpuSeconds();
    EXPECT_EQ(waiting.ReadMore(milliseconds(600)), Connection::Event::kTimeout);
    EXPECT_LT(CpuSeconds() - before, 0.3) << "it spins";
  }
  EXPECT_EQ(
      Exchange(waiting, {.method = "GET", .target = "/healthz", .headers = {}, .body = {}}).status,
      200);
}

TEST_F(OverloadTest, ARequestThatFindsNoSocketForItsUpstreamBlamesTheGateway) {
  FakeUpstream fake;
  AddUpstream("only", fake);
  Start();
  Connection client = Connect();
  EXPECT_EQ(
      Exchange(client, {.method = "GET", .target = "/healthz", .headers = {}, .body = {}}).status,
      200);
  HttpAnswer answer;
  {
    const FileLimit none(FirstFree());
    answer = Exchange(client, {.method = "GET",
                               .target = "/v1/models",
                               .headers = {{"Authorization", kKey}},
                               .body = {}});
  }
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(ErrorField(answer.body, "code"), "overloaded");
  EXPECT_EQ(ErrorField(answer.body, "fault"), "gateway");
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  ASSERT_EQ(record->attempts.size(), 1U);
  EXPECT_EQ(record->attempts[0].outcome, "no_socket");
  EXPECT_EQ(Chat().status, 200);
}

}  // namespace
}  // namespace llmgw::test
