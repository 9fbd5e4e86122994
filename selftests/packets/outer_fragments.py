# SPDX-License-Identifier: GPL-2.0
"""Fragments of outer packets: RFC 8200 section 4.5, RFC 5722.

    outer_fragments.py cases PE1 PE2 HOST            one result a line, as for report_cases
    outer_fragments.py hmac PE1 PE2 HOST POLICY      the same; the sysctl seg6_require_hmac is POLICY, key 7 is "secret"
    outer_fragments.py first COUNT PE1 PE2 HOST      sends that many first fragments, prints the causes of drops
    outer_fragments.py begin|end PE1 PE2 HOST        sends all fragments of a packet but the last, or the last one, and
                                                     prints how many packets arrive
"""

import itertools
import os
import sys
from collections import Counter, namedtuple

from cases import deliver, drop, judge, parameter_problem
from forge import CE, ECT_0, FRAGMENT, HMAC_FLAG, ROUTING, SID, UDP, Dst, Frag, Hbh, Srh, chain, fragments, hmac_tlv, ipv4, udp
from wire import MARKER, Outcome, Wire

Case = namedtuple("Case", "name packets outcome")
OTHER = "fc00:9::1"
GOOD, LARGE = ipv4(), ipv4(udp(bytes(range(256)) * 5))
# What an earlier run has left may still be kept.
ids = itertools.count(os.getpid() << 12)


def pieces(*headers, **keywords):
    return fragments(*headers, id=next(ids), **keywords)


def send_all(wire, packets):
    outcomes = [wire.send(packet) for packet in packets]
    return Outcome(*(sum(parts, ()) for parts in zip(*outcomes)))


def cases():
    yield Case("two", pieces(size=24), deliver(GOOD))
    yield Case("of 8 octets each", pieces(size=8), deliver(GOOD))
    yield Case("backwards", pieces(size=8)[::-1], deliver(GOOD))
    yield Case("a large packet", pieces(inner=LARGE, size=512), deliver(LARGE))
    yield Case("behind an SRH", pieces(Srh()), deliver(GOOD))
    yield Case("behind everything that may be there", pieces(Hbh(), Dst(), Srh()), deliver(GOOD))
    # The first one has to have all headers, and one octet more.
    behind = chain(Srh(), Dst())[40:]
    yield Case("SRH behind the fragment header", pieces(inner=behind, upper=ROUTING, size=40), deliver(GOOD))
    packet = pieces(inner=behind, upper=ROUTING, size=32)[0]
    yield Case("headers beyond the first one", [packet], parameter_problem("outer_fragment", 3, 0, packet))
    one, other = pieces(), pieces(inner=LARGE, size=512)
    yield Case("two packets at once", [p for pair in zip(one, other) for p in pair],
               Outcome(deliver(GOOD).host + deliver(LARGE).host, (), ()))
    yield Case("congestion met by one of them", [*pieces(inner=ipv4(tos=ECT_0))[:1], *fragments(
        inner=ipv4(tos=ECT_0), tclass=CE, id=next(ids))], Outcome(deliver(ipv4(tos=CE)).host, (), ()))

    first, *rest = pieces()
    yield Case("one is missing", [first, *rest[1:]], drop())
    yield Case("it comes late", [rest[0]], deliver(GOOD))
    first, *rest = pieces()
    yield Case("one of them twice", [first, first, *rest], Outcome(deliver(GOOD).host, (), ("outer_fragment",)))
    first, second, *rest = pieces()
    number = next(ids) - 1
    overlapping = chain(Frag(offset=8, more=1, id=number), inner=bytes(16))
    # All of it is discarded; what comes afterwards begins another one.
    yield Case("one overlaps another", [first, overlapping, second, *rest], drop("outer_fragment"))
    packet = chain(Frag(offset=0, more=1, id=next(ids)), inner=GOOD[:20])
    yield Case("length not a multiple of 8", [packet], parameter_problem("outer_fragment", 0, 4, packet))
    packet = chain(Frag(offset=65528, id=next(ids)), inner=GOOD)
    yield Case("end beyond 65,535", [packet], parameter_problem("outer_fragment", 0, 40 + 2, packet))
    fragment = chain(Frag(more=1, id=next(ids)), inner=GOOD[:16])
    yield Case("fragments of a fragment", pieces(inner=fragment[40:], upper=FRAGMENT),
               parameter_problem("outer_fragment", 0, 40, fragment))

    packet = chain(Srh(segments=[SID, OTHER], sl=1), Frag(more=1, id=next(ids)), inner=GOOD[:16])
    yield Case("Segments Left before the fragment header", [packet], parameter_problem("segments_left", 0, 43, packet))
    behind = chain(Srh(segments=[SID, OTHER], sl=1))[40:]
    yield Case("Segments Left behind it", pieces(inner=behind, upper=ROUTING, size=64),
               parameter_problem("segments_left", 0, 43, chain(Srh(segments=[SID, OTHER], sl=1))))
    yield Case("upper layer is not IPv4", pieces(inner=udp(), upper=UDP, size=8),
               parameter_problem("upper_layer", 4, 40, chain(inner=udp(), upper=UDP)))
    yield Case("inner header checksum", pieces(inner=ipv4(csum=1)), drop("inner_checksum"))
    yield Case("inner packet cut short", pieces(inner=ipv4(total=200)), drop("inner_truncated"))
    yield Case("inner packet shorter than a header", pieces(inner=GOOD[:12], size=8), drop("inner_truncated"))


def signed(secret=b"secret"):
    return Srh(tlvs=hmac_tlv(7, secret), flags=HMAC_FLAG)


def hmac_cases(policy):
    passed = deliver(GOOD)

    def case(name, packets, *outcomes):
        return Case(f"seg6_require_hmac={policy}, {name}", packets, outcomes[policy + 1])

    def refused(packets):
        return drop(*["hmac"] * len(packets))

    packets = pieces(signed())
    yield case("each has a valid one", packets, passed, passed, passed)
    packets = pieces(signed(b"guessed"))
    yield case("forged", packets, passed, refused(packets), refused(packets))
    packets = pieces()
    yield case("none", packets, passed, passed, refused(packets))
    packets = pieces(Srh())
    yield case("SRH without one", packets, passed, passed, refused(packets))
    good, bad = pieces(signed()), fragments(id=next(ids) - 1)
    yield case("one of them has none", [good[0], bad[1], good[2]], passed, passed, drop("hmac"))
    behind = chain(signed(b"guessed"))[40:]
    packets = pieces(inner=behind, upper=ROUTING, size=80)
    yield case("forged, behind the fragment header", packets, passed, drop("hmac"), refused(packets))


def judge_all(wire, all_cases):
    for case in all_cases:
        judge(case.name, case.outcome, send_all(wire, case.packets))


def main(what, *arguments):
    if what == "cases":
        judge_all(Wire(*arguments), cases())
    elif what == "hmac":
        *namespaces, policy = arguments
        judge_all(Wire(*namespaces, marker=chain(signed(), inner=MARKER)), hmac_cases(int(policy)))
    elif what == "first":
        count, *namespaces = arguments
        wire, drops = Wire(*namespaces), Counter()
        for number in range(int(count)):
            drops.update(wire.send(chain(Frag(more=1, id=1 << 16 | number), inner=LARGE[:1024])).drops)
        print(*(f"{cause} {number}" for cause, number in drops.items()))
    else:
        *begin, end = fragments(id=0xbe91)
        print(len(send_all(Wire(*arguments), begin if what == "begin" else [end]).host))


main(*sys.argv[1:])
