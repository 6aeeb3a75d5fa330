#pragma once

#include <memory>
#include <string>

#include "dataplane/accept/gateway.h"
#include "dataplane/net/input_buffer.h"
#include "dataplane/net/stream.h"
#include "dataplane/net/task.h"
#include "dataplane/pipeline/request_pipeline.h"

namespace llmgw::accept {

// What connections need of their worker. Worker thread only.
struct ConnectionContext {
  const GatewayOptions& options;
  pipeline::RequestPipeline& pipeline;
  net::http1::HeadPool& heads;
  net::http1::BodyBudget& body_budget;
  net::BudgetShare& memory;
  model::OverloadCounts& counts;
  settings::SettingsPtr settings;                    // replaced between requests
  std::shared_ptr<const net::TlsServerContext> tls;  // replaced between connections; null: plain
  bool draining = false;
  class Connection* first = nullptr;  // all open ones
};

// One client connection. Lives in the frame of ServeConnection.
class Connection {
 public:
  Connection(ConnectionContext& context, net::Reactor& reactor, net::Fd fd, std::string client);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Ends it at its next wait, now if it is waiting.
  void Cancel() { waiter_.Cancel(); }
  // Between two requests: nothing is lost by closing it.
  bool idle() const { return idle_; }
  Connection* next() const { return next_; }

  // Under TLS, before anything else. False: there is nobody to serve; a client that spoke plain
  // HTTP was told so.
  net::Task<bool> ShakeHands(std::shared_ptr<const net::TlsServerContext> tls);

  // The keep-alive loop: reads requests and has them served, in order, until the connection is to
  // be closed.
  net::Task<void> Serve();

 private:
  enum class HeadRead : uint8_t { kComplete, kMalformed, kTimeout, kClosed };
  net::Task<HeadRead> ReadHead();
  HeadRead ParseHead(bool& need_more);
  net::Task<bool> ServeRequest();
  net::Task<void> RefuseHead(HeadRead how);
  net::Task<void> Refuse(model::Failure failure);
  net::Task<void> LingerClose();

  ConnectionContext& context_;
  net::Stream stream_;
  net::Waiter waiter_;
  net::InputBuffer input_;
  const std::string client_;
  std::unique_ptr<net::http1::HeadStorage> head_;
  net::http1::HeadFault fault_ = net::http1::HeadFault::kNone;
  bool idle_ = true;
  Connection* next_ = nullptr;
  Connection** link_ = nullptr;
};

// That there is room for a connection.
struct ConnectionPermit {
  net::Permit connection;
  net::Permit descriptor;
};

// Owns the connection for as long as it is served.
net::Task<void> ServeConnection(ConnectionContext& context, net::Reactor& reactor, net::Fd fd,
                                std::string client, ConnectionPermit permit);

}  // namespace llmgw::accept
