#!/usr/bin/python3
"""Option 90 on the wire, computed here and not by code of ours (RFC 3118, RFC 6704).

auth.py check PCAP KEYFILE|NONCE-HEX    one JSON line per DHCP message: type, counter, form, and whether its code is the key's
auth.py nonce PCAP                      the nonce that an ACK handed out, in hexadecimal
auth.py replay PCAP IFACE TYPE [AT]     sends the first frame of that DHCP message type again as it was; with AT, one bit of its payload changed there
auth.py forge IFACE MAC XID             an unsigned DHCPDWIRMSERVER and FORCERENEW of nobody, to a device
"""
import hashlib
import hmac
import json
import socket
import struct
import sys

FORMS = {(1, 11, None): "request", (1, 31, None): "delayed", (3, 28, 1): "nonce", (3, 28, 2): "nonce-code"}


def frames(path):
    data = open(path, "rb").read()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at = 24
    while at + 16 <= len(data):
        length = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def payload(frame):
    return 14 + (frame[14] & 15) * 4 + 8


def options(message):
    at = 240
    while at < len(message) and message[at] != 255:
        if message[at] == 0:
            at += 1
            continue
        yield message[at], at + 2, message[at + 1]
        at += 2 + message[at + 1]


def value(message, code):
    for found, at, length in options(message):
        if found == code:
            return at, message[at:at + length]
    return None, b""


def messages(path):
    for frame in frames(path):
        message = frame[payload(frame):]
        if len(message) > 240 and message[236:240] == b"\x63\x82\x53\x63":
            yield frame, message


def code(message, at, key):
    zeroed = bytearray(message)
    zeroed[3] = 0
    zeroed[24:28] = bytes(4)
    zeroed[at:at + 16] = bytes(16)
    return hmac.new(key, zeroed, hashlib.md5).digest()


def check(path, key):
    try:
        key = bytes.fromhex(key)
    except ValueError:
        key = bytes.fromhex([line for line in open(key) if not line.startswith("#")][0].strip().split(":")[1])
    for _, message in messages(path):
        at, option = value(message, 90)
        line = {"type": value(message, 53)[1][0], "to": "server" if message[0] == 1 else "client", "form": "none", "ok": False}
        if at:
            line["counter"] = int.from_bytes(option[3:11], "big")
            line["form"] = FORMS.get((option[0], len(option), option[11] if len(option) == 28 else None), "other")
            if line["form"] in ("delayed", "nonce-code"):
                line["ok"] = hmac.compare_digest(code(message, at + len(option) - 16, key), option[-16:])
        print(json.dumps(line))


def nonce(path):
    for _, message in messages(path):
        _, option = value(message, 90)
        if len(option) == 28 and option[0] == 3 and option[11] == 1:
            print(option[12:].hex())
            return


def send(iface, frame):
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind((iface, 0))
    raw.send(frame)


def replay(path, iface, kind, flip=None):
    for frame, message in messages(path):
        if value(message, 53)[1][0] != int(kind):
            continue
        frame = bytearray(frame)
        udp = payload(bytes(frame)) - 8
        if flip is not None:
            frame[udp + 8 + int(flip)] ^= 1
        frame[udp + 6:udp + 8] = b"\0\0"  # no checksum: what is tampered with shall not be dropped for that
        send(iface, bytes(frame))
        return
    sys.exit(f"no message of type {kind} in {path}")


def forge(iface, mac, xid):
    mac = bytes.fromhex(mac.replace(":", ""))
    for kind in (241, 9):
        profile = b'{"IoT Profile":{"Status":"Accept"}}'
        message = struct.pack("!BBBBI", 2, 1, 6, 0, int(xid, 0)) + bytes(20) + mac.ljust(16, b"\0") + bytes(192) + b"\x63\x82\x53\x63"
        message += bytes((53, 1, kind, 54, 4, 192, 168, 1, 1))
        message += (bytes((224, len(profile))) + profile if kind == 241 else b"") + b"\xff"
        message = message.ljust(300, b"\0")
        udp = struct.pack("!HHHH", 67, 68, 8 + len(message), 0) + message
        header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes((192, 168, 1, 1)), b"\xff" * 4)
        total = sum(struct.unpack("!10H", header))
        total = (total & 0xFFFF) + (total >> 16)
        header = header[:10] + struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF) + header[12:]
        send(iface, mac + bytes.fromhex("020000000020") + b"\x08\x00" + header + udp)


{"check": check, "nonce": nonce, "replay": replay, "forge": forge}[sys.argv[1]](*sys.argv[2:])
