#include "admin-cli/app/factory.h"

#include "admin-cli/client/admin_client.h"
#include "admin-cli/output/safe_text.h"

namespace llmgw::admin_cli {

Factory::Factory(Parts parts) : parts_(std::move(parts)) {}
Factory::~Factory() = default;

ProfileStore Factory::Profiles() const { return ProfileStore(ProfilePath(parts_.env)); }

Result<Profile> Factory::ActiveProfile() const {
  TRY_ASSIGN(ProfileSet set, Profiles().Load());
  std::string name = globals_.profile;
  if (name.empty()) name = parts_.env("LLMGW_PROFILE").value_or("");
  if (name.empty()) name = set.current;
  if (name.empty()) return Profile{};
  return set.Find(name);
}

Result<AdminClient*> Factory::Admin() {
  if (!admin_) {
    TRY_ASSIGN(Profile profile, ActiveProfile());
    TRY_ASSIGN(Connection connection, ResolveConnection(globals_, profile, parts_.env));
    TRY_ASSIGN(admin_, AdminClient::Connect(connection, globals_.timeout));
  }
  return admin_.get();
}

void Factory::Print(const Json& document) {
  if (globals_.format == Format::kYaml) {
    parts_.io.out << ToYaml(document);
  } else {
    parts_.io.out << ToJson(document) << '\n';
  }
  parts_.io.out.flush();
}

void Factory::Note(std::string_view text) {
  if (!globals_.quiet) parts_.io.err << SafeText(text, Lines::kKeep) << std::endl;
}

}  // namespace llmgw::admin_cli
