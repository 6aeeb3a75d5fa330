#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/forward/adapter/adapter.h"
#include "dataplane/forward/response_body.h"

namespace llmgw::forward {

// Sends one answer that is made in the dataplane, and keeps the books of it. `job` outlives it.
// Used once.
class MockAnswer {
 public:
  // How much of an answer goes out.
  enum class Extent : uint8_t { kWhole, kHalf };

  explicit MockAnswer(const AnswerJob& job) : job_(job), request_(job.request) {}

  // Header lines of this answer, with CRLF.
  std::string& headers() { return headers_; }

  // One document; a half one ends with the connection.
  net::Task<AttemptEnd> Plain(int status, std::string body, Extent extent);
  // Events at the upstream's pace; a half stream ends as one that an upstream broke off.
  net::Task<AttemptEnd> Stream(std::vector<std::string> events, Extent extent);

 private:
  std::chrono::steady_clock::duration Elapsed() const {
    return std::chrono::steady_clock::now() - request_.started;
  }
  void WriteHead(std::string& out, int status, std::string_view type, uint64_t length,
                 ResponseFraming framing);
  net::Task<bool> Send(std::string_view bytes);
  net::Task<AttemptEnd> EndBroken(ResponseBody& body, const model::Failure& failure,
                                  AttemptEnd end);

  const AnswerJob& job_;
  ForwardRequest& request_;
  std::string headers_;
};

}  // namespace llmgw::forward
