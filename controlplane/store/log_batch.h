#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "llmgw/usage/v1/usage_service.pb.h"

namespace llmgw::controlplane::store {

// The records of a batch that can be written, each request id once (the first one). Points into
// `records`. kInvalidArgument ("records[3].request_id") for an id that no record can have: empty,
// longer than 128 bytes or not visible ASCII. It is the key under which a repetition is known, so
// it must not be repaired.
Result<std::vector<const usage::v1::RequestRecord*>> DistinctRecords(
    const std::vector<usage::v1::RequestRecord>& records);

// Attempts of a record, each number once (the first one).
std::vector<const usage::v1::Attempt*> DistinctAttempts(const usage::v1::RequestRecord& record);

// What Append says of a batch that nobody waits for any more. The sender still has it.
inline Error SenderGone() { return Unavailable("the sender has given up waiting"); }

}  // namespace llmgw::controlplane::store
