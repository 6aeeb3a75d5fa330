#include "dataplane/net/http1/connect_answer.h"

#include "dataplane/net/http1/head_parser.h"

namespace llmgw::net::http1 {
namespace {

constexpr HeadLimits kLimits{
    .max_head_bytes = kLongestConnectAnswer, .max_headers = 100, .max_target_bytes = 0};

ConnectAnswer Refused(int status, std::string why) {
  return {ConnectAnswer::State::kRefused, status, std::move(why)};
}

std::string Meaning(int status) {
  if (status == 407) return " (it wants credentials, or other ones)";
  if (status == 403) return " (it does not allow this target)";
  if (status == 502 || status == 503) return " (it could not reach the target)";
  if (status == 504) return " (the target did not answer it)";
  return {};
}

}  // namespace

ConnectAnswer JudgeConnectAnswer(std::string_view bytes) {
  if (bytes.size() > kLongestConnectAnswer) return Refused(0, "its answer to CONNECT is too long");
  while (true) {
    ResponseHead head;
    HeadFault fault = HeadFault::kNone;
    const ParseStatus parsed = ParseResponseHead(bytes, kLimits, "CONNECT", head, fault);
    if (parsed == ParseStatus::kNeedMore) return {};
    if (parsed == ParseStatus::kError)
      return Refused(0, "its answer to CONNECT is not HTTP: " + std::string(Slug(fault)));
    bytes.remove_prefix(head.head_bytes);
    if (head.status == 101) return Refused(101, "answered CONNECT with 101");
    if (head.status < 200) continue;
    if (head.status >= 300)
      return Refused(head.status,
                     "answered CONNECT with " + std::to_string(head.status) + Meaning(head.status));
    if (!bytes.empty()) return Refused(head.status, "sent more than its answer to CONNECT");
    return {ConnectAnswer::State::kOpen, head.status, {}};
  }
}

}  // namespace llmgw::net::http1
