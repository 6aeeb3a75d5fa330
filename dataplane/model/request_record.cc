#include "dataplane/model/request_record.h"

namespace llmgw::model {

const char* ToString(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "";
    case Fault::kClient:
      return "client";
    case Fault::kGateway:
      return "gateway";
    case Fault::kUpstream:
      return "upstream";
  }
  return "";
}

}  // namespace llmgw::model
