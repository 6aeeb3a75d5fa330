#pragma once

#include <tl/expected.hpp>

#include "dataplane/forward/attempt_end.h"
#include "dataplane/model/failure.h"
#include "dataplane/net/task.h"

namespace llmgw::forward {

// What is still to pass between a client and the upstream that answered it. It may last for hours,
// so it is awaited by itself, when all that chose and asked the upstream is gone, and holds no more
// than it needs. Lives in the pipeline's frame; worker thread only.
class Relay {
 public:
  virtual ~Relay() = default;

  // REQUIRES: the attempt's record is the last of the request's record. Until all has passed, or
  // why it did not.
  virtual net::Task<AttemptEnd> Run() = 0;
  // Completes the attempt's record; then what to record of the request.
  virtual tl::expected<void, model::Failure> Finish(AttemptEnd end) = 0;
};

}  // namespace llmgw::forward
