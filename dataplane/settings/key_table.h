#pragma once

#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "dataplane/settings/runtime_settings.h"

namespace llmgw::settings {

// Client keys by the hash of their token: open addressing over 32-bit indexes into one array, with
// the strings in big blocks and equal lists shared. About 160 bytes per key. Filled by one thread,
// then read by any.
class KeyTable {
 public:
  void Reserve(size_t count, size_t text_bytes);

  // Copies the strings of `key` and keeps its lists, which must be Shared() ones or outlive the
  // table. Ignored when the hash is there already.
  void Insert(const KeyHash& hash, const KeySettings& key);

  const KeySettings* Find(const KeyHash& hash) const;
  size_t size() const { return entries_.size(); }

  // The table's own copy of a list, one for all equal ones.
  const model::AccessList& Shared(model::AccessList list);
  const std::vector<const RouteSettings*>& Shared(std::vector<const RouteSettings*> list);
  const std::vector<const UpstreamSettings*>& Shared(std::vector<const UpstreamSettings*> list);
  // Null for what restricts nothing.
  const AddressRules* Shared(const AddressRules& addresses);
  // `levels` are all there are; they must outlive the table. A name that is not among them is left
  // out.
  const LevelSet* Shared(std::vector<std::string_view> names,
                         const std::vector<std::unique_ptr<LevelSettings>>& levels);

 private:
  struct Entry {
    KeyHash hash;
    KeySettings key;
  };
  using AccessKey = std::pair<std::vector<std::string>, std::vector<std::string>>;

  // The slot of `hash`, or the empty one where it would go. REQUIRES: slots_ is not full.
  size_t SlotOf(const KeyHash& hash) const;
  void Rehash(size_t slots);
  std::string_view Keep(std::string_view text);

  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;  // index + 1 into entries_, 0 for empty; the size is a power of two
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t block_left_ = 0;
  char* block_next_ = nullptr;
  std::map<AccessKey, std::unique_ptr<model::AccessList>> access_lists_;
  std::map<std::vector<const RouteSettings*>, char> route_lists_;
  std::map<std::vector<const UpstreamSettings*>, char> upstream_lists_;
  std::set<AddressRules> address_rules_;
  std::map<std::vector<std::string_view>, std::unique_ptr<LevelSet>> level_sets_;
};

}  // namespace llmgw::settings
