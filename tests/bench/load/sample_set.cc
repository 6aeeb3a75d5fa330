#include "tests/bench/load/sample_set.h"

#include <algorithm>
#include <cmath>

namespace llmgw::bench {

int64_t SampleSet::Percentile(double fraction) {
  if (values_.empty()) return 0;
  const double rank = std::ceil(fraction * static_cast<double>(values_.size()));
  const size_t index = rank < 1 ? 0 : std::min(static_cast<size_t>(rank), values_.size()) - 1;
  std::nth_element(values_.begin(), values_.begin() + static_cast<ptrdiff_t>(index), values_.end());
  return values_[index];
}

}  // namespace llmgw::bench
