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
		deliver none                    chain()
		deliver srh                     chain(Srh())
		deliver srh-16-segments         chain(Srh(segments=[SID] * 16))
		deliver srh-padn                chain(Srh(tlvs=tlv(4, bytes(6))))
		deliver srh-last-entry-0        chain(Srh(segments=[SID] * 2, last=0))
		deliver srh-last-entry-255      chain(Srh(last=255))
		deliver srh-hdr-ext-len-0       chain(Srh(segments=[], last=0))
		deliver hop-by-hop              chain(Hbh())
		deliver hop-by-hop-srh          chain(Hbh(), Srh())
		deliver destination             chain(Dst())
		deliver destination-256         chain(Dst(padn(254)))
		deliver destination-srh         chain(Dst(), Srh())
		deliver srh-destination         chain(Srh(), Dst())
		deliver atomic-fragment         chain(Frag())
		deliver srh-atomic-fragment     chain(Srh(), Frag())
		deliver authentication          chain(Ah())
		deliver all-of-them             chain(Hbh(), Dst(), Srh(), Frag(), Ah(), Dst())
		deliver 12-headers              chain(*[Dst()] * 12)
		deliver 12-headers-srh-last     chain(*[Dst()] * 11, Srh())
		drop    13-headers              chain(*[Dst()] * 13)
		drop    13-headers-srh-last     chain(*[Dst()] * 12, Srh())
		drop    later-fragment          chain(Frag(offset=8))
		c=deliver,rust=drop first-fragment chain(Frag(more=1))
		drop    segments-left           chain(Srh(segments=[SID] * 2, sl=1))
		drop    segments-left-behind    chain(Dst(), Srh(segments=[SID] * 2, sl=1))
		c=deliver,rust=drop segments-left-last-entry-255 chain(Srh(sl=1, last=255))
		drop    udp                     chain(upper=UDP, inner=udp())
		drop    srh-udp                 chain(Srh(), upper=UDP, inner=udp())
		drop    no-next-header          chain(upper=NONE, inner=b"")
		drop    srh-no-next-header      chain(Srh(), upper=NONE, inner=b"")
	EOF
}

start_serving
require_topology a
run_tests
