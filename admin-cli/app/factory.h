#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "admin-cli/app/environment.h"
#include "admin-cli/app/globals.h"
#include "admin-cli/app/interrupts.h"
#include "admin-cli/app/io_streams.h"
#include "admin-cli/client/connection.h"
#include "admin-cli/client/profiles.h"
#include "admin-cli/output/document.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace llmgw::admin_cli {

class AdminClient;

// Hands every command what it needs. Cheap things are ready; the channel to the controlplane is
// made at the first call that wants it, so that help, profiles and chat work without one. One
// thread.
class Factory {
 public:
  struct Parts {
    IoStreams io;
    Environment env;
    const Clock& clock;
    Interrupts& interrupts;
  };

  explicit Factory(Parts parts);
  ~Factory();

  IoStreams& io() { return parts_.io; }
  const Environment& env() const { return parts_.env; }
  WallTime Now() const { return parts_.clock.Wall(); }
  Interrupts& interrupts() { return parts_.interrupts; }
  Globals& globals() { return globals_; }

  ProfileStore Profiles() const;
  // The profile in force: --profile, LLMGW_PROFILE, or the current one; an empty one when there is
  // none. kNotFound: named, but not there.
  Result<Profile> ActiveProfile() const;
  // The client of the admin API; owned here, lives as long as the factory.
  Result<AdminClient*> Admin();

  bool WantsTable() const { return globals_.format == Format::kTable; }
  // Writes the document to `out` in the format asked for (json or yaml; json when it is table).
  void Print(const Json& document);
  // A remark for people on `err`; nothing when --quiet.
  void Note(std::string_view text);

 private:
  Parts parts_;
  Globals globals_;
  std::unique_ptr<AdminClient> admin_;
};

}  // namespace llmgw::admin_cli
