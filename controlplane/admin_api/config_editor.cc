#include "controlplane/admin_api/config_editor.h"

#include <spdlog/spdlog.h>

#include "common/config/upstream_secrets.h"
#include "controlplane/admin_api/upstream_credentials.h"
#include "controlplane/validate/candidate.h"

namespace llmgw::controlplane::admin_api {

Result<store::Change> ConfigEditor::Decide(const std::string& actor, const Propose& propose,
                                           const store::ConfigState& current) const {
  TRY_ASSIGN(Proposal proposal, propose(current));
  store::Change change;
  change.action = std::move(proposal.action);
  change.actor = actor;
  change.id = std::move(proposal.id);
  change.body = std::move(proposal.body);
  if (change.body && change.body->has_upstream()) {
    auto before = current.Find(change.id.first, change.id.second);
    TRY_ASSIGN(change.secrets,
               SealCredentials(vault_, before.get(), change.body->mutable_upstream()));
  }
  TRY(validate::CheckCandidate(current, change.id, change.body));
  if (change.body && change.body->has_upstream()) {
    for (auto& secret : llmgw::config::SecretsOf(*change.body->mutable_upstream())) {
      secret.value.clear_secret();
    }
  }
  return change;
}

Result<Applied> ConfigEditor::Apply(const Caller& caller, const Propose& propose) {
  // Fails when the sealing key is not this database's: nothing must be sealed with it.
  TRY(identity_.Get());
  store::ResourceId id;
  std::string action;
  TRY_ASSIGN(store::Committed committed,
             store_.Transact([&](const store::ConfigState& current) -> Result<store::Change> {
               TRY_ASSIGN(store::Change change, Decide(caller.actor(), propose, current));
               id = change.id;
               action = change.action;
               return change;
             }));
  spdlog::info("{}: {} {} '{}', revision {}", caller.actor(), action, id.first, id.second,
               committed.state->revision);
  Applied applied{committed.state->revision, committed.state->Find(id.first, id.second)};
  publisher_.Publish(std::move(committed.state));
  return applied;
}

}  // namespace llmgw::controlplane::admin_api
