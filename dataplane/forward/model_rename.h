#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "dataplane/model/request_facts.h"
#include "dataplane/net/http1/buffered_body.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// How one upstream calls the model that a request names, and where that name goes in. Made for an
// attempt, and only where the upstream's map has the model.
struct ModelRename {
  std::string asked;  // by the client
  std::string name;   // the upstream's
  model::ModelPlace place = model::ModelPlace::kNone;
  // What takes the place of bytes [begin, end) of the body or query: `name` in the form of the
  // place.
  std::string text;
  size_t begin = 0;
  size_t end = 0;

  bool in_body() const {
    return place == model::ModelPlace::kJson || place == model::ModelPlace::kForm;
  }
};

// Null: the request goes as it came.
std::unique_ptr<const ModelRename> RenameFor(const settings::UpstreamSettings& upstream,
                                             const model::RequestFacts& facts);

// A query whose model is renamed. REQUIRES: rename.place is kQuery.
std::string RenamedQuery(std::string_view query, const ModelRename& rename);

// The held part of a request's body as an upstream gets it: to the byte as the client sent it, but
// for the name of the model. Both arguments outlive it; `rename` may be null.
class OutgoingBody {
 public:
  OutgoingBody(const net::http1::BufferedBody& held, const ModelRename* rename);

  uint64_t size() const { return held_.size() + added_; }
  // Like BufferedBody::ReadAt.
  size_t ReadAt(uint64_t offset, std::span<char> bytes) const;
  // What it is made of. REQUIRES: held in memory.
  std::array<std::string_view, 3> Parts() const;

 private:
  const net::http1::BufferedBody& held_;
  const ModelRename* const rename_;  // null: nothing in the body changes
  const uint64_t added_;             // modulo 2^64: the new name may be the shorter one
};

}  // namespace llmgw::forward
