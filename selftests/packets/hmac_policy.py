# SPDX-License-Identifier: GPL-2.0
"""hmac_policy.py WHO PE1 PE2 HOST POLICY: the sysctl seg6_require_hmac is POLICY, and key 7 is "secret"."""

import sys

from cases import Case, deliver, drop, parameter_problem, run
from forge import HMAC_FLAG, PAD1, SID, UDP, Dst, Frag, Hbh, Srh, chain, hmac_tlv, ipv4, tlv, udp
from wire import MARKER

GOOD = ipv4()
OTHER = "fc00:9::1"

# Tenant b's SID, and compressed SIDs (hmac_policy.sh): node 2 of the block fcbb:bb00::/32 with its function f100, by way of
# node 1, and that function without a node.
SID_B = "fc00:2::200"
CONTAINER, COMPRESSED, FUNCTION = "fcbb:bb00:1:2:f100::", "fcbb:bb00:2:f100::", "fcbb:bb00:f100::"
# The built-in code finds no TLVs in there.
PAD1_AND_MORE = PAD1 + tlv(4, b"\xff" * 5)


def signed(key=7, secret=b"secret", tlvs=b"", segments=(SID,), flags=HMAC_FLAG, **keywords):
    tlvs += hmac_tlv(key, secret, segments, flags=flags)
    return Srh(segments=segments, tlvs=tlvs, flags=flags, **keywords)


FORGED = signed(secret=b"guessed")

# With an H flag or without. The built-in code takes them for no SRH.
OUT_OF_ORDER = {
    "Last Entry 0, two slots": {"segments": [SID, OTHER], "last": 0},
    "Last Entry 255": {"last": 255},
    "Last Entry beyond an HMAC": {"last": 5, "tlvs": hmac_tlv(7, b"secret")},
    "stale octets behind the list": {"tlvs": bytes(range(0xE0, 0xF0))},
    "Hdr Ext Len 0": {"segments": [], "last": 0},
    "TLV beyond the header": {"tlvs": b"\x04\x07" + bytes(6)},
}


def cases(policy):
    passed, refused = deliver(GOOD), drop("hmac")

    def at(*outcomes):
        """The built-in code's and the module's outcome, given for policies -1, 0 and 1 (or for all)."""
        return outcomes[policy + 1] if len(outcomes) == 3 else outcomes[0]

    def case(name, packet, builtin, module):
        return Case(f"seg6_require_hmac={policy}, {name}", packet, at(*builtin), at(*module))

    def segments_left(*headers):
        packet = chain(*headers)
        return packet, parameter_problem("segments_left", 0, 43, packet)

    ok, lost, no = [passed], [drop()], refused
    yield case("valid", chain(signed()), ok, ok)
    yield case("valid, four segments", chain(signed(segments=[SID, OTHER, OTHER, OTHER])), ok, ok)
    yield case("valid, PadN before it", chain(signed(tlvs=tlv(4, bytes(6)))), ok, ok)
    yield case("valid, Pad1 before it", chain(signed(tlvs=PAD1_AND_MORE)), ok, ok)
    yield case("valid, behind hop-by-hop options", chain(Hbh(), signed()), ok, ok)
    yield case("valid, behind destination options", chain(Dst(), signed()), [passed, passed, drop()], ok)
    yield case("valid, behind an atomic fragment header", chain(Frag(), signed()), [passed, passed, drop()], ok)

    forged = [passed, no, no]
    yield case("forged", chain(FORGED), [passed, drop(), drop()], forged)
    yield case("unknown key", chain(signed(key=8)), [passed, drop(), drop()], forged)
    yield case("valid, for another tenant's SID", chain(signed(segments=[SID_B])), ok, forged)
    yield case("valid, the SID is in the list only", chain(signed(segments=[OTHER, SID])), ok, forged)
    yield case("valid, a container of compressed SIDs", chain(signed(segments=[CONTAINER]), dst=COMPRESSED), ok, ok)
    yield case("valid, a container of other compressed SIDs", chain(signed(segments=["fcbb:bb00:1:2:f200::"]), dst=COMPRESSED),
               ok, forged)
    yield case("valid, another node's function", chain(signed(segments=["fcbb:bb00:3:f100::"]), dst=FUNCTION), ok, forged)
    yield case("for other segments", chain(Srh(tlvs=hmac_tlv(7, b"secret", [OTHER]), flags=HMAC_FLAG)),
               [passed, drop(), drop()], forged)
    yield case("for another source", chain(signed(), src="fd00::7"), [passed, drop(), drop()], forged)
    yield case("forged, Pad1 before it", chain(signed(secret=b"guessed", tlvs=PAD1_AND_MORE)), ok, forged)
    yield case("forged, behind hop-by-hop options", chain(Hbh(), FORGED), [passed, drop(), drop()], forged)
    yield case("forged, behind destination options", chain(Dst(), FORGED), [passed, passed, drop()], forged)

    demanded = [passed, passed, no]
    yield case("SRH without one", chain(Srh()), [passed, passed, drop()], demanded)
    yield case("SRH with other TLVs", chain(Srh(tlvs=tlv(4, bytes(6)))), [passed, passed, drop()], demanded)
    yield case("no SRH", chain(), ok, demanded)
    yield case("no SRH, destination options", chain(Dst()), ok, demanded)
    yield case("other routing type", chain(Srh(type=0)), ok, demanded)
    yield case("H flag only", chain(Srh(flags=HMAC_FLAG)), [passed, passed, drop()], demanded)
    yield case("no H flag", chain(signed(flags=0)), [passed, passed, drop()], demanded)
    yield case("in the second SRH", chain(Srh(), signed()), [passed, passed, drop()], demanded)
    yield case("valid, second SRH out of order", chain(signed(), Srh(last=255)), ok, ok)

    malformed = drop("malformed_srh")
    for name, wrong in OUT_OF_ORDER.items():
        yield case(name, chain(Srh(**wrong)), ok, [passed, passed, malformed])
        yield case(f"{name}, H flag", chain(Srh(**wrong, flags=HMAC_FLAG)), ok, [passed, malformed, malformed])
        packet, problem = segments_left(Srh(**wrong, sl=1))
        yield case(f"{name}, Segments Left", packet, ok, [problem, problem, malformed])
        packet, problem = segments_left(Srh(**wrong, sl=1, flags=HMAC_FLAG))
        yield case(f"{name}, Segments Left, H flag", packet, ok, [problem, malformed, malformed])

    # No answer to who has not proved who he is.
    two = [OTHER, SID]
    packet, problem = segments_left(signed(segments=two, sl=1))
    yield case("Segments Left, valid", packet, lost, [problem])
    packet, problem = segments_left(signed(segments=[SID, OTHER], sl=1))
    yield case("Segments Left, valid, for another SID", packet, lost, [problem, no, no])
    packet, problem = segments_left(signed(sl=1))
    yield case("Segments Left, valid, reduced", packet, lost, [problem, no, no])
    packet, problem = segments_left(Srh(segments=two, sl=1))
    yield case("Segments Left, without one", packet, lost, [problem, problem, no])
    packet, problem = segments_left(signed(secret=b"guessed", segments=two, sl=1))
    yield case("Segments Left, forged", packet, lost, [problem, no, no])
    packet = chain(upper=UDP, inner=udp())
    problem = parameter_problem("upper_layer", 4, 40, packet)
    yield case("UDP, no SRH", packet, lost, [problem, problem, no])


if __name__ == "__main__":
    run(cases(int(sys.argv[5])), marker=chain(signed(), inner=MARKER))
