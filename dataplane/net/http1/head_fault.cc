#include <string_view>

#include "dataplane/net/http1/head.h"

namespace llmgw::net::http1 {

int HttpStatus(HeadFault fault) {
  switch (fault) {
    case HeadFault::kTargetTooLong:
      return 414;
    case HeadFault::kUnknownExpectation:
      return 417;
    case HeadFault::kHeadTooLong:
    case HeadFault::kTooManyHeaders:
      return 431;
    case HeadFault::kMethodNotImplemented:
    case HeadFault::kUnknownTransferEncoding:
      return 501;
    case HeadFault::kVersionNotSupported:
      return 505;
    case HeadFault::kNone:
    case HeadFault::kLeadingEmptyLines:
    case HeadFault::kControlCharacter:
    case HeadFault::kBareLineFeed:
    case HeadFault::kBadRequestLine:
    case HeadFault::kBadMethod:
    case HeadFault::kBadTarget:
    case HeadFault::kBadVersion:
    case HeadFault::kBadStatusLine:
    case HeadFault::kObsoleteLineFolding:
    case HeadFault::kMissingColon:
    case HeadFault::kBadFieldName:
    case HeadFault::kMissingHost:
    case HeadFault::kRepeatedHost:
    case HeadFault::kBadHost:
    case HeadFault::kBadContentLength:
    case HeadFault::kConflictingContentLength:
    case HeadFault::kContentLengthWithTransferEncoding:
    case HeadFault::kTransferEncodingInHttp10:
    case HeadFault::kBadTransferEncoding:
      return 400;
  }
  return 400;
}

std::string_view Slug(HeadFault fault) {
  switch (fault) {
    case HeadFault::kNone:
      return "none";
    case HeadFault::kLeadingEmptyLines:
      return "leading_empty_lines";
    case HeadFault::kControlCharacter:
      return "control_character";
    case HeadFault::kBareLineFeed:
      return "bare_line_feed";
    case HeadFault::kBadRequestLine:
      return "bad_request_line";
    case HeadFault::kBadMethod:
      return "bad_method";
    case HeadFault::kMethodNotImplemented:
      return "method_not_implemented";
    case HeadFault::kBadTarget:
      return "bad_target";
    case HeadFault::kTargetTooLong:
      return "target_too_long";
    case HeadFault::kBadVersion:
      return "bad_version";
    case HeadFault::kVersionNotSupported:
      return "version_not_supported";
    case HeadFault::kBadStatusLine:
      return "bad_status_line";
    case HeadFault::kHeadTooLong:
      return "head_too_long";
    case HeadFault::kTooManyHeaders:
      return "too_many_headers";
    case HeadFault::kObsoleteLineFolding:
      return "obsolete_line_folding";
    case HeadFault::kMissingColon:
      return "missing_colon";
    case HeadFault::kBadFieldName:
      return "bad_field_name";
    case HeadFault::kMissingHost:
      return "missing_host";
    case HeadFault::kRepeatedHost:
      return "repeated_host";
    case HeadFault::kBadHost:
      return "bad_host";
    case HeadFault::kBadContentLength:
      return "bad_content_length";
    case HeadFault::kConflictingContentLength:
      return "conflicting_content_length";
    case HeadFault::kContentLengthWithTransferEncoding:
      return "content_length_with_transfer_encoding";
    case HeadFault::kTransferEncodingInHttp10:
      return "transfer_encoding_in_http10";
    case HeadFault::kBadTransferEncoding:
      return "bad_transfer_encoding";
    case HeadFault::kUnknownTransferEncoding:
      return "unknown_transfer_encoding";
    case HeadFault::kUnknownExpectation:
      return "unknown_expectation";
  }
  return "unknown";
}

}  // namespace llmgw::net::http1
