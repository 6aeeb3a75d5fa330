#include "common/config/resource_rules.h"
#include "common/config/validate.h"

namespace llmgw::config {
namespace {

constexpr size_t kHashBytes = 32;
constexpr size_t kShortestToken = 16;
constexpr size_t kLongestToken = 512;
constexpr size_t kLongestPrefix = 16;
constexpr size_t kLongestPath = 4096;
// google.protobuf.Timestamp: years 1 to 9999.
constexpr int64_t kFirstSecond = -62135596800;
constexpr int64_t kLastSecond = 253402300799;

void CheckToken(const v1::ClientKey& key, Faults& faults) {
  int sources = !key.hash().empty() + !key.token().empty() + !key.token_env().empty() +
                !key.token_file().empty();
  if (sources == 0) faults.Add("token", "is needed (or token_env, or token_file)");
  if (sources > 1) faults.Add("token", "give only one of hash, token, token_env and token_file");
  if (!key.hash().empty() && key.hash().size() != kHashBytes) {
    faults.Add("hash", "must have 32 bytes");
  }
  if (!key.token().empty()) {
    bool right_size = key.token().size() >= kShortestToken && key.token().size() <= kLongestToken;
    if (!right_size || !IsVisibleAscii(key.token())) {
      faults.Add("token", "must have 16 to 512 visible ASCII characters");
    }
  }
  faults.CheckText("token_env", key.token_env(), 256);
  faults.CheckText("token_file", key.token_file(), kLongestPath);
}

void CheckId(const v1::ClientKey& key, Faults& faults) {
  // A snapshot file may leave it out: whoever reads the file makes one from the name.
  bool from_file = key.hash().empty();
  if (key.id().empty() && from_file) return;
  if (auto fault = CheckName(key.id()); !fault.empty()) faults.Add("id", fault);
}

}  // namespace

void CheckClientKey(const v1::ClientKey& key, const KnownNames& known, Faults& faults) {
  CheckId(key, faults);
  if (auto fault = CheckName(key.name()); !fault.empty()) faults.Add("name", fault);
  if (key.prefix().size() > kLongestPrefix || !IsVisibleAscii(key.prefix())) {
    faults.Add("prefix", "must have at most 16 visible ASCII characters");
  }
  CheckToken(key, faults);
  if (key.has_expires_at()) {
    const auto& at = key.expires_at();
    bool in_range = at.seconds() >= kFirstSecond && at.seconds() <= kLastSecond &&
                    at.nanos() >= 0 && at.nanos() <= 999'999'999;
    if (!in_range) faults.Add("expires_at", "is not a time between the years 1 and 9999");
  }
  faults.CheckModelPatterns("allow", key.allow());
  faults.CheckModelPatterns("deny", key.deny());
  faults.CheckReferences("routes", key.routes(), "route", known.routes);
  faults.CheckReferences("upstreams", key.upstreams(), "upstream", known.upstreams);
  CheckAddresses(key.addresses(), faults);
  faults.CheckReferences("levels", key.levels(), "level", known.levels);
  faults.CheckChoice("log_policy", key.log_policy(), {"metadata", "bodies", "none"});
}

}  // namespace llmgw::config
