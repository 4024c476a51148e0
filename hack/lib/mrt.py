#!/usr/bin/env python3
"""Writes IPv4 prefixes, one a line on standard input, as a routing table in MRT's form (RFC 6396), which `gobgp mrt inject`
reads. The argument is the next hop."""
import ipaddress
import struct
import sys

TABLE_DUMP_V2, PEER_INDEX_TABLE, RIB_IPV4_UNICAST = 13, 1, 2


def record(subtype, body):
    return struct.pack(">IHHI", 0, TABLE_DUMP_V2, subtype, len(body)) + body


def main():
    hop = ipaddress.IPv4Address(sys.argv[1]).packed
    # one peer with an address of IPv4 and an AS number of four octets
    peer = struct.pack(">B", 2) + hop + hop + struct.pack(">I", 65001)
    out = sys.stdout.buffer
    out.write(record(PEER_INDEX_TABLE, hop + struct.pack(">HH", 0, 1) + peer))
    attributes = bytes.fromhex("40010100400200400304") + hop
    entry = struct.pack(">HHIH", 1, 0, 0, len(attributes)) + attributes
    for number, line in enumerate(sys.stdin):
        network = ipaddress.IPv4Network(line.strip())
        octets = network.network_address.packed[: (network.prefixlen + 7) // 8]
        out.write(record(RIB_IPV4_UNICAST, struct.pack(">IB", number, network.prefixlen) + octets + entry))


main()
