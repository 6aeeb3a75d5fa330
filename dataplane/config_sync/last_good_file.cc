#include "dataplane/config_sync/last_good_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "common/crypto/digest.h"

namespace llmgw::config_sync {
namespace {

// The file: this line, the key's id and a line break, then nonce, ciphertext and tag. Sealed are
// the revision (8 bytes, little-endian) and the bytes of a config.v1.Snapshot. The tag is the
// checksum.
constexpr std::string_view kMagic = "llmgw-last-good 1 ";
constexpr std::string_view kPurpose = "llmgw last good v1";
constexpr size_t kKeyIdBytes = 8;
constexpr size_t kHeaderBytes = kMagic.size() + kKeyIdBytes + 1;

static_assert(std::endian::native == std::endian::little, "the revision is stored as it lies");

crypto::SealingKey KeyFrom(const SecretString& token) {
  std::string key = crypto::DeriveKey(token.Reveal(), kPurpose);
  const auto digest = crypto::Sha256(key);
  std::string id = crypto::ToHex({reinterpret_cast<const char*>(digest.data()), digest.size()});
  id.resize(kKeyIdBytes);
  return {std::move(id), SecretString(std::move(key))};
}

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Error SystemError(const std::string& what, const std::string& path) {
  return Internal(what + " " + path + ": " + std::generic_category().message(errno));
}

Result<std::string> ReadAll(int fd, const std::string& path) {
  struct stat info;
  if (fstat(fd, &info) != 0) return Fail(SystemError("can't read", path));
  std::string content(static_cast<size_t>(info.st_size), '\0');
  size_t done = 0;
  while (done < content.size()) {
    const ssize_t got = read(fd, content.data() + done, content.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Fail(SystemError("can't read", path));
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  content.resize(done);
  return content;
}

Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t done = write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return Fail(SystemError("can't write", path));
    bytes.remove_prefix(static_cast<size_t>(done));
  }
  return {};
}

Status ReplaceFile(const std::string& path, std::string_view header, std::string_view body) {
  const std::string temporary = path + ".new";
  unlink(temporary.c_str());  // left by a crash
  {
    const Fd fd(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (fd.get() < 0) return Fail(SystemError("can't create", temporary));
    TRY(WriteAll(fd.get(), header, temporary));
    TRY(WriteAll(fd.get(), body, temporary));
    if (fsync(fd.get()) != 0) return Fail(SystemError("can't sync", temporary));
  }
  if (rename(temporary.c_str(), path.c_str()) != 0) return Fail(SystemError("can't replace", path));
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Fd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || fsync(fd.get()) != 0) return Fail(SystemError("can't sync", folder));
  return {};
}

}  // namespace

LastGoodFile::LastGoodFile(std::string path, const SecretString& token)
    : path_(std::move(path)), sealer_(KeyFrom(token)) {}

Result<std::optional<ConfigState>> LastGoodFile::Load() const {
  std::string content;
  {
    const Fd fd(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0 && errno == ENOENT) return std::optional<ConfigState>();
    if (fd.get() < 0) return Fail(SystemError("can't open", path_));
    TRY_ASSIGN(content, ReadAll(fd.get(), path_));
  }
  const std::string_view view = content;
  if (!view.starts_with(kMagic) || view.size() < kHeaderBytes || view[kHeaderBytes - 1] != '\n') {
    return Fail(Internal(path_ + " is not a last-good file of this version"));
  }
  const std::string_view key_id = view.substr(kMagic.size(), kKeyIdBytes);
  if (key_id != sealer_.current_key_id()) {
    return Fail(Internal(path_ + " was sealed under another dataplane token"));
  }
  const auto opened = sealer_.Open(view.substr(kHeaderBytes), key_id, kPurpose);
  if (!opened) return Fail(Internal(path_ + " is cut short or was changed"));

  uint64_t revision = 0;
  config::v1::Snapshot snapshot;
  if (opened->size() < sizeof(revision) ||
      !snapshot.ParseFromArray(opened->data() + sizeof(revision),
                               static_cast<int>(opened->size() - sizeof(revision)))) {
    return Fail(Internal(path_ + " can't be decoded"));
  }
  std::memcpy(&revision, opened->data(), sizeof(revision));
  return ConfigState::FromSnapshot(revision, std::move(snapshot));
}

Status LastGoodFile::Save(const ConfigState& state) const {
  const SnapshotView view(state);
  const uint64_t revision = state.revision();
  const size_t size = (*view).ByteSizeLong();
  std::string plain(sizeof(revision) + size, '\0');
  std::memcpy(plain.data(), &revision, sizeof(revision));
  (*view).SerializeWithCachedSizesToArray(
      reinterpret_cast<uint8_t*>(plain.data() + sizeof(revision)));
  const SecretString secret(std::move(plain));  // wiped when it goes
  const std::string header = std::string(kMagic) + sealer_.current_key_id() + "\n";
  return ReplaceFile(path_, header, sealer_.Seal(secret.Reveal(), kPurpose));
}

}  // namespace llmgw::config_sync
