#include "dataplane/forward/model_rename.h"

#include <algorithm>

#include "dataplane/forward/json_text.h"

namespace llmgw::forward {
namespace {

// RFC 3986 2.3; everything else is encoded.
std::string PercentEncoded(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string TextFor(model::ModelPlace place, const std::string& name) {
  switch (place) {
    case model::ModelPlace::kJson:
      return QuotedJson(name);
    case model::ModelPlace::kQuery:
      return PercentEncoded(name);
    case model::ModelPlace::kForm:
    case model::ModelPlace::kNone:
      break;
  }
  return name;
}

}  // namespace

std::unique_ptr<const ModelRename> RenameFor(const settings::UpstreamSettings& upstream,
                                             const model::RequestFacts& facts) {
  if (upstream.model_map.empty() || facts.model_place == model::ModelPlace::kNone) return nullptr;
  const std::string& asked = facts.has_model ? facts.model : facts.model_in_part;
  std::optional<std::string> name = upstream.model_map.Find(asked);
  if (!name) return nullptr;
  auto rename = std::make_unique<ModelRename>();
  rename->asked = asked;
  rename->name = std::move(*name);
  rename->place = facts.model_place;
  rename->text = TextFor(facts.model_place, rename->name);
  rename->begin = facts.model_begin;
  rename->end = facts.model_end;
  return rename;
}

std::string RenamedQuery(std::string_view query, const ModelRename& rename) {
  std::string out(query.substr(0, rename.begin));
  out += rename.text;
  out += query.substr(rename.end);
  return out;
}

OutgoingBody::OutgoingBody(const net::http1::BufferedBody& held, const ModelRename* rename)
    : held_(held),
      rename_(rename != nullptr && rename->in_body() ? rename : nullptr),
      added_(rename_ == nullptr ? 0 : rename_->text.size() - (rename_->end - rename_->begin)) {}

size_t OutgoingBody::ReadAt(uint64_t offset, std::span<char> bytes) const {
  if (rename_ == nullptr) return held_.ReadAt(offset, bytes);
  if (offset < rename_->begin) {
    const uint64_t before = rename_->begin - offset;
    return held_.ReadAt(offset, bytes.first(std::min<uint64_t>(before, bytes.size())));
  }
  const uint64_t into = offset - rename_->begin;
  if (into < rename_->text.size())
    return std::string_view(rename_->text).substr(into).copy(bytes.data(), bytes.size());
  return held_.ReadAt(offset - added_, bytes);
}

std::array<std::string_view, 3> OutgoingBody::Parts() const {
  const std::string_view held = held_.memory();
  if (rename_ == nullptr) return {held, {}, {}};
  return {held.substr(0, rename_->begin), rename_->text, held.substr(rename_->end)};
}

}  // namespace llmgw::forward
