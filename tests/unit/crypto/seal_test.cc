#include "common/crypto/seal.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <thread>
#include <vector>

#include "tests/support/temp_dir.h"

namespace llmgw::crypto {
namespace {

const std::string kHexA(64, 'a');
const std::string kHexB(64, 'b');

SealingKey Key(const std::string& text) { return *ParseSealingKey(text); }

TEST(Sealer, OpensWhatItSealedWithTheSameAssociatedData) {
  Sealer sealer(Key(kHexA));
  for (const std::string& plain : {std::string(), std::string("sk-secret"), std::string(70000, 'x'),
                                   std::string("\0\xFF", 2)}) {
    const std::string sealed = sealer.Seal(plain, "upstream/openai/c1");
    auto opened = sealer.Open(sealed, sealer.current_key_id(), "upstream/openai/c1");
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(*opened, plain);
  }
  EXPECT_TRUE(sealer.Open(sealer.Seal("x", ""), sealer.current_key_id(), ""));
}

TEST(Sealer, NeverSealsTheSameWayTwice) {
  Sealer sealer(Key(kHexA));
  EXPECT_NE(sealer.Seal("same", "a"), sealer.Seal("same", "a"));
}

TEST(Sealer, RefusesWhatWasMovedToAnotherPlace) {
  Sealer sealer(Key(kHexA));
  const std::string sealed = sealer.Seal("secret", "upstream/a/c1");
  EXPECT_FALSE(sealer.Open(sealed, sealer.current_key_id(), "upstream/b/c1"));
}

TEST(Sealer, RefusesEveryChangedOrMissingByte) {
  Sealer sealer(Key(kHexA));
  const std::string sealed = sealer.Seal("secret", "a");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(sealer.Open(changed, sealer.current_key_id(), "a")) << i;
    EXPECT_FALSE(sealer.Open(sealed.substr(0, i), sealer.current_key_id(), "a")) << i;
  }
}

TEST(Sealer, AfterARotationOpensOldSecretsAndSealsWithTheNewKey) {
  Sealer before(Key(kHexA));
  const std::string sealed = before.Seal("secret", "a");
  Sealer after(Key(kHexB), {Key(kHexA)});
  EXPECT_EQ(after.Open(sealed, before.current_key_id(), "a").value(), "secret");
  EXPECT_EQ(after.current_key_id(), Key(kHexB).id);
}

TEST(Sealer, NamesTheKeyThatIsMissing) {
  Sealer sealer(Key(kHexB));
  auto opened = sealer.Open(Sealer(Key(kHexA)).Seal("s", "a"), Key(kHexA).id, "a");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find(Key(kHexA).id), std::string::npos);
}

TEST(SealingKey, IsReadAsHexOrBase64WithSpaceAround) {
  const std::string base64 = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=";
  EXPECT_EQ(Key(kHexA).key.Reveal(), std::string(32, '\xAA'));
  EXPECT_EQ(Key("  " + base64 + "\n").key.Reveal(), std::string(32, '\xAA'));
  EXPECT_EQ(Key(base64).id, Key(kHexA).id);
  EXPECT_EQ(Key(kHexA).id.size(), 8u);
}

TEST(SealingKey, RefusesOtherLengthsAndOtherTextWithoutRepeatingIt) {
  for (const std::string& text :
       {std::string(), std::string(63, 'a'), std::string(64, 'g'), std::string(66, 'a'),
        std::string(44, 'q'), std::string("correct horse battery staple")}) {
    auto key = ParseSealingKey(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().kind, ErrorKind::kInvalidArgument);
    EXPECT_TRUE(text.empty() || key.error().message.find(text) == std::string::npos);
  }
}

TEST(SealingKeyFile, IsMadeOnceAndPrivate) {
  test::TempDir dir;
  auto first = LoadOrCreateSealingKey(dir.Path("sealing.key"));
  ASSERT_TRUE(first) << first.error().message;
  struct stat info {};
  ASSERT_EQ(stat(dir.Path("sealing.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(LoadOrCreateSealingKey(dir.Path("sealing.key"))->key.Reveal(), first->key.Reveal());
}

TEST(SealingKeyFile, ProcessesThatRaceEndWithOneKey) {
  test::TempDir dir;
  std::vector<std::string> ids(8);
  std::vector<std::thread> racers;
  for (std::string& id : ids) {
    racers.emplace_back([&] { id = LoadOrCreateSealingKey(dir.Path("k")).value().id; });
  }
  for (std::thread& racer : racers) racer.join();
  for (const std::string& id : ids) EXPECT_EQ(id, ids.front());
}

TEST(SealingKeyFile, NamesTheFileThatHoldsNoKey) {
  test::TempDir dir;
  const std::string path = dir.Write("k", "not a key\n");
  auto key = LoadOrCreateSealingKey(path);
  ASSERT_FALSE(key);
  EXPECT_NE(key.error().message.find(path), std::string::npos);
}

}  // namespace
}  // namespace llmgw::crypto
