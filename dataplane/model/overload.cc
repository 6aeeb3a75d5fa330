#include "dataplane/model/overload.h"

namespace llmgw::model {

const char* ToString(Limit limit) {
  switch (limit) {
    case Limit::kNone:
      return "";
    case Limit::kConnections:
      return "connections";
    case Limit::kInFlight:
      return "in_flight";
    case Limit::kBufferedBytes:
      return "buffered_bytes";
    case Limit::kHeadSize:
      return "head_size";
    case Limit::kBodySize:
      return "body_size";
    case Limit::kDescriptors:
      return "descriptors";
  }
  return "";
}

const char* ToString(ClientTimeout timeout) {
  switch (timeout) {
    case ClientTimeout::kNone:
      return "";
    case ClientTimeout::kHead:
      return "head";
    case ClientTimeout::kBody:
      return "body";
    case ClientTimeout::kKeepAlive:
      return "keep_alive";
    case ClientTimeout::kWrite:
      return "write";
  }
  return "";
}

}  // namespace llmgw::model
