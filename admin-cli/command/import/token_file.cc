#include "admin-cli/command/import/token_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace llmgw::admin_cli::migrate {

Result<std::unique_ptr<TokenFile>> TokenFile::Create(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor >= 0) return std::unique_ptr<TokenFile>(new TokenFile(path, descriptor));
  const int why = errno;
  if (why == EEXIST) {
    return Fail(
        {ErrorKind::kAlreadyExists, path + " is there already; name a new file", "--new-tokens"});
  }
  return Fail(InvalidArgument("--new-tokens", "can't make " + path + ": " + std::strerror(why)));
}

TokenFile::~TokenFile() {
  ::close(descriptor_);
  if (empty_) ::unlink(path_.c_str());
}

Status TokenFile::Write(const std::vector<NewToken>& tokens) {
  for (const NewToken& token : tokens) {
    const SecretString line(token.key + " " + token.token.Reveal() + "\n");
    std::string_view rest = line.Reveal();
    empty_ = false;
    while (!rest.empty()) {
      const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) {
        return Fail(Internal("a new token could not be written to " + path_ + ": " +
                             std::strerror(errno) + "; remove key " + token.key +
                             " and import again"));
      }
      rest.remove_prefix(static_cast<size_t>(written));
    }
  }
  return {};
}

}  // namespace llmgw::admin_cli::migrate
