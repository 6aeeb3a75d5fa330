# shellcheck shell=bash
# The default route is there from the start; routes name upstreams, which can't go while they are named.
step llmctl route list
step llmctl upstream add mock --kind mock
step llmctl route add tenant --prefix /tenant/v1 --upstream mock --log-policy none
step llmctl route list
step llmctl route show tenant -o yaml
step llmctl upstream remove mock --yes
step llmctl route set tenant --prefix /other/v1 --policy weighted --weight mock=3
step llmctl route set tenant --weight absent=1
step llmctl route add broken --prefix 'v1/'
step llmctl route add broken --prefix /x --upstream absent
step llmctl route add same --prefix /other/v1
step llmctl route remove tenant --yes
step llmctl route list -o json
