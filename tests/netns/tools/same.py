#!/usr/bin/python3
"""What dwirm answered, what the store holds and what the kernel does, compared. Prints the differences; exit 0 = there is none.

same.py rules KERNEL.json PLAN.json          two `nft -j list ruleset`: our tables without handles, counters, timeouts and what packets left in them
same.py grants KERNEL.json STORE HH:MM LOGS  the kernel's elements against the grants in the store, and those against the last answer each
                                             device tells of (LOGS/device-NAME.log, by dwirm-device --json). What a profile means is worked
                                             out here anew, from the text the device was sent. HH:MM is the router's time, GMT.
"""
import ipaddress
import json
import sqlite3
import sys
from pathlib import Path

NAMES = {"update.example.com": ["203.0.113.10", "2001:db8:ffff::10"], "mirror.example-com.example.net": ["203.0.113.11", "2001:db8:ffff::11"],
         "www.example.com": ["203.0.113.80", "2001:db8:ffff::80"]}
SETS = {"p4": 4, "p6": 4, "c4": 4, "c6": 4, "fwd4": 4, "lp4": 3, "lc4": 4}  # and how many values of an element are told by a profile
SCHEMES = {"https": (443, ["tcp"]), "http": (80, ["tcp"]), "sftp": (22, ["tcp"]), "coap": (5683, ["udp"])}
TCP_HINTS, UDP_HINTS = {"HTTP", "HTTPS", "SSH"}, {"COAP", "NTP"}
BRIDGES = {"lan": "br-lan", "iot": "br-iot", "guest": "br-guest"}


# ---- the kernel's ruleset ----

def ours(path):
    return [entry for entry in json.loads(Path(path).read_text())["nftables"]
            if any(isinstance(value, dict) and (value.get("table") == "dwirm" or (kind == "table" and value.get("name") == "dwirm"))
                   for kind, value in entry.items())]


def bare(value):
    """Without what differs between two loads of the same thing."""
    if isinstance(value, dict):
        return {key: bare(inner) for key, inner in value.items() if key not in ("handle", "counter", "timeout", "expires", "packets", "bytes")}
    if isinstance(value, list):
        return [bare(inner) for inner in value]
    return value


def element(value):
    """An element's key and data, without the wrapping that its counter or timeout brings."""
    if isinstance(value, list):
        return [element(inner) for inner in value]
    if isinstance(value, dict) and "elem" in value and set(value["elem"]) <= {"val", "counter", "timeout", "expires"}:
        return bare(value["elem"]["val"])
    return bare(value)


def ruleset(path):
    entries = ours(path)
    filled_by_packets = {entry["rule"]["family"] + statement["set"]["set"].lstrip("@") for entry in entries if "rule" in entry
                         for statement in entry["rule"]["expr"] if isinstance(statement.get("set"), dict)}
    out = {}
    for entry in entries:
        (kind, value), = entry.items()
        family = value.get("family", "")
        name = f"{family} {kind} {value.get('chain', '')}{value.get('name', '')}"
        if kind == "counter":
            value = {"name": value["name"]}
        elements = value.pop("elem", []) if kind in ("set", "map") else []
        lines = out.setdefault(name, [])
        lines.append(json.dumps(bare(value), sort_keys=True))
        if family + value.get("name", "") not in filled_by_packets:
            lines += sorted(json.dumps(element(one), sort_keys=True) for one in elements)
    return out


def compare(what, left, right, one, other, ordered=False):
    wrong = 0
    for name in sorted(set(left) | set(right)):
        for line in sorted(set(left.get(name, [])) ^ set(right.get(name, []))):
            wrong += 1
            print(f"{what} {name}: only {one if line in left.get(name, []) else other}: {line}")
        if ordered and not wrong and left.get(name) != right.get(name):
            wrong += 1
            print(f"{what} {name}: not in the same order")
    return wrong


# ---- what a profile means ----

def ports(text):
    return [range(int(low), int(high or low) + 1) for low, _, high in (part.partition("-") for part in text.split(",") if part)]


def transports(hints, index, count):
    known = [["tcp"] if hint in TCP_HINTS else ["udp"] if hint in UDP_HINTS else ["tcp", "udp"] for hint in hints]
    if len(known) == count and index < count:
        return known[index]
    return sorted({one for hint in known for one in hint}) or ["tcp", "udp"]


def is_open(schedule, now):
    if schedule.lower() == "all day":
        return True
    low, high = schedule.split("-")
    return low <= now <= high if low <= high else now >= low or now <= high


def meaning(profile, address, bridge, device, now):
    """The sets' elements that a profile comes to; all services are GMT here, with exact ports and names of the lab. IPv6 knows the device by
    its mark, whatever its addresses."""
    want = {name: set() for name in SETS}
    open_services = 0
    for direction in ("Provide", "Consume"):
        for options in profile.get(direction, {}).values():
            active = is_open(options.get("Schedule", ""), now) if any(options.values()) else False
            open_services += active
            hints = [hint.strip().upper() for hint in options.get("Hints", "").split(",") if hint.strip()]
            provided = ports(options.get("Ports", "")) if direction == "Provide" else []
            for index, some in enumerate(provided):
                for protocol in transports(hints, index, len(provided)):
                    want["p4"] |= {(bridge, address, protocol, port) for port in some}
                    want["p6"] |= {(bridge, device, protocol, port) for port in some}
                    if active:
                        want["lp4"] |= {(address, protocol, port) for port in some}
            inside, _, outside = options.get("PortFwd", "").partition(":")
            for index, (some, other) in enumerate(zip(ports(inside), ports(outside))):
                for protocol in transports(hints, index, len(provided)):
                    want["p4"] |= {("wan", address, protocol, port) for port in some}
                    want["p6"] |= {("wan", device, protocol, port) for port in some}
                    want["fwd4"] |= {(protocol, there, address, here) for here, there in zip(some, other)}
            for endpoint in options.get("Endpoints", []) if direction == "Consume" else []:
                scheme, _, rest = endpoint.partition("://") if "://" in endpoint else ("https", "", endpoint)
                host, _, port = rest.split("/")[0].partition(":")
                usual, protocols = SCHEMES[scheme]
                for target in NAMES.get(host, [host]):
                    for protocol in protocols:
                        if ":" in target:
                            want["c6"].add((device, target, protocol, int(port or usual)))
                            continue
                        want["c4"].add((address, target, protocol, int(port or usual)))
                        if active and ipaddress.ip_address(target) in ipaddress.ip_network(address + "/24", strict=False):
                            want["lc4"].add((address, target, protocol, int(port or usual)))
    return want, open_services


def flat(value):
    """An element's key and data as one tuple of plain values."""
    if isinstance(value, dict):
        return flat(value["concat"]) if "concat" in value else flat(value["elem"]["val"]) if "elem" in value else (json.dumps(value),)
    return tuple(part for inner in value for part in flat(inner)) if isinstance(value, list) else (value,)


def kernel_sets(path):
    have = {}
    for entry in ours(path):
        for kind in ("map", "set"):
            if kind in entry:
                have[entry[kind]["family"] + " " + entry[kind]["name"]] = {flat(one) for one in entry[kind].get("elem", [])}
    return have


def last_answer(log):
    answer = None
    for line in Path(log).read_text().splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("event") == "answer" and event.get("profile"):
            answer = event["profile"]
    return answer


def grants(kernel, store, now, logs):
    have = kernel_sets(kernel)
    want = {name: set() for name in SETS}
    sids, wrong = set(), 0
    rows = sqlite3.connect(store).execute(
        "select device.network, lease.address, lease.hostname, device.state, answer, granted, generation "
        "from device left join lease on lease.mac = device.mac").fetchall()
    for network, address, host, state, answer, granted, generation in rows:
        log = Path(logs) / f"device-{host}.log"
        told = last_answer(log) if log.exists() else None
        if answer and told != json.loads(answer):
            wrong += 1
            print(f"answer {host}: the device was told {json.dumps(told)}, the store holds {answer}")
        if not granted or state not in (2, 3) or address is None:
            continue
        address = str(ipaddress.ip_address(address))
        some, open_services = meaning(json.loads(answer)["IoT Profile"], address, BRIDGES[network], generation << 8, now)
        for name in want:
            want[name] |= some[name]
        services = json.loads(granted)["services"]
        active = {(generation << 8) | service["id"] for service in services if is_open(service["schedule"], now)}
        sids |= active
        if len(active) != open_services:
            wrong += 1
            print(f"grant {host}: {open_services} services are open by the answer, {len(active)} by the store")
    for name in want:
        family = "bridge" if name.startswith("l") else "inet"
        wrong += compare("elements", {name: [str(one) for one in want[name]]}, {name: [str(one[:SETS[name]]) for one in have[f"{family} {name}"]]},
                         "granted", "in the kernel")
    wrong += compare("live", {"": [str(sid) for sid in sids]}, {"": [str(one[1]) for one in have["inet live"]]}, "granted", "in the kernel")
    for name in ("c4r", "p4r", "fwd4r"):
        wrong += compare("elements", {}, {name: [str(one) for one in have[f"inet {name}"]]}, "granted", "in the kernel")
    print(f"{len(rows)} devices, {sum(len(one) for one in want.values())} elements, {len(sids)} open services compared; {wrong} differences")
    return wrong


def main():
    if sys.argv[1] == "rules":
        left, right = ruleset(sys.argv[2]), ruleset(sys.argv[3])
        wrong = compare("ruleset", left, right, "in the kernel", "in the plan", ordered=True)
        print(f"{len(left)} chains, sets and maps compared; {wrong} differences")
        return 1 if wrong or len(left) < 20 else 0
    return 1 if grants(*sys.argv[2:6]) else 0


sys.exit(main())
