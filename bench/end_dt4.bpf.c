// SPDX-License-Identifier: GPL-2.0
/*
 * End.DT4 in eBPF at tc ingress: what is written where the built-in code is too slow.
 *
 * It walks an SRH at most, asks the kernel for the next hop of the inner destination and
 * sends the packet there. What it leaves out: HMAC, other extension headers, fragments,
 * ICMPv6 and ICMP errors, ECN; validation of the inner source, netfilter, sniffers and
 * statistics of the VRF; the inner header's checksum. What it does not understand goes
 * on to the kernel.
 *
 * There are two, of which the second one leaves out the policy rules, too.
 */

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/seg6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define AF_INET		2
#define ROUTING		43
#define SEGMENT_ROUTING	4

struct vrf {
	__u32 ifindex;
	__u32 table;
};

/* The VRF of each SID. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct in6_addr);
	__type(value, struct vrf);
} sids SEC(".maps");

/* Whether there are len octets behind start. */
static __always_inline bool fits(struct __sk_buff *skb, void *start, int len)
{
	return start + len <= (void *)(long)skb->data_end;
}

static __always_inline void decrease_ttl(struct iphdr *ip)
{
	__u32 check = ip->check + bpf_htons(0x0100);

	ip->check = check + (check >= 0xffff);
	ip->ttl--;
}

static __always_inline int serve(struct __sk_buff *skb, bool by_rules)
{
	struct bpf_fib_lookup fib = { .family = AF_INET };
	int len = sizeof(struct ipv6hdr);
	struct ipv6_sr_hdr *srh;
	struct ipv6hdr *ip6;
	struct ethhdr *eth;
	struct iphdr *ip;
	struct vrf *vrf;
	__u32 flags = 0;
	__u8 next;

	if (skb->protocol != bpf_htons(ETH_P_IPV6))
		return TCX_NEXT;
	eth = (void *)(long)skb->data;
	ip6 = (void *)(eth + 1);
	if (!fits(skb, ip6, sizeof(*ip6)))
		return TCX_NEXT;
	vrf = bpf_map_lookup_elem(&sids, &ip6->daddr);
	if (!vrf)
		return TCX_NEXT;

	next = ip6->nexthdr;
	if (next == ROUTING) {
		srh = (void *)(ip6 + 1);
		if (!fits(skb, srh, sizeof(*srh)) || srh->type != SEGMENT_ROUTING || srh->segments_left)
			return TCX_NEXT;
		next = srh->nexthdr;
		len += (srh->hdrlen + 1) * 8;
	}
	ip = (void *)ip6 + len;
	if (next != IPPROTO_IPIP || !fits(skb, ip, sizeof(*ip)) || ip->version != 4 || ip->ttl < 2)
		return TCX_NEXT;

	fib.ifindex = vrf->ifindex;
	if (!by_rules) {
		fib.tbid = vrf->table;
		flags = BPF_FIB_LOOKUP_DIRECT | BPF_FIB_LOOKUP_TBID;
	}
	fib.tot_len = bpf_ntohs(ip->tot_len);
	fib.ipv4_src = ip->saddr;
	fib.ipv4_dst = ip->daddr;
	if (bpf_fib_lookup(skb, &fib, sizeof(fib), flags))
		return TCX_NEXT;
	decrease_ttl(ip);
	if (bpf_skb_adjust_room(skb, -len, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_DECAP_L3_IPV4))
		return TCX_DROP;
	eth = (void *)(long)skb->data;
	if (!fits(skb, eth, sizeof(*eth)))
		return TCX_DROP;
	__builtin_memcpy(eth->h_dest, fib.dmac, ETH_ALEN);
	__builtin_memcpy(eth->h_source, fib.smac, ETH_ALEN);
	eth->h_proto = bpf_htons(ETH_P_IP);
	return bpf_redirect(fib.ifindex, 0);
}

SEC("tc")
int end_dt4(struct __sk_buff *skb)
{
	return serve(skb, true);
}

SEC("tc")
int end_dt4_table(struct __sk_buff *skb)
{
	return serve(skb, false);
}

char _license[] SEC("license") = "GPL";
