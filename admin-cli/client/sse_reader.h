#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace llmgw::admin_cli {

// Cuts a stream of server-sent events (WHATWG HTML, "Interpreting an event stream") into events,
// whatever the pieces that it comes in. Ignores comments and ids. Not for hostile servers: an event
// may grow without bound.
class SseReader {
 public:
  // `event` is the event's name, usually empty; `data` its data lines joined by line feeds.
  using OnEvent = std::function<void(std::string_view event, std::string_view data)>;

  explicit SseReader(OnEvent on_event) : on_event_(std::move(on_event)) {}

  void Feed(std::string_view bytes);

 private:
  void TakeLine(std::string_view line);
  void Dispatch();

  OnEvent on_event_;
  std::string line_;
  std::string event_;
  std::string data_;
  bool has_data_ = false;
  bool after_cr_ = false;
};

}  // namespace llmgw::admin_cli
