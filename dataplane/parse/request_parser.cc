#include "dataplane/parse/request_parser.h"

#include "dataplane/parse/body_peek.h"
#include "dataplane/parse/multipart_peek.h"

namespace llmgw::parse {
namespace {

bool LooksLikeJsonObject(std::string_view body) {
  if (body.substr(0, 3) == "\xEF\xBB\xBF") body.remove_prefix(3);
  const size_t first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '{';
}

}  // namespace

tl::expected<model::RequestFacts, model::Failure> ParseRequest(const net::http1::RequestHead& head,
                                                               std::string_view path,
                                                               const net::http1::BufferedBody& body,
                                                               bool body_is_whole) {
  model::RequestFacts facts;
  facts.model = path;
  if (body.size() == 0) return facts;

  const net::http1::BufferedBody::View view(body);
  const net::http1::HeaderView* type = head.Find(net::http1::HeaderId::kContentType);
  const std::string_view content_type = type == nullptr ? std::string_view() : type->value;
  BodyFacts found;
  PeekStatus status = PeekStatus::kComplete;
  if (IsMultipartForm(content_type)) {
    status = PeekMultipart(content_type, view.bytes(), body_is_whole, found);
  } else if (LooksLikeJsonObject(view.bytes())) {
    status = PeekJson(view.bytes(), body_is_whole, found);
  } else {
    return facts;
  }
  // Whether a body is well-formed at all is the upstream's to judge; without a model of its own the
  // path stands for it.
  const bool unreadable = status == PeekStatus::kNotJson || status == PeekStatus::kNotMultipart;
  if (status != PeekStatus::kComplete && status != PeekStatus::kNeedMore && !unreadable) {
    return tl::unexpected(model::MalformedBody(Slug(status), Field(status)));
  }
  // What a part of a body showed may be contradicted by the rest, so only a whole one is believed.
  if (status != PeekStatus::kComplete) return facts;
  facts.stream = found.stream;
  if (found.has_model && !found.model.empty()) {
    facts.model = std::move(found.model);
    facts.has_model = true;
  }
  return facts;
}

}  // namespace llmgw::parse
