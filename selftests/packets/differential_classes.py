# SPDX-License-Identifier: GPL-2.0
"""What the module has to make of a packet, read off the RFCs once more and without its source: slow and obvious.

And the classes of packets for which that differs from what the built-in code does.
"""

import struct
from collections import namedtuple

import forge
from forge import (AH, CE, DESTINATION, ECT_0, ECT_1, FRAGMENT, HOP_BY_HOP, ICMPV6, IPV4, IPV6, NONE, NOT_ECT, ROUTING,
                   TCP, UDP, ip6)

# cause: why it is dropped, or None; problem: (code, pointer) of the ICMPv6 Parameter Problem that may be sent;
# inner: what is routed on otherwise; notes: what else sets the packet apart.
Verdict = namedtuple("Verdict", "cause problem inner notes")

# What a SID is for.
WANTED = {ip6(forge.SID): {IPV4}, ip6(forge.SID_DT6): {IPV6}, ip6(forge.SID_DT46): {IPV4, IPV6}}

# Class: (how the built-in code and the module treat its packets, why).
CLASSES = {
    "malformed SRH": (
        {"forwarded, answered", "dropped, answered", "forwarded, dropped"}, "Taken for no SRH, so neither Segments Left nor "
        "the HMAC were looked at. Segments Left counts whatever else is wrong (RFC 8986 section 4.7 S02); what is asked for an "
        "HMAC has to be in order."),
    "Pad1": (
        {"forwarded, answered", "dropped, answered"}, "An SRH with a Pad1 TLV was taken for a malformed one, hence for none; it is valid "
        "(RFC 8754 section 2.1.1.1), and its Segments Left counts."),
    "later routing header": (
        {"forwarded, dropped", "forwarded, answered", "dropped, answered"}, "Only the first routing header was looked at. RFC 8200 section "
        "4: headers are processed in order, and each has to be acceptable."),
    "other routing type": (
        {"forwarded, answered", "dropped, answered"}, "RFC 8200 section 4.4: an unrecognised type with segments left "
        "means a Parameter Problem, code 0, at the type."),
    "fragment": (
        {"forwarded, dropped", "forwarded, answered", "dropped, answered"}, "The first of several fragments was decapsulated "
        "truncated. RFC 8200 section 4.5: they are kept until all are there, and there is an answer to what cannot be one."),
    "Segments Left": (
        {"dropped, answered"}, "RFC 8986 section 4.7 S02: a Parameter Problem, code 0, at Segments Left."),
    "upper layer": (
        {"dropped, answered"}, "RFC 8986 section 4.1.1: a Parameter Problem, code 4, at the upper-layer header."),
    "HMAC": (
        {"forwarded, dropped", "dropped, forwarded"}, "The SRH was sought behind the IPv6 and hop-by-hop headers, "
        "whatever was there; the module checks the one that it found."),
    "inner header": (
        {"forwarded, dropped"}, "Version, lengths and checksum of the inner header were not looked at (RFC 1812 "
        "section 5.2.2: they must be)."),
    "inner options": (
        {"forwarded, dropped", "forwarded, otherwise", "dropped, forwarded"}, "Options were passed over. RFC 1812 section 5.2.4, "
        "RFC 8200 section 4.3: a router acts on them; source routing is refused, and so is what is malformed or wants to be."),
    "inner addresses": (
        {"forwarded, dropped"}, "Loopback addresses and groups that end within a node were routed like others. RFC 4291 "
        "sections 2.5.3 and 2.7."),
    "padding": (
        {"forwarded, otherwise"}, "What follows the inner packet was forwarded with it. RFC 791 section 3.1: Total "
        "Length says where it ends."),
    "ECN": (
        {"forwarded, dropped", "forwarded, otherwise"}, "The outer ECN field was ignored; RFC 6040 section 4.2 tells "
        "what it has to become."),
    "source of errors": (
        {"forwarded, otherwise"}, "ICMPv6 errors to the tenant came from an address of the core. Here the VRF has received the "
        "packet, and they come from one of its own (RFC 4443 section 2.2)."),
}

# By the family of the inner packet, those that have to be seen at all.
TO_BE_SEEN = {
    "ipv4": set(CLASSES) - {"inner addresses", "source of errors"},
    "ipv6": {"upper layer", "inner header", "inner options", "inner addresses", "padding", "ECN", "source of errors"},
}


class Refused(Exception):
    """cause, problem"""


def tlvs_are_whole(tlvs):
    while tlvs:
        if tlvs[0] == 0:
            tlvs = tlvs[1:]
        elif len(tlvs) < 2 or len(tlvs) < 2 + tlvs[1]:
            return False
        else:
            tlvs = tlvs[2 + tlvs[1]:]
    return True


def has_pad1(tlvs):
    while len(tlvs) > 1 and tlvs[0]:
        tlvs = tlvs[2 + tlvs[1]:]
    return bool(tlvs) and tlvs[0] == 0


def srh_tlvs(header):
    """The octets behind the segment list, or None if that is longer than the header."""
    end = 8 + 16 * (header[4] + 1)
    return header[end:] if end <= len(header) else None


def has_hmac(header):
    """As the kernel has it: by a flag, and at the end."""
    tlv = header[-40:]
    return header[5] & 8 and header[1] >= (header[4] + 1) * 2 + 5 and tlv[:2] == b"\x05\x26"


def is_in_order(header):
    tlvs = srh_tlvs(header)
    return tlvs is not None and tlvs_are_whole(tlvs)


def hmac_policy(header):
    """The cause for which seg6_require_hmac=0 refuses an SRH, or None. Nobody has the keys here."""
    if header[5] & 8 and not is_in_order(header):
        return "malformed_srh"
    return "hmac" if has_hmac(header) else None


def looks_like_hmac(data):
    """Whether what follows passes for an SRH with an HMAC."""
    return len(data) > 5 and data[5] & 8 and has_hmac(data[:(data[1] + 1) * 8])


def walk(packet, notes):
    """Returns the offset of the inner header and its protocol, or raises Refused."""
    wanted = WANTED[packet[24:40]]
    number, at, count, routing, policy = packet[6], 40, 0, 0, None
    # Where the built-in code looks for the HMAC.
    guess = 40 if number != HOP_BY_HOP else 40 + (packet[41] + 1) * 8 if len(packet) > 41 else 0

    def answer(cause, code, pointer):
        return Refused(policy or cause, None if policy else (code, pointer))

    while number not in wanted:
        if number not in (HOP_BY_HOP, ROUTING, FRAGMENT, AH, DESTINATION):
            raise answer("upper_layer", 4, at)
        count += 1
        if count > 12:
            raise Refused("too_many_extension_headers", None)
        size = 4 if number == ROUTING else 8 if number == FRAGMENT else 2
        if len(packet) < at + size:
            raise Refused("outer_truncated", None)
        length = 8 if number == FRAGMENT else (packet[at + 1] + 2) * 4 if number == AH else (packet[at + 1] + 1) * 8
        header = packet[at:at + length]
        if len(header) < length:
            raise Refused("outer_truncated", None)
        if number == FRAGMENT and struct.unpack("!H", header[2:4])[0] & 0xFFF9:
            notes.add("fragment")
            raise Refused(policy, None) if policy else refused_fragment(packet, at) or Refused(None, None)
        if number == ROUTING:
            routing += 1
            kind, left = header[2], header[3]
            if routing > 1:
                notes.add("later routing header")
            if kind != 4:
                if left:
                    raise answer("routing_type", 0, at + 2)
            else:
                if not is_in_order(header) or left > header[4] + 1:
                    notes.add("malformed")
                elif has_pad1(srh_tlvs(header)):
                    notes.add("Pad1")
                if "SRH" not in notes:
                    notes.add("SRH")
                    policy = hmac_policy(header)
                    if at != guess and looks_like_hmac(packet[guess:]):
                        notes.add("HMAC elsewhere")
                if left:
                    raise answer("segments_left", 0, at + 3)
        number, at = header[0], at + length
    if policy:
        raise Refused(policy, None)
    return at, number


def refused_fragment(packet, at):
    """RFC 8200 section 4.5, for the fragment header at that offset; None if the fragment is kept. No packet is complete."""
    offset, more = struct.unpack("!H", packet[at + 2:at + 4])[0] & 0xFFF8, packet[at + 3] & 1
    length = len(packet) - at - 8
    if offset == 0 and not has_all_headers(packet):
        return Refused("outer_fragment", (3, 0))
    if offset + length > 65535:
        return Refused("outer_fragment", (0, at + 2))
    if more and length % 8:
        return Refused("outer_fragment", (0, 4))
    return None if length else Refused("outer_fragment", None)


def has_all_headers(packet):
    """Whether there is something of the upper layer; how much has to be there of which is the kernel's choice
    (ipv6frag_thdr_truncated())."""
    number, at = packet[6], 40
    while number in (HOP_BY_HOP, ROUTING, FRAGMENT, AH, DESTINATION):
        if len(packet) < at + 2 or number == FRAGMENT and len(packet) < at + 4:
            return True
        if number == FRAGMENT and struct.unpack("!H", packet[at + 2:at + 4])[0] & 0xFFF8:
            break
        length = 8 if number == FRAGMENT else (packet[at + 1] + 2) * 4 if number == AH else (packet[at + 1] + 1) * 8
        number, at = packet[at], at + length
    return number == NONE or len(packet) >= at + {TCP: 20, UDP: 8, ICMPV6: 8}.get(number, 1)


def validate(inner, notes):
    """Returns the packet without padding, or raises Refused."""
    if len(inner) < 20:
        raise Refused("inner_truncated", None)
    if inner[0] >> 4 != 4 or inner[0] & 15 < 5:
        raise Refused("inner_header", None)
    end, total = (inner[0] & 15) * 4, struct.unpack("!H", inner[2:4])[0]
    if len(inner) < end:
        raise Refused("inner_truncated", None)
    if forge.checksum(inner[:end]):
        raise Refused("inner_checksum", None)
    if total > len(inner):
        raise Refused("inner_truncated", None)
    if total < end:
        raise Refused("inner_header", None)
    if total < len(inner):
        notes.add("padding")
    if end > 20:
        notes.add("options")
    return inner[:total]


def is_loopback(address):
    return address == ip6("::1")


def validate_ipv6(inner, notes):
    """The same of IPv6."""
    if len(inner) < 40:
        raise Refused("inner_truncated", None)
    if inner[0] >> 4 != 6:
        raise Refused("inner_header", None)
    source, destination, length = inner[8:24], inner[24:40], struct.unpack("!H", inner[4:6])[0]
    if source[0] == 0xFF or is_loopback(source):
        raise Refused("inner_address", None)
    if is_loopback(destination) or destination[0] == 0xFF and destination[1] & 15 < 2:
        raise Refused("inner_address", None)
    if inner[6] == HOP_BY_HOP:
        notes.add("options")
    if length == 0 and inner[6] == HOP_BY_HOP:
        return inner
    if 40 + length > len(inner):
        raise Refused("inner_truncated", None)
    if 40 + length < len(inner):
        notes.add("padding")
    return inner[:40 + length]


def is_neighbour_discovery(inner):
    return inner[0] >> 4 == 6 and inner[6] == ICMPV6 and len(inner) > 40 and 133 <= inner[40] <= 137


def refused_options(inner):
    """The cause for which hop-by-hop options are refused, or None, and the code and pointer of what the tenant is told."""
    if len(inner) < 48 or len(inner) < 40 + (inner[41] + 1) * 8:
        return "inner_truncated", None
    end, at, padding, number = 40 + (inner[41] + 1) * 8, 42, 0, 0
    refused = "inner_options", None
    while at < end:
        kind = inner[at]
        size = 1 if kind == 0 else inner[at + 1] + 2 if at + 1 < end else 1000
        if at + size > end:
            return refused
        data = inner[at + 2:at + size]
        if kind < 2:
            padding += size
            if padding > 7 or any(data):
                return refused
        else:
            padding, number = 0, number + 1
            known = {5: len(data) == 2, 7: False, 49: at % 4 == 0, 194: len(data) == 4 and at % 4 == 2}
            if number > 8 or not known.get(kind, kind >> 6 != 1):
                return refused
            if kind == 194:
                jumbo = struct.unpack("!I", data)[0]
                if jumbo < 65536 or inner[4:6] != b"\0\0":
                    return "inner_options", (0, at + 2 if jumbo < 65536 else at)
                if jumbo > len(inner) - 40:
                    return "inner_truncated", None
            elif kind not in known and kind >> 6 > 1:
                return "inner_options", (2, at) if inner[24] != 0xFF or kind >> 6 == 2 else None
        at += size
    return None, None


def congestion(outer, inner):
    """RFC 6040 figure 4, as a table: rows are inner, columns outer Not-ECT, ECT(1), ECT(0), CE."""
    return {NOT_ECT: (NOT_ECT, NOT_ECT, NOT_ECT, None),
            ECT_0: (ECT_0, ECT_1, ECT_0, CE),
            ECT_1: (ECT_1, ECT_1, ECT_1, CE),
            CE: (CE, CE, CE, CE)}[inner][outer]


def ecn_of(packet):
    return packet[1] >> 4 & 3 if packet[0] >> 4 == 6 else packet[1] & 3


def set_ecn(packet, ecn):
    if packet[0] >> 4 == 6:
        return packet[:1] + bytes([packet[1] & 0xCF | ecn << 4]) + packet[2:]
    end = (packet[0] & 15) * 4
    head = bytes([packet[0], packet[1] & 0xFC | ecn]) + packet[2:10] + b"\0\0" + packet[12:end]
    return head[:10] + struct.pack("!H", forge.checksum(head)) + head[12:] + packet[end:]


def options_are_plain(header):
    """Whether the IPv6 stack surely lets these hop-by-hop options pass: padding only."""
    at, padding = 2, 0
    while at < len(header):
        size = 1 if header[at] == 0 else header[at + 1] + 2 if at + 1 < len(header) else 256
        padding += size
        if header[at] > 1 or padding > 7 or any(header[at + 2:at + size]):
            return False
        at += size
    return at == len(header)


def reaches_sid(packet):
    """What the IPv6 stack checks before any route: True, False, or None if that is not so clear."""
    end = 40 + struct.unpack("!H", packet[4:6])[0]
    if packet[0] >> 4 != 6 or len(packet) < end:
        return False
    if packet[6] == HOP_BY_HOP:
        header = packet[40:40 + (packet[41] + 1) * 8] if end >= 48 else b""
        return None if not header or end < 40 + len(header) or not options_are_plain(header) else True
    return True


def is_icmpv6_error(packet):
    """RFC 4443 section 2.4 (e.1); what cannot be told is taken for one."""
    number, at = packet[6], 40
    while number in (HOP_BY_HOP, ROUTING, FRAGMENT, AH, DESTINATION) and len(packet) >= at + 8:
        length = 8 if number == FRAGMENT else (packet[at + 1] + 2) * 4 if number == AH else (packet[at + 1] + 1) * 8
        number, at = packet[at], at + length
    return number == ICMPV6 and (len(packet) <= at or packet[at] < 128)


def judge(packet):
    """For a packet that reaches the SID."""
    notes = set()
    length = 40 + struct.unpack("!H", packet[4:6])[0]
    packet = packet[:length]
    try:
        at, protocol = walk(packet, notes)
        inner = (validate if protocol == IPV4 else validate_ipv6)(packet[at:], notes)
    except Refused as refused:
        return Verdict(*refused.args, None, notes)
    before = ecn_of(inner)
    ecn = congestion(packet[1] >> 4 & 3, before)
    if ecn is None:
        return Verdict("ecn", None, None, notes)
    if ecn != before:
        notes.add("ECN")
        inner = set_ecn(inner, ecn)
    if protocol == IPV6:
        if is_neighbour_discovery(inner):
            return Verdict("neighbour_discovery", None, None, notes)
        if inner[6] == HOP_BY_HOP:
            cause, answer = refused_options(inner)
            if answer:
                notes.add("the tenant is told")
            if cause:
                return Verdict(cause, None, None, notes)
    return Verdict(None, None, inner, notes)


def class_of(verdict):
    """The name of the class that the packet belongs to, or None if it has to fare the same with both."""
    cause, notes = verdict.cause, verdict.notes
    if "fragment" in notes and cause in (None, "outer_fragment"):
        return "fragment"
    if cause in ("outer_truncated", "too_many_extension_headers", "no_route", "neighbour_discovery", None) and not notes & {
            "padding", "options", "ECN", "HMAC elsewhere"}:
        return None
    if cause in ("malformed_srh", "segments_left", "routing_type") and "later routing header" in notes:
        return "later routing header"
    if cause == "segments_left" and "malformed" in notes:
        return "malformed SRH"
    if cause == "segments_left" and "Pad1" in notes:
        return "Pad1"
    simple = {"malformed_srh": "malformed SRH", "segments_left": "Segments Left", "routing_type": "other routing type",
              "upper_layer": "upper layer", "hmac": "HMAC", "ecn": "ECN",
              "inner_options": "inner options", "inner_address": "inner addresses"}
    if cause in simple:
        return simple[cause]
    if cause and cause.startswith("inner_"):
        return "inner header"
    for note, name in (("HMAC elsewhere", "HMAC"), ("options", "inner options"), ("padding", "padding"), ("ECN", "ECN")):
        if note in notes:
            return name
    return None
