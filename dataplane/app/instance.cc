#include "dataplane/app/instance.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "common/crypto/private_file.h"
#include "common/crypto/token.h"

namespace llmgw::app {
namespace {

constexpr size_t kLongestHost = 60;
constexpr size_t kRandomBytes = 5;  // 8 characters

std::string Reason() { return std::generic_category().message(errno); }

std::string HostName() {
  std::array<char, 256> buffer{};
  if (gethostname(buffer.data(), buffer.size() - 1) != 0) return "dataplane";
  std::string name(buffer.data());
  name.resize(std::min(name.size(), kLongestHost));
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                       (c >= 'A' && c <= 'Z');
    if (!plain) c = '-';
  }
  return name.empty() ? "dataplane" : name;
}

}  // namespace

Result<DataFolder> DataFolder::Open(const std::string& path) {
  std::error_code failure;
  const bool is_new = !std::filesystem::exists(path, failure);
  std::filesystem::create_directories(path, failure);
  if (failure)
    return Fail(InvalidArgument("data-dir", "can't make " + path + ": " + failure.message()));
  if (is_new) chmod(path.c_str(), 0700);
  const std::string lock = path + "/.lock";
  const int fd = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Fail(InvalidArgument("data-dir", "can't write in " + path + ": " + Reason()));
  DataFolder folder(path, fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return Fail(InvalidArgument("data-dir", path + " is in use by another dataplane"));
  }
  return folder;
}

DataFolder::~DataFolder() {
  if (lock_fd_ >= 0) close(lock_fd_);
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_fd_(std::exchange(other.lock_fd_, -1)) {}

Result<std::string> InstanceId(const DataFolder& folder, const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  TRY_ASSIGN(const SecretString kept, crypto::LoadOrCreatePrivateFile(folder.File("id"), [] {
               return SecretString(HostName() + crypto::RandomToken("-", kRandomBytes) + "\n");
             }));
  std::string id = kept.Reveal();
  id.erase(id.find_last_not_of(" \t\r\n") + 1);
  return id;
}

uint64_t RaiseOpenFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlimit raised{limit.rlim_max, limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return raised.rlim_cur;
  }
  return limit.rlim_cur;
}

}  // namespace llmgw::app
