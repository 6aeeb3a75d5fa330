#include "tests/fakes/replicate_like.h"

#include <algorithm>
#include <utility>

#include "tests/support/wait.h"

namespace llmgw::test {
namespace {

constexpr char kId[] = "gm3qorzdhgbfurvjtvhg6dckhu";
constexpr char kStreamPath[] = "/v1/streams/bcwr-1";

}  // namespace

std::string ReplicateEvent(const std::string& type, const std::string& data) {
  return "event: " + type + "\nid: 1690212292:0\ndata: " + data + "\n\n";
}

ReplicateLike::ReplicateLike(std::string token) : token_(std::move(token)) {
  server_.Handle([this](const ReceivedRequest& request) { return Serve(request); });
}

void ReplicateLike::Set(std::string& to, std::string value) {
  std::lock_guard lock(mutex_);
  to = std::move(value);
}

void ReplicateLike::Statuses(std::vector<std::string> statuses) {
  std::lock_guard lock(mutex_);
  statuses_ = std::move(statuses);
  asked_ = 0;
}

void ReplicateLike::Stream(Reply reply) {
  std::lock_guard lock(mutex_);
  stream_ = std::move(reply);
}

void ReplicateLike::HoldCreation(Gate gate) {
  std::lock_guard lock(mutex_);
  held_ = std::move(gate);
}

std::string ReplicateLike::PredictionJson() {
  const std::string status =
      canceled_ ? "canceled" : statuses_[std::min(asked_, statuses_.size() - 1)];
  ++asked_;
  const bool ended = status != "starting" && status != "processing";
  std::string urls = "\"get\":\"" + server_.Url("/v1/predictions/") + kId + "\"";
  const std::string stream = stream_url_.empty() ? server_.Url(kStreamPath) : stream_url_;
  if (stream_ || !stream_url_.empty()) urls += ",\"stream\":\"" + stream + "\"";
  return std::string("{\"id\":\"") + kId + "\",\"model\":\"meta/meta-llama-3-8b-instruct\"," +
         "\"status\":\"" + status + "\",\"output\":" + (status == "succeeded" ? output_ : "null") +
         ",\"error\":" + (status == "failed" ? error_ : "null") +
         ",\"logs\":\"\",\"metrics\":" + (ended ? metrics_ : "{}") + ",\"urls\":{" + urls + "}}";
}

Reply ReplicateLike::Serve(const ReceivedRequest& request) {
  std::lock_guard lock(mutex_);
  if (request.Header("authorization") != "Bearer " + token_) {
    return AnswerJson(401,
                      R"({"title":"Unauthenticated","detail":"No valid token.","status":401})");
  }
  const std::string prediction = std::string("/v1/predictions/") + kId;
  if (request.method == "POST" && request.target == prediction + "/cancel") {
    canceled_ = true;
    return AnswerJson(200, PredictionJson());
  }
  if (request.method == "POST" && request.target.ends_with("/predictions")) {
    const Reply created = AnswerJson(201, PredictionJson());
    return held_ ? WaitFirst(*held_, created) : created;
  }
  if (request.method == "GET" && request.target == prediction) {
    return AnswerJson(200, PredictionJson());
  }
  if (request.method == "GET" && request.target == kStreamPath && stream_) return *stream_;
  return AnswerJson(404, R"({"detail":"The requested resource could not be found.","status":404})");
}

bool ReplicateLike::WaitForCancel() {
  return WaitFor([this] {
    std::lock_guard lock(mutex_);
    return canceled_;
  });
}

std::vector<std::string> ReplicateLike::orders() const {
  std::vector<std::string> bodies;
  for (const ReceivedRequest& request : server_.requests()) {
    if (request.method == "POST" && request.target.ends_with("/predictions"))
      bodies.push_back(request.body);
  }
  return bodies;
}

std::vector<std::string> ReplicateLike::calls() const {
  std::vector<std::string> calls;
  for (const ReceivedRequest& request : server_.requests())
    calls.push_back(request.method + " " + request.target);
  return calls;
}

}  // namespace llmgw::test
