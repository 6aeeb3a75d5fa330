#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/fakes/fake_upstream.h"

namespace llmgw::test {

// A provider that speaks Replicate's predictions below /v1
// (https://replicate.com/docs/reference/http): create (of official models and of versions), get,
// cancel and an event stream. Strict about its token. What happens is the test's to say; the verbs
// are safe from any thread.
class ReplicateLike {
 public:
  explicit ReplicateLike(std::string token);

  FakeUpstream& server() { return server_; }

  // The statuses that a prediction shows, one at each question, its creation included; the last
  // one stays. Default: "succeeded" at once.
  void Statuses(std::vector<std::string> statuses);
  // What it has when it succeeds, and what `error` says when it fails. JSON.
  void Output(std::string json) { Set(output_, std::move(json)); }
  void Error(std::string json) { Set(error_, std::move(json)); }
  void Metrics(std::string json) { Set(metrics_, std::move(json)); }
  // The answer to the request for the event stream. Default: none is offered.
  void Stream(Reply reply);
  // Another URL in urls.stream than the one that Stream() serves.
  void StreamUrl(std::string url) { Set(stream_url_, std::move(url)); }
  // Every creation is held back until the gate lets it go.
  void HoldCreation(Gate gate);

  // True once a prediction has been cancelled.
  [[nodiscard]] bool WaitForCancel();
  // The bodies of the creations so far.
  std::vector<std::string> orders() const;
  // Paths of all requests so far, "POST /v1/predictions".
  std::vector<std::string> calls() const;

 private:
  Reply Serve(const ReceivedRequest& request);
  std::string PredictionJson();
  void Set(std::string& to, std::string value);

  const std::string token_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<std::string> statuses_{"succeeded"};
  size_t asked_ = 0;
  bool canceled_ = false;
  std::string output_ = R"(["Hello",", ","world"])";
  std::string error_ = "null";
  std::string metrics_ = R"({"input_token_count":7,"output_token_count":3,"predict_time":0.5})";
  std::optional<Reply> stream_;
  std::string stream_url_;
  std::optional<Gate> held_;
  FakeUpstream server_;  // last: its threads use the rest
};

// One event of a prediction's stream, for Raw bytes.
std::string ReplicateEvent(const std::string& type, const std::string& data);

}  // namespace llmgw::test
