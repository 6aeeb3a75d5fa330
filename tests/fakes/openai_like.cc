#include "tests/fakes/openai_like.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "tests/fakes/multipart.h"
#include "tests/fakes/openai_answers.h"
#include "tests/fakes/realtime.h"

namespace llmgw::test {
namespace {

using Json = nlohmann::json;

// The request's model: of a JSON body, of a form, or of the query.
std::string ModelOf(const ReceivedRequest& request, const Json& body) {
  if (const size_t at = request.target.find("?model="); at != std::string::npos)
    return request.target.substr(at + 7, request.target.find('&', at) - at - 7);
  if (body.is_object() && body.contains("model") && body["model"].is_string()) return body["model"];
  const std::vector<FormPart> form = ParseForm(request.Header("content-type"), request.body);
  const FormPart* model = FindPart(form, "model");
  return model == nullptr ? "" : model->content;
}

Json FileJson(const std::string& id, const std::string& name, const std::string& purpose,
              size_t bytes) {
  return {
      {"id", id},         {"object", "file"},   {"bytes", bytes},       {"created_at", 1700000000},
      {"filename", name}, {"purpose", purpose}, {"status", "processed"}};
}

}  // namespace

OpenAiLike::OpenAiLike(std::string api_key) : api_key_(std::move(api_key)) {
  server_.Handle([this](const ReceivedRequest& request) { return Serve(request); });
}

Reply OpenAiLike::Serve(const ReceivedRequest& request) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  if (path == "/_fake/state") return State();
  if (request.Header("authorization") != "Bearer " + api_key_) {
    return OpenAiError(401, "Incorrect API key provided.");
  }
  if (!path.starts_with("/v1/")) return OpenAiError(404, "Invalid URL (" + path + ")");
  const std::string rest = path.substr(4);
  if (rest == "files" || rest.starts_with("files/")) return ServeFiles(request, rest);
  if (request.method == "GET" && rest == "models") return AnswerModels({});

  const Json body = Json::parse(request.body, nullptr, false);
  const std::string model = rest.starts_with("models/") ? rest.substr(7) : ModelOf(request, body);
  if (model.empty()) return OpenAiError(400, "you must provide a model parameter", "model");
  if (model.starts_with("unknown-")) {
    return OpenAiError(404, "The model '" + model + "' does not exist");
  }
  if (model.starts_with("error-")) {
    return OpenAiError(std::atoi(model.c_str() + 6), "made to fail by its model");
  }
  if (model.starts_with("fail-once-") && FirstTime(model)) {
    return OpenAiError(std::atoi(model.c_str() + 10), "made to fail once by its model");
  }

  if (rest == "realtime") return AnswerRealtime(request, model);
  if (request.method == "GET" && rest.starts_with("models/")) return AnswerModels(model);
  if (request.method != "POST") return OpenAiError(405, "Not allowed to " + request.method);
  if (rest == "audio/transcriptions") return AnswerTranscription(request);
  if (body.is_discarded()) return OpenAiError(400, "We could not parse the JSON body.");
  if (!request.Header("content-type").starts_with("application/json")) {
    return OpenAiError(415, "Unsupported media type");
  }
  if (rest == "chat/completions") return AnswerChat(body);
  if (rest == "completions") return AnswerCompletion(body);
  if (rest == "embeddings") return AnswerEmbeddings(body);
  return OpenAiError(404, "Invalid URL (" + path + ")");
}

Reply OpenAiLike::Upload(const ReceivedRequest& request) {
  const std::vector<FormPart> form = ParseForm(request.Header("content-type"), request.body);
  const FormPart* file = FindPart(form, "file");
  const FormPart* purpose = FindPart(form, "purpose");
  if (file == nullptr) return OpenAiError(400, "Missing 'file' in the form.", "file");
  if (purpose == nullptr) return OpenAiError(400, "Missing 'purpose' in the form.", "purpose");
  const std::lock_guard lock(mutex_);
  const std::string id = "file-" + std::to_string(files_.size() + 1);
  files_[id] = {file->filename, purpose->content, file->content};
  return AnswerJson(200,
                    FileJson(id, file->filename, purpose->content, file->content.size()).dump());
}

Reply OpenAiLike::ServeFiles(const ReceivedRequest& request, const std::string& rest) {
  if (rest == "files" && request.method == "POST") return Upload(request);
  const std::lock_guard lock(mutex_);
  if (rest == "files") {
    Json data = Json::array();
    for (const auto& [id, file] : files_) {
      data.push_back(FileJson(id, file.name, file.purpose, file.content.size()));
    }
    return AnswerJson(200, Json{{"object", "list"}, {"data", data}, {"has_more", false}}.dump());
  }
  const std::string id = rest.substr(6, rest.find('/', 6) - 6);
  const auto found = files_.find(id);
  if (found == files_.end()) return OpenAiError(404, "No such File object: " + id, "id");
  if (rest.ends_with("/content")) {
    return Answer(200, found->second.content, {{"Content-Type", "application/octet-stream"}});
  }
  if (request.method == "DELETE") {
    files_.erase(found);
    return AnswerJson(200, Json{{"id", id}, {"object", "file"}, {"deleted", true}}.dump());
  }
  return AnswerJson(
      200,
      FileJson(id, found->second.name, found->second.purpose, found->second.content.size()).dump());
}

bool OpenAiLike::FirstTime(const std::string& model) {
  const std::lock_guard lock(mutex_);
  return seen_[model]++ == 0;
}

Reply OpenAiLike::State() const {
  Json list = Json::array();
  for (const ReceivedRequest& request : server_.requests()) {
    if (request.target.starts_with("/_fake/")) continue;
    Json headers = Json::object();
    for (const auto& [name, value] : request.headers) headers[name] = value;
    list.push_back({{"method", request.method},
                    {"target", request.target},
                    {"authorization", request.Header("authorization")},
                    {"model", ModelOf(request, Json::parse(request.body, nullptr, false))},
                    {"headers", headers}});
  }
  return AnswerJson(200, Json{{"requests", list},
                              {"clients_gone", server_.clients_gone()},
                              {"connections_open", server_.connections_open()}}
                             .dump());
}

}  // namespace llmgw::test
