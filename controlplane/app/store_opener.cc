#include "controlplane/app/store_opener.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

#include "controlplane/app/bootstrap.h"
#include "controlplane/store/open_stores.h"

namespace llmgw::controlplane::app {
namespace {

constexpr std::chrono::milliseconds kFirstPause{500};
constexpr std::chrono::milliseconds kLongestPause{10'000};

}  // namespace

StoreOpener::StoreOpener(GatedStores& gate, std::string database_url,
                         std::function<Status()> opened)
    : gate_(gate), database_url_(std::move(database_url)), opened_(std::move(opened)) {}

Status StoreOpener::TryOnce() {
  if (!gate_.IsOpen()) {
    TRY_ASSIGN(auto stores, store::OpenStores(database_url_));
    TRY(FillNewStore(*stores->config));
    gate_.Open(std::move(stores));
  }
  return opened_();
}

Status StoreOpener::Start() {
  auto first = TryOnce();
  if (first) return {};
  if (first.error().kind != ErrorKind::kUnavailable) return first;
  spdlog::warn("the database is away: {}; admin calls are answered UNAVAILABLE until it is there",
               first.error().message);
  gate_.SetReason("the database is away: " + first.error().message);
  thread_ = std::thread([this] { Run(); });
  return {};
}

void StoreOpener::Run() {
  auto pause = kFirstPause;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, pause, [this] { return stopping_; })) {
    lock.unlock();
    auto opened = TryOnce();
    if (opened) {
      spdlog::info("the database is there");
      return;
    }
    if (opened.error().kind != ErrorKind::kUnavailable) {
      // Waiting does not mend it, and a database that is back is no reason to take the process away
      // from its dataplanes.
      spdlog::error("the database can't be used: {}", opened.error().Describe());
      gate_.SetReason(opened.error().Describe());
      return;
    }
    pause = std::min(pause * 2, kLongestPause);
    spdlog::warn("the database is still away: {}; trying again in {} ms", opened.error().message,
                 pause.count());
    gate_.SetReason("the database is away: " + opened.error().message);
    lock.lock();
  }
}

void StoreOpener::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace llmgw::controlplane::app
