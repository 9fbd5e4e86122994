#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every kind of extension header before the inner IPv4 packet, and up to as many as the kernel allows.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/cases.sh"

ALL_TESTS="extension_headers"

extension_headers()
{
	judge_cases <<-EOF
		deliver none                    ip4
		deliver srh                     srh,ip4
		deliver srh-16-segments         srh:segs=16,ip4
		deliver srh-padn                srh:tlv=8,ip4
		deliver srh-last-entry-0        srh:segs=2:last=0,ip4
		deliver srh-last-entry-255      srh:last=255,ip4
		deliver srh-hdr-ext-len-0       srh:segs=0:last=0,ip4
		deliver hop-by-hop              hbh,ip4
		deliver hop-by-hop-srh          hbh,srh,ip4
		deliver destination             dst,ip4
		deliver destination-256         dst:len=256,ip4
		deliver destination-srh         dst,srh,ip4
		deliver srh-destination         srh,dst,ip4
		deliver atomic-fragment         frag,ip4
		deliver srh-atomic-fragment     srh,frag,ip4
		deliver authentication          ah,ip4
		deliver all-of-them             hbh,dst,srh,frag,ah,dst,ip4
		deliver 12-headers              dst*12,ip4
		deliver 12-headers-srh-last     dst*11,srh,ip4
		drop    13-headers              dst*13,ip4
		drop    13-headers-srh-last     dst*12,srh,ip4
		drop    later-fragment          frag:off=8,ip4
		c=deliver,rust=drop first-fragment frag:mf=1,ip4
		drop    segments-left           srh:segs=2:sl=1,ip4
		drop    segments-left-behind    dst,srh:segs=2:sl=1,ip4
		c=deliver,rust=drop segments-left-last-entry-255 srh:sl=1:last=255,ip4
		drop    udp                     udp
		drop    srh-udp                 srh,udp
		drop    no-next-header          none
		drop    srh-no-next-header      srh,none
	EOF
}

start_serving
require_topology a
run_tests
