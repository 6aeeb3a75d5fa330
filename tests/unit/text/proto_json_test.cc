#include "common/text/proto_json.h"

#include <gtest/gtest.h>

#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::text {
namespace {

Error FaultIn(std::string_view json) {
  config::v1::Upstream upstream;
  Status status = FromJson(json, &upstream);
  EXPECT_FALSE(status) << json;
  return status ? Error{} : status.error();
}

TEST(ProtoJson, GoesThereAndBackWithTheNamesOfTheProtoFile) {
  config::v1::Upstream upstream;
  upstream.set_name("openai");
  upstream.set_credential_mode("stored");
  upstream.mutable_timeouts()->mutable_first_byte()->set_seconds(7);
  upstream.mutable_mock()->set_reply(std::string("a\0\"\n\xC3\xBC", 6));
  const std::string json = ToJson(upstream);
  EXPECT_NE(json.find("\"credential_mode\":\"stored\""), std::string::npos) << json;
  config::v1::Upstream back;
  ASSERT_TRUE(FromJson(json, &back));
  EXPECT_EQ(back.SerializeAsString(), upstream.SerializeAsString());
}

TEST(ProtoJson, NamesTheFieldThatDoesNotExist) {
  EXPECT_EQ(FaultIn(R"({"nmae":"a"})").field, "nmae");
  EXPECT_EQ(FaultIn(R"({"timeouts":{"idel":"5s"}})").field, "timeouts.idel");
  EXPECT_EQ(FaultIn(R"({"credentials":[{"id":"x"},{"scret":"y"}]})").field, "credentials[1].scret");
  EXPECT_EQ(FaultIn(R"({"nmae":"a"})").kind, ErrorKind::kInvalidArgument);
}

TEST(ProtoJson, NamesTheFieldWithAValueOfTheWrongTypeAndSaysWhatBelongsThere) {
  EXPECT_EQ(FaultIn(R"({"retries":-1})").Describe(),
            "retries: must be a whole number that is not negative");
  EXPECT_EQ(FaultIn(R"({"timeouts":{"idle":"5x"}})").Describe(),
            "timeouts.idle: must be a duration in seconds such as \"1.5s\"");
  EXPECT_EQ(FaultIn(R"({"timeouts":3})").Describe(), "timeouts: must be an object");
}

TEST(ProtoJson, NeverQuotesTheInput) {
  for (const std::string json :
       {R"({"retries":"hunter2"})", R"({"credentials":[{"secret":"hunter2",,}]})",
        R"({"credentials":[{"secret":"hunter2)", R"({"timeouts":"hunter2"})",
        R"({"timeouts":{"idle":"hunter2"}})", R"({"tls":{"ca_pem":{"hunter2":1}}})"}) {
    EXPECT_EQ(FaultIn(json).Describe().find("hunter2"), std::string::npos)
        << FaultIn(json).Describe();
  }
}

TEST(ProtoJson, RefusesWhatIsNotAnObject) {
  for (const std::string json : {"", "[]", "3", "{\"name\":", "\"x\""}) {
    EXPECT_EQ(FaultIn(json).kind, ErrorKind::kInvalidArgument);
    EXPECT_FALSE(FaultIn(json).message.empty());
  }
}

TEST(ProtoJson, LetsUnknownFieldsPassOnlyWhenTold) {
  config::v1::Upstream upstream;
  EXPECT_FALSE(FromJson(R"({"name":"a","of_next_year":1})", &upstream));
  ASSERT_TRUE(FromJson(R"({"name":"a","of_next_year":1})", &upstream, UnknownFields::kIgnore));
  EXPECT_EQ(upstream.name(), "a");
}

}  // namespace
}  // namespace llmgw::text
