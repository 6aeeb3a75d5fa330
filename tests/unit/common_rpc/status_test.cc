#include "common/rpc/status.h"

#include <gtest/gtest.h>

namespace llmgw::rpc {
namespace {

TEST(RpcStatus, EveryKindSurvivesTheRoundTrip) {
  for (auto kind :
       {ErrorKind::kInvalidArgument, ErrorKind::kNotFound, ErrorKind::kAlreadyExists,
        ErrorKind::kConflict, ErrorKind::kInUse, ErrorKind::kUnauthenticated,
        ErrorKind::kPermissionDenied, ErrorKind::kUnavailable, ErrorKind::kDeadlineExceeded,
        ErrorKind::kResourceExhausted, ErrorKind::kInternal}) {
    EXPECT_EQ(FromGrpcCode(ToGrpcCode(kind)), kind) << ToString(kind);
  }
}

TEST(RpcStatus, RevisionConflictsAreAborted) {
  EXPECT_EQ(ToGrpcCode(ErrorKind::kConflict), grpc::StatusCode::ABORTED);
}

TEST(RpcStatus, WhatIsStillInUseFailsAPrecondition) {
  EXPECT_EQ(ToGrpcCode(ErrorKind::kInUse), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST(RpcStatus, CodesHaveTheirNames) {
  EXPECT_STREQ(CodeName(grpc::StatusCode::OK), "OK");
  EXPECT_STREQ(CodeName(grpc::StatusCode::UNAUTHENTICATED), "UNAUTHENTICATED");
  EXPECT_STREQ(CodeName(grpc::StatusCode::ABORTED), "ABORTED");
}

}  // namespace
}  // namespace llmgw::rpc
