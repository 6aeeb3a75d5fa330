#include "dataplane/forward/adapter/replicate_prompt.h"

#include "dataplane/model/model_pattern.h"

namespace llmgw::forward {
namespace {

constexpr std::string_view kMistralPattern = "mistralai/*";

const text::PromptTemplate& MistralTemplate() {
  static const text::PromptTemplate mistral = *text::PromptTemplate::Parse(
      "{?first}<s>{/first}[INST] {?system}{system}\n\n{/system}{user} "
      "[/INST] {assistant}</s>");
  return mistral;
}

void Join(std::string& to, std::string_view text) {
  if (!to.empty() && !text.empty()) to += '\n';
  to += text;
}

}  // namespace

bool ChatText::Add(std::string_view role, std::string_view text) {
  if (role == "system" || role == "developer") {
    Join(system, text);
  } else if (role == "user") {
    if (turns.empty() || !turns.back().assistant.empty()) turns.emplace_back();
    Join(turns.back().user, text);
  } else if (role == "assistant") {
    if (turns.empty()) turns.emplace_back();
    Join(turns.back().assistant, text);
  } else {
    return false;
  }
  return true;
}

const text::PromptTemplate* PromptTemplateFor(const settings::ReplicateSettings& settings,
                                              std::string_view name) {
  const text::PromptTemplate* found = nullptr;
  size_t longest = 0;
  if (model::MatchesModel(kMistralPattern, name)) {
    found = &MistralTemplate();
    longest = kMistralPattern.size();
  }
  for (const settings::ReplicateSettings::Template& candidate : settings.prompt_templates) {
    if (candidate.pattern.size() < longest || !model::MatchesModel(candidate.pattern, name))
      continue;
    found = &candidate.prompt;
    longest = candidate.pattern.size();
  }
  return found;
}

std::string PlainPrompt(const ChatText& chat) {
  if (chat.turns.size() == 1 && chat.turns.front().assistant.empty())
    return chat.turns.front().user;
  std::string prompt;
  for (const text::ChatTurn& turn : chat.turns) {
    if (!turn.user.empty()) prompt += "User: " + turn.user + "\n\n";
    prompt += "Assistant:";
    if (!turn.assistant.empty()) prompt += " " + turn.assistant;
    if (&turn != &chat.turns.back()) prompt += "\n\n";
  }
  return prompt;
}

}  // namespace llmgw::forward
