#!/usr/bin/python3
"""dwirm and dnsmasq as twins: one UCI configuration, the same client packets, the replies compared option by option.

dhcp_twins.py run --dwirm BINARY --dir DIRECTORY --ours NS:CLIENT_NS --theirs NS:CLIENT_NS [CASE…]
    every case of tests/netns/tools/dhcp_cases.py, or those named; "ok NAME" or "FAIL NAME: reason" for each.
dhcp_twins.py client IFACE SCRIPT
    sends the messages of a JSON file and prints one JSON line per message: the reply, or null.

A server namespace has the device br-lan with 192.168.1.1/24; its client namespace has eth0 on the same link, with 192.168.1.2/24 for relays.
What dnsmasq is told is made here from the UCI text, as OpenWrt's dnsmasq.init does.
"""
import argparse
import ipaddress
import json
import os
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

COOKIE = b"\x63\x82\x53\x63"
ROUTER = "192.168.1.1"
DEFAULT_MAC = "02:00:00:00:00:11"


# ---- the client ----

def option(code, value):
    out = b""
    for at in range(0, max(len(value), 1), 255):
        part = value[at:at + 255]
        out += bytes((code, len(part))) + part
    return out


def value_of(value):
    """Hexadecimal text, a list of octets, or text behind '='."""
    if isinstance(value, list):
        return bytes(value)
    return value[1:].encode() if value.startswith("=") else bytes.fromhex(value)


def build(step, last, xid):
    mac = bytes.fromhex(step.get("mac", DEFAULT_MAC).replace(":", ""))
    place = {"offered": last.get("yiaddr", "0.0.0.0")}
    address = lambda name: socket.inet_aton(place.get(step.get(name, "0.0.0.0"), step.get(name, "0.0.0.0")))
    flags = 0x8000 if step.get("broadcast", True) else 0
    head = struct.pack("!BBBBIHH4s4s4s4s", 1, 1, 6, step.get("hops", 0), xid, 0, flags, address("ciaddr"), b"\0" * 4, b"\0" * 4, address("giaddr"))
    body = head + mac.ljust(16, b"\0") + bytes(192) + COOKIE
    if step.get("type"):
        body += option(53, bytes((step["type"],)))
    for code, value in step.get("options", {}).items():
        body += option(int(code), value_of(value))
    if "requested" in step:
        body += option(50, socket.inet_aton(place.get(step["requested"], step["requested"])))
    if step.get("server"):
        body += option(54, socket.inet_aton(step["server"] if step["server"] is not True else ROUTER))
    return (body + b"\xff").ljust(300, b"\0")


def checksum(data):
    """Of an even number of octets: an IP header."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(step, payload, last, own):
    """Ethernet, IP and UDP as a client, or as a relay when giaddr is set."""
    mac = bytes.fromhex(step.get("mac", DEFAULT_MAC).replace(":", ""))
    relayed = "giaddr" in step
    ciaddr = step.get("ciaddr", "0.0.0.0").replace("offered", last.get("yiaddr", "0.0.0.0"))
    source = own if relayed else ciaddr
    dest = ROUTER if step.get("unicast") or relayed else "255.255.255.255"
    port = 67 if relayed else 68
    src, dst = socket.inet_aton(source), socket.inet_aton(dest)
    udp = struct.pack("!HHHH", port, 67, 8 + len(payload), 0) + payload
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, src, dst)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    to = bytes.fromhex("020000000101") if dest == ROUTER else b"\xff" * 6
    return to + mac + struct.pack("!H", 0x0800) + ip + udp


def parse(payload):
    values, areas, overload, at_end = {}, [payload[240:]], 0, False
    while areas:
        area, at = areas.pop(0), 0
        while at < len(area) and area[at] != 255:
            code = area[at]
            if code == 0:
                at += 1
                continue
            value = area[at + 2:at + 2 + area[at + 1]]
            values[code] = values.get(code, b"") + value
            at += 2 + len(value)
        if 52 in values and not at_end:
            at_end, overload = True, values[52][0]
            if overload & 1:
                areas.append(payload[108:236])
            if overload & 2:
                areas.append(payload[44:108])
    text = lambda field: field.split(b"\0")[0].decode(errors="replace")
    return {
        "flags": struct.unpack("!H", payload[10:12])[0], "ciaddr": socket.inet_ntoa(payload[12:16]), "yiaddr": socket.inet_ntoa(payload[16:20]),
        "siaddr": socket.inet_ntoa(payload[20:24]), "giaddr": socket.inet_ntoa(payload[24:28]),
        "sname": "" if overload & 2 else text(payload[44:108]), "file": "" if overload & 1 else text(payload[108:236]),
        "options": {str(code): value.hex() for code, value in sorted(values.items()) if code != 52},
    }


def receive(sock, xid, timeout):
    until = time.monotonic() + timeout
    while (left := until - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            data = sock.recv(65535)
        except (TimeoutError, socket.timeout):
            return None
        if len(data) < 282 or data[12:14] != b"\x08\x00" or data[23] != 17:
            continue
        head = (data[14] & 15) * 4
        payload = data[14 + head + 8:]
        sport, dport = struct.unpack("!HH", data[14 + head:18 + head])
        if sport == 67 and len(payload) >= 240 and payload[0] == 2 and struct.unpack("!I", payload[4:8])[0] == xid:
            reply = parse(payload)
            reply["port"] = dport
            reply["to"] = socket.inet_ntoa(data[30:34])
            return reply
    return None


def client(args):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    sock.bind((args.iface, 0x0800))
    sock.setsockopt(263, 1, struct.pack("IHH8s", socket.if_nametoindex(args.iface), 1, 0, b""))
    with open(args.script, encoding="utf-8") as file:
        steps = json.load(file)
    last = {}
    for number, step in enumerate(steps):
        if "sleep" in step:
            time.sleep(step["sleep"])
            continue
        if step.get("ciaddr") == "offered" and step.get("unicast"):
            # Who renews has the address, and answers ARP for it.
            subprocess.run(["ip", "addr", "replace", f"{last['yiaddr']}/24", "dev", args.iface], check=True)
        xid = 0x51000000 + number
        payload = build(step, last, xid)
        reply = None
        for _ in range(1 if step.get("silent") else 3):
            sock.send(frame(step, payload, last, "192.168.1.2"))
            reply = receive(sock, xid, step.get("wait", 0.4 if step.get("silent") else 1.5))
            if reply:
                break
        print(json.dumps(reply), flush=True)
        if reply and reply["yiaddr"] != "0.0.0.0":
            last = reply
    return 0


# ---- UCI to dnsmasq, as OpenWrt's init script has it ----

def parse_uci(text):
    sections = []
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if words[0] == "config":
            sections.append({".type": words[1], ".name": words[2] if len(words) > 2 else f"cfg{len(sections)}"})
        elif words[0] == "option":
            sections[-1][words[1]] = words[2]
        else:
            sections[-1].setdefault(words[1], [])
            sections[-1][words[1]].append(words[2])
    return sections


def listed(section, name):
    value = section.get(name, [])
    return value if isinstance(value, list) else value.split()


def options_of(section, tag, lines):
    force = section.get("force") == "1"
    prefix = f"{tag}," if tag else ""
    lines += [f"dhcp-option{'-force' if force else ''}={prefix}{value}" for value in listed(section, "dhcp_option")]
    lines += [f"dhcp-option-force={prefix}{value}" for value in listed(section, "dhcp_option_force")]


def host_line(section):
    words = [f"tag:{tag}" for tag in listed(section, "match_tag")] + listed(section, "mac")
    if "duid" in section:
        words.append(f"id:{section['duid']}")
    words += [f"set:{tag}" for tag in ([section["networkid"]] if "networkid" in section else []) + listed(section, "tag")]
    if section.get("broadcast") == "1":
        words.append("set:needs-broadcast")
    words += [section[key] for key in ("ip", "name", "leasetime") if key in section]
    return "dhcp-host=" + ",".join(words)


def range_line(section):
    network = ipaddress.ip_network("192.168.1.0/24")
    start = int(section.get("start", "100"))
    first = network.network_address + max(start & 255, 1)
    if str(first) == ROUTER:
        first += 1
    last = min(first + int(section.get("limit", "150")) - 1, network.broadcast_address - 1)
    tags = "".join(f"tag:{tag}," for tag in listed(section, "tag"))
    end = "static" if section.get("dynamicdhcp") == "0" else str(last)
    return f"dhcp-range={tags}set:{section.get('networkid', section['interface'])},{first},{end},255.255.255.0,{section.get('leasetime', '12h')}"


FLAGS = {"authoritative": "dhcp-authoritative", "sequential_ip": "dhcp-sequential-ip", "noping": "no-ping", "rapidcommit": "dhcp-rapid-commit"}
TAGGED = {"vendorclass": ("dhcp-vendorclass", "vendorclass"), "userclass": ("dhcp-userclass", "userclass"), "circuitid": ("dhcp-circuitid", "circuitid"),
          "remoteid": ("dhcp-remoteid", "remoteid"), "subscrid": ("dhcp-subscrid", "subscriberid"), "match": ("dhcp-match", "match")}


def to_dnsmasq(text):
    lines = ["dhcp-broadcast=tag:needs-broadcast"]
    for section in parse_uci(text):
        kind = section[".type"]
        if kind == "dnsmasq":
            lines += [flag for name, flag in FLAGS.items() if section.get(name) == "1"]
            if "domain" in section:
                lines.append(f"domain={section['domain']}")
            if "dhcp_boot" in section:
                lines.append(f"dhcp-boot={section['dhcp_boot']}")
            if section.get("dhcpbogushostname", "1") == "1":
                lines += [f"dhcp-name-match=set:bogus,{name}" for name in ("localhost", "wpad")] + ["dhcp-ignore-names=tag:bogus"]
            options_of(section, "", lines)
        elif kind == "dhcp":
            lines.append(range_line(section))
            options_of(section, section.get("networkid", section["interface"]), lines)
        elif kind == "host":
            lines.append(host_line(section))
            if "networkid" in section:
                options_of(section, section["networkid"], lines)
        elif kind == "tag":
            options_of(section, f"tag:{section['.name']}", lines)
        elif kind == "mac":
            lines += [f"dhcp-mac={section['networkid']},{mac}" for mac in listed(section, "mac")]
            options_of(section, section["networkid"], lines)
        elif kind == "boot":
            words = [f"tag:{section['networkid']}"] if "networkid" in section else []
            words += [section["filename"]] + [section[key] for key in ("servername", "serveraddress") if key in section]
            lines.append("dhcp-boot=" + ",".join(words))
        elif kind in TAGGED:
            name, key = TAGGED[kind]
            lines.append(f"{name}=set:{section['networkid']},{section[key]}")
            options_of(section, section["networkid"], lines)
    return "\n".join(lines) + "\n"


# ---- the comparison ----

def in_pool(address):
    return ipaddress.ip_address(address) in ipaddress.ip_network("192.168.1.0/24") and int(address.split(".")[3]) >= 100


def differences(case, step, ours, theirs):
    """What is different beyond what README.md lists as intended, as text; an empty list for nothing."""
    if ours is None or theirs is None:
        return [] if ours is theirs else [f"dwirm {'is silent' if ours is None else 'answers'}, dnsmasq {'is silent' if theirs is None else 'answers'}"]
    found = []
    for field in ("flags", "ciaddr", "giaddr", "sname", "file", "port", "to"):
        if ours[field] != theirs[field] and not (field in ("to", "ciaddr") and in_pool(ours[field]) and in_pool(theirs[field])):
            found.append(f"{field}: {ours[field]!r}, dnsmasq {theirs[field]!r}")
    # [pool] which dynamic address a client gets is each server's own hash.
    if ours["yiaddr"] != theirs["yiaddr"] and (case.get("exact") or not (in_pool(ours["yiaddr"]) and in_pool(theirs["yiaddr"]))):
        found.append(f"yiaddr: {ours['yiaddr']}, dnsmasq {theirs['yiaddr']}")
    # [siaddr] dnsmasq names itself as the next server even where nobody boots.
    if ours["siaddr"] != theirs["siaddr"] and not (ours["siaddr"] == "0.0.0.0" and theirs["siaddr"] == ROUTER):
        found.append(f"siaddr: {ours['siaddr']}, dnsmasq {theirs['siaddr']}")
    mine, other = dict(ours["options"]), dict(theirs["options"])
    allowed(step, mine, other)
    for code in sorted(set(mine) | set(other), key=int):
        if mine.get(code) != other.get(code):
            found.append(f"option {code}: {mine.get(code, 'absent')}, dnsmasq {other.get(code, 'absent')}")
    return found


def allowed(step, mine, other):
    """Takes the intended differences of options out of both."""
    kind = other.get("53")
    # [times] dnsmasq takes a random part off T1 and T2.
    for code, share in (("58", 0.5), ("59", 0.875)):
        if code in mine and code in other and "51" in mine:
            whole = int(mine["51"], 16) * share
            if int(mine[code], 16) == int(whole) and 0 <= whole - int(other[code], 16) <= max(300, whole / 8):
                mine.pop(code), other.pop(code)
    # [name] dnsmasq tells a client the name it chose itself.
    name = step.get("options", {}).get("12", "")
    if "12" in other and "12" not in mine and name and bytes.fromhex(other["12"]) == value_of(name):
        other.pop("12")
    # [name] and it keeps the configured name from the OFFER to a client that calls itself otherwise.
    if kind == "02" and "12" in mine and "12" not in other and name:
        mine.pop("12")
    # [61] the client identifier comes back (RFC 6842).
    identifier = step.get("options", {}).get("61")
    if "61" in mine and "61" not in other and identifier:
        mine.pop("61")
    # [zone] dwirm tells the router's time zone to those who ask (RFC 4833).
    for code in ("100", "101"):
        if code in mine and code not in other:
            mine.pop(code)
    # [28] dnsmasq tells the broadcast address unasked, [118] and the link a relay chose as if the client had.
    for code in ("28", "118"):
        asked = bytes.fromhex(code_list) if (code_list := step.get("options", {}).get("55")) else None
        if code in other and code not in mine and code not in step.get("options", {}) and asked is not None and int(code) not in asked:
            other.pop(code)
    # [56] dnsmasq's NAK says why in words.
    if kind == "06":
        other.pop("56", None)


# ---- running both ----

NETWORK = """config interface 'lan'
	option device 'br-lan'
	option proto 'static'
	option ipaddr '192.168.1.1'
	option netmask '255.255.255.0'
"""
DWIRM = "config dwirm 'main'\n\toption enabled '1'\n\toption clock 'trust'\n\nconfig network 'lan'\n"


class Twin:
    """One server and its client's namespace."""

    def __init__(self, pair, directory):
        self.namespace, self.client = pair.split(":")
        self.directory = directory
        self.process = None

    def start(self, command):
        with open(os.path.join(self.directory, "log"), "ab") as log:
            self.process = subprocess.Popen(["ip", "netns", "exec", self.namespace, *command], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        for _ in range(200):
            held = subprocess.run(["ip", "netns", "exec", self.namespace, "ss", "-Hlun", "sport = :67"], capture_output=True, text=True, check=False)
            if held.stdout.strip():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        with open(os.path.join(self.directory, "log"), encoding="utf-8", errors="replace") as log:
            raise RuntimeError(f"{command[0]} does not serve: {log.read()[-300:]}")

    def talk(self, steps):
        path = os.path.join(self.directory, "script.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(steps, file)
        done = subprocess.run(["ip", "netns", "exec", self.client, sys.executable, os.path.abspath(__file__), "client", "eth0", path],
                              capture_output=True, text=True, check=True, timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None


def fresh(path):
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def run_case(case, args):
    directory = fresh(os.path.join(args.dir, case["name"]))
    ours = Twin(args.ours, fresh(os.path.join(directory, "dwirm")))
    theirs = Twin(args.theirs, fresh(os.path.join(directory, "dnsmasq")))
    uci = fresh(os.path.join(ours.directory, "config"))
    for name, text in (("network", NETWORK), ("dwirm", DWIRM), ("dhcp", case["uci"])):
        with open(os.path.join(uci, name), "w", encoding="utf-8") as file:
            file.write(text)
    conf = os.path.join(theirs.directory, "conf")
    with open(conf, "w", encoding="utf-8") as file:
        file.write(to_dnsmasq(case["uci"]))
    try:
        ours.start([args.dwirm, "daemon", "--uci-dir", uci, "--policy", args.policy, "--categories", args.categories,
                    "--state-dir", ours.directory + "/state", "--run-dir", ours.directory + "/run", "--lease-file", ours.directory + "/leases"])
        theirs.start(["dnsmasq", "--keep-in-foreground", f"--conf-file={conf}", "--port=53", "--no-resolv", "--no-hosts", "--user=root", "--bind-dynamic",
                      "--interface=br-lan", f"--dhcp-leasefile={theirs.directory}/leases", f"--pid-file={theirs.directory}/pid", "--log-facility=-"])
        sent = [step for step in case["steps"] if "sleep" not in step]
        found = []
        for number, (step, mine, other) in enumerate(zip(sent, ours.talk(case["steps"]), theirs.talk(case["steps"]), strict=True)):
            if mine is None and other is None and not step.get("silent"):
                found.append(f"message {number}: nobody answers")
            found += [f"message {number}: {text}" for text in differences(case, step, mine, other)]
    except (RuntimeError, subprocess.SubprocessError) as error:
        found = [str(error).replace("\n", " ")]
    finally:
        ours.stop()
        theirs.stop()
    print(f"FAIL {case['name']}: {'; '.join(found)}" if found else f"ok {case['name']}: {case['shows']}", flush=True)
    return not found


def run(args):
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from dhcp_cases import CASES
    cases = [case for case in CASES if not args.case or case["name"] in args.case]
    return 0 if all([run_case(case, args) for case in cases]) else 1


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("client")
    one.add_argument("iface")
    one.add_argument("script")
    one = commands.add_parser("run")
    for name in ("dwirm", "dir", "ours", "theirs", "policy", "categories"):
        one.add_argument(f"--{name}", required=True)
    one.add_argument("case", nargs="*")
    args = parser.parse_args()
    return {"client": client, "run": run}[args.command](args)


if __name__ == "__main__":
    sys.exit(main())
