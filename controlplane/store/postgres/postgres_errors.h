#pragma once

#include <exception>
#include <string>

#include "common/base/error.h"

namespace llmgw::controlplane::store::postgres {

struct MappedError {
  Error error;
  // The connection it came over is of no more use, and neither are others to that server: it is
  // gone, going, or no longer the one that takes writes.
  bool server_lost = false;
};

// What an exception means for a caller. The one place that knows libpqxx's exceptions and
// PostgreSQL's error codes (https://www.postgresql.org/docs/15/errcodes-appendix.html). `server` is
// how messages call the database. Only the first line of what the server said is kept: the lines
// after it quote rows.
MappedError MapException(const std::exception& exception, const std::string& server);

}  // namespace llmgw::controlplane::store::postgres
