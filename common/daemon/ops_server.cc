#include "common/daemon/ops_server.h"

#include <httplib.h>
#include <prometheus/text_serializer.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "common/observe/log.h"

namespace llmgw::daemon {
namespace {

// One slow scraper must not keep a liveness probe waiting.
constexpr size_t kThreads = 2;
constexpr size_t kLargestBody = 4096;
constexpr time_t kSocketTimeoutSeconds = 5;

void Json(httplib::Response& response, const nlohmann::json& body) {
  response.set_content(body.dump() + "\n", "application/json");
}

void Ready(const OpsContent& content, httplib::Response& response) {
  std::vector<std::string> reasons =
      content.not_ready ? content.not_ready() : std::vector<std::string>();
  if (reasons.empty()) return Json(response, {{"ready", true}});
  response.status = 503;
  Json(response, {{"ready", false}, {"reasons", reasons}});
}

void Metrics(const OpsContent& content, httplib::Response& response) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& source : content.metrics) {
    auto collected = source->Collect();
    families.insert(families.end(), std::make_move_iterator(collected.begin()),
                    std::make_move_iterator(collected.end()));
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  response.set_content(text.str(), "text/plain; version=0.0.4; charset=utf-8");
}

void ChangeLogLevel(const httplib::Request& request, httplib::Response& response) {
  if (!IsLoopback(request.remote_addr)) {
    response.status = 403;
    return Json(response, {{"error", "the log level can be changed from loopback only"}});
  }
  std::string level = request.body;
  while (!level.empty() && std::isspace(static_cast<unsigned char>(level.back()))) level.pop_back();
  if (auto set = observe::SetLogLevel(level); !set) {
    response.status = 400;
    return Json(response, {{"error", set.error().message}});
  }
  spdlog::warn("log level changed to {} through the ops endpoint", level);
  Json(response, {{"level", observe::LogLevel()}});
}

}  // namespace

struct OpsServer::Impl {
  OpsContent content;
  HostPort address;
  httplib::Server server;
  std::thread thread;

  ~Impl() {
    server.stop();
    if (thread.joinable()) thread.join();
  }

  void AddHandlers() {
    using httplib::Request;
    using httplib::Response;
    server.Get("/livez", [](const Request&, Response& out) { Json(out, {{"live", true}}); });
    server.Get("/readyz", [this](const Request&, Response& out) { Ready(content, out); });
    server.Get("/metrics", [this](const Request&, Response& out) { Metrics(content, out); });
    server.Get("/config", [this](const Request&, Response& out) {
      out.set_content(content.config_json ? content.config_json() : "{}", "application/json");
    });
    server.Get("/log-level", [](const Request&, Response& out) {
      Json(out, {{"level", observe::LogLevel()}});
    });
    server.Put("/log-level", ChangeLogLevel);
  }

  void Limit() {
    server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server.set_payload_max_length(kLargestBody);
    server.set_read_timeout(kSocketTimeoutSeconds);
    server.set_write_timeout(kSocketTimeoutSeconds);
    // An idle kept connection holds one of the threads.
    server.set_keep_alive_timeout(1);
    // The library's default also sets SO_REUSEPORT, with which a second daemon would bind the same
    // port unnoticed.
    server.set_socket_options([](socket_t socket) {
      int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
  }
};

OpsServer::OpsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OpsServer::~OpsServer() = default;

const HostPort& OpsServer::address() const { return impl_->address; }

Result<std::unique_ptr<OpsServer>> OpsServer::Start(const HostPort& listen, OpsContent content) {
  auto impl = std::make_unique<Impl>();
  impl->content = std::move(content);
  impl->address = listen;
  impl->Limit();
  impl->AddHandlers();
  int port = listen.port;
  bool bound = port != 0 ? impl->server.bind_to_port(listen.host, port)
                         : (port = impl->server.bind_to_any_port(listen.host)) > 0;
  if (!bound) {
    return Fail(Unavailable("can't listen on " + listen.ToString() +
                            "; is another process listening there?"));
  }
  impl->address.port = static_cast<uint16_t>(port);
  impl->thread = std::thread([raw = impl.get()] { raw->server.listen_after_bind(); });
  // The socket is bound and listening already; the library only lacks a way to stop it before its
  // loop runs.
  while (!impl->server.is_running()) std::this_thread::yield();
  return std::unique_ptr<OpsServer>(new OpsServer(std::move(impl)));
}

}  // namespace llmgw::daemon
