#include "common/rpc/bearer.h"

#include <openssl/crypto.h>

#include <string_view>

namespace llmgw::rpc {

BearerAuthorizer::BearerAuthorizer(SecretString token, std::string what)
    : token_(std::move(token)), what_(std::move(what)) {}

Status BearerAuthorizer::Check(const grpc::ServerContextBase& context) const {
  const auto& metadata = context.client_metadata();
  auto it = metadata.find("authorization");
  if (it == metadata.end()) {
    return Fail({ErrorKind::kUnauthenticated, "the call has no " + what_, {}});
  }
  std::string_view value(it->second.data(), it->second.size());
  constexpr std::string_view kScheme = "Bearer ";
  if (value.substr(0, kScheme.size()) == kScheme) value.remove_prefix(kScheme.size());
  const std::string& token = token_.Reveal();
  bool equal =
      value.size() == token.size() && CRYPTO_memcmp(value.data(), token.data(), token.size()) == 0;
  if (equal) return {};
  return Fail({ErrorKind::kUnauthenticated, "the " + what_ + " is wrong", {}});
}

}  // namespace llmgw::rpc
