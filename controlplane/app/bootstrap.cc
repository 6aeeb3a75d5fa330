#include "controlplane/app/bootstrap.h"

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "common/crypto/token.h"
#include "controlplane/model/kinds.h"

namespace llmgw::controlplane::app {
namespace {

Status MakeDataDir(const std::string& path) {
  std::error_code error;
  bool made = std::filesystem::create_directories(path, error);
  if (!error && made) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  }
  if (!error) return {};
  return Fail(InvalidArgument("data-dir", "can't make " + path + ": " + error.message()));
}

Error About(const std::string& path, const Error& error) {
  return {error.kind, path + ": " + error.message, error.field};
}

}  // namespace

Result<LocalSecrets> LoadOrCreateSecrets(const AppOptions& options) {
  TRY(MakeDataDir(options.data_dir));
  auto admin = crypto::LoadOrCreateTokenFile(options.AdminTokenFile(), "llmgw-admin-");
  if (!admin) return Fail(About(options.AdminTokenFile(), admin.error()));
  auto dataplane = crypto::LoadOrCreateTokenFile(options.DataplaneTokenFile(), "llmgw-dataplane-");
  if (!dataplane) return Fail(About(options.DataplaneTokenFile(), dataplane.error()));
  auto sealing = options.sealing_key.empty()
                     ? crypto::LoadOrCreateSealingKey(options.SealingKeyFile())
                     : crypto::ParseSealingKey(options.sealing_key.Reveal());
  if (!sealing) {
    return Fail(About(options.sealing_key.empty() ? options.SealingKeyFile() : "LLMGW_SEALING_KEY",
                      sealing.error()));
  }
  return LocalSecrets{std::move(*admin), std::move(*dataplane), std::move(*sealing)};
}

Status FillNewStore(store::ConfigStore& store) {
  TRY_ASSIGN(auto state, store.Load());
  if (state->revision != 0) return {};
  auto filled = store.Transact([](const store::ConfigState& current) -> Result<store::Change> {
    if (current.revision != 0) {  // another controlplane was faster
      return Fail({ErrorKind::kAlreadyExists, "the store is not new any more", {}});
    }
    store::Change change;
    change.action = "create";
    change.actor = "controlplane (first start)";
    change.id = {model::kRoute, "default"};
    auto& route = *change.body.emplace().mutable_route();
    route.set_name("default");
    route.set_prefix("/v1");
    return change;
  });
  if (!filled && filled.error().kind != ErrorKind::kAlreadyExists) return Fail(filled.error());
  if (filled) spdlog::info("new database: made the route 'default' for /v1");
  return {};
}

}  // namespace llmgw::controlplane::app
