#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <istream>
#include <string>

#include "common/base/result.h"

namespace llmgw::admin_cli {

// Reads a resource from YAML or JSON (which is YAML): a file, or `in` when path is "-". Takes the
// resource by itself, or what `show -o yaml` prints: {meta: …, <wrapper>: <resource>}. Returns the
// revision in `meta`, 0 when there is none.
//
// Field names are the proto file's. kInvalidArgument names the path of the field and the line
// ("upstream.timeouts.idle (line 7)"); unknown and repeated fields are refused. kNotFound: no such
// file.
Result<uint64_t> ReadResource(const std::string& path, std::istream& in, const std::string& wrapper,
                              google::protobuf::Message& resource);

// The same from text, for a message without a wrapper.
Status ReadMessage(const std::string& text, google::protobuf::Message& message);

}  // namespace llmgw::admin_cli
