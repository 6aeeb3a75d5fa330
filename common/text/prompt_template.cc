#include "common/text/prompt_template.h"

#include <array>
#include <utility>

namespace llmgw::text {
namespace {

Error Wrong(std::string message) { return InvalidArgument("", std::move(message)); }

}  // namespace

Result<PromptTemplate::Piece> PromptTemplate::ParseTag(std::string_view tag) {
  static constexpr std::array<std::pair<std::string_view, Kind>, 7> kTags{{
      {"{user}", Kind::kUser},
      {"{assistant}", Kind::kAssistant},
      {"{system}", Kind::kSystem},
      {"{?system}", Kind::kIfSystem},
      {"{/system}", Kind::kEndSystem},
      {"{?first}", Kind::kIfFirst},
      {"{/first}", Kind::kEndFirst},
  }};
  for (const auto& [name, kind] : kTags) {
    if (tag == name) return Piece{kind, {}};
  }
  return Fail(Wrong("has an unknown tag '" + std::string(tag.substr(0, 32)) +
                    "'; known: {user}, {assistant}, {system}, {?system}…{/system}, "
                    "{?first}…{/first}; write {{ for a brace"));
}

void PromptTemplate::AppendText(std::string_view text) {
  if (text.empty()) return;
  if (pieces_.empty() || pieces_.back().kind != Kind::kText) pieces_.push_back({Kind::kText, {}});
  pieces_.back().text += text;
}

Result<PromptTemplate> PromptTemplate::Parse(std::string_view text) {
  PromptTemplate parsed;
  while (!text.empty()) {
    const size_t brace = text.find('{');
    parsed.AppendText(text.substr(0, brace));
    if (brace == std::string_view::npos) break;
    text.remove_prefix(brace);
    if (text.starts_with("{{")) {
      parsed.AppendText("{");
      text.remove_prefix(2);
      continue;
    }
    const size_t end = text.find('}');
    if (end == std::string_view::npos) {
      return Fail(Wrong("has a '{' that no '}' closes; write {{ for a brace"));
    }
    TRY_ASSIGN(Piece piece, ParseTag(text.substr(0, end + 1)));
    parsed.has_system_ = parsed.has_system_ || piece.kind == Kind::kSystem;
    parsed.pieces_.push_back(std::move(piece));
    text.remove_prefix(end + 1);
  }
  TRY(parsed.Check());
  return parsed;
}

Status PromptTemplate::Check() const {
  int users = 0, assistants = 0;
  Kind open = Kind::kText;  // kText: no condition is open
  for (const Piece& piece : pieces_) {
    switch (piece.kind) {
      case Kind::kText:
      case Kind::kSystem:
        break;
      case Kind::kUser:
      case Kind::kAssistant:
        if (open != Kind::kText)
          return Fail(Wrong("must have {user} and {assistant} in each turn"));
        ++(piece.kind == Kind::kUser ? users : assistants);
        if (assistants > users) return Fail(Wrong("must have {user} before {assistant}"));
        break;
      case Kind::kIfSystem:
      case Kind::kIfFirst:
        if (open != Kind::kText) return Fail(Wrong("must not have a condition within another"));
        open = piece.kind;
        break;
      case Kind::kEndSystem:
      case Kind::kEndFirst:
        if (open != (piece.kind == Kind::kEndSystem ? Kind::kIfSystem : Kind::kIfFirst)) {
          return Fail(Wrong("closes a condition that is not open"));
        }
        open = Kind::kText;
        break;
    }
  }
  if (open != Kind::kText) return Fail(Wrong("has a condition that is not closed"));
  if (users != 1 || assistants != 1) {
    return Fail(Wrong("must have {user} and {assistant} once each"));
  }
  return {};
}

std::string PromptTemplate::Render(std::string_view system, std::span<const ChatTurn> turns) const {
  std::string out;
  for (size_t i = 0; i < turns.size(); ++i) {
    const bool first = i == 0;
    const bool last = i + 1 == turns.size();
    bool skipping = false;
    for (const Piece& piece : pieces_) {
      if (piece.kind == Kind::kIfFirst) skipping = !first;
      if (piece.kind == Kind::kIfSystem) skipping = !first || system.empty();
      if (piece.kind == Kind::kEndFirst || piece.kind == Kind::kEndSystem) skipping = false;
      if (skipping) continue;
      if (piece.kind == Kind::kText) out += piece.text;
      if (piece.kind == Kind::kSystem && first) out += system;
      if (piece.kind == Kind::kUser) out += turns[i].user;
      if (piece.kind != Kind::kAssistant) continue;
      if (last && turns[i].assistant.empty()) {
        out.erase(out.find_last_not_of(' ') + 1);
        return out;
      }
      out += turns[i].assistant;
      if (last) return out;
    }
  }
  return out;
}

}  // namespace llmgw::text
