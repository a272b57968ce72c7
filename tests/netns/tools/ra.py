#!/usr/bin/python3
"""Router advertisements (RFC 4861 section 4.2) on one device: ra.py DEVICE PREFIX/LENGTH… [--once] [--lifetime SECONDS]

Every three seconds, and at once to whoever solicits. Hosts form addresses in the prefixes (autonomous flag) and take the sender as their router.
"""
import select
import socket
import struct
import sys
import time

SOLICIT, ADVERTISE = 133, 134
ALL_NODES, ALL_ROUTERS = "ff02::1", "ff02::2"


def advertisement(mac, prefixes, lifetime):
    body = struct.pack("!BBHBBHII", ADVERTISE, 0, 0, 64, 0, 1800, 0, 0)
    body += struct.pack("!BB6s", 1, 1, mac)
    for prefix in prefixes:
        network, length = prefix.split("/")
        body += struct.pack("!BBBBIII16s", 3, 4, int(length), 0xC0, lifetime, lifetime, 0, socket.inet_pton(socket.AF_INET6, network))
    return body


def main():
    lifetime = int(sys.argv[sys.argv.index("--lifetime") + 1]) if "--lifetime" in sys.argv else 3600
    device, *prefixes = [a for a in sys.argv[1:] if not a.startswith("--") and not a.isdigit()]
    with open(f"/sys/class/net/{device}/address", encoding="ascii") as file:
        mac = bytes.fromhex(file.read().strip().replace(":", ""))
    sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    sock.setsockopt(socket.SOL_SOCKET, 25, device.encode() + b"\0")  # SO_BINDTODEVICE
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    index = socket.if_nametoindex(device)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    group = socket.inet_pton(socket.AF_INET6, ALL_ROUTERS) + struct.pack("@I", index)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
    message = advertisement(mac, prefixes, lifetime)
    print("ready", flush=True)
    due = 0.0
    while True:
        if time.monotonic() >= due:
            try:
                sock.sendto(message, (ALL_NODES, 0, 0, index))
            except OSError as error:  # the device has no link-local address yet
                print(error, flush=True)
            due = time.monotonic() + 3
            if "--once" in sys.argv:
                return 0
        if select.select([sock], [], [], max(0, due - time.monotonic()))[0] and sock.recv(1500)[:1] == bytes([SOLICIT]):
            due = 0.0


sys.exit(main())
