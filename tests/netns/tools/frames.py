"""Frames that lie, for tools/matrix.py: each carries the token of its attempt, so that whoever hears it knows which it was."""
import random
import socket
import struct

BROADCAST = "ff:ff:ff:ff:ff:ff"


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(dest, source, kind, payload):
    return mac(dest) + mac(source) + struct.pack("!H", kind) + payload


def ip4(src, dst, protocol, payload, flags=0):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), random.randrange(65536), flags, 64, protocol, 0, address(src), address(dst))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ip6(src, dst, protocol, payload, hops=64):
    return struct.pack("!IHBB16s16s", 0x60000000, len(payload), protocol, hops, address(src), address(dst)) + payload


def udp(src, dst, sport, dport, payload):
    length = 8 + len(payload)
    packed = struct.pack("!HHHH", sport, dport, length, 0) + payload
    pseudo = address(src) + address(dst) + (struct.pack("!II", length, 17) if ":" in dst else struct.pack("!BBH", 0, 17, length))
    return packed[:6] + struct.pack("!H", checksum(pseudo + packed) or 0xFFFF) + packed[8:]


def icmp6(src, dst, payload):
    total = checksum(address(src) + address(dst) + struct.pack("!II", len(payload), 58) + payload)
    return ip6(src, dst, 58, payload[:2] + struct.pack("!H", total) + payload[4:], hops=255)


def option(token):
    """The token as a neighbour discovery option of the experimental type 253: a message that carries it is still well-formed."""
    padded = token + b"\0" * (-(len(token) + 2) % 8)
    return struct.pack("!BB", 253, (len(padded) + 2) // 8) + padded


def datagram(one, token):
    """A UDP datagram; sport= makes it look like an answer."""
    src, dst = one["src"], one["address"]
    inner = udp(src, dst, int(one.get("sport", random.randrange(20000, 60000))), one["port"], token)
    if ":" in dst:
        return ethernet(one["dmac"], one["smac"], 0x86DD, ip6(src, dst, 17, inner))
    return ethernet(one["dmac"], one["smac"], 0x0800, ip4(src, dst, 17, inner))


def fragment(one, token):
    """A later fragment whose first never was: it has no ports."""
    return ethernet(one["dmac"], one["smac"], 0x0800, ip4(one["src"], one["address"], 17, token, flags=100))


def arp(one, token):
    """An unasked answer: "claim is at smac" (says= puts another MAC into the answer than into the frame)."""
    body = struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 2, mac(one.get("says", one["smac"])), address(one["claim"]), mac(one["dmac"]), address(one["address"]))
    return ethernet(one["dmac"], one["smac"], 0x0806, body + token)


def neighbour(one, token):
    """An unasked neighbour advertisement, overriding: "claim is at smac"."""
    body = struct.pack("!BBHI16sBB6s", 136, 0, 0, 0x20000000, address(one["claim"]), 2, 1, mac(one["smac"])) + option(token)
    return ethernet(one["dmac"], one["smac"], 0x86DD, icmp6(one["src"], one["address"], body))


def router(one, token):
    """A router advertisement to all nodes, with the sender as the router."""
    body = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + struct.pack("!BB6s", 1, 1, mac(one["smac"])) + option(token)
    return ethernet("33:33:00:00:00:01", one["smac"], 0x86DD, icmp6(one["src"], "ff02::1", body))


def offer(one, token):
    """A DHCPOFFER to everybody, as a rogue server sends it."""
    body = struct.pack("!BBBBIHH4s4s4s4s", 2, 1, 6, 0, 1, 0, 0x8000, b"\0" * 4, address("192.168.1.66"), address(one["src"]), b"\0" * 4)
    body += bytes(16) + bytes(192) + b"\x63\x82\x53\x63" + b"\x35\x01\x02" + b"\x36\x04" + address(one["src"]) + b"\xff" + token
    return ethernet(BROADCAST, one["smac"], 0x0800, ip4(one["src"], "255.255.255.255", 17, udp(one["src"], "255.255.255.255", 67, 68, body)))


def redirect(one, token):
    """An ICMP redirect: "for that destination use me"."""
    inner = ip4(one["address"], "203.0.113.80", 17, b"\0" * 8)
    body = struct.pack("!BBH4s", 5, 1, 0, address(one["src"])) + inner + token
    body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    return ethernet(one["dmac"], one["smac"], 0x0800, ip4(one["src"], one["address"], 1, body))


def tagged(one, token):
    """An ordinary datagram inside a VLAN tag, where rules that look for IP see none."""
    inner = ip4(one["src"], one["address"], 17, udp(one["src"], one["address"], 5000, 5000, token))
    return ethernet(one["dmac"], one["smac"], 0x8100, struct.pack("!HH", one["port"], 0x0800) + inner)


def other(one, token):
    """A frame of another protocol than IP; the number is the Ethernet type."""
    return ethernet(one["dmac"], one["smac"], one["port"], token.ljust(60, b"\0"))


KINDS = {"forge": datagram, "fragment": fragment, "arp": arp, "neighbour": neighbour, "router": router, "offer": offer, "redirect": redirect,
         "vlan": tagged, "ether": other}
