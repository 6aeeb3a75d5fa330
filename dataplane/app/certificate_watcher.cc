#include "dataplane/app/certificate_watcher.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <optional>
#include <utility>

namespace llmgw::app {
namespace {

void Say(const net::TlsServerContext& context) {
  for (const auto& certificate : context.certificates()) {
    std::string names;
    for (const std::string& name : certificate.names) names += (names.empty() ? "" : ", ") + name;
    const auto left = std::chrono::duration_cast<std::chrono::hours>(
        certificate.expires - std::chrono::system_clock::now());
    spdlog::info("certificate {} for {}: good for {} more days", certificate.file,
                 names.empty() ? "no name" : names, left.count() / 24);
  }
  for (const std::string& warning : context.warnings()) spdlog::warn("{}", warning);
}

}  // namespace

CertificateWatcher::CertificateWatcher(net::TlsServerFiles files)
    : files_(std::move(files)), keys_(std::make_shared<net::TlsTicketKeys>()) {
  for (const auto& certificate : files_.certificates) {
    watched_.push_back(certificate.chain_file);
    watched_.push_back(certificate.key_file);
  }
  if (!files_.client_ca_file.empty()) watched_.push_back(files_.client_ca_file);
}

Result<std::unique_ptr<CertificateWatcher>> CertificateWatcher::Load(net::TlsServerFiles files) {
  std::unique_ptr<CertificateWatcher> watcher(new CertificateWatcher(std::move(files)));
  // Looked at before they are read: a change in between is then seen as one.
  watcher->read_ = watcher->Look();
  TRY_ASSIGN(watcher->current_, net::TlsServerContext::Make(watcher->files_, watcher->keys_));
  Say(*watcher->current_);
  return watcher;
}

CertificateWatcher::Context CertificateWatcher::current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

std::vector<CertificateWatcher::Stamp> CertificateWatcher::Look() const {
  std::vector<Stamp> stamps;
  for (const std::string& file : watched_) {
    struct stat info {};
    Stamp& stamp = stamps.emplace_back();
    if (::stat(file.c_str(), &info) != 0) continue;
    stamp = {static_cast<int64_t>(info.st_dev), static_cast<int64_t>(info.st_ino),
             static_cast<int64_t>(info.st_size), info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
  }
  return stamps;
}

void CertificateWatcher::Watch(std::function<void(Context)> use,
                               std::chrono::milliseconds interval) {
  thread_ = std::thread([this, use = std::move(use), interval] { Run(use, interval); });
}

void CertificateWatcher::Stop() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void CertificateWatcher::Run(const std::function<void(Context)>& use,
                             std::chrono::milliseconds interval) {
  std::optional<std::vector<Stamp>> changed;
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, interval, [this] { return stopping_; })) {
    lock.unlock();
    std::vector<Stamp> now = Look();
    if (now == read_) {
      changed.reset();
    } else if (changed == now) {
      read_ = std::move(now);
      changed.reset();
      Reload(use);
    } else {
      changed = std::move(now);
    }
    lock.lock();
  }
}

void CertificateWatcher::Reload(const std::function<void(Context)>& use) {
  auto made = net::TlsServerContext::Make(files_, keys_);
  if (!made) {
    spdlog::error("new certificates are refused and the old ones serve on: --{}",
                  made.error().Describe());
    refused_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  spdlog::info("certificates have changed and serve new connections");
  Say(**made);
  {
    std::lock_guard lock(mutex_);
    current_ = *made;
  }
  use(std::move(*made));
  applied_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace llmgw::app
