#include "common/crypto/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "common/crypto/digest.h"
#include "common/crypto/random.h"

namespace llmgw::crypto {
namespace {

constexpr off_t kMaxBytes = 64 * 1024;

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Removes the name of a temporary file when the function that made it ends.
class Unlinker {
 public:
  explicit Unlinker(const std::string& path) : path_(path) {}
  ~Unlinker() { unlink(path_.c_str()); }
  Unlinker(const Unlinker&) = delete;
  Unlinker& operator=(const Unlinker&) = delete;

 private:
  const std::string& path_;
};

Error IoError(const std::string& verb, const std::string& path) {
  const ErrorKind kind = errno == EACCES || errno == EPERM ? ErrorKind::kPermissionDenied
                         : errno == ENOENT                 ? ErrorKind::kNotFound
                                                           : ErrorKind::kInternal;
  return {kind, "cannot " + verb + " " + path + ": " + std::strerror(errno), {}};
}

Status WriteAll(int fd, std::string_view data, const std::string& path) {
  while (!data.empty()) {
    const ssize_t n = write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Fail(IoError("write", path));
    data.remove_prefix(static_cast<size_t>(n));
  }
  if (fsync(fd) != 0) return Fail(IoError("write", path));
  return {};
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<SecretString> ReadPrivateFile(const std::string& path) {
  // O_NONBLOCK: a path that turns out to be a pipe must not hang the start.
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) return Fail(IoError("open", path));
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) return Fail(IoError("open", path));
  if (!S_ISREG(info.st_mode) || info.st_size > kMaxBytes) {
    return Fail(InvalidArgument({}, path + " is not a secret file: it must be a regular file of "
                                           "at most 64 KiB"));
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Fail(Error{ErrorKind::kPermissionDenied,
                      path + " holds a secret, but other users can open it; run: chmod 600 " + path,
                      {}});
  }
  std::string content(static_cast<size_t>(info.st_size), '\0');
  size_t have = 0;
  while (have < content.size()) {
    const ssize_t n = read(fd.get(), content.data() + have, content.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Fail(IoError("read", path));
    if (n == 0) break;
    have += static_cast<size_t>(n);
  }
  content.resize(have);
  return SecretString(std::move(content));
}

Result<SecretString> LoadOrCreatePrivateFile(const std::string& path,
                                             const std::function<SecretString()>& make) {
  auto existing = ReadPrivateFile(path);
  if (existing || existing.error().kind != ErrorKind::kNotFound) return existing;

  SecretString content = make();
  const std::string beside = path + ".new-" + ToHex(RandomBytes(6));
  Fd fd(open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.ok()) return Fail(IoError("create", path));
  Unlinker unlinker(beside);
  TRY(WriteAll(fd.get(), content.Reveal(), path));
  if (link(beside.c_str(), path.c_str()) != 0) {
    // Somebody else was first: theirs is the one.
    if (errno == EEXIST) return ReadPrivateFile(path);
    return Fail(IoError("create", path));
  }
  Fd folder(open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok() || fsync(folder.get()) != 0) return Fail(IoError("save", path));
  return content;
}

}  // namespace llmgw::crypto
