#include "dataplane/parse/multipart_peek.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace llmgw::parse {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::string_view kType = "multipart/form-data; boundary=BB";

PeekStatus Peek(std::string_view body, BodyFacts& facts, std::string_view type = kType) {
  const std::string copy(body);
  return PeekMultipart(type, copy, true, facts);
}

PeekStatus Peek(std::string_view body, std::string_view type = kType) {
  BodyFacts facts;
  return Peek(body, facts, type);
}

std::string Part(std::string_view head, std::string_view content) {
  return std::string("--BB\r\n").append(head).append("\r\n\r\n").append(content).append("\r\n");
}

std::string Field(std::string_view name, std::string_view content) {
  return Part("Content-Disposition: form-data; name=\"" + std::string(name) + "\"", content);
}

std::string File(std::string_view content) {
  return Part(
      "Content-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n"
      "Content-Type: audio/mpeg",
      content);
}

const std::string kEnd = "--BB--\r\n";

void ExpectPrefixesAgree(std::string_view body) {
  const PeekStatus whole = Peek(body);
  for (size_t size = 0; size <= body.size(); ++size) {
    const std::string prefix(body.substr(0, size));
    BodyFacts facts;
    const PeekStatus status = PeekMultipart(kType, prefix, false, facts);
    if (status == PeekStatus::kNeedMore) continue;
    if (status == PeekStatus::kComplete && whole == PeekStatus::kNotMultipart) continue;
    EXPECT_EQ(status, whole) << "after " << size << " bytes of " << body;
  }
}

TEST(MultipartPeek, ReadsFieldsAroundAFile) {
  const std::string body = File("\r\n--B\r\n\r\n-\r-\0 model"sv) + Field("model", "whisper-1") +
                           Field("stream", "true") + Field("prompt", "") + kEnd;
  BodyFacts facts;
  EXPECT_EQ(Peek(body, facts), PeekStatus::kComplete);
  EXPECT_EQ(facts.model, "whisper-1");
  EXPECT_TRUE(facts.has_model);
  EXPECT_TRUE(facts.stream);
  EXPECT_EQ(body.substr(facts.model_begin, facts.model_end - facts.model_begin), "whisper-1");
  ExpectPrefixesAgree(body);
}

TEST(MultipartPeek, FindsTheDelimiterAtEveryOffset) {
  for (size_t size = 0; size < 80; ++size) {
    for (const char filler : {'x', '\r', '-', '\n'}) {
      const std::string body =
          File(std::string(size, filler) + "\r\n--B") + Field("model", "m") + kEnd;
      BodyFacts facts;
      EXPECT_EQ(Peek(body, facts), PeekStatus::kComplete) << size;
      EXPECT_EQ(facts.model, "m");
    }
  }
}

TEST(MultipartPeek, UnderstandsTheSpellingsOfHeaders) {
  for (
      const std::string_view head :
      {"content-disposition:form-data;name=model"sv,
       "CONTENT-DISPOSITION: Form-Data; NAME=\"model\""sv,
       "Content-Disposition: form-data; name=\"mod\\el\""sv,
       "Content-Disposition: form-data ; name=\"model\";"sv,
       "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=\"model\""sv,
       "Content-Disposition: form-data; name=\"model\"\r\nContent-Transfer-Encoding: 8bit"sv}) {
    const std::string body = Part(head, "m") + kEnd;
    BodyFacts facts;
    EXPECT_EQ(Peek(body, facts), PeekStatus::kComplete) << head;
    EXPECT_EQ(facts.model, "m") << head;
  }
}

TEST(MultipartPeek, LeavesOtherFieldsAlone) {
  const std::string body =
      Part("Content-Disposition: form-data; name=\"file\"; filename=\"name=\\\"model\\\"\"", "m") +
      Field("models", "x") + Field("Model", "x") + kEnd;
  BodyFacts facts;
  EXPECT_EQ(Peek(body, facts), PeekStatus::kComplete);
  EXPECT_FALSE(facts.has_model);
}

TEST(MultipartPeek, ReadsTheBoundaryAsTheClientWroteIt) {
  const std::string body = Field("model", "m") + kEnd;
  for (const std::string_view type :
       {"multipart/form-data; boundary=\"BB\""sv, "Multipart/Form-Data;BOUNDARY=BB"sv,
        "multipart/form-data; charset=utf-8; boundary=BB"sv,
        "multipart/form-data; boundary=\"B\\B\";"sv}) {
    EXPECT_EQ(Peek(body, type), PeekStatus::kComplete) << type;
    EXPECT_TRUE(IsMultipartForm(type));
  }
  for (const std::string_view type :
       {"multipart/form-data"sv, "multipart/form-data; boundary="sv,
        "multipart/form-data; boundary=\"\""sv, "multipart/form-data; boundary=BB; boundary=CC"sv,
        "multipart/form-data; boundary=\"BB"sv, "multipart/mixed; boundary=BB"sv,
        "application/json"sv, ""sv, "multipart/form-data; boundary=BB CC"sv,
        "multipart/form-data; boundary=\"BB \""sv, "multipart/form-data, boundary=BB"sv,
        "multipart/form-data; boundary=\"B\nB\""sv}) {
    EXPECT_EQ(Peek(body, type), PeekStatus::kNotMultipart) << type;
  }
  EXPECT_FALSE(IsMultipartForm("multipart/mixed; boundary=BB"));
  const std::string longest(70, 'b');
  const std::string empty_form = "--" + longest + "--";
  EXPECT_EQ(Peek(empty_form, "multipart/form-data; boundary=" + longest), PeekStatus::kComplete);
  EXPECT_EQ(Peek("--b" + longest + "--", "multipart/form-data; boundary=b" + longest),
            PeekStatus::kNotMultipart);
}

TEST(MultipartPeek, RefusesRepeatedFields) {
  const std::string models = Field("model", "a") + Field("model", "b") + kEnd;
  BodyFacts facts;
  EXPECT_EQ(Peek(models, facts), PeekStatus::kDuplicateModel);
  EXPECT_FALSE(facts.has_model);
  ExpectPrefixesAgree(models);
  const std::string streams = Field("stream", "true") + Field("stream", "true") + kEnd;
  EXPECT_EQ(Peek(streams), PeekStatus::kDuplicateStream);
  ExpectPrefixesAgree(streams);
}

TEST(MultipartPeek, RefusesAModelThatUpstreamsDecodeDifferently) {
  const std::string disposition = "Content-Disposition: form-data; name=\"model\"";
  for (const std::string& head :
       {disposition + "; filename=\"m\"", disposition + "; filename*=utf-8''m",
        disposition + "\r\nContent-Transfer-Encoding: base64",
        disposition + "\r\ncontent-transfer-encoding: quoted-printable"}) {
    const std::string body = Part(head, std::string(2000, 'm')) + kEnd;
    EXPECT_EQ(Peek(body), PeekStatus::kModelNotString) << head;
    ExpectPrefixesAgree(body);
  }
  for (const std::string& content :
       {std::string("a\nb"), std::string("a\0b", 3), std::string("\xff"), std::string(1025, 'm')}) {
    const std::string body = Field("model", content) + kEnd;
    EXPECT_EQ(Peek(body), PeekStatus::kModelInvalid) << content;
    ExpectPrefixesAgree(body);
  }
  EXPECT_EQ(Peek(Field("model", std::string(1024, 'm')) + kEnd), PeekStatus::kComplete);
}

TEST(MultipartPeek, ReadsStreamAsABoolean) {
  const auto stream = [](std::string_view content) {
    BodyFacts facts;
    EXPECT_EQ(Peek(Field("stream", content) + kEnd, facts), PeekStatus::kComplete) << content;
    return facts.stream;
  };
  EXPECT_TRUE(stream("true"));
  EXPECT_TRUE(stream("True"));
  EXPECT_TRUE(stream("1"));
  EXPECT_FALSE(stream("false"));
  EXPECT_FALSE(stream("0"));
  EXPECT_FALSE(stream(""));
  for (const std::string& content : {std::string("yes"), std::string(500, 't')}) {
    const std::string body = Field("stream", content) + kEnd;
    EXPECT_EQ(Peek(body), PeekStatus::kStreamNotBool);
    ExpectPrefixesAgree(body);
  }
}

TEST(MultipartPeek, RefusesWhatParsersReadDifferently) {
  const std::string good = Field("model", "m");
  const std::string name_twice = "Content-Disposition: form-data; name=\"a\"; name=\"model\"";
  for (const std::string& body :
       {std::string(),
        std::string("junk\r\n") + good + kEnd,
        "\r\n" + good + kEnd,
        good,
        good + "--BB",
        good + "--BB-",
        good + "--BBx\r\n",
        good + "--BB \r\n" + kEnd,
        good + "--BB\n" + kEnd,
        good + kEnd + "x",
        good + kEnd + good + kEnd,
        good + "--BB--\n",
        "--BB\nContent-Disposition: form-data; name=\"model\"\n\nm\n--BB--\n"s,
        Part("Content-Disposition: form-data; name=\"model\"\nX: y", "m") + kEnd,
        Part("Content-Disposition: form-data;\r\n name=\"model\"", "m") + kEnd,
        Part("Content-Disposition : form-data; name=\"model\"", "m") + kEnd,
        Part("Content-Disposition: attachment; name=\"model\"", "m") + kEnd,
        Part("Content-Disposition: form-data", "m") + kEnd,
        Part("Content-Disposition: form-data; name=\"model", "m") + kEnd,
        Part("Content-Disposition: form-data; name=\"model\"x", "m") + kEnd,
        Part("Content-Disposition: form-data; name*=utf-8''model", "m") + kEnd,
        Part(name_twice, "m") + kEnd,
        Part("Content-Disposition: form-data; name=\"a\"\r\n"
             "Content-Disposition: form-data; name=\"model\"",
             "m") +
            kEnd,
        Part("Content-Type: text/plain", "m") + kEnd,
        "--BB\r\n\r\nm\r\n" + kEnd,
        "--BB\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n" + kEnd,
        Part("X: " + std::string(9000, 'x'), "m") + kEnd}) {
    EXPECT_EQ(Peek(body), PeekStatus::kNotMultipart) << body;
    ExpectPrefixesAgree(body);
  }
}

TEST(MultipartPeek, AcceptsAnEmptyFormAndAMissingLastLineEnd) {
  EXPECT_EQ(Peek("--BB--\r\n"), PeekStatus::kComplete);
  EXPECT_EQ(Peek(Field("model", "m") + "--BB--"), PeekStatus::kComplete);
}

}  // namespace
}  // namespace llmgw::parse
