#pragma once

#include <string>

#include "dataplane/model/request_record.h"

namespace llmgw::record {

// Turns records into the bytes that the reporter sends. One per worker, which encodes what it has
// just finished while it is in its cache, so that no object crosses to another thread.
class RecordEncoder {
 public:
  virtual ~RecordEncoder() = default;

  virtual void Append(const model::RequestRecord& record, std::string& out) = 0;
};

}  // namespace llmgw::record
