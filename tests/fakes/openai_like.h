#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>

#include "tests/fakes/fake_upstream.h"

namespace llmgw::test {

// A provider that speaks enough of the OpenAI API to satisfy its clients, and is as strict as the
// real one about what it gets (https://platform.openai.com/docs/api-reference). It serves below
// /v1: chat/completions and completions (plain and streamed), embeddings, audio/transcriptions,
// files (upload, list, retrieve, content, delete), models (list, retrieve), realtime (WebSocket,
// see realtime.h).
//
// What a model's name makes it do, whatever the endpoint:
//   error-<status>            that error, in OpenAI's shape
//   fail-once-<status>-<any>  that error for the first request that names it, then the usual answer
//   endless                   a stream that begins and never ends, until the client leaves
//   unknown-…                 404 model_not_found
//
// What happened can be read from outside, by tests that are another program: GET /_fake/state gives
// {"requests": [{"method", "target", "authorization", "model", "headers": {…}}], "clients_gone":
// n, "connections_open": n}.
class OpenAiLike {
 public:
  explicit OpenAiLike(std::string api_key);

  FakeUpstream& server() { return server_; }
  std::string endpoint() const { return server_.Url("/v1"); }

 private:
  struct StoredFile {
    std::string name;
    std::string purpose;
    std::string content;
  };

  Reply Serve(const ReceivedRequest& request);
  Reply ServeFiles(const ReceivedRequest& request, const std::string& rest);
  Reply Upload(const ReceivedRequest& request);
  Reply State() const;
  bool FirstTime(const std::string& model);

  const std::string api_key_;
  std::mutex mutex_;
  std::map<std::string, StoredFile> files_;  // guarded by mutex_
  std::map<std::string, int> seen_;          // guarded by mutex_
  FakeUpstream server_;                      // last: its threads use the rest
};

}  // namespace llmgw::test
