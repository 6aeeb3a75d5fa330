#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/model/request_record.h"
#include "llmgw/usage/v1/usage_service.pb.h"

namespace llmgw::record {

// Turns records into the bytes of usage.v1.RequestRecord. Texts that came from outside may hold
// anything: what is not UTF-8 is replaced, over-long ones are cut. Thread-compatible; keeps one
// message, whose memory is used again.
class RecordEncoder {
 public:
  static constexpr size_t kMostTextBytes = 4096;  // of one text field
  static constexpr size_t kMostBodyBytes = 1 << 20;

  explicit RecordEncoder(std::string dataplane_id) : dataplane_id_(std::move(dataplane_id)) {}

  std::string Encode(const model::RequestRecord& record);

 private:
  std::string dataplane_id_;
  usage::v1::RequestRecord message_;
};

// The bytes of a usage.v1.ReportRequest with these encoded records, without decoding them.
std::string EncodeReport(std::string_view dataplane_id,
                         const std::vector<std::string_view>& records);

}  // namespace llmgw::record
