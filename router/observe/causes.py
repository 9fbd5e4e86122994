# SPDX-License-Identifier: GPL-2.0
"""What it means when a packet is dropped for a cause, in a line each. The names are those of the module's file `drops`."""

MEANING = {
    "outer_truncated": "an outer header is cut off: a broken or hostile sender",
    "too_many_extension_headers": "more extension headers than the kernel walks: hostile",
    "outer_fragment": "fragments that overlap or exceed the kernel's memory for them; is the core's MTU large enough?",
    "malformed_srh": "a segment routing header out of order where an HMAC is asked for",
    "segments_left": "the SID was not the last one of the segment list: a headend with a wrong segment list",
    "routing_type": "a routing header of another type with segments left",
    "upper_layer": "what is encapsulated is not what the SID is for: a headend that sends another family there",
    "hmac": "the HMAC is missing, wrong or for another SID: a headend without the key, or a stranger",
    "no_ingress": "the device that the packet came in by was just going away",
    "no_vrf": "no VRF, or more than one, serves the SID's table",
    "inner_truncated": "the inner packet is shorter than it says",
    "inner_header": "the inner packet is not valid IPv4, or IPv6",
    "inner_address": "an inner IPv6 address that is not for packets from outside: loopback, a group as source",
    "inner_checksum": "the checksum of the inner header is wrong: corruption on the way",
    "inner_options": "inner IP options that are malformed, ask for source routing, or ask to be dropped by who does not know them",
    "ecn": "congestion was met in the core, and the tenant's transport cannot be told otherwise",
    "neighbour_discovery": "inner IPv6 neighbour discovery, which is for a link and comes from another one",
    "not_forwarding": "the VRF does not forward (net.ipv4.ip_forward, net.ipv6.conf.all.forwarding)",
    "no_route": "the tenant's table has no route to the destination",
    "refused_by_route": "a route says unreachable, prohibit or blackhole",
    "rp_filter": "the VRF's rp_filter: the way back to the source does not lead into the VRF",
    "local_source": "the inner source is an address of this router",
    "invalid_source": "the inner source is no unicast address",
    "localnet": "a loopback address in the inner header",
    "invalid_dest": "the inner destination is no acceptable address",
    "no_memory": "this router has no memory left",
    "next_layer": "dropped after the endpoint: TTL, MTU, netfilter or a full queue; dropwatch shows which",
    "other": "anything else; dropwatch shows the kernel's reason",
}

# What the kernel's own code does with such packets, as far as they alone decide.
BUILTIN = {
    "outer_truncated": "drops them, too",
    "too_many_extension_headers": "takes them",
    "malformed_srh": "takes them, for it sees no segment routing header there, and asks for no HMAC",
    "segments_left": "drops them, too, unless it takes the segment routing header for none",
    "routing_type": "takes them",
    "upper_layer": "drops them, too",
    "hmac": "takes those whose HMAC is right for another SID, and those whose HMAC it does not see",
    "no_ingress": "takes them",
    "inner_truncated": "passes them on, broken",
    "inner_header": "passes them on, broken",
    "inner_address": "passes some of them on",
    "inner_checksum": "passes them on, broken",
    "inner_options": "passes them on without looking",
    "neighbour_discovery": "drops them, too",
    "ecn": "passes them on, and the mark is lost",
}


def builtin(cause: str) -> str:
    """What the kernel's own code does with packets that the module would drop."""
    return BUILTIN.get(cause, "decides by other rules")


def meaning(cause: str) -> str:
    """The line; a newer module may have causes that this list does not know."""
    return MEANING.get(cause, "see the module's documentation")
