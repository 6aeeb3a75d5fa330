#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/text/prompt_template.h"
#include "dataplane/settings/replicate_settings.h"

namespace llmgw::forward {

// A chat, as far as a prompt can hold it.
struct ChatText {
  std::string system;                 // every system text, one per line
  std::vector<text::ChatTurn> turns;  // at least one

  // A text of `role` ("system", "developer", "user", "assistant"). Texts of one role that follow
  // one another are joined by a line break. False: no such role.
  bool Add(std::string_view role, std::string_view text);
};

// The template for a model ("owner/name"): of the configured ones and of the one that is built in
// for "mistralai/*" the one whose pattern is the longest that matches; the configured one where two
// are equal. Null: none matches.
//
// What a template may hold (common/text/prompt_template.h has the rules): it describes one turn of
// the chat, with {user} and {assistant} once each; {system}; {?system}…{/system} around what is
// only there with a system text; {?first}…{/first} around what only the first turn has; {{ for a
// brace. Mistral's:
//   {?first}<s>{/first}[INST] {?system}{system}\n\n{/system}{user} [/INST] {assistant}</s>
// (https://docs.mistral.ai/guides/tokenization: the sequence begins once, each answer ends).
const text::PromptTemplate* PromptTemplateFor(const settings::ReplicateSettings& settings,
                                              std::string_view name);

// Without a template: a single question as it is; a longer chat as "User: …", "Assistant: …"
// paragraphs, the last of which the model goes on with.
std::string PlainPrompt(const ChatText& chat);

}  // namespace llmgw::forward
