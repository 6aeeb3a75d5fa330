#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace llmgw::test {

// A fresh folder (mode 0700) that goes, with all that is in it, when this goes.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string Path(std::string_view name) const { return (path_ / name).string(); }

  // Writes a file of that name (mode 0600) and returns its path.
  std::string Write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

// The whole file; empty when it is not there.
std::string ReadFile(const std::filesystem::path& path);

// Every regular file below `folder`, its content joined: what a search for leaked secrets looks
// through.
std::string ReadTree(const std::filesystem::path& folder);

}  // namespace llmgw::test
