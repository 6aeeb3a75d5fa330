#include "admin-cli/input/secret_source.h"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace llmgw::admin_cli {
namespace {

constexpr size_t kLargestSecret = 64 * 1024;

// The part without white space at its ends; wipes `text`.
SecretString Trimmed(std::string text) {
  SecretString all(std::move(text));
  const std::string& raw = all.Reveal();
  const char* blank = " \t\r\n";
  const size_t first = raw.find_first_not_of(blank);
  if (first == std::string::npos) return {};
  return SecretString(raw.substr(first, raw.find_last_not_of(blank) - first + 1));
}

// What else somebody writes there is probably the secret itself, and must not be repeated in a
// message.
bool IsVariableName(const std::string& text) {
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') return false;
  }
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0;
}

Result<SecretString> NotEmpty(SecretString secret, const std::string& what) {
  if (secret.empty()) return Fail(InvalidArgument("", what + " is empty"));
  return secret;
}

Result<SecretString> ReadStream(std::istream& in, const std::string& what) {
  std::string text(kLargestSecret + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() > kLargestSecret) {
    return Fail(InvalidArgument("", what + " is larger than 64 KiB: that is not a secret"));
  }
  return NotEmpty(Trimmed(std::move(text)), what);
}

}  // namespace

Result<SecretSource> ParseSecretSource(const std::string& text) {
  auto after = [&text](const char* prefix) { return text.substr(std::strlen(prefix)); };
  if (text.rfind("env:", 0) == 0 && text.size() > 4) {
    return SecretSource{SecretSource::Kind::kEnv, after("env:")};
  }
  if (text.rfind("file:", 0) == 0 && text.size() > 5) {
    return SecretSource{SecretSource::Kind::kFile, after("file:")};
  }
  return Fail(SecretOnCommandLine("--credential", "--credential ID=env:VAR or ID=file:PATH"));
}

Result<SecretString> ReadSecretFile(const std::string& path) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) {
    return Fail(InvalidArgument("", path + " is a folder, not a file"));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int why = errno;
    const std::string text = "can't read " + path + ": " + std::strerror(why);
    return why == ENOENT ? Fail(NotFound(text)) : Fail(InvalidArgument("", text));
  }
  return ReadStream(file, "the file " + path);
}

Result<SecretString> ReadSecret(const SecretSource& source, const Environment& env, IoStreams& io) {
  switch (source.kind) {
    case SecretSource::Kind::kNone:
      return SecretString();
    case SecretSource::Kind::kEnv: {
      if (!IsVariableName(source.where)) {
        return Fail(SecretOnCommandLine("an option for a variable",
                                        "its NAME (without '$'), and put the secret into it"));
      }
      auto value = env(source.where);
      if (!value) {
        return Fail(InvalidArgument(
            "", "the environment variable " + source.where + " is not set, or empty"));
      }
      return NotEmpty(Trimmed(std::move(*value)), "the environment variable " + source.where);
    }
    case SecretSource::Kind::kFile:
      return ReadSecretFile(source.where);
    case SecretSource::Kind::kStdin:
      return ReadStream(io.in, "standard input");
    case SecretSource::Kind::kPrompt: {
      if (!io.ask_secret) return Fail(InvalidArgument("", "there is no terminal to ask at"));
      TRY_ASSIGN(SecretString answer, io.ask_secret(source.where));
      return NotEmpty(Trimmed(answer.Reveal()), "the answer");
    }
  }
  return SecretString();
}

Error SecretOnCommandLine(const std::string& flag, const std::string& alternatives) {
  return InvalidArgument(
      "",
      flag +
          " does not take a secret: arguments are visible to every user of this machine and stay "
          "in the shell's history.\nUse " +
          alternatives +
          ". If what you typed was a real secret, consider it exposed and replace it.");
}

}  // namespace llmgw::admin_cli
