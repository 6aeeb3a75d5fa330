#include "controlplane/push/stream_reactor.h"

#include <grpcpp/support/proto_buffer_reader.h>
#include <spdlog/spdlog.h>

#include <vector>

#include "common/rpc/status.h"

namespace llmgw::controlplane::push {
namespace {

constexpr size_t kLongestText = 256;

// The payload is shared by all streams that send it: gRPC gets a reference, not a copy.
grpc::Slice ShareAsSlice(std::shared_ptr<const std::string> bytes) {
  auto* owner = new std::shared_ptr<const std::string>(std::move(bytes));  // freed by the slice
  return grpc::Slice(
      const_cast<char*>((*owner)->data()), (*owner)->size(),
      [](void* held) { delete static_cast<std::shared_ptr<const std::string>*>(held); }, owner);
}

grpc::ByteBuffer Encode(const Update& update) {
  config::v1::ControlplaneMessage head;
  head.set_revision(update.revision);
  head.set_nonce(update.nonce);
  grpc::Slice slices[] = {grpc::Slice(head.SerializeAsString()), ShareAsSlice(update.payload)};
  return grpc::ByteBuffer(slices, 2);
}

bool Decode(grpc::ByteBuffer* bytes, config::v1::DataplaneMessage* message) {
  grpc::ProtoBufferReader reader(bytes);
  return message->ParseFromZeroCopyStream(&reader);
}

bool IsPlain(const std::string& text) {
  if (text.size() > kLongestText) return false;
  for (char c : text) {
    if (c < ' ' || c > '~') return false;
  }
  return true;
}

grpc::Status ProtocolFault(const Error& error) {
  return {rpc::ToGrpcCode(error.kind), error.Describe()};
}

}  // namespace

std::shared_ptr<StreamReactor> StreamReactor::Make(snapshot::Publisher& publisher,
                                                   RolloutTracker& tracker, HealthTracker& health,
                                                   std::string peer, Gone gone) {
  std::shared_ptr<StreamReactor> reactor(
      new StreamReactor(publisher, tracker, health, std::move(peer), std::move(gone)));
  reactor->self_ = reactor;
  return reactor;
}

StreamReactor::StreamReactor(snapshot::Publisher& publisher, RolloutTracker& tracker,
                             HealthTracker& health, std::string peer, Gone gone)
    : publisher_(publisher),
      tracker_(tracker),
      health_(health),
      peer_(std::move(peer)),
      gone_(std::move(gone)),
      pump_([this] { return Step(); }),
      session_(publisher_) {}

void StreamReactor::Kick() { pump_.Kick(); }

void StreamReactor::End(grpc::Status status) {
  {
    std::lock_guard lock(mutex_);
    if (!end_) end_ = std::move(status);
  }
  pump_.Kick();
}

std::string StreamReactor::DataplaneId() const {
  std::lock_guard lock(mutex_);
  return connection_ ? connection_->id : std::string();
}

bool StreamReactor::Step() {
  std::function<void()> action;
  {
    std::lock_guard lock(mutex_);
    action = Decide();
  }
  if (!action) return false;
  action();
  return true;
}

std::function<void()> StreamReactor::Decide() {
  if (finished_) return {};
  if (end_) {
    if (writing_) return {};
    finished_ = true;
    return [this, status = *end_] { Finish(status); };
  }
  if (!reading_) {
    reading_ = true;
    return [this] { StartRead(&incoming_); };
  }
  return connection_ && !writing_ ? DecideWrite() : std::function<void()>();
}

std::function<void()> StreamReactor::DecideWrite() {
  auto update = session_.Next();
  if (!update) {
    spdlog::error("dataplane {} gets no update: {}", connection_->id, update.error().Describe());
    return {};
  }
  if (!*update) return {};
  writing_ = true;
  return [this, next = **update, connection = *connection_] {
    spdlog::debug("sending {} {} to dataplane {}", next.full ? "snapshot" : "delta", next.revision,
                  connection.id);
    tracker_.Sent(connection, next.revision);
    outgoing_ = Encode(next);
    StartWrite(&outgoing_);
  };
}

void StreamReactor::OnReadDone(bool ok) {
  auto keep = self_;
  {
    std::lock_guard lock(mutex_);
    reading_ = false;
    config::v1::DataplaneMessage message;
    if (!ok) {
      if (!end_) end_ = grpc::Status::OK;  // the dataplane left
    } else if (!Decode(&incoming_, &message)) {
      end_ = grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "the message can't be read");
    } else if (auto taken = Take(message); !taken && !end_) {
      spdlog::warn("dataplane at {}: {}", peer_, taken.error().Describe());
      end_ = ProtocolFault(taken.error());
    }
  }
  pump_.Kick();
}

Status StreamReactor::Take(const config::v1::DataplaneMessage& message) {
  using Message = config::v1::DataplaneMessage;
  if (message.message_case() == Message::kHello) return TakeHello(message.hello());
  if (!connection_) return Fail(InvalidArgument("hello", "must be the first message"));
  switch (message.message_case()) {
    case Message::kAck: {
      TRY_ASSIGN(Answer answer, session_.OnAck(message.ack()));
      tracker_.Answered(*connection_, answer, {}, {});
      return {};
    }
    case Message::kNack: {
      TRY_ASSIGN(Answer answer, session_.OnNack(message.nack()));
      spdlog::warn("dataplane {} refuses revision {}: {}{}{}", connection_->id, answer.revision,
                   message.nack().field(), message.nack().field().empty() ? "" : ": ",
                   message.nack().reason());
      tracker_.Answered(*connection_, answer, message.nack().reason(), message.nack().field());
      return {};
    }
    case Message::kHeartbeat:
      tracker_.Seen(*connection_, message.heartbeat());
      return {};
    case Message::kHealth:
      health_.Reported(*connection_, message.health());
      return {};
    case Message::kHello:
    case Message::MESSAGE_NOT_SET:
      break;
  }
  return {};  // of a newer version; not ours to judge
}

Status StreamReactor::TakeHello(const config::v1::Hello& hello) {
  if (connection_) return Fail(InvalidArgument("hello", "came a second time"));
  if (hello.dataplane_id().empty() || !IsPlain(hello.dataplane_id())) {
    return Fail(InvalidArgument("hello.dataplane_id", "must have 1 to 256 visible characters"));
  }
  if (!IsPlain(hello.version()) || !IsPlain(hello.address())) {
    return Fail(InvalidArgument("hello", "has an unprintable version or address"));
  }
  connection_ = tracker_.Connected(hello, peer_);
  health_.Connected(*connection_);
  spdlog::info("dataplane {} ({}) connected from {} with revision {}", hello.dataplane_id(),
               hello.version(), peer_, hello.revision());
  return {};
}

void StreamReactor::OnWriteDone(bool ok) {
  auto keep = self_;
  {
    std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok && !end_) end_ = grpc::Status(grpc::StatusCode::CANCELLED, "the dataplane is gone");
  }
  pump_.Kick();
}

void StreamReactor::OnCancel() {
  End(grpc::Status(grpc::StatusCode::CANCELLED, "the dataplane is gone"));
}

void StreamReactor::OnDone() {
  auto keep = std::move(self_);
  std::optional<RolloutTracker::Connection> connection;
  {
    std::lock_guard lock(mutex_);
    connection = connection_;
  }
  if (connection) {
    tracker_.Disconnected(*connection);
    health_.Disconnected(*connection);
    spdlog::info("dataplane {} disconnected", connection->id);
  }
  gone_(this);
}

}  // namespace llmgw::controlplane::push
