#include "dataplane/net/http1/head.h"

namespace llmgw::net::http1 {
namespace {

const HeaderView* FindIn(const std::vector<HeaderView>& headers, HeaderId id) {
  for (const HeaderView& header : headers) {
    if (header.id == id) return &header;
  }
  return nullptr;
}

void Move(std::string_view& view, const char* from, const char* to) {
  if (!view.empty()) view = {to + (view.data() - from), view.size()};
}

void Move(std::vector<HeaderView>& headers, const char* from, const char* to) {
  for (HeaderView& header : headers) {
    Move(header.name, from, to);
    Move(header.value, from, to);
  }
}

}  // namespace

const HeaderView* RequestHead::Find(HeaderId id) const { return FindIn(headers, id); }
const HeaderView* ResponseHead::Find(HeaderId id) const { return FindIn(headers, id); }

std::string_view RequestHead::OriginForm() const {
  if (target.empty() || target[0] == '/' || target[0] == '*') return target;
  const size_t authority = target.find("://") + 3;
  const size_t path = target.find('/', authority);
  return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

std::string_view RequestHead::Host() const {
  if (const size_t scheme = target.find("://");
      scheme != std::string_view::npos && target[0] != '/' && target[0] != '*') {
    const std::string_view rest = target.substr(scheme + 3);
    return rest.substr(0, rest.find('/'));
  }
  const HeaderView* host = Find(HeaderId::kHost);
  return host == nullptr ? std::string_view() : host->value;
}

void RequestHead::Clear() {
  method = target = {};
  minor_version = 1;
  headers.clear();
  framing = BodyFraming::kNone;
  content_length = 0;
  keep_alive = true;
  expect_continue = upgrade = false;
  head_bytes = 0;
}

void RequestHead::Rebase(const char* from, const char* to) {
  Move(method, from, to);
  Move(target, from, to);
  Move(headers, from, to);
}

void ResponseHead::Clear() {
  status = 0;
  reason = {};
  minor_version = 1;
  headers.clear();
  framing = BodyFraming::kNone;
  content_length = 0;
  keep_alive = true;
  head_bytes = 0;
}

void ResponseHead::Rebase(const char* from, const char* to) {
  Move(reason, from, to);
  Move(headers, from, to);
}

}  // namespace llmgw::net::http1
