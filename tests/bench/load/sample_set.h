#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace llmgw::bench {

// Every value that was measured, kept whole: runs are short, and a percentile of 99.9 wants no
// buckets.
class SampleSet {
 public:
  void Add(int64_t value) { values_.push_back(value); }
  size_t size() const { return values_.size(); }

  // The value that `fraction` (0 to 1) of all do not exceed; 0 without samples. Reorders, so not
  // const.
  int64_t Percentile(double fraction);

 private:
  std::vector<int64_t> values_;
};

}  // namespace llmgw::bench
