#!/usr/bin/python3
"""Raw DHCPv4 on one interface: what a client of any make could send, and what came back when.

dhcp.py talk IFACE --seconds N [--send KIND@MS …] [--profile FILE] [--bind] [--mac MAC] [--max-size N] [--prl LIST]
    sends each KIND (discover | dwirm | inform | discover+profile | release) at its time; --bind answers an OFFER with a REQUEST.
    One JSON line per DHCP packet received: ms since the first packet sent, type, xid, yiaddr, broadcast, length, profile.
dhcp.py first-offer IFACE TIMEOUT    a DISCOVER every 2 ms from now on; prints the CLOCK_MONOTONIC time of the first OFFER, in ms
dhcp.py latency IFACE COUNT          COUNT exchanges DISCOVER → OFFER, each by a new client; prints the slowest, in ms
dhcp.py decisions IFACE DEVICES --profile FILE
    so many devices ask for FILE once, and then each six times again what is known; prints how long the answers to the latter took, in ms:
    median, 99th percentile, slowest, how many
dhcp.py abuse IFACE SECONDS KIND     well-formed profiles, a thousand a second: KIND same (one device, one profile), changing (one device, never
    the same twice), or many (a random MAC each); prints how many were sent
dhcp.py garbage IFACE COUNT SEED     COUNT malformed packets of every kind, as fast as they go
"""
import argparse
import json
import random
import socket
import struct
import sys
import time

ETH_P_IP = 0x0800
COOKIE = b"\x63\x82\x53\x63"
DISCOVER, OFFER, REQUEST, RELEASE, INFORM, DWIRM_CLIENT, DWIRM_SERVER = 1, 2, 3, 7, 8, 240, 241
PROFILE = 224


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(mac, payload, source="0.0.0.0", dest="255.255.255.255"):
    src, dst = socket.inet_aton(source), socket.inet_aton(dest)
    udp_length = 8 + len(payload)
    udp = struct.pack("!HHHH", 68, 67, udp_length, 0) + payload
    pseudo = src + dst + struct.pack("!BBH", 0, 17, udp_length)
    udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp) or 0xFFFF) + udp[8:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + udp_length, 0, 0, 64, 17, 0, src, dst)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return b"\xff" * 6 + mac + struct.pack("!H", ETH_P_IP) + ip + udp


def option(code, value):
    """Long values are split as RFC 3396 says."""
    out = b""
    for at in range(0, max(len(value), 1), 255):
        part = value[at:at + 255]
        out += bytes((code, len(part))) + part
    return out


def packet(mac, xid, kind, options=b"", ciaddr="0.0.0.0", flags=0x8000, secs=0):
    head = struct.pack("!BBBBIHH4s4s4s4s", 1, 1, 6, 0, xid, secs, flags, socket.inet_aton(ciaddr), b"\0" * 4, b"\0" * 4, b"\0" * 4)
    body = head + mac.ljust(16, b"\0") + bytes(192) + COOKIE + option(53, bytes((kind,))) + option(61, b"\x01" + mac) + options + b"\xff"
    return body.ljust(300, b"\0")


def parse(payload):
    """The fields a test asks about; None where it is no DHCP reply."""
    if len(payload) < 240 or payload[0] != 2 or payload[236:240] != COOKIE:
        return None
    values, areas, overload = {}, [payload[240:]], 0
    at = 0
    while areas:
        area, at = areas.pop(0), 0
        while at < len(area):
            code = area[at]
            if code == 255:
                break
            if code == 0:
                at += 1
                continue
            if at + 1 >= len(area) or at + 2 + area[at + 1] > len(area):
                break
            value = area[at + 2:at + 2 + area[at + 1]]
            values[code] = values.get(code, b"") + value
            at += 2 + len(value)
        if 52 in values and not overload:
            overload = values[52][0]
            if overload & 1:
                areas.append(payload[108:236])
            if overload & 2:
                areas.append(payload[44:108])
    return {
        "type": values.get(53, b"\0")[0], "xid": f"{struct.unpack('!I', payload[4:8])[0]:08x}",
        "yiaddr": socket.inet_ntoa(payload[16:20]), "chaddr": payload[28:34].hex(":"),
        "lease": struct.unpack("!I", values[51])[0] if 51 in values else None,
        "server": socket.inet_ntoa(values[54]) if 54 in values else None,
        "length": len(payload), "overload": overload,
        "profile": values[PROFILE].decode(errors="replace") if PROFILE in values else None,
    }


class Wire:
    def __init__(self, iface, mac=None):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_IP))
        self.sock.bind((iface, ETH_P_IP))
        self.mac = bytes.fromhex(mac.replace(":", "")) if mac else self.sock.getsockname()[4]
        if mac:  # replies to a MAC that is not the interface's own
            index = socket.if_nametoindex(iface)
            self.sock.setsockopt(263, 1, struct.pack("IHH8s", index, 1, 0, b""))

    def send(self, payload, **addresses):
        self.sock.send(frame(self.mac, payload, **addresses))

    def receive(self, timeout):
        """(reply, broadcast) or None when the time is over."""
        until = time.monotonic() + timeout
        while True:
            left = until - time.monotonic()
            if left <= 0:
                return None
            self.sock.settimeout(left)
            try:
                data = self.sock.recv(65535)
            except (TimeoutError, socket.timeout):
                return None
            if len(data) < 42 or data[23] != 17:
                continue
            head = (data[14] & 15) * 4
            udp = data[14 + head:]
            if struct.unpack("!H", udp[2:4])[0] != 68:
                continue
            reply = parse(udp[8:])
            if reply is not None:
                return reply, data[:6] == b"\xff" * 6


def talk(args):
    wire = Wire(args.iface, args.mac)
    profile = b""
    if args.profile:
        with open(args.profile, "rb") as file:
            profile = json.dumps(json.load(file), separators=(",", ":")).encode()
    prl = bytes(int(code) for code in args.prl.split(","))
    common = option(55, prl) + (option(57, struct.pack("!H", args.max_size)) if args.max_size else b"")
    xid = random.getrandbits(32)
    due = sorted((float(when or 0), kind) for kind, _, when in (item.partition("@") for item in args.send))
    started = time.monotonic()
    address = "0.0.0.0"
    while (now := time.monotonic() - started) < args.seconds:
        if due and now * 1000 >= due[0][0]:
            _, kind = due.pop(0)
            if kind == "discover":
                wire.send(packet(wire.mac, xid, DISCOVER, common))
            elif kind == "discover+profile":
                wire.send(packet(wire.mac, xid, DISCOVER, common + option(PROFILE, profile)))
            elif kind == "dwirm":
                wire.send(packet(wire.mac, xid, DWIRM_CLIENT, common + option(PROFILE, profile)))
            elif kind == "inform":
                wire.send(packet(wire.mac, xid, INFORM, common, ciaddr=address), source=address)
            elif kind == "release":
                wire.send(packet(wire.mac, xid, RELEASE, option(54, socket.inet_aton("192.168.1.1")), ciaddr=address), source=address)
            else:
                raise SystemExit(f"unknown kind {kind}")
            continue
        wait = args.seconds - now if not due else min(due[0][0] / 1000 - now, args.seconds - now)
        got = wire.receive(max(wait, 0.0001))
        if got is None:
            continue
        reply, broadcast = got
        if reply["chaddr"] != wire.mac.hex(":"):
            continue
        reply["ms"] = round((time.monotonic() - started) * 1000, 1)
        reply["broadcast"] = broadcast
        print(json.dumps(reply), flush=True)
        if args.bind and reply["type"] == OFFER:
            wire.send(packet(wire.mac, xid, REQUEST, common + option(50, socket.inet_aton(reply["yiaddr"]))
                             + option(54, socket.inet_aton(reply["server"]))))
        elif reply["type"] == 5:
            address = reply["yiaddr"]


def first_offer(args):
    wire = Wire(args.iface)
    until = time.monotonic() + args.timeout
    request = packet(wire.mac, random.getrandbits(32), DISCOVER, option(55, bytes((1, 3, 6))))
    while time.monotonic() < until:
        wire.send(request)
        got = wire.receive(0.002)
        if got and got[0]["type"] == OFFER:
            print(round(time.monotonic() * 1000, 1))
            return 0
    return 1


def latency(args):
    wire = Wire(args.iface)
    slowest = 0.0
    for number in range(args.count):
        xid = random.getrandbits(32)
        started = time.monotonic()
        wire.send(packet(wire.mac, xid, DISCOVER, option(55, bytes((1, 3, 6)))))
        while True:
            got = wire.receive(2)
            if got is None:
                print(f"no OFFER for exchange {number}")
                return 1
            if got[0]["type"] == OFFER and got[0]["xid"] == f"{xid:08x}":
                break
        slowest = max(slowest, time.monotonic() - started)
    print(round(slowest * 1000, 1))
    return 0


def decisions(args):
    wire = Wire(args.iface)
    with open(args.profile, "rb") as file:
        profile = json.dumps(json.load(file), separators=(",", ":")).encode()
    macs = [bytes((2, 0xDE, 0xC1, 0, number >> 8, number & 255)) for number in range(args.devices)]
    took = []
    for turn in range(7):
        for mac in macs:
            xid = random.getrandbits(32)
            wire.mac = mac
            started = time.monotonic()
            wire.send(packet(mac, xid, DWIRM_CLIENT, option(PROFILE, profile)))
            while True:
                got = wire.receive(2)
                if got is None:
                    print(f"no answer in turn {turn}")
                    return 1
                if got[0]["type"] == DWIRM_SERVER and got[0]["xid"] == f"{xid:08x}":
                    break
            if turn > 0:
                took.append((time.monotonic() - started) * 1000)
    took.sort()
    print(f"{took[len(took) // 2]:.2f} {took[len(took) * 99 // 100]:.2f} {took[-1]:.2f} {len(took)}")
    return 0


def broken(random_source, mac):
    """One malformed packet; the kinds that parsers of this protocol have fallen over."""
    r = random_source
    xid = r.getrandbits(32)
    good = bytearray(packet(mac, xid, r.choice((1, 3, 4, 7, 8, 240, 99)), option(50, bytes(4)) + option(PROFILE, b'{"IoT Profile":{}}')))
    kind = r.randrange(12)
    if kind == 0:
        return bytes(good[:r.randrange(len(good))])
    if kind == 1:
        for _ in range(r.randrange(1, 40)):
            good[r.randrange(len(good))] = r.randrange(256)
        return bytes(good)
    if kind == 2:
        return r.randbytes(r.randrange(1, 1200))
    if kind == 3:
        good[2] = r.choice((0, 5, 17, 255))
        return bytes(good)
    if kind == 4:
        good[236:240] = r.randbytes(4)
        return bytes(good)
    if kind == 5:  # an option that says it is longer than the packet
        return bytes(good[:240]) + bytes((53, 1, 1, 61, 255)) + b"\1"
    if kind == 6:  # overload that points everywhere, with fields that do not end
        good[44:236] = bytes((r.choice((52, 224, 82)),)) * 192
        return bytes(good[:240]) + option(53, b"\1") + option(52, bytes((r.choice((1, 2, 3, 9)),))) + b"\xff"
    if kind == 7:  # empty options of every code
        return bytes(good[:240]) + b"".join(bytes((code, 0)) for code in range(1, 255)) + b"\xff"
    profile = r.choice((
        b"{" * 2000, b'{"IoT Profile":' * 300, b"\xff\xfe\x00", b"", b"null", b"[]", b'{"IoT Profile":null}',
        b'{"IoT Profile":{"Provide":{"A":{"Ports":"1-65536"}}}}', b'{"IoT Profile":{"Provide":{"A":{"Ports":"1"},"A":{}}}}',
        b'{"IoT Profile":{"Description":"' + b"\\u0000\\n<script>'\";`$(id)" * 20 + b'","Consume":{"Full Access":{}}}}',
        b'{"IoT Profile":{"Consume":{"X":{"Endpoints":[' + b",".join([b'"https://a.example"'] * 200) + b"]}}}}",
        b'{"IoT Profile":{"Provide":{"X":{"PortFwd":"1-65535:1-65535","Rate":"-5","Schedule":"99:99-00:00L","Hints":"\xc3"}}}}',
    ))
    return packet(mac, xid, r.choice((1, 3, 240, 240)), option(55, bytes((PROFILE,))) + option(PROFILE, profile))


def garbage(args):
    wire = Wire(args.iface)
    source = random.Random(args.seed)
    for number in range(args.count):
        mac = bytes((2, 0xBA, 0xD0, 0, 0, source.randrange(256))) if number % 4 else wire.mac
        try:
            wire.send(broken(source, mac))
        except OSError:  # longer than the link carries: the next one
            pass
        if number % 64 == 63:
            time.sleep(0.005)
    return 0


def abuse(args):
    wire = Wire(args.iface)
    started, sent = time.monotonic(), 0
    while (passed := time.monotonic() - started) < args.seconds:
        if sent > passed * 1000:
            time.sleep(0.002)
            continue
        mac = bytes((2, 0xAB)) + random.randbytes(4) if args.kind == "many" else wire.mac
        number = 0 if args.kind == "same" else random.getrandbits(32)
        category = {"Ports": str(1 + number % 65535), "Rate": f"{1 + number % 999}Kbps", "Hints": "RTSP"}
        profile = {"IoT Profile": {"Description": f"Abuse {number}" + " of words" * (number % 40), "Provide": {f"Video {number % 1000}": category}}}
        payload = packet(mac, random.getrandbits(32), DWIRM_CLIENT, option(PROFILE, json.dumps(profile, separators=(",", ":")).encode()))
        wire.sock.send(frame(mac, payload))
        sent += 1
    print(sent)
    return 0


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("talk")
    one.add_argument("iface")
    one.add_argument("--seconds", type=float, required=True)
    one.add_argument("--send", nargs="+", default=[])
    one.add_argument("--profile")
    one.add_argument("--bind", action="store_true")
    one.add_argument("--mac")
    one.add_argument("--max-size", type=int)
    one.add_argument("--prl", default="1,3,6,51,54,224")
    one = commands.add_parser("first-offer")
    one.add_argument("iface")
    one.add_argument("timeout", type=float)
    one = commands.add_parser("latency")
    one.add_argument("iface")
    one.add_argument("count", type=int)
    one = commands.add_parser("decisions")
    one.add_argument("iface")
    one.add_argument("devices", type=int)
    one.add_argument("--profile", required=True)
    one = commands.add_parser("abuse")
    one.add_argument("iface")
    one.add_argument("seconds", type=float)
    one.add_argument("kind", choices=["same", "changing", "many"])
    one = commands.add_parser("garbage")
    one.add_argument("iface")
    one.add_argument("count", type=int)
    one.add_argument("seed", type=int)
    args = parser.parse_args()
    kinds = {"talk": talk, "first-offer": first_offer, "latency": latency, "decisions": decisions, "abuse": abuse, "garbage": garbage}
    return kinds[args.command](args) or 0


sys.exit(main())
