#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <chrono>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace llmgw::admin_cli {

// "500ms", "10s", "2m", "1h", "30d", and the protobuf JSON form "0.500s". kInvalidArgument without
// a field.
Result<std::chrono::milliseconds> ParseSpan(const std::string& text);
Result<google::protobuf::Duration> ParseProtoDuration(const std::string& text);

// A point in time: RFC 3339 ("2026-11-20T18:00:00Z", "2026-11-20", both UTC unless an offset is
// given), or a span, which ParsePast takes back from `now` ("1h": an hour ago) and ParseFuture adds
// to it.
Result<google::protobuf::Timestamp> ParsePast(const std::string& text, WallTime now);
Result<google::protobuf::Timestamp> ParseFuture(const std::string& text, WallTime now);
// RFC 3339 only.
Result<google::protobuf::Timestamp> ParseTimestamp(const std::string& text);

}  // namespace llmgw::admin_cli
