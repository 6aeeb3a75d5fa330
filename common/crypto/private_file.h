#pragma once

#include <functional>
#include <string>

#include "common/base/result.h"
#include "common/base/secret_string.h"

namespace llmgw::crypto {

// The content of a small secret file (at most 64 KiB). Refused, with a message that says what to
// do: a file that group or others may read or write (kPermissionDenied), something that is not a
// regular file (kInvalidArgument). kNotFound when it does not exist.
Result<SecretString> ReadPrivateFile(const std::string& path);

// ReadPrivateFile, or, when there is none, writes what `make` returns to a new file with mode 0600
// and returns it. The file appears at once with its whole content (written beside it, then linked
// into place), so processes that race all return the same content and a crash leaves no half file.
// The folder must exist.
Result<SecretString> LoadOrCreatePrivateFile(const std::string& path,
                                             const std::function<SecretString()>& make);

}  // namespace llmgw::crypto
