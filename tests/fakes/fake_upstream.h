#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/fakes/reply.h"
#include "tests/support/http_message.h"
#include "tests/support/test_ca.h"

namespace llmgw::test {

// A request as the fake upstream got it, to the byte.
struct ReceivedRequest {
  std::string method;
  std::string target;
  Headers headers;
  std::string raw_head;
  std::string raw_body;  // as framed on the wire
  std::string body;
  size_t connection = 0;  // which connection it came on, counted from 1
  bool complete = false;  // false: the client left within the body
  std::string Header(std::string_view name) const { return HeaderValue(headers, name); }
};

// An HTTP/1.1 server on a free loopback port that does what the test says, with a thread per
// connection. Which reply a request gets: the next one queued with Next(), else the one for its
// path (without the query), else the one for all, else 200 "{}". The verbs are safe to call from
// any thread, before and while requests come.
class FakeUpstream {
 public:
  struct Options {
    std::optional<CertificateFiles> tls;
    int port = 0;                         // 0: any free one
    size_t keep_body_bytes = 64UL << 20;  // how much of a request's body is remembered
    // Takes little at a time, as over a real network: loopback's large segments and buffers would
    // let a client write megabytes without ever waiting.
    bool narrow = false;
    // With `tls`: PEM file of the CAs one of which must have issued the client's certificate.
    std::string client_ca{};
  };
  using Handler = std::function<Reply(const ReceivedRequest&)>;

  FakeUpstream() : FakeUpstream(Options{}) {}
  explicit FakeUpstream(const Options& options);
  ~FakeUpstream();
  FakeUpstream(const FakeUpstream&) = delete;
  FakeUpstream& operator=(const FakeUpstream&) = delete;

  int port() const { return port_; }
  std::string address() const;  // 127.0.0.1:1234
  std::string Url(
      std::string_view path = {}) const;  // http://127.0.0.1:1234<path>, https://localhost:…

  // ---- what to answer
  void Next(Reply reply, int times = 1);  // queued; each is used once
  void OnPath(const std::string& path, Reply reply);
  void Always(Reply reply);
  void Handle(Handler handler);  // computes the reply when nothing is queued and the path has none
  // The next `times` requests fail with `status` and an OpenAI-shaped error.
  void FailNext(int times, int status);

  // ---- what happened
  // The oldest request not yet taken by this call; nothing when none comes within the bound.
  [[nodiscard]] std::optional<ReceivedRequest> WaitForRequest(
      std::chrono::milliseconds bound = kPatience);
  // All requests so far.
  std::vector<ReceivedRequest> requests() const;
  // True once a client has closed its connection while a reply was still going on; each is reported
  // once.
  [[nodiscard]] bool WaitForClientGone(std::chrono::milliseconds bound = kPatience);
  // How many clients have left so, in all.
  size_t clients_gone() const;
  // Connections accepted since the start, and those open now.
  size_t connections_accepted() const;
  size_t connections_open() const;
  [[nodiscard]] bool WaitForConnections(size_t open, std::chrono::milliseconds bound = kPatience);
  // The server name (SNI) and the protocol (ALPN) of the last TLS handshake; empty when there was
  // none.
  std::string last_server_name() const;
  std::string last_protocol() const;
  // The common name of the certificate that the last client showed.
  std::string last_client_name() const;

  // Closes the listener and every connection: from now on nobody is there. Idempotent.
  void Stop();

 private:
  void Accept();
  void Serve(int fd, size_t number);
  bool ServeRequest(Connection& connection, size_t number);
  bool ReadRequestBody(Connection& connection, Message& message, const Reply& reply);
  Reply ChooseReply(const ReceivedRequest& request);
  void Remember(const ReceivedRequest& request);
  bool Play(Connection& connection, const std::vector<Reply::Step>& steps);
  bool PassGate(Connection& connection, Gate gate);
  void NoteClientGone();

  const Options options_;
  SslContextPtr tls_;
  int listener_;
  int port_;
  int stop_event_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::deque<Reply> queued_;
  std::map<std::string, Reply> by_path_;
  std::optional<Reply> always_;
  Handler handler_;
  std::vector<ReceivedRequest> requests_;
  size_t taken_ = 0;
  size_t gone_ = 0;  // not yet reported
  size_t all_gone_ = 0;
  size_t accepted_ = 0;
  size_t open_ = 0;
  std::string server_name_;
  std::string protocol_;
  std::string client_name_;
  std::list<std::thread> workers_;

  // Atomic, or touched by the owner's thread only.
  std::atomic<bool> stopping_{false};
  std::thread acceptor_;
};

}  // namespace llmgw::test
