#!/usr/bin/python3
"""Flows that want more than they are granted, and what arrived of them, counted as Ethernet frames where they arrive.

flows.py load tcp|udp up|down ADDRESS PORT:RATE…      on the device: offers twice the rate to each port, until it is ended. Down: the far
                                                      side is asked to send (server.py: STREAM, BLAST)
flows.py count DEVICE PORT… --warm S --seconds S      on the receiver: bits per second of the frames that come in and carry one of the ports
                                                      on the far side's end, as lines "tcp:PORT RATE"; the first S seconds are not counted
"""
import argparse
import socket
import struct
import threading
import time


def tcp(address, port, direction):
    conn = socket.create_connection((address, port), timeout=20)
    conn.settimeout(None)
    conn.sendall(b"STREAM\n" if direction == "down" else b"SINK\n")
    block = bytes(4096)
    while True:
        if direction == "down":
            if not conn.recv(65536):
                return
        else:
            conn.sendall(block)


def udp(address, port, rate, direction):
    size = 1172 if rate >= 100_000 else 458  # 1,200 or 486 octets of IP: a small rate is a few packets a second
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect((address, port))
    if direction == "down":
        while True:  # the far side sends for a minute each time it is asked; the answers are counted, not read
            sock.send(b"BLAST %d %d" % (2 * rate, size))
            time.sleep(60)
    due = time.monotonic()
    while True:
        try:
            sock.send(b"-" * size)
        except OSError:
            pass
        due += size * 8 / (2 * rate)
        time.sleep(max(0, due - time.monotonic()))


def load(kind, direction, address, pairs):
    for pair in pairs:
        port, rate = (int(part) for part in pair.split(":"))
        work = (tcp, (address, port, direction)) if kind == "tcp" else (udp, (address, port, rate, direction))
        threading.Thread(target=work[0], args=work[1], daemon=True).start()
    time.sleep(600)


def count(device, ports, warm, seconds):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    sock.bind((device, 0x0800))
    counted = {(protocol, port): 0 for protocol in (6, 17) for port in ports}
    started = time.monotonic() + warm
    sock.settimeout(0.5)
    while (now := time.monotonic()) < started + seconds:
        try:
            data, where = sock.recvfrom(65535)
        except (TimeoutError, socket.timeout):
            continue
        if now < started or where[2] == socket.PACKET_OUTGOING or data[23] not in (6, 17):
            continue
        head = 14 + (data[14] & 15) * 4
        for port in struct.unpack("!HH", data[head:head + 4]):
            if (data[23], port) in counted:
                counted[data[23], port] += len(data)
    for (protocol, port), total in counted.items():
        print(f"{'tcp' if protocol == 6 else 'udp'}:{port} {int(total * 8 / seconds)}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("load")
    one.add_argument("kind", choices=("tcp", "udp"))
    one.add_argument("direction", choices=("up", "down"))
    one.add_argument("address")
    one.add_argument("pairs", nargs="+")
    one = commands.add_parser("count")
    one.add_argument("device")
    one.add_argument("ports", nargs="+", type=int)
    one.add_argument("--warm", type=float, required=True)
    one.add_argument("--seconds", type=float, required=True)
    args = parser.parse_args()
    if args.command == "load":
        load(args.kind, args.direction, args.address, args.pairs)
    else:
        count(args.device, args.ports, args.warm, args.seconds)


main()
