#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/record/record_encoder.h"

namespace llmgw::record {

// Encodes records as usage.v1.RequestRecord, straight into its bytes: building a message first
// would cost several times as much, for every request. Texts that came from outside may hold
// anything: what is not UTF-8 is replaced, over-long ones are cut. One thread.
class ProtoRecordEncoder final : public RecordEncoder {
 public:
  static constexpr size_t kMostTextBytes = 4096;  // of one text field
  static constexpr size_t kMostBodyBytes = 1 << 20;

  explicit ProtoRecordEncoder(std::string dataplane_id);

  void Append(const model::RequestRecord& record, std::string& out) override;

 private:
  size_t MostRecordBytes(const model::RequestRecord& record) const;
  char* Write(const model::RequestRecord& record, char* out);

  const std::string dataplane_id_;
  // Scratch.
  std::string record_;
  std::string attempt_;
};

// The bytes of a usage.v1.ReportRequest with these encoded records, without decoding them.
std::string EncodeReport(std::string_view dataplane_id,
                         const std::vector<std::string_view>& records);

}  // namespace llmgw::record
