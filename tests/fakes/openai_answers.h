#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/fakes/fake_upstream.h"

namespace llmgw::test {

// An error in OpenAI's shape and wording, with the type and code that go with the status.
Reply OpenAiError(int status, const std::string& message, const std::string& param = {});

// The endpoints that have no state: each checks its parsed request and answers it.
Reply AnswerChat(const nlohmann::json& request);
Reply AnswerCompletion(const nlohmann::json& request);
Reply AnswerEmbeddings(const nlohmann::json& request);
Reply AnswerTranscription(const ReceivedRequest& request);

// GET /v1/models, and /v1/models/<id>.
Reply AnswerModels(const std::string& id);

// A streamed chat completion as OpenAI sends it: a role, one delta per word, the finish reason,
// usage if asked for, [DONE].
std::vector<std::string> ChatEvents(const std::string& model, const std::string& text,
                                    bool include_usage);

}  // namespace llmgw::test
