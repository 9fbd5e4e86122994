// SPDX-License-Identifier: GPL-2.0

//! RFC 8200 §4.

use super::bits;
use crate::{
    compare::TRUNCATED,
    rules::ipv6::{
        self, Fragment, Objection, OuterHeaders, Refusal, SegmentRoutingHeader, UpperLayers,
    },
};

const HOP_BY_HOP: usize = 0;
const IPV4: usize = 4;
const IPV6: usize = 41;
const ROUTING: usize = 43;
const FRAGMENT: usize = 44;
const AUTHENTICATION: usize = 51;
const DESTINATION_OPTIONS: usize = 60;

/// The headers of a packet.
struct Headers<'a> {
    extensions: Vec<Extension<'a>>,
    /// What follows the last of them; [`None`] if that does not fit into the packet.
    upper_layer: Option<UpperLayer>,
}

struct Extension<'a> {
    protocol: usize,
    at: usize,
    /// From its begin to its end, or to the end of the packet if it does not fit.
    octets: &'a [u8],
    fits: bool,
}

struct UpperLayer {
    protocol: usize,
    at: usize,
}

impl Extension<'_> {
    fn is_routing(&self) -> bool {
        self.protocol == ROUTING && self.octets.len() >= 4
    }

    fn is_srh(&self) -> bool {
        self.is_routing() && bits(self.octets, 16, 8) == 4
    }
}

/// The length of an extension header, by its second octet.
fn extension_len(protocol: usize, length: usize) -> Option<usize> {
    match protocol {
        HOP_BY_HOP | ROUTING | DESTINATION_OPTIONS => Some(8 + 8 * length),
        FRAGMENT => Some(8),
        AUTHENTICATION => Some(4 * (length + 2)),
        _ => None,
    }
}

fn is_extension(protocol: usize) -> bool {
    extension_len(protocol, 0).is_some()
}

/// Parses the headers of a packet that has at least an IPv6 header; there may be any number.
fn parse(packet: &[u8]) -> Headers<'_> {
    let mut extensions = Vec::new();
    let (mut named_at, mut at) = (6, 40);
    loop {
        let protocol = bits(packet, 8 * named_at, 8);
        if !is_extension(protocol) {
            return Headers {
                extensions,
                upper_layer: Some(UpperLayer { protocol, at }),
            };
        }
        let rest = &packet[at..];
        let len = match rest {
            [_, length, ..] => extension_len(protocol, (*length).into()),
            _ => None,
        };
        let whole = len.and_then(|len| rest.get(..len));
        extensions.push(Extension {
            protocol,
            at,
            octets: whole.unwrap_or(rest),
            fits: whole.is_some(),
        });
        let Some(whole) = whole else {
            return Headers {
                extensions,
                upper_layer: None,
            };
        };
        named_at = at;
        at += whole.len();
    }
}

/// The first segment routing header.
fn first_srh(extensions: &[Extension<'_>]) -> Option<SegmentRoutingHeader> {
    let first = extensions.iter().find(|extension| extension.is_srh())?;
    Some(SegmentRoutingHeader {
        offset: first.at,
        has_hmac_flag: bits(first.octets, 44, 1) == 1,
    })
}

/// What is wrong with the last one of some extension headers, if anything.
fn judge_last(extensions: &[Extension<'_>]) -> Result<(), Refusal> {
    let extension = extensions.last().unwrap();
    let &Extension { octets, at, .. } = extension;
    let has_segments_left = extension.is_routing() && bits(octets, 24, 8) != 0;
    let objection = |pointer| Objection {
        pointer,
        srh: first_srh(extensions),
    };

    if !extension.fits {
        return Err(TRUNCATED);
    }
    // RFC 8200 §4.4: whatever else such a header says, it cannot be made sense of.
    if has_segments_left && !extension.is_srh() {
        return Err(Refusal::RoutingType(objection(at + 2)));
    }
    // RFC 8986 §4.7, S02: whatever else the header says.
    if has_segments_left {
        return Err(Refusal::SegmentsLeft(objection(at + 3)));
    }
    // RFC 6946: with neither an offset nor more fragments to come it is a whole packet.
    if extension.protocol == FRAGMENT {
        let (offset, more) = (bits(octets, 16, 13), bits(octets, 31, 1));
        if (offset, more) != (0, 0) {
            return Err(Refusal::Fragment(Fragment {
                header: at,
                announced_at: match extensions {
                    [.., before, _] => before.at,
                    _ => 6,
                },
                srh: first_srh(extensions),
            }));
        }
    }
    Ok(())
}

/// What there is to say about a packet to a SID that is for some upper layers.
pub fn judge(packet: &[u8], wanted: UpperLayers) -> Result<OuterHeaders, Refusal> {
    if packet.len() < 40 {
        return Err(TRUNCATED);
    }
    let Headers {
        extensions,
        upper_layer,
    } = parse(packet);
    for count in 1..=extensions.len() {
        if count > 12 {
            return Err(Refusal::TooManyExtensionHeaders);
        }
        judge_last(&extensions[..count])?;
    }
    let upper_layer = upper_layer.ok_or(TRUNCATED)?;
    let srh = first_srh(&extensions);
    let found = match upper_layer.protocol {
        IPV4 => Some(ipv6::UpperLayer::Ipv4).filter(|_| wanted.ipv4),
        IPV6 => Some(ipv6::UpperLayer::Ipv6).filter(|_| wanted.ipv6),
        _ => None,
    };
    let Some(found) = found else {
        // RFC 8986 §4.1.1: the offset of the upper-layer header.
        let pointer = upper_layer.at;
        return Err(Refusal::UpperLayer(Objection { pointer, srh }));
    };
    Ok(OuterHeaders {
        payload: upper_layer.at,
        upper_layer: found,
        srh,
    })
}

/// The ECN field, RFC 3168 §5.
pub fn ecn(packet: &[u8]) -> u8 {
    bits(packet, 10, 2) as u8
}
