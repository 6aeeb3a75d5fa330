#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/base/result.h"
#include "dataplane/net/tls_server_context.h"
#include "dataplane/net/tls_ticket_keys.h"

namespace llmgw::app {

// The TLS context for clients, made anew when one of its files changes, Kubernetes' swapped
// symlinks included. Files that have changed are read once they have stayed the same for one look:
// whoever renews them writes several. What can't be used is refused with a log line, and the old
// context serves on. Thread-safe but for Watch and Stop, which are for the owner's thread.
class CertificateWatcher {
 public:
  static constexpr std::chrono::milliseconds kInterval{1'000};
  using Context = std::shared_ptr<const net::TlsServerContext>;

  // Reads the files. Errors as of TlsServerContext::Make.
  static Result<std::unique_ptr<CertificateWatcher>> Load(net::TlsServerFiles files);
  ~CertificateWatcher() { Stop(); }

  Context current() const;
  // Files taken again, and refused because they are wrong, since Load.
  uint64_t applied() const { return applied_.load(std::memory_order_relaxed); }
  uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

  // From now on looks at the files every `interval`, on a thread of its own, and hands each new
  // context to `use` there.
  void Watch(std::function<void(Context)> use, std::chrono::milliseconds interval = kInterval);
  // Idempotent.
  void Stop();

 private:
  // What shows that a file is another: empty when it is not there.
  using Stamp = std::vector<int64_t>;

  explicit CertificateWatcher(net::TlsServerFiles files);
  std::vector<Stamp> Look() const;
  void Run(const std::function<void(Context)>& use, std::chrono::milliseconds interval);
  void Reload(const std::function<void(Context)>& use);

  const net::TlsServerFiles files_;
  const std::shared_ptr<net::TlsTicketKeys> keys_;
  std::vector<std::string> watched_;
  std::vector<Stamp> read_;  // of the files when they were read last; watching thread only
  std::atomic<uint64_t> applied_{0};
  std::atomic<uint64_t> refused_{0};
  mutable std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;  // guarded by mutex_
  Context current_;        // guarded by mutex_
  std::thread thread_;
};

}  // namespace llmgw::app
