# SPDX-License-Identifier: GPL-2.0
"""Builds packets, right or wrong in every octet. Plain bytes, since scapy takes milliseconds for each."""

import hashlib
import hmac
import socket
import struct

HOP_BY_HOP, ICMP, IPV4, TCP, UDP, IPV6, ROUTING, FRAGMENT, AH, ICMPV6, NONE, DESTINATION = (
    0, 1, 4, 6, 17, 41, 43, 44, 51, 58, 59, 60)

# Of topology.sh. pe2's VRF sends to the host whatever has no route of its own, without asking who has the address.
PE1, PE2, SID = "fd00::1", "fd00::2", "fc00:2::100"
HOST, ANYBODY = "10.0.1.1", "172.20.1.2"
# The same with IPv6, and SIDs of the other behaviours.
SID_DT6, SID_DT46 = "fc00:2:6::100", "fc00:2:46::100"
HOST6, ANYBODY6 = "2001:db8:1::1", "2001:db8:ff::2"

NOT_ECT, ECT_1, ECT_0, CE = range(4)


def ip6(address):
    return socket.inet_pton(socket.AF_INET6, address)


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~((total >> 16) + total) & 0xFFFF


def ipv6(nexthdr, payload, src=PE1, dst=SID, tclass=0, flow=0, length=None, hlim=64):
    length = len(payload) if length is None else length
    return struct.pack("!IHBB", 6 << 28 | tclass << 20 | flow, length, nexthdr, hlim) + ip6(src) + ip6(dst) + payload


def inner_ipv6(payload=None, src=HOST6, dst=ANYBODY6, nexthdr=UDP, **fields):
    """As a tenant sends it."""
    return ipv6(nexthdr, udp() if payload is None else payload, src=src, dst=dst, **fields)


def padn(octets):
    """Options of HOP_BY_HOP and DESTINATION headers."""
    return struct.pack("!BB", 1, octets - 2) + bytes(octets - 2)


def options(nexthdr, body=None):
    body = padn(6) if body is None else body
    return struct.pack("!BB", nexthdr, len(body) // 8) + body


def tlv(type, body):
    return struct.pack("!BB", type, len(body)) + body


PAD1 = b"\0"


def srh(nexthdr, segments=(SID,), sl=0, tlvs=b"", last=None, type=4, flags=0, hdrlen=None):
    body = b"".join(ip6(segment) for segment in segments) + tlvs
    last = len(segments) - 1 if last is None else last
    hdrlen = len(body) // 8 if hdrlen is None else hdrlen
    return struct.pack("!BBBBBBH", nexthdr, hdrlen, type, sl, last & 0xFF, flags, 0) + body


HMAC_FLAG = 8


def hmac_tlv(key_id, secret, segments=(SID,), src=PE1, flags=HMAC_FLAG):
    """RFC 8754 section 2.1.2; its digest is over the source address, Last Entry, flags, key id and segments."""
    text = ip6(src) + struct.pack("!BBI", len(segments) - 1, flags, key_id) + b"".join(map(ip6, segments))
    return tlv(5, struct.pack("!HI", 0, key_id) + hmac.new(secret, text, hashlib.sha256).digest())


def fragment(nexthdr, offset=0, more=0, reserved=0, id=0x1234):
    return struct.pack("!BBHI", nexthdr, 0, offset & ~7 | reserved << 1 | more, id)


def ah(nexthdr, words=6):
    return struct.pack("!BBHII", nexthdr, words - 2, 0, 1, 1) + bytes(4 * (words - 3))


def udp(payload=b"payload.", sport=4242, dport=4242, length=None):
    length = 8 + len(payload) if length is None else length
    return struct.pack("!HHHH", sport, dport, length, 0) + payload


def ipv4(payload=udp(), src=HOST, dst=ANYBODY, version=4, ihl=None, tos=0, total=None, ttl=64, proto=UDP, opts=b"",
         csum=None, flags=0, id=1):
    ihl = 5 + len(opts) // 4 if ihl is None else ihl
    total = 20 + len(opts) + len(payload) if total is None else total
    head = struct.pack("!BBHHHBB", version << 4 | ihl, tos, total, id, flags << 13, ttl, proto)
    addresses = socket.inet_aton(src) + socket.inet_aton(dst)
    if csum is None:
        csum = checksum(head + addresses + opts)
    return head + struct.pack("!H", csum) + addresses + opts + payload


def echo_request(payload=b"payload.", id=1, seq=1):
    message = struct.pack("!BBHHH", 8, 0, 0, id, seq) + payload
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


def chain(*headers, inner=None, upper=IPV4, **outer):
    """An IPv6 packet with extension headers: functions of the next header's number, as (number, function)."""
    data, number = ipv4() if inner is None else inner, upper
    for of, header in reversed(headers):
        data, number = header(number) + data, of
    return ipv6(number, data, **outer)


# Extension headers for chain().
def Srh(**keywords):
    return ROUTING, lambda nexthdr: srh(nexthdr, **keywords)


def Dst(body=None):
    return DESTINATION, lambda nexthdr: options(nexthdr, body)


def Hbh(body=None):
    return HOP_BY_HOP, lambda nexthdr: options(nexthdr, body)


def Frag(**keywords):
    return FRAGMENT, lambda nexthdr: fragment(nexthdr, **keywords)


def Ah(words=6):
    return AH, lambda nexthdr: ah(nexthdr, words)


def fragments(*headers, inner=None, upper=IPV4, size=16, id=0x1234, **outer):
    """The packet chain(*headers, inner=inner) in pieces of so many octets, a multiple of 8, all with these headers."""
    data = ipv4() if inner is None else inner
    return [chain(*headers, Frag(offset=at, more=int(at + size < len(data)), id=id), inner=data[at:at + size],
                  upper=upper, **outer) for at in range(0, len(data), size)]


# The largest there is, 2048 octets. What exceeds a page is sent in a buffer of which only the beginning is linear.
LARGEST = Dst(padn(256) * 7 + padn(254))
