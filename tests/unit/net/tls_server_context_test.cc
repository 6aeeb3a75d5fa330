#include "dataplane/net/tls_server_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "dataplane/net/tls_ticket_keys.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_ca.h"

namespace llmgw::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TlsServerContextTest : public testing::Test {
 protected:
  static TlsServerFiles::Certificate Pair(const test::CertificateFiles& files) {
    return {files.certificate, files.key};
  }
  Result<std::shared_ptr<const TlsServerContext>> Make(const TlsServerFiles& files) {
    return TlsServerContext::Make(files, std::make_shared<TlsTicketKeys>());
  }
  // The error of files that can't be used.
  Error Refusal(const TlsServerFiles& files) {
    auto made = Make(files);
    EXPECT_FALSE(made);
    return made ? Error{} : made.error();
  }

  test::TestCa ca_;
  test::TempDir folder_;
};

TEST_F(TlsServerContextTest, KnowsNamesAndEndsOfItsCertificates) {
  const auto first = ca_.IssueFor("first", "DNS:a.test,IP:127.0.0.1,DNS:*.b.test");
  const auto second = ca_.IssueFor("second", "IP:127.0.0.1");
  auto made = Make({.certificates = {Pair(first), Pair(second)}});
  ASSERT_TRUE(made) << made.error().Describe();
  const auto& certificates = (*made)->certificates();
  ASSERT_EQ(certificates.size(), 2U);
  EXPECT_EQ(certificates[0].file, first.certificate);
  EXPECT_THAT(certificates[0].names, ElementsAre("a.test", "*.b.test"));
  EXPECT_THAT(certificates[1].names, IsEmpty());
  const auto left = certificates[0].expires - std::chrono::system_clock::now();
  EXPECT_GT(left, std::chrono::hours(22));
  EXPECT_LT(left, std::chrono::hours(26));
  EXPECT_THAT((*made)->warnings(), IsEmpty());
}

TEST_F(TlsServerContextTest, AMissingFileIsNamedWithItsField) {
  const auto good = ca_.Issue();
  const Error certificate = Refusal({.certificates = {{"/nowhere/a.pem", good.key}}});
  EXPECT_EQ(certificate.field, "tls-cert");
  EXPECT_EQ(certificate.message, "can't read /nowhere/a.pem: No such file or directory");
  const Error key = Refusal({.certificates = {Pair(good), {good.certificate, "/nowhere/a.key"}}});
  EXPECT_EQ(key.field, "tls-key");
  EXPECT_THAT(key.message, HasSubstr("/nowhere/a.key"));
  const Error folder = Refusal({.certificates = {{folder_.path().string(), good.key}}});
  EXPECT_THAT(folder.message, HasSubstr("is not a file"));
}

TEST_F(TlsServerContextTest, WhatIsNoPemIsRefusedWithoutShowingIt) {
  const auto good = ca_.Issue();
  const std::string text = folder_.Write("text", "my secret");
  const Error certificate = Refusal({.certificates = {{text, good.key}}});
  EXPECT_EQ(certificate.field, "tls-cert");
  EXPECT_THAT(certificate.message, HasSubstr(text + " has no PEM certificate"));
  const Error key = Refusal({.certificates = {{good.certificate, text}}});
  EXPECT_EQ(key.field, "tls-key");
  EXPECT_THAT(key.message, HasSubstr(text + " has no PEM private key"));
  EXPECT_EQ(key.message.find("secret"), std::string::npos);
  const std::string cut = folder_.Write("cut", test::ReadFile(good.key).substr(0, 90));
  EXPECT_THAT(Refusal({.certificates = {{good.certificate, cut}}}).message,
              HasSubstr("the private key in " + cut + " is damaged"));
  // The two files of a pair, mixed up.
  EXPECT_EQ(Refusal({.certificates = {{good.key, good.certificate}}}).field, "tls-cert");
}

TEST_F(TlsServerContextTest, ADamagedCertificateIsCounted) {
  const auto good = ca_.Issue();
  const std::string pem = test::ReadFile(good.certificate);
  std::string damaged = pem;
  damaged.replace(60, 8, "AAAAAAAA");
  const std::string chain = folder_.Write("chain", pem + damaged);
  const Error error = Refusal({.certificates = {{chain, good.key}}});
  EXPECT_EQ(error.field, "tls-cert");
  EXPECT_THAT(error.message, HasSubstr("certificate 2 in " + chain + " is damaged"));
}

TEST_F(TlsServerContextTest, AKeyOfAnotherCertificateIsRefused) {
  const auto first = ca_.IssueFor("first", "DNS:a.test");
  const auto second = ca_.IssueFor("second", "DNS:b.test");
  const Error error = Refusal({.certificates = {{first.certificate, second.key}}});
  EXPECT_EQ(error.field, "tls-key");
  EXPECT_THAT(error.message, HasSubstr("does not belong to the first certificate in"));
}

TEST_F(TlsServerContextTest, WarnsOfWhatClientsOrOthersWillMind) {
  const auto expired = ca_.Issue(test::CertificateKind::kExpired);
  auto made = Make({.certificates = {Pair(expired)}});
  ASSERT_TRUE(made) << made.error().Describe();
  EXPECT_THAT((*made)->warnings(), ElementsAre(HasSubstr("has expired on ")));

  const auto open = ca_.IssueFor("open", "DNS:a.test");
  const auto same = ca_.IssueFor("same", "DNS:A.test");
  ASSERT_EQ(::chmod(open.key.c_str(), 0644), 0);
  made = Make({.certificates = {Pair(open), Pair(same)}});
  ASSERT_TRUE(made) << made.error().Describe();
  EXPECT_THAT((*made)->warnings(),
              ElementsAre(HasSubstr("is open to others (mode 0644)"),
                          HasSubstr("the name A.test of the certificate in " + same.certificate)));
}

TEST_F(TlsServerContextTest, ClientsAreCheckedAgainstCertificatesOnly) {
  const auto good = ca_.Issue();
  TlsServerFiles files{.certificates = {Pair(good)}, .client_auth = TlsClientAuth::kRequire};
  EXPECT_EQ(Refusal(files).field, "tls-client-ca");
  files.client_ca_file = folder_.Write("ca", "nothing");
  EXPECT_EQ(Refusal(files).field, "tls-client-ca");
  files.client_ca_file = ca_.ca_file();
  EXPECT_TRUE(Make(files));
  EXPECT_EQ(Refusal({}).field, "tls-cert");
}

}  // namespace
}  // namespace llmgw::net
