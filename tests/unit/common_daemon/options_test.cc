#include "common/daemon/options.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace llmgw::daemon {
namespace {

class OptionsTest : public testing::Test {
 protected:
  ~OptionsTest() override {
    unsetenv("LLMGW_LISTEN");
    unsetenv("LLMGW_CONFIG");
    if (!yaml_.empty()) unlink(yaml_.c_str());
  }

  std::string Yaml(const std::string& text) {
    yaml_ = testing::TempDir() + "options_test_" + std::to_string(getpid()) + ".yaml";
    std::ofstream(yaml_) << text;
    return yaml_;
  }

  std::optional<int> Parse(std::vector<std::string> arguments) {
    Options options({"llmgw-test", "A daemon for the test.", "1.2.3"});
    options.AddAddress("listen", listen_, "Where clients connect.");
    options.AddDuration("drain", drain_, "How long requests may finish.");
    options.AddList("proxy", proxies_, "Trusted proxies.");
    options.AddSwitch("open", open_, "No keys.");
    options.AddNumber("workers", workers_, "Threads.");
    out_.str("");
    err_.str("");
    return options.Parse(
        std::move(arguments), [this] { return problems_; }, out_, err_);
  }

  HostPort listen_{"127.0.0.1", 1};
  std::chrono::milliseconds drain_{10'000};
  std::vector<std::string> proxies_;
  bool open_ = false;
  uint32_t workers_ = 0;
  std::vector<Error> problems_;
  std::ostringstream out_, err_;

 private:
  std::string yaml_;
};

TEST_F(OptionsTest, FlagsWinOverEnvironmentAndEnvironmentOverFile) {
  std::string file = Yaml("listen: 127.0.0.1:3\ndrain: 3s\nworkers: 3\n");
  EXPECT_EQ(Parse({"--config", file}), std::nullopt) << err_.str();
  EXPECT_EQ(listen_.port, 3);
  EXPECT_EQ(drain_.count(), 3000);
  EXPECT_EQ(workers_, 3u);

  setenv("LLMGW_LISTEN", "127.0.0.1:2", 1);
  EXPECT_EQ(Parse({"--config", file}), std::nullopt) << err_.str();
  EXPECT_EQ(listen_.port, 2);

  EXPECT_EQ(Parse({"--config=" + file, "--listen=127.0.0.1:1"}), std::nullopt) << err_.str();
  EXPECT_EQ(listen_.port, 1);
}

TEST_F(OptionsTest, FileMayBeNamedByTheEnvironment) {
  setenv("LLMGW_CONFIG", Yaml("open: true\nproxy: [10.0.0.1, 10.0.0.2]\n").c_str(), 1);
  EXPECT_EQ(Parse({}), std::nullopt) << err_.str();
  EXPECT_TRUE(open_);
  EXPECT_EQ(proxies_, (std::vector<std::string>{"10.0.0.1", "10.0.0.2"}));
}

TEST_F(OptionsTest, ListsAreCommaSeparatedOutsideYaml) {
  EXPECT_EQ(Parse({"--proxy", "a,b", "--open"}), std::nullopt) << err_.str();
  EXPECT_EQ(proxies_, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(open_);
}

TEST_F(OptionsTest, UnknownYamlKeyIsRefusedWithItsPlaceAndTheNearestOne) {
  EXPECT_EQ(Parse({"--config", Yaml("drain: 1s\nlisen: 127.0.0.1:1\n")}), Options::kUsageError);
  EXPECT_NE(err_.str().find(".yaml:2: there is no option 'lisen' (did you mean 'listen'?)"),
            std::string::npos)
      << err_.str();
}

TEST_F(OptionsTest, BadYamlIsRefusedWithItsPlace) {
  EXPECT_EQ(Parse({"--config", Yaml("drain: 1s\ndrain: 2s\n")}), Options::kUsageError);
  EXPECT_NE(err_.str().find(".yaml:2: 'drain' is set a second time"), std::string::npos);
  EXPECT_EQ(Parse({"--config", Yaml("drain:\n  a: b\n")}), Options::kUsageError);
  EXPECT_NE(err_.str().find("not a mapping"), std::string::npos);
  EXPECT_EQ(Parse({"--config", Yaml("- drain\n")}), Options::kUsageError);
  EXPECT_EQ(Parse({"--config", Yaml("drain: [1s\n")}), Options::kUsageError);
  EXPECT_NE(err_.str().find("is not YAML"), std::string::npos) << err_.str();
  EXPECT_EQ(Parse({"--config", "/nonexistent.yaml"}), Options::kUsageError);
}

TEST_F(OptionsTest, BadValueNamesTheOptionAndWhereItCameFrom) {
  EXPECT_EQ(Parse({"--config", Yaml("workers: 1\ndrain: 10\n")}), Options::kUsageError);
  EXPECT_NE(err_.str().find("--drain: '10' is not a duration"), std::string::npos) << err_.str();
  EXPECT_NE(err_.str().find(".yaml:2)"), std::string::npos) << err_.str();
  setenv("LLMGW_LISTEN", "nowhere", 1);
  EXPECT_EQ(Parse({}), Options::kUsageError);
  EXPECT_NE(err_.str().find("(from LLMGW_LISTEN)"), std::string::npos) << err_.str();
}

TEST_F(OptionsTest, UnknownFlagIsRefused) {
  EXPECT_EQ(Parse({"--lisen=1"}), Options::kUsageError);
  EXPECT_EQ(Parse({"stray"}), Options::kUsageError);
}

TEST_F(OptionsTest, CheckConfigSaysOkOrWhatIsWrong) {
  EXPECT_EQ(Parse({"--check-config"}), 0);
  EXPECT_EQ(out_.str(), "ok\n");
  problems_ = {InvalidArgument("listen", "is not loopback; do X")};
  EXPECT_EQ(Parse({"--check-config"}), Options::kUsageError);
  EXPECT_NE(err_.str().find("--listen: is not loopback; do X"), std::string::npos);
  EXPECT_EQ(Parse({}), Options::kUsageError);  // a plain start refuses too
}

TEST_F(OptionsTest, HelpListsNamesDefaultsUnitsAndEnvironment) {
  EXPECT_EQ(Parse({"--help"}), 0);
  for (auto part : {"--listen", "127.0.0.1:1", "HOST:PORT", "LLMGW_LISTEN", "10s", "--log-level",
                    "LLMGW_LOG_LEVEL", "--config", "--check-config"}) {
    EXPECT_NE(out_.str().find(part), std::string::npos) << part << " in\n" << out_.str();
  }
  EXPECT_EQ(Parse({"--version"}), 0);
  EXPECT_EQ(out_.str(), "llmgw-test 1.2.3\n");
}

}  // namespace
}  // namespace llmgw::daemon
