#include "controlplane/push/session.h"

namespace llmgw::controlplane::push {

Result<std::optional<Update>> Session::Next() {
  if (in_flight_) return std::nullopt;
  auto current = publisher_.Current();
  if (current == nullptr || current == held_ || current == refused_) return std::nullopt;
  TRY_ASSIGN(auto payload, held_ == nullptr ? publisher_.Full() : publisher_.Delta(*held_));
  std::string nonce = std::to_string(++last_nonce_);
  in_flight_ = InFlight{nonce, payload.state, payload.full};
  return Update{payload.state->revision, nonce, payload.bytes, payload.full};
}

Result<Session::InFlight> Session::TakeAnswered(const std::string& nonce, uint64_t revision) {
  if (!in_flight_ || in_flight_->nonce != nonce || in_flight_->state->revision != revision) {
    return Fail(InvalidArgument("nonce", "answers no update that was sent"));
  }
  InFlight answered = std::move(*in_flight_);
  in_flight_.reset();
  return answered;
}

Result<Answer> Session::OnAck(const config::v1::Ack& ack) {
  TRY_ASSIGN(InFlight answered, TakeAnswered(ack.nonce(), ack.revision()));
  held_ = answered.state;
  refused_.reset();
  return Answer{ack.revision(), true, true, answered.state->epoch};
}

Result<Answer> Session::OnNack(const config::v1::Nack& nack) {
  TRY_ASSIGN(InFlight answered, TakeAnswered(nack.nonce(), nack.revision()));
  held_.reset();
  if (answered.full) refused_ = answered.state;
  return Answer{nack.revision(), false, answered.full, answered.state->epoch};
}

}  // namespace llmgw::controlplane::push
