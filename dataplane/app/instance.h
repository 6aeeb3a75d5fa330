#pragma once

#include <string>

#include "common/base/result.h"

namespace llmgw::app {

// The folder of one running dataplane: made when missing (mode 0700), and locked for as long as
// this lives, so that two processes can't write over each other. Move-only.
class DataFolder {
 public:
  static Result<DataFolder> Open(const std::string& path);
  ~DataFolder();
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;

  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  DataFolder(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}

  std::string path_;
  int lock_fd_;
};

// `wanted`, or, when it is empty, the host name and a random part that is kept in the folder's file
// "id", so that it is the same after a restart.
Result<std::string> InstanceId(const DataFolder& folder, const std::string& wanted);

// Raises the soft limit of open files to the hard one and returns it: a stream takes two.
uint64_t RaiseOpenFileLimit();

}  // namespace llmgw::app
