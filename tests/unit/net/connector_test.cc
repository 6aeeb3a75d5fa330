// Which address of a host is taken, with real sockets on loopback and a resolver that says what the
// test says. 127.0.0.0/8 is all loopback: every listener here may have an address of its own.
#include "dataplane/net/connector.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <stdexcept>

#include "dataplane/net/connection_race.h"
#include "dataplane/net/task_group.h"
#include "tests/support/wait.h"

namespace llmgw::net {
namespace {

class FakeResolver final : public Resolver {
 public:
  void Lookup(std::string host, const DnsBounds& bounds,
              std::function<void(HostAddresses)> done) override {
    asked = bounds;
    HostAddresses answer;
    for (const std::string& ip : names[host]) answer.addresses.push_back(*ParseIp(ip, 0));
    if (answer.addresses.empty()) answer.error = "no such name";
    done(answer);
  }
  std::map<std::string, std::vector<std::string>> names;
  DnsBounds asked;
};

// Listens on an address; with `deaf` nobody ever gets through (its backlog is full).
class Listening {
 public:
  explicit Listening(const std::string& ip, uint16_t port = 0, int backlog = 16)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    Address address = *ParseIp(ip, port);
    if (::bind(fd_.get(), address.get(), address.length) != 0 || ::listen(fd_.get(), backlog) != 0)
      throw std::runtime_error("can't listen on " + ip);
    socklen_t length = sizeof(address.storage);
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address.storage), &length);
    port_ = Port(address);
    if (backlog > 0) return;
    for (int i = 0; i < 4; ++i) {
      fillers_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      (void)::connect(fillers_.back().get(), address.get(), sizeof(sockaddr_in));
    }
  }
  uint16_t port() const { return port_; }

 private:
  Fd fd_;
  uint16_t port_ = 0;
  std::vector<Fd> fillers_;
};

class ConnectorTest : public ::testing::Test {
 protected:
  Connected Connect(uint16_t port, Millis timeout = test::kPatience) {
    const std::unique_ptr<Reactor> reactor = std::move(*Reactor::Make());
    Waiter waiter(*reactor);
    TaskGroup group;
    Connected connected;
    const std::string host = "host.test";
    group.Spawn(Run(waiter, resolver, {host, port, nullptr, host, timeout}, connected));
    reactor->Run([&] {
      if (group.empty()) reactor->Stop();
    });
    return connected;
  }

  FakeResolver resolver;

 private:
  static Task<void> Run(Waiter& waiter, Resolver& resolver, ConnectTarget target, Connected& out) {
    out = co_await net::Connect(waiter, resolver, target);
    // Before the reactor goes that it belongs to.
    out.stream.reset();
    // The loop may have nothing else to wake up for.
    waiter.reactor().Post([] {});
  }
};

TEST_F(ConnectorTest, ADeadFirstAddressIsPassedOver) {
  const Listening alive("127.0.0.3");
  resolver.names["host.test"] = {"127.0.0.2", "127.0.0.3"};
  const Connected connected = Connect(alive.port());
  EXPECT_EQ(connected.failure, ConnectFailure::kNone) << connected.error;
  EXPECT_EQ(IpText(connected.peer), "127.0.0.3");
}

TEST_F(ConnectorTest, ASilentFirstAddressIsNotWaitedFor) {
  const Listening deaf("127.0.0.2", 0, 0);
  const Listening alive("127.0.0.3", deaf.port());
  resolver.names["host.test"] = {"127.0.0.2", "127.0.0.3"};
  // Its time would be an hour: only a race gets past it within the test's patience.
  const Connected connected = Connect(alive.port(), std::chrono::hours(1));
  EXPECT_EQ(IpText(connected.peer), "127.0.0.3");
}

TEST_F(ConnectorTest, ManySilentAddressesAreTriedBesideOneAnother) {
  const Listening deaf("127.0.0.2", 0, 0);
  std::vector<std::unique_ptr<Listening>> others;
  resolver.names["host.test"] = {"127.0.0.2"};
  for (const char* ip : {"127.0.0.4", "127.0.0.5", "127.0.0.6"}) {
    others.push_back(std::make_unique<Listening>(ip, deaf.port(), 0));
    resolver.names["host.test"].push_back(ip);
  }
  const Listening alive("127.0.0.3", deaf.port());
  resolver.names["host.test"].push_back("127.0.0.3");
  EXPECT_EQ(IpText(Connect(alive.port(), std::chrono::hours(1)).peer), "127.0.0.3");
}

TEST_F(ConnectorTest, SaysWhyTheLastAddressFailed) {
  uint16_t port = 0;
  { port = Listening("127.0.0.2").port(); }
  resolver.names["host.test"] = {"127.0.0.2", "127.0.0.3"};
  const Connected connected = Connect(port);
  EXPECT_EQ(connected.failure, ConnectFailure::kConnect);
  EXPECT_NE(connected.error.find("127.0.0.3"), std::string::npos) << connected.error;
}

TEST_F(ConnectorTest, TimeRunsOutForEveryAddress) {
  const Listening deaf("127.0.0.2", 0, 0);
  resolver.names["host.test"] = {"127.0.0.2"};
  const Connected connected = Connect(deaf.port(), Millis(20));
  EXPECT_EQ(connected.failure, ConnectFailure::kTimeout);
}

TEST_F(ConnectorTest, GuardedAddressesAreLeftOutWhateverTheNameResolvesTo) {
  const Listening alive("127.0.0.3");
  resolver.names["host.test"] = {"169.254.169.254", "::ffff:169.254.169.254", "127.0.0.3"};
  EXPECT_EQ(IpText(Connect(alive.port()).peer), "127.0.0.3");
  resolver.names["host.test"] = {"169.254.169.254", "fe80::1"};
  const Connected refused = Connect(alive.port());
  EXPECT_EQ(refused.failure, ConnectFailure::kGuarded);
  EXPECT_NE(refused.error.find("host.test is 169.254.169.254"), std::string::npos) << refused.error;
}

TEST_F(ConnectorTest, ANameThatDoesNotResolveSaysSo) {
  const Connected connected = Connect(80);
  EXPECT_EQ(connected.failure, ConnectFailure::kResolve);
  EXPECT_EQ(connected.error, "host.test: no such name");
}

std::vector<std::string> Order(const std::vector<std::string>& ips) {
  std::vector<Address> addresses;
  for (const std::string& ip : ips) addresses.push_back(*ParseIp(ip, 0));
  std::vector<std::string> order;
  for (const Address& address : Interleaved(addresses)) order.push_back(IpText(address));
  return order;
}

TEST(Interleaved, TakesTheFamiliesInTurnBeginningWithIpv6) {
  using Ips = std::vector<std::string>;
  EXPECT_EQ(Order({"1.1.1.1", "2.2.2.2", "3.3.3.3", "2001::1", "2001::2"}),
            (Ips{"2001::1", "1.1.1.1", "2001::2", "2.2.2.2", "3.3.3.3"}));
  EXPECT_EQ(Order({"2001::1", "2001::2"}), (Ips{"2001::1", "2001::2"}));
  EXPECT_EQ(Order({"1.1.1.1"}), (Ips{"1.1.1.1"}));
  EXPECT_EQ(Order({}), Ips{});
}

}  // namespace
}  // namespace llmgw::net
