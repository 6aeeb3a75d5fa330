#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/model/caller.h"
#include "dataplane/model/failure.h"
#include "dataplane/model/request_facts.h"
#include "dataplane/model/route.h"
#include "dataplane/route/upstream_table.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::route {

// Finds where a request goes. Stateless but for what the table knows; never waits.
class Router {
 public:
  // By host (as sent) and path (without query). A path with '.' or '..' segments, which might lead
  // out of the route, never gets here: the head's parser refuses it.
  static tl::expected<model::MatchedRoute, model::Failure> Match(
      const settings::RuntimeSettings& settings, std::string_view host, std::string_view path);

  // The candidates of the matched route that the caller and the model may use: the models of the
  // key's levels, then allow lists before deny lists; an upstream with a credential that serves the
  // caller. A key's refusal is a 403; a model that no candidate admits a 404.
  static tl::expected<model::Route, model::Failure> Choose(const model::MatchedRoute& matched,
                                                           const model::Caller& caller,
                                                           const model::RequestFacts& facts);

  // Takes out what is left alone for this model, unless that is every candidate: then all of them
  // are tried, in order.
  static void DropEjected(model::Route& route, const model::RequestFacts& facts,
                          const UpstreamTable& upstreams, MonotonicTime now);

  // Whether Order() would change anything: not with policy "order" and nothing that rests.
  static bool NeedsOrder(const model::Route& route, const UpstreamTable& upstreams);

  // Puts the candidates into the order of the route's policy; after the others those of which every
  // credential rests, the soonest to be back first: they are used when nothing else can serve.
  // `affinity` is what policy "sticky" goes by (AffinityOf).
  static void Order(model::Route& route, const model::Caller& caller, UpstreamTable& upstreams,
                    uint64_t affinity, MonotonicTime now);
};

}  // namespace llmgw::route
