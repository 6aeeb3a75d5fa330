#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/repeated_ptr_field.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>

#include "common/base/clock.h"

// Values as people read them in tables. JSON and YAML have the exact ones.
namespace llmgw::admin_cli {

// "3s ago", "5m ago", "2d ago", "in 30d"; empty for an unset time.
std::string Age(const google::protobuf::Timestamp& time, WallTime now);

// "2026-11-20 17:51:43" in the local time zone, with milliseconds on demand; empty for an unset
// time.
std::string LocalTime(const google::protobuf::Timestamp& time);
std::string LocalTimeMillis(const google::protobuf::Timestamp& time);

// "850us", "12.3ms", "1.24s", "2m05s" of microseconds.
std::string Micros(int64_t us);

// "10s", "500ms", "2m".
std::string DurationText(const google::protobuf::Duration& duration);

// "123 B", "4.5 KiB".
std::string Bytes(int64_t bytes);

// "1 route", "2 routes".
std::string Counted(uint64_t count, const std::string& noun);

// "a, b"
std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& items);

}  // namespace llmgw::admin_cli
