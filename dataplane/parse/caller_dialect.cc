#include "dataplane/parse/caller_dialect.h"

namespace llmgw::parse {

model::Dialect CallerDialect(const net::http1::RequestHead& head, std::string_view path) {
  return model::DialectOf(path, head.Find(net::http1::HeaderId::kAnthropicVersion) != nullptr);
}

model::Dialect CallerDialect(const net::http1::RequestHead& head) {
  const std::string_view target = head.OriginForm();
  return CallerDialect(head, target.substr(0, target.find('?')));
}

}  // namespace llmgw::parse
