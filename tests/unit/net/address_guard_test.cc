#include "dataplane/net/address_guard.h"

#include <gtest/gtest.h>

namespace llmgw::net {
namespace {

bool Guarded(const char* ip, const IpRanges& allowed = {}) {
  const auto address = ParseIp(ip, 443);
  EXPECT_TRUE(address) << ip;
  return address && IsGuarded(*address, allowed);
}

TEST(AddressGuard, RefusesLinkLocalAndMetadataAddressesInEverySpelling) {
  for (const char* ip : {"169.254.169.254", "169.254.0.0", "169.254.255.255", "169.254.170.2",
                         "100.100.100.200", "168.63.129.16", "192.0.0.192", "fe80::1", "febf::ffff",
                         "fd00:ec2::254", "fd00:ec2::23", "FD00:0EC2:0:0:0:0:0:254", "fd20:ce::254",
                         "fd00:c1::a9fe:a9fe", "fd00:42::42", "[fd00:ec2::254]",
                         // Mapped, compatible, translated, NAT64, local NAT64, 6to4.
                         "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "0:0:0:0:0:ffff:a9fe:a9fe",
                         "::169.254.169.254", "::ffff:0:169.254.169.254", "64:ff9b::a9fe:a9fe",
                         "64:ff9b::169.254.169.254", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1",
                         "64:ff9b::6464:64c8", "2002:6464:64c8::"}) {
    EXPECT_TRUE(Guarded(ip)) << ip;
  }
}

TEST(AddressGuard, LeavesEveryOtherAddressAlone) {
  for (const char* ip : {"127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "169.253.255.255",
                         "169.255.0.0", "100.100.100.199", "168.63.129.17", "8.8.8.8",
                         "::ffff:8.8.8.8", "fec0::1", "fe7f::1", "fd00:ec2::255", "2606:4700::1111",
                         "64:ff9b::808:808", "2002:808:808::1", "0.0.0.0", "::"}) {
    EXPECT_FALSE(Guarded(ip)) << ip;
  }
}

TEST(AddressGuard, LetsThroughWhatIsAllowedByAddressOrRangeAndNothingElse) {
  const IpRanges one = *IpRanges::Parse({"169.254.1.7", "fd00:ec2::254"});
  EXPECT_FALSE(Guarded("169.254.1.7", one));
  EXPECT_FALSE(Guarded("::ffff:169.254.1.7", one));
  EXPECT_FALSE(Guarded("64:ff9b::169.254.1.7", one));
  EXPECT_FALSE(Guarded("fd00:ec2::254", one));
  EXPECT_TRUE(Guarded("169.254.1.8", one));
  EXPECT_TRUE(Guarded("fd00:ec2::23", one));
  const IpRanges range = *IpRanges::Parse({"169.254.1.0/24"});
  EXPECT_FALSE(Guarded("169.254.1.8", range));
  EXPECT_TRUE(Guarded("169.254.2.8", range));
}

TEST(AddressGuard, JudgesLiteralsAndLeavesNamesToTheirAddresses) {
  EXPECT_TRUE(IsGuardedLiteral("169.254.169.254", {}));
  EXPECT_TRUE(IsGuardedLiteral("fe80::1", {}));
  EXPECT_FALSE(IsGuardedLiteral("metadata.google.internal", {}));
  EXPECT_FALSE(IsGuardedLiteral("127.0.0.1", {}));
}

}  // namespace
}  // namespace llmgw::net
