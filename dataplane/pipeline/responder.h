#pragma once

#include <string>

#include "dataplane/model/failure.h"
#include "dataplane/model/request_record.h"
#include "dataplane/net/http1/server_exchange.h"
#include "dataplane/net/task.h"

namespace llmgw::pipeline {

// The one place where a failure becomes an HTTP response: the error object of the caller's
// protocol, with the reason slug, the fault owner and the request id added, also as x-llmgw-…
// headers. Fills status, reason and fault of the record. Sends nothing when a response had begun or
// the client is gone.
net::Task<void> RespondFailure(net::http1::ServerExchange& exchange, const model::Failure& failure,
                               const std::string& extra_headers, model::RequestRecord& record);

// The same as one text that ends the connection, without a request id: for who has not asked yet.
std::string WholeFailure(const model::Failure& failure);

// A response of the gateway's own that is not a failure (health, CORS preflight). `headers` are
// whole lines with CRLF.
net::Task<void> RespondPlain(net::http1::ServerExchange& exchange, int status,
                             std::string_view headers, std::string_view body);

}  // namespace llmgw::pipeline
