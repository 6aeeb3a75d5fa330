#include "admin-cli/input/address_flags.h"

#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"

namespace llmgw::admin_cli {

void AddAddressFlags(CLI::App* command, FieldEdits& edits) {
  const char* group = "Client addresses (behind a proxy: see the dataplane's --trusted-proxies)";
  edits
      .List(command, "--allow-address", "addresses.allow",
            "Only from these: addresses or ranges, 192.0.2.1, 10.0.0.0/8, 2001:db8::/32. "
            "Repeatable; replaces the list")
      ->type_name("CIDR")
      ->group(group);
  edits
      .List(command, "--deny-address", "addresses.deny",
            "Not from these; checked after --allow-address")
      ->type_name("CIDR")
      ->group(group);
}

void AddAddressFields(const config::v1::AddressList& addresses, FieldList& fields) {
  fields.Add("only from", Joined(addresses.allow()));
  fields.Add("not from", Joined(addresses.deny()));
}

}  // namespace llmgw::admin_cli
