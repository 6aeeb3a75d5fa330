#include "tests/fakes/realtime.h"

#include <nlohmann/json.hpp>

#include "tests/fakes/fake_upstream.h"
#include "tests/fakes/openai_answers.h"
#include "tests/support/websocket.h"

namespace llmgw::test {
namespace {

using Json = nlohmann::json;

class Session {
 public:
  Session(Connection& connection, std::string model)
      : connection_(connection), model_(std::move(model)) {}

  void Run() {
    Send({{"type", "session.created"}, {"session", {{"model", model_}, {"type", "realtime"}}}});
    std::string message;
    while (const auto frame = ReadFrame(connection_)) {
      if (!frame->masked) return Close(1002, "not masked");
      switch (frame->opcode) {
        case Opcode::kPing:
          (void)connection_.Write(PrintFrame({.opcode = Opcode::kPong, .payload = frame->payload}));
          break;
        case Opcode::kPong:
          break;
        case Opcode::kClose:
          (void)connection_.Write(
              PrintFrame({.opcode = Opcode::kClose, .payload = frame->payload}));
          return;
        case Opcode::kBinary:
          return Close(1003, "text only");
        case Opcode::kText:
        case Opcode::kContinuation:
          message += frame->payload;
          if (!frame->last) break;
          if (!OnEvent(Json::parse(message, nullptr, false))) return;
          message.clear();
          break;
      }
    }
  }

 private:
  // False: the connection is over.
  bool OnEvent(const Json& event) {
    const std::string type = event.is_object() ? event.value("type", "") : "";
    if (type == "fake.break") return false;
    if (type == "session.update") {
      Send({{"type", "session.updated"}, {"session", event["session"]}});
    } else if (type == "input_audio_buffer.append") {
      audio_ += event.value("audio", "").size();
    } else if (type == "input_audio_buffer.commit") {
      Send({{"type", "input_audio_buffer.committed"}, {"item_id", std::to_string(audio_)}});
    } else if (type == "response.create") {
      Respond();
    } else {
      Send({{"type", "error"},
            {"event_id", "event_1"},
            {"error",
             {{"type", "invalid_request_error"},
              {"code", "invalid_value"},
              {"message", "Invalid value: '" + type + "'."},
              {"param", "type"}}}});
    }
    return true;
  }

  void Respond() {
    Send({{"type", "response.created"}, {"response", {{"id", "resp_1"}}}});
    for (const char* word : {"Hello", " from", " the", " fake", " provider."}) {
      const std::string event =
          Json{{"type", "response.output_text.delta"}, {"delta", word}}.dump();
      (void)connection_.Write(
          PrintFrame({.opcode = Opcode::kText, .payload = event.substr(0, 9), .last = false}) +
          PrintFrame({.opcode = Opcode::kPing, .payload = "between"}) +
          PrintFrame({.opcode = Opcode::kContinuation, .payload = event.substr(9)}));
    }
    Send({{"type", "response.done"}, {"response", {{"id", "resp_1"}, {"status", "completed"}}}});
  }

  void Send(const Json& event) {
    (void)connection_.Write(PrintFrame({.opcode = Opcode::kText, .payload = event.dump()}));
  }

  void Close(uint16_t code, std::string_view reason) {
    (void)connection_.Write(
        PrintFrame({.opcode = Opcode::kClose, .payload = ClosePayload(code, reason)}));
  }

  Connection& connection_;
  const std::string model_;
  size_t audio_ = 0;
};

bool Offers(const ReceivedRequest& request, std::string_view protocol) {
  const std::string list = ", " + request.Header("sec-websocket-protocol") + ",";
  return list.find(", " + std::string(protocol) + ",") != std::string::npos ||
         list.find("," + std::string(protocol) + ",") != std::string::npos;
}

}  // namespace

Reply AnswerRealtime(const ReceivedRequest& request, const std::string& model) {
  const std::string key = request.Header("sec-websocket-key");
  if (request.method != "GET" || !EqualsIgnoringCase(request.Header("upgrade"), "websocket") ||
      !EqualsIgnoringCase(request.Header("connection"), "upgrade")) {
    return OpenAiError(426, "Connect with a WebSocket.");
  }
  if (request.Header("sec-websocket-version") != "13" || key.size() != 24) {
    return OpenAiError(400, "Bad WebSocket handshake.");
  }
  return SwitchToWebSocket(key, Offers(request, "realtime") ? "realtime" : "",
                           [model](Connection& connection) { Session(connection, model).Run(); });
}

}  // namespace llmgw::test
