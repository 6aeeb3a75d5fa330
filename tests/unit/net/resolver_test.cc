// The resolver against a DNS server on loopback that counts what it is asked.
#include "dataplane/net/resolver.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>

#include "dataplane/net/fd.h"
#include "tests/support/wait.h"

namespace llmgw::net {
namespace {

using std::chrono::seconds;

constexpr uint8_t kTypeA = 1;

// Answers questions for A records with an alias (TTL 7) of 192.0.2.1 (TTL 30), all others (RFC
// 1035 4) with nothing.
class DnsServer {
 public:
  DnsServer() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    address_ = *ParseIp("127.0.0.1", 0);
    EXPECT_EQ(::bind(fd_.get(), address_.get(), address_.length), 0);
    socklen_t length = sizeof(address_.storage);
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address_.storage), &length);
    thread_ = std::thread([this] { Serve(); });
  }
  ~DnsServer() {
    stop_ = true;
    // Wakes it up.
    const Fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ::sendto(fd.get(), "", 0, 0, address_.get(), address_.length);
    thread_.join();
  }
  std::string address() const { return AddressText(address_); }
  int asked() const { return asked_; }

 private:
  void Serve() {
    std::array<char, 512> buffer;
    while (true) {
      sockaddr_storage peer{};
      socklen_t length = sizeof(peer);
      const ssize_t n = ::recvfrom(fd_.get(), buffer.data(), buffer.size(), 0,
                                   reinterpret_cast<sockaddr*>(&peer), &length);
      if (stop_) return;
      if (n < 17) continue;
      const std::string reply = Reply(std::string(buffer.data(), static_cast<size_t>(n)));
      ::sendto(fd_.get(), reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&peer),
               length);
    }
  }

  std::string Reply(const std::string& query) {
    const size_t name_end = query.find('\0', 12);
    const std::string question = query.substr(12, name_end + 5 - 12);
    const bool is_a = static_cast<uint8_t>(query[name_end + 2]) == kTypeA;
    if (is_a) ++asked_;
    using namespace std::string_literals;
    std::string reply =
        query.substr(0, 2) + "\x81\x80\0\1\0"s + (is_a ? '\2' : '\0') + "\0\0\0\0"s + question;
    if (!is_a) return reply;
    // The asked name is an alias of "x"; "x" has the address.
    reply += "\xc0\x0c\0\5\0\1\0\0\0\7\0\3\1x\0"s;
    reply += "\1x\0\0\1\0\1\0\0\0\x1e\0\4\xc0\0\2\1"s;
    return reply;
  }

  Fd fd_;
  Address address_;
  std::atomic<bool> stop_{false};
  std::atomic<int> asked_{0};
  std::thread thread_;
};

HostAddresses Ask(Resolver& resolver, const DnsBounds& bounds) {
  auto answer = std::make_shared<std::promise<HostAddresses>>();
  std::future<HostAddresses> future = answer->get_future();
  resolver.Lookup("name.test.", bounds,
                  [answer](HostAddresses got) { answer->set_value(std::move(got)); });
  if (future.wait_for(test::kPatience) != std::future_status::ready) return {};
  return future.get();
}

TEST(Resolver, TakesTheShortestTimeToLiveAndAsksOnceWithinIt) {
  DnsServer server;
  auto resolver = Resolver::Start(server.address());
  ASSERT_TRUE(resolver) << resolver.error().Describe();
  const HostAddresses answer = Ask(**resolver, {});
  ASSERT_EQ(answer.addresses.size(), 1U) << answer.error;
  EXPECT_EQ(IpText(answer.addresses[0]), "192.0.2.1");
  EXPECT_EQ(answer.ttl, seconds(7)) << "the alias's";
  for (int i = 0; i < 5; ++i) Ask(**resolver, {});
  EXPECT_EQ(server.asked(), 1);
  // Nobody has to believe it for that long.
  Ask(**resolver, {seconds(0), std::chrono::milliseconds(0)});
  EXPECT_EQ(server.asked(), 2);
}

}  // namespace
}  // namespace llmgw::net
