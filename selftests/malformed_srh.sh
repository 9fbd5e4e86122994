#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A routing header that is no valid SRH is no SRH at all to the built-in code, so it decapsulates without having looked
# at Segments Left or the HMAC; the module drops the packet. Both ignore other types with no segments left (RFC 8200).

source "$(dirname "$(readlink -f "$0")")/lib.sh"
source "$SELFTESTS_DIR/cases.sh"

ALL_TESTS="malformed_srh"

malformed_srh()
{
	judge_cases <<-EOF
		deliver             good                     srh,ip4
		c=deliver,rust=drop last-entry-beyond        srh:last=5,ip4
		c=deliver,rust=drop segments-left-beyond     srh:sl=9,ip4
		deliver             routing-type-0           srh:type=0,ip4
		c=deliver,rust=drop type-0-segments-left     srh:type=0:sl=1,ip4
		c=deliver,rust=drop tlv-beyond               srh:badtlv=1,ip4
		drop                header-beyond-packet     srh:hdrlen=200,ip4
	EOF
}

start_serving
require_topology a
run_tests
