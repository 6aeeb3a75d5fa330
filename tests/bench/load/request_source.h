#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/load/load_options.h"

namespace llmgw::bench {

// Makes the requests of a run: the same bytes each time, but for the client key, of which each
// request takes the next. Not thread-safe; must outlive the requests being sent.
class RequestSource {
 public:
  explicit RequestSource(const LoadOptions& options);

  // Replaces `head` with a request's head; a small body follows in it, to leave in one segment.
  // Returns what else must be sent, empty when nothing.
  std::string_view Next(std::string& head);

  size_t body_bytes() const { return body_.size(); }

 private:
  std::vector<std::string> tokens_;
  size_t next_token_ = 0;
  std::string before_token_;
  std::string after_token_;
  std::string body_;
  bool body_in_head_ = false;
};

}  // namespace llmgw::bench
