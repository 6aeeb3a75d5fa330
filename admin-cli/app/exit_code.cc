#include "admin-cli/app/exit_code.h"

namespace llmgw::admin_cli {

ExitCode ExitCodeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidArgument:
      return ExitCode::kUsage;
    case ErrorKind::kNotFound:
      return ExitCode::kNotFound;
    case ErrorKind::kAlreadyExists:
    case ErrorKind::kConflict:
    case ErrorKind::kInUse:
      return ExitCode::kConflict;
    case ErrorKind::kUnauthenticated:
    case ErrorKind::kPermissionDenied:
      return ExitCode::kDenied;
    case ErrorKind::kUnavailable:
    case ErrorKind::kDeadlineExceeded:
      return ExitCode::kUnavailable;
    case ErrorKind::kResourceExhausted:
    case ErrorKind::kInternal:
      return ExitCode::kError;
  }
  return ExitCode::kError;
}

const char* ExitCodeHelp() {
  return "Exit codes:\n"
         "  0 ok   1 error   2 usage or invalid field   3 not found   4 unauthenticated or denied\n"
         "  5 conflict (name taken, still in use, or changed by somebody else)\n"
         "  6 unavailable or timed out\n"
         "  7 stored, but not live (a dataplane refused or lags)   8 degraded (status, health)\n"
         "  130 interrupted";
}

}  // namespace llmgw::admin_cli
