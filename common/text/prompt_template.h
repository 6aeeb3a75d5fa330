#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace llmgw::text {

// What a user said and what was answered; the answer of the last turn is usually still to come.
struct ChatTurn {
  std::string user;
  std::string assistant;
};

// Makes one prompt of a chat. A template describes one turn, and is repeated for each:
//
//   {user} {assistant}          their texts; each exactly once, in this order
//   {system}                    the system text; of the first turn, empty in the others
//   {?system} … {/system}       what stands between is for the first turn, and only with a system
//                               text
//   {?first} … {/first}         only for the first turn
//   {{                          a single {
//
// The last turn ends with its assistant text; without one, where that would begin (spaces before it
// are left out). Immutable; safe to use from any thread.
class PromptTemplate {
 public:
  // The error says what is wrong in `text`, for the field that it came from.
  static Result<PromptTemplate> Parse(std::string_view text);

  // The system text has a place in it.
  bool has_system() const { return has_system_; }

  // REQUIRES: turns is not empty.
  std::string Render(std::string_view system, std::span<const ChatTurn> turns) const;

 private:
  enum class Kind : uint8_t {
    kText,
    kUser,
    kAssistant,
    kSystem,
    kIfSystem,
    kEndSystem,
    kIfFirst,
    kEndFirst
  };
  struct Piece {
    Kind kind;
    std::string text;  // kText
  };

  static Result<Piece> ParseTag(std::string_view tag);
  Status Check() const;
  void AppendText(std::string_view text);

  std::vector<Piece> pieces_;
  bool has_system_ = false;
};

}  // namespace llmgw::text
