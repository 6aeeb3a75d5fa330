#include "dataplane/parse/request_parser.h"

#include <utility>

#include "dataplane/net/http1/upgrade.h"
#include "dataplane/parse/body_peek.h"
#include "dataplane/parse/caller_dialect.h"
#include "dataplane/parse/multipart_peek.h"
#include "dataplane/parse/query_peek.h"

namespace llmgw::parse {
namespace {

bool LooksLikeJsonObject(std::string_view body) {
  if (body.substr(0, 3) == "\xEF\xBB\xBF") body.remove_prefix(3);
  const size_t first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '{';
}

bool IsCompressed(const net::http1::RequestHead& head) {
  const net::http1::HeaderView* coding = head.Find(net::http1::HeaderId::kContentEncoding);
  return coding != nullptr && !net::http1::EqualsIgnoreCase(coding->value, "identity");
}

void TakeModel(model::RequestFacts& facts, model::ModelPlace place, BodyFacts& found) {
  facts.model = std::move(found.model);
  facts.has_model = true;
  facts.model_place = place;
  facts.model_begin = found.model_begin;
  facts.model_end = found.model_end;
}

// A WebSocket handshake has no body: what it asks for stands in its query (OpenAI's realtime API).
tl::expected<model::RequestFacts, model::Failure> ParseHandshake(
    const net::http1::RequestHead& head, std::string_view path, model::RequestFacts facts) {
  const std::string_view target = head.OriginForm();
  const size_t query = target.find('?');
  BodyFacts found;
  const PeekStatus status =
      PeekQuery(query == std::string_view::npos ? std::string_view() : target.substr(query), found);
  if (status != PeekStatus::kComplete)
    return tl::unexpected(model::MalformedQuery(Slug(status), Field(status)));
  facts.stream = true;
  // Elsewhere than on /realtime the frames may name any model.
  facts.has_model = found.has_model && !found.model.empty() && path.ends_with("/realtime");
  facts.opaque = !facts.has_model;
  if (facts.has_model) TakeModel(facts, model::ModelPlace::kQuery, found);
  return facts;
}

// With an empty model when the request names none.
tl::expected<model::RequestFacts, model::Failure> PeekRequest(const net::http1::RequestHead& head,
                                                              std::string_view path,
                                                              const net::http1::BufferedBody& body,
                                                              bool body_is_whole) {
  model::RequestFacts facts;
  facts.upgrade = net::http1::AsksToSwitch(head);
  facts.dialect = CallerDialect(head, path);
  if (net::http1::AsksForWebsocket(head)) return ParseHandshake(head, path, std::move(facts));
  if (body.size() == 0) return facts;
  // Until it has been read to its end.
  facts.opaque = true;
  if (IsCompressed(head)) return facts;

  const net::http1::BufferedBody::View view(body);
  const net::http1::HeaderView* type = head.Find(net::http1::HeaderId::kContentType);
  const std::string_view content_type = type == nullptr ? std::string_view() : type->value;
  BodyFacts found;
  PeekStatus status = PeekStatus::kComplete;
  model::ModelPlace place = model::ModelPlace::kJson;
  if (IsMultipartForm(content_type)) {
    place = model::ModelPlace::kForm;
    status = PeekMultipart(content_type, view.bytes(), body_is_whole, found);
  } else if (LooksLikeJsonObject(view.bytes())) {
    status = PeekJson(view.bytes(), body_is_whole, found);
  } else {
    return facts;
  }
  switch (status) {
    case PeekStatus::kComplete:
      break;
    // Whether a body is well-formed at all is the upstream's to judge; and what a part of one
    // showed may be contradicted by the rest.
    case PeekStatus::kNeedMore:
      if (found.has_model && !found.model.empty()) {
        TakeModel(facts, place, found);
        facts.has_model = false;
        facts.model_in_part = std::exchange(facts.model, std::string());
      }
      return facts;
    case PeekStatus::kNotJson:
    case PeekStatus::kNotMultipart:
      return facts;
    case PeekStatus::kTooDeep:
    case PeekStatus::kDuplicateModel:
    case PeekStatus::kDuplicateStream:
    case PeekStatus::kModelNotString:
    case PeekStatus::kModelInvalid:
    case PeekStatus::kStreamNotBool:
      return tl::unexpected(model::MalformedBody(Slug(status), Field(status)));
  }
  facts.opaque = false;
  facts.stream = found.stream;
  facts.user = std::move(found.user);
  if (found.has_model && !found.model.empty()) TakeModel(facts, place, found);
  return facts;
}

}  // namespace

tl::expected<model::RequestFacts, model::Failure> ParseRequest(const net::http1::RequestHead& head,
                                                               std::string_view path,
                                                               const net::http1::BufferedBody& body,
                                                               bool body_is_whole) {
  auto facts = PeekRequest(head, path, body, body_is_whole);
  if (facts && !facts->has_model) facts->model = path;
  return facts;
}

}  // namespace llmgw::parse
