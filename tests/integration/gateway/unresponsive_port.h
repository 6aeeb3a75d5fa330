#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

#include "tests/support/connection.h"

namespace llmgw::test {

// A port on which connection attempts are neither accepted nor refused: its backlog is full.
class UnresponsivePort {
 public:
  UnresponsivePort() : listener_(ListenOnLoopback()) {
    listen(listener_.fd, 0);
    // The kernel takes one or two before it drops what comes.
    for (int i = 0; i < 4; ++i) fillers_.push_back(StartConnect());
  }
  ~UnresponsivePort() {
    for (const int fd : fillers_) close(fd);
    close(listener_.fd);
  }
  UnresponsivePort(const UnresponsivePort&) = delete;
  UnresponsivePort& operator=(const UnresponsivePort&) = delete;

  uint16_t port() const { return static_cast<uint16_t>(listener_.port); }

 private:
  int StartConnect() const {
    sockaddr_storage address{};
    socklen_t length = sizeof(address);
    getsockname(listener_.fd, reinterpret_cast<sockaddr*>(&address), &length);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    (void)connect(fd, reinterpret_cast<sockaddr*>(&address), length);
    return fd;
  }

  Listener listener_;
  std::vector<int> fillers_;
};

}  // namespace llmgw::test
