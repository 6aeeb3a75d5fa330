#include "dataplane/app/tls_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <sstream>

#include "tests/support/test_ca.h"

namespace llmgw::app {
namespace {

using testing::HasSubstr;

TEST(TlsMetrics, SayHowHandshakesEndedAndWhenCertificatesDo) {
  test::TestCa ca;
  const auto files = ca.IssueFor("server", "DNS:a.test,DNS:*.b.test");
  auto watcher = CertificateWatcher::Load({.certificates = {{files.certificate, files.key}}});
  ASSERT_TRUE(watcher) << watcher.error().Describe();
  auto handshakes = std::make_shared<accept::TlsHandshakes>();
  handshakes->Done(false);
  handshakes->Done(true);
  handshakes->Done(true);
  handshakes->Failed(net::TlsFailure::kTimeout);
  handshakes->Failed(net::TlsFailure::kOther);
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, TlsMetrics(**watcher, handshakes).Collect());
  const std::string text = out.str();
  for (const char* line : {
           "llmgw_tls_handshakes_total{result=\"full\"} 1\n",
           "llmgw_tls_handshakes_total{result=\"resumed\"} 2\n",
           "llmgw_tls_handshakes_total{result=\"failed\"} 2\n",
           "llmgw_tls_handshake_failures_total{reason=\"timeout\"} 1\n",
           "llmgw_tls_handshake_failures_total{reason=\"plain_http\"} 0\n",
           "llmgw_tls_handshake_failures_total{reason=\"other\"} 1\n",
           "llmgw_tls_certificate_reloads_total{result=\"applied\"} 0\n",
           "llmgw_tls_certificate_reloads_total{result=\"refused\"} 0\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  for (const char* name : {"a.test", "*.b.test"}) {
    EXPECT_THAT(text, HasSubstr("llmgw_tls_certificate_expiry_timestamp_seconds{name=\"" +
                                std::string(name) + "\",file=\"" + files.certificate + "\"} "));
  }
}

}  // namespace
}  // namespace llmgw::app
