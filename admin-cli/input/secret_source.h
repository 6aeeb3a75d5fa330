#pragma once

#include <string>

#include "admin-cli/app/environment.h"
#include "admin-cli/app/io_streams.h"
#include "common/base/result.h"
#include "common/base/secret_string.h"

namespace llmgw::admin_cli {

// Where a secret comes from. Never from an argument: arguments are seen by every user of the
// machine (`ps`) and kept in the shell's history.
struct SecretSource {
  enum class Kind { kNone, kEnv, kFile, kStdin, kPrompt };
  Kind kind = Kind::kNone;
  std::string where;  // variable, path, or the question of a prompt
};

// "env:VAR" or "file:PATH". kInvalidArgument says how to write it, without repeating what may be a
// secret.
Result<SecretSource> ParseSecretSource(const std::string& text);

// Reads it; white space around the secret is dropped. kInvalidArgument or kNotFound says what is
// missing or empty, never what was read.
Result<SecretString> ReadSecret(const SecretSource& source, const Environment& env, IoStreams& io);

// The secret in a file of at most 64 KiB.
Result<SecretString> ReadSecretFile(const std::string& path);

// What somebody hears who writes a secret after `flag`, such as "--key".
Error SecretOnCommandLine(const std::string& flag, const std::string& alternatives);

}  // namespace llmgw::admin_cli
