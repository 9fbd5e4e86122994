#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check-config.sh CONFIG: refuse a kernel that cannot take the module, naming all it lacks. Leaves nothing.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

needed=(
	RUST              # Rust modules
	KALLSYMS_ALL      # it tells by their names what it finds in the kernel's table of behaviours
	TASKS_RCU         # unloading waits for tasks that are preempted in its code
	MODULES
	NET_L3_MASTER_DEV # what End.DT4 is made of: VRFs
	NET_VRF
	IPV6_SEG6_LWTUNNEL
	IP_MULTIPLE_TABLES # what it looks for ways in
	IPV6_MULTIPLE_TABLES
	IPV6_SUBTREES
	IP_ROUTE_CLASSID
	NETFILTER         # the hook that remembers the routes of SIDs
	DEBUG_FS          # its counters
	DEBUG_INFO_BTF    # the layouts of the kernel's private structures are checked against it
)

config=${1:?usage: $0 CONFIG}
[ -r "$config" ] || die "cannot read $config"
missing=
for option in "${needed[@]}"; do
	grep -qxE "CONFIG_$option=(y|m)" "$config" || missing+=" CONFIG_$option"
done
[ -z "$missing" ] ||
	not_served "this kernel was built without${missing}; take one that has it (Debian's have since 6.18)"
