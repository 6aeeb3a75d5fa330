#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace llmgw::forward {

// Puts the client's name for a model back into an answer, as its payload passes by: where the
// answer names exactly the model that the upstream was asked for. Another one, such as the dated
// snapshot that served, stays. Looked at are, of a JSON document and of the data of each event of a
// stream, the string "model" of the object itself and of its "message" (Anthropic's message_start)
// or "response" (OpenAI Responses). Every other byte passes as it is.
//
// The answer may be cut anywhere: nothing is held back but an unfinished name, and that only as
// long as it could still be the one that is looked for. One per open response, one thread.
class ModelRewriter {
 public:
  enum class Format : uint8_t { kDocument, kEvents };

  ModelRewriter(Format format, std::string_view upstreams_name, std::string_view clients_name);

  // Appends what `in` becomes to `out`.
  void Rewrite(std::string_view in, std::string& out);
  // The answer is over: appends what was held back.
  void Flush(std::string& out);

 private:
  // Of an event stream (WHATWG HTML 9.2.6).
  enum class Line : uint8_t { kStart, kAfterData, kData, kOther };
  // Of a JSON document.
  enum class Json : uint8_t {
    kStart,
    kBeforeKey,
    kKey,
    kColon,
    kValue,
    kName,  // the string that may be the model; held back
    kString,
    kNested,
    kNestedString,
    kAfterValue,
    kDone,  // nothing more to find
  };

  void RewriteEvents(std::string_view in, std::string& out);
  void RewriteJson(std::string_view json, std::string& out);
  bool InLine(char c);
  void EndLine(std::string& out);
  void EndEvent();
  void Structure(char c);
  void EndKey();
  void EndObject();
  void HoldName(char c, std::string& out);
  void LetGo(std::string& out);

  const Format format_;
  const std::string name_;         // the upstream's
  const std::string replacement_;  // the client's, quoted
  const size_t most_held_;

  std::string held_;  // kName: from its quote on
  std::array<char, 8> key_{};
  uint32_t nested_ = 0;  // kNested: how deep below
  uint8_t key_bytes_ = 0;
  uint8_t level_ = 0;        // 1: in the document's object; 2: in its "message" or "response"
  uint8_t field_bytes_ = 0;  // kStart: of "data"
  uint8_t marks_ = 0;        // of the byte order mark that a stream may begin with
  bool escaped_ = false;     // in a string: the byte before was a '\'
  bool after_cr_ = false;
  Line line_ = Line::kStart;
  Json json_ = Json::kStart;
};

}  // namespace llmgw::forward
