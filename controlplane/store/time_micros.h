#pragma once

#include <cstdint>

#include "common/base/clock.h"
#include "llmgw/usage/v1/usage_service.pb.h"

// Both databases keep times as microseconds since 1970 (PostgreSQL shows them as timestamptz, which
// has the same grain). Finer parts are dropped.
namespace llmgw::controlplane::store {

int64_t ToMicros(WallTime time);
WallTime FromMicros(int64_t micros);

// Times before 1970 become 1970 and times after 2255 become 2255: a dataplane's broken clock must
// not cost a batch, and microseconds up to there are exact in every arithmetic on the way.
int64_t ToMicros(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp ToTimestamp(int64_t micros);

}  // namespace llmgw::controlplane::store
