#include "dataplane/net/http1/request_body.h"

#include <algorithm>

namespace llmgw::net::http1 {

RequestBody::RequestBody(Stream& client, InputBuffer& input, const RequestHead& head,
                         std::span<char> read_buffer)
    : client_(client),
      input_(input),
      read_buffer_(read_buffer),
      framing_(head.framing),
      finished_(head.framing == BodyFraming::kNone ||
                (head.framing == BodyFraming::kLength && head.content_length == 0)),
      announced_(head.framing == BodyFraming::kLength ? head.content_length : 0) {}

RequestBody::Chunk RequestBody::TryNext() {
  if (finished_) return {Status::kEnd, {}};
  if (input_.empty()) {
    // Never read past this body's end where that is known: what follows stays in the socket.
    std::span<char> room = read_buffer_;
    if (framing_ == BodyFraming::kLength)
      room =
          room.first(static_cast<size_t>(std::min<uint64_t>(room.size(), announced_ - received_)));
    const IoResult read = client_.TryRead(room);
    if (read.status == IoStatus::kAgain) return {Status::kAgain, {}};
    if (!read.ok()) return {Status::kGone, {}};
    input_.Borrow({read_buffer_.data(), read.bytes});
  }
  return FromInput();
}

RequestBody::Chunk RequestBody::TryNext(std::span<char> room) {
  // Chunked payload lies between its framing, and bytes that came with the head are here already.
  if (finished_ || framing_ != BodyFraming::kLength || !input_.empty()) return TryNext();
  const uint64_t missing = announced_ - received_;
  const IoResult read =
      client_.TryRead(room.first(static_cast<size_t>(std::min<uint64_t>(room.size(), missing))));
  if (read.status == IoStatus::kAgain) return {Status::kAgain, {}};
  if (!read.ok()) return {Status::kGone, {}};
  received_ += read.bytes;
  finished_ = received_ == announced_;
  return {Status::kPayload, {room.data(), read.bytes}};
}

RequestBody::Chunk RequestBody::FromInput() {
  const std::string_view in = input_.view();
  if (framing_ == BodyFraming::kLength) {
    const std::string_view data =
        in.substr(0, static_cast<size_t>(std::min<uint64_t>(in.size(), announced_ - received_)));
    received_ += data.size();
    finished_ = received_ == announced_;
    input_.Consume(data.size());
    return {Status::kPayload, data};
  }
  std::string_view rest = in;
  while (true) {
    const ChunkDecoder::Step step = decoder_.Next(rest);
    rest.remove_prefix(step.consumed);
    received_ += step.data.size();
    if (step.status == ParseStatus::kError) return {Status::kMalformed, {}};
    finished_ = step.status == ParseStatus::kDone;
    if (!step.data.empty() || finished_ || rest.empty()) {
      // Consumed last: the bytes of `data` stay in place until then.
      const Status status = !step.data.empty() ? Status::kPayload
                            : finished_        ? Status::kEnd
                                               : Status::kAgain;
      input_.Consume(in.size() - rest.size());
      return {status, step.data};
    }
  }
}

}  // namespace llmgw::net::http1
