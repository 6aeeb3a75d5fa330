#include "dataplane/net/http1/control_headers.h"

#include "dataplane/net/http1/char_class.h"
#include "dataplane/net/http1/head_lines.h"

namespace llmgw::net::http1 {
namespace {

constexpr uint64_t kMaxContentLength = INT64_MAX;  // what every next hop can still count

// CGI-style servers turn '-' and '_' into the same thing, and would take these for the headers that
// frame the message.
bool LooksLikeFraming(std::string_view name) {
  constexpr std::string_view kLength = "content_length";
  constexpr std::string_view kCoding = "transfer_encoding";
  return (name.size() == kLength.size() && EqualsIgnoreCase(name, kLength)) ||
         (name.size() == kCoding.size() && EqualsIgnoreCase(name, kCoding));
}

bool ParseContentLength(std::string_view text, uint64_t& out) {
  if (text.empty() || text.size() > 19 || (text.size() > 1 && text[0] == '0')) return false;
  uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  out = value;
  return value <= kMaxContentLength;
}

bool ContainsChunked(std::string_view token) {
  constexpr std::string_view kChunked = "chunked";
  for (size_t i = 0; i + kChunked.size() <= token.size(); ++i) {
    if (EqualsIgnoreCase(token.substr(i, kChunked.size()), kChunked)) return true;
  }
  return false;
}

// Only exactly "chunked" is spoken here. A list of plain tokens that could mean one thing only is
// "unknown"; everything else is "bad".
HeadFault ClassifyTransferEncoding(std::string_view list) {
  if (EqualsIgnoreCase(list, "chunked")) return HeadFault::kNone;
  bool first = true;
  while (true) {
    const size_t comma = list.find(',');
    const std::string_view token = list.substr(0, comma);
    if (token.empty() || !IsAll(kTokenChar, token)) return HeadFault::kBadTransferEncoding;
    const bool last = comma == std::string_view::npos;
    if (ContainsChunked(token) && !(last && EqualsIgnoreCase(token, "chunked"))) {
      return HeadFault::kBadTransferEncoding;
    }
    if (EqualsIgnoreCase(token, "identity") && !(first && last)) {
      return HeadFault::kBadTransferEncoding;
    }
    if (last) return HeadFault::kUnknownTransferEncoding;
    first = false;
    list.remove_prefix(comma + 1);
    if (!list.empty() && list[0] == ' ') list.remove_prefix(1);
  }
}

}  // namespace

HeadFault SplitLines(std::vector<HeaderView>& headers, ControlHeaders& control) {
  for (HeaderView& header : headers) {
    const std::string_view line = header.name;
    if (const HeadFault fault = SplitHeaderLine(line, header); fault != HeadFault::kNone) {
      return fault;
    }
    switch (header.id) {
      case HeaderId::kHost:
        control.repeated_host |= control.host != nullptr;
        control.host = &header;
        break;
      case HeaderId::kContentLength:
        if (control.content_length != nullptr) {
          control.repeated_content_length = true;
          control.conflicting_content_length |= control.content_length->value != header.value;
        }
        control.content_length = &header;
        control.odd_framing_whitespace |= line.find('\t') != std::string_view::npos;
        break;
      case HeaderId::kTransferEncoding: {
        // Tabs and padding around a coding are legal and a classic: one hop trims them, the next
        // does not and sees another coding.
        const size_t before = static_cast<size_t>(header.value.data() - line.data());
        const bool padded = before > header.name.size() + 2 ||
                            before + header.value.size() != line.size() ||
                            line.find('\t') != std::string_view::npos;
        control.odd_framing_whitespace |= padded;
        control.repeated_transfer_encoding |= control.transfer_encoding != nullptr;
        control.transfer_encoding = &header;
        break;
      }
      case HeaderId::kConnection:
        control.connection = true;
        break;
      case HeaderId::kUpgrade:
        control.upgrade = true;
        break;
      case HeaderId::kExpect:
        control.expect = &header;
        break;
      case HeaderId::kOther:
        if (LooksLikeFraming(header.name)) return HeadFault::kBadFieldName;
        break;
      default:
        break;
    }
  }
  return HeadFault::kNone;
}

HeadFault ReadFraming(const ControlHeaders& control, uint8_t minor_version, BodyFraming& framing,
                      uint64_t& length) {
  const bool coded = control.transfer_encoding != nullptr;
  if (coded && control.content_length != nullptr) {
    return HeadFault::kContentLengthWithTransferEncoding;
  }
  if (coded) {
    if (minor_version == 0) return HeadFault::kTransferEncodingInHttp10;
    if (control.repeated_transfer_encoding || control.odd_framing_whitespace) {
      return HeadFault::kBadTransferEncoding;
    }
    framing = BodyFraming::kChunked;
    return ClassifyTransferEncoding(control.transfer_encoding->value);
  }
  if (control.content_length == nullptr) return HeadFault::kNone;
  if (control.odd_framing_whitespace ||
      !ParseContentLength(control.content_length->value, length)) {
    return HeadFault::kBadContentLength;
  }
  framing = BodyFraming::kLength;
  return HeadFault::kNone;
}

}  // namespace llmgw::net::http1
