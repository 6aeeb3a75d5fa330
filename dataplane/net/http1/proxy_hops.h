#pragma once

#include <string>

#include "common/base/secret_string.h"
#include "dataplane/net/connector.h"

namespace llmgw::net::http1 {

// The ways through an HTTP proxy. Live for one connect; references outlive it.

// Asks for a tunnel (RFC 9110 9.3.6).
class ConnectHop final : public ProxyHop {
 public:
  // `authority`: host and port of the target, in brackets where it is IPv6. `credentials`: the
  // value of Proxy-Authorization (RFC 7617), or empty.
  ConnectHop(const std::string& name, std::string authority, const SecretString& credentials)
      : name_(name), authority_(std::move(authority)), credentials_(credentials) {}

  const std::string& name() const override { return name_; }
  Task<IoStatus> Pass(Waiter& waiter, Stream& stream, LoopTime deadline) override;
  const std::string& why() const override { return why_; }

 private:
  const std::string& name_;
  const std::string authority_;
  const SecretString& credentials_;
  std::string why_;
};

// Takes requests in absolute form (RFC 9112 3.2.2): nothing is to be done before them.
class ForwardingHop final : public ProxyHop {
 public:
  explicit ForwardingHop(const std::string& name) : name_(name) {}

  const std::string& name() const override { return name_; }
  Task<IoStatus> Pass(Waiter& waiter, Stream& stream, LoopTime deadline) override;
  const std::string& why() const override { return why_; }

 private:
  const std::string& name_;
  const std::string why_;
};

}  // namespace llmgw::net::http1
