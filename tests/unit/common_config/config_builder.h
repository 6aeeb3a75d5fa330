#pragma once

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/config/validate.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::config {

// A snapshot from text format; one `resources { … }` per resource.
inline v1::Snapshot FromText(const std::string& text) {
  v1::Snapshot snapshot;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &snapshot)) << text;
  return snapshot;
}

// What Validate says, as "field: message" lines.
inline std::vector<std::string> FaultsOf(const v1::Snapshot& snapshot) {
  std::vector<std::string> lines;
  for (const auto& error : Validate(snapshot)) {
    EXPECT_EQ(error.kind, ErrorKind::kInvalidArgument);
    lines.push_back(error.Describe());
  }
  return lines;
}

// A valid upstream "up" with `extra` fields.
inline std::vector<std::string> UpstreamFaults(const std::string& extra) {
  return FaultsOf(
      FromText("resources { upstream { name: 'up' endpoint: 'https://h/v1' "
               "credentials { secret: 's' } " +
               extra + " } }"));
}

// An upstream "up" of nothing but `fields`.
inline std::vector<std::string> BareUpstreamFaults(const std::string& fields) {
  return FaultsOf(FromText("resources { upstream { name: 'up' " + fields + " } }"));
}

}  // namespace llmgw::config
