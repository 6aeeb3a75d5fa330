#include "dataplane/forward/response_body.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "dataplane/forward/forward_request.h"

namespace llmgw::forward {
namespace {

using net::http1::BodyFraming;
using net::http1::ChunkDecoder;
using net::http1::ParseStatus;

// A chunk that a broken upstream left open is filled up to its end, so that the error event after
// it is read; beyond this much the connection is cut instead.
constexpr uint64_t kMostFiller = 1 << 20;

void AppendChunk(std::string& out, std::string_view payload) {
  std::array<char, 16> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), payload.size(), 16).ptr;
  out.append(digits.data(), end);
  out += "\r\n";
  out += payload;
  out += "\r\n";
}

// Makes a chunk of what `out` has.
void FrameAsChunk(std::string& out) {
  if (out.empty()) return;
  std::array<char, 18> line;
  char* end = std::to_chars(line.data(), line.data() + 16, out.size(), 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.insert(0, line.data(), static_cast<size_t>(end - line.data()));
  out += "\r\n";
}

}  // namespace

ResponseBody::ResponseBody(BodyFraming from, uint64_t length, ResponseFraming to,
                           std::unique_ptr<ModelRewriter> rewriter)
    : from_(from),
      to_(to),
      done_(from == BodyFraming::kNone || (from == BodyFraming::kLength && length == 0)),
      remaining_(length),
      rewriter_(std::move(rewriter)) {}

ResponseFraming ResponseBody::ClientFraming(BodyFraming from, bool http10) {
  switch (from) {
    case BodyFraming::kNone:
      return ResponseFraming::kNone;
    case BodyFraming::kLength:
      return ResponseFraming::kLength;
    case BodyFraming::kChunked:
    case BodyFraming::kUntilClose:
      return http10 ? ResponseFraming::kUntilClose : ResponseFraming::kChunked;
  }
  return ResponseFraming::kUntilClose;
}

ResponseFraming ResponseBody::RewrittenFraming(BodyFraming from, bool http10) {
  if (from == BodyFraming::kNone) return ResponseFraming::kNone;
  return http10 ? ResponseFraming::kUntilClose : ResponseFraming::kChunked;
}

ResponseBody::Step ResponseBody::Next(std::string_view in, std::string& storage,
                                      ResponseObserver& observer) {
  if (done_) return {State::kDone, {}, 0, !in.empty()};
  if (rewriter_ != nullptr) return NextRewritten(in, storage, observer);
  if (from_ == BodyFraming::kChunked) return NextChunked(in, storage, observer);
  std::string_view payload = in;
  if (from_ == BodyFraming::kLength) {
    payload = in.substr(0, static_cast<size_t>(std::min<uint64_t>(in.size(), remaining_)));
    remaining_ -= payload.size();
    done_ = remaining_ == 0;
  }
  observer.OnPayload(payload);
  std::string_view out = payload;
  if (to_ == ResponseFraming::kChunked && !payload.empty()) {
    storage.clear();
    AppendChunk(storage, payload);
    out = storage;
  }
  return {done_ ? State::kDone : State::kMore, out, payload.size(), in.size() > payload.size()};
}

ResponseBody::Step ResponseBody::NextChunked(std::string_view in, std::string& storage,
                                             ResponseObserver& observer) {
  const bool strip = to_ != ResponseFraming::kChunked;
  if (strip) storage.clear();
  uint64_t payload_bytes = 0;
  size_t consumed = 0;
  State state = State::kMore;
  while (consumed < in.size()) {
    const ChunkDecoder::Step step = decoder_.Next(in.substr(consumed));
    consumed += step.consumed;
    if (!step.data.empty()) {
      payload_bytes += step.data.size();
      observer.OnPayload(step.data);
      if (strip) storage += step.data;
    }
    if (step.status == ParseStatus::kError) {
      state = State::kMalformed;
      break;
    }
    if (step.status == ParseStatus::kDone) {
      done_ = true;
      state = State::kDone;
      break;
    }
  }
  return {state, strip ? std::string_view(storage) : in.substr(0, consumed), payload_bytes,
          consumed < in.size()};
}

ResponseBody::Step ResponseBody::NextRewritten(std::string_view in, std::string& storage,
                                               ResponseObserver& observer) {
  storage.clear();
  Step step{State::kMore, {}, 0, false};
  const auto take = [&](std::string_view payload) {
    if (payload.empty()) return;
    step.payload_bytes += payload.size();
    observer.OnPayload(payload);
    rewriter_->Rewrite(payload, storage);
  };
  if (from_ == BodyFraming::kLength) {
    const size_t most = static_cast<size_t>(std::min<uint64_t>(in.size(), remaining_));
    take(in.substr(0, most));
    in.remove_prefix(most);
    remaining_ -= most;
    if (remaining_ == 0) step.state = State::kDone;
  } else if (from_ == BodyFraming::kUntilClose) {
    take(std::exchange(in, {}));
  }
  while (from_ == BodyFraming::kChunked && !in.empty() && step.state == State::kMore) {
    const ChunkDecoder::Step chunk = decoder_.Next(in);
    in.remove_prefix(chunk.consumed);
    take(chunk.data);
    if (chunk.status == ParseStatus::kError) step.state = State::kMalformed;
    if (chunk.status == ParseStatus::kDone) step.state = State::kDone;
  }
  done_ = step.state == State::kDone;
  if (done_) rewriter_->Flush(storage);
  if (to_ == ResponseFraming::kChunked) {
    FrameAsChunk(storage);
    if (done_) storage += "0\r\n" + decoder_.trailers() + "\r\n";
  }
  step.out = storage;
  step.excess = !in.empty();
  return step;
}

std::string_view ResponseBody::Closing(std::string& storage) {
  if (rewriter_ == nullptr) return Closing();
  storage.clear();
  rewriter_->Flush(storage);
  if (to_ == ResponseFraming::kChunked) FrameAsChunk(storage);
  storage += Closing();
  return storage;
}

bool ResponseBody::EndWith(std::string_view text, std::string& out) {
  if (done_) return false;
  if (rewriter_ != nullptr) {
    std::string last;
    rewriter_->Flush(last);
    last += text;
    if (to_ == ResponseFraming::kChunked) {
      FrameAsChunk(last);
      last += "0\r\n\r\n";
    }
    out += last;
    return to_ == ResponseFraming::kChunked || to_ == ResponseFraming::kUntilClose;
  }
  if (to_ == ResponseFraming::kUntilClose) {
    out += text;
    return true;
  }
  if (to_ != ResponseFraming::kChunked) return false;
  if (from_ == BodyFraming::kChunked && !decoder_.AppendRepair(out, kMostFiller)) return false;
  AppendChunk(out, text);
  out += "0\r\n\r\n";
  return true;
}

}  // namespace llmgw::forward
