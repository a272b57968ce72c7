#!/usr/bin/python3
"""A table of attempts, made all at once: one process in each host's namespace attempts and listens.

matrix.py ADDRESSES ROWS…      (LAB_ID names the namespaces; exit 0 = everything seen is as expected)

A row:  FROM | TO | HOW | EXPECTED | REMARK
FROM, TO    names of ADDRESSES (lines "NAME FAMILY ADDRESS [MAC] [at=HOST]"); "router" is its address on the asker's network
HOW         tcp4 PORT, udp4 PORT     one connection; three datagrams, one answer is enough
            tls4 PORT                a TLS handshake
            frag4 PORT               a datagram of 3,000 octets, which travels in fragments
            ping4                    echo request
            dns4                     a query for update.example.com
            ip4 PROTOCOL             a packet of another transport; seen where it arrives, by the destination's own ears
            forge4 PORT src=…        a datagram under a false name; seen where it arrives, as are all of tools/frames.py:
            arp4 neighbour6 router6 offer4 redirect4 fragment4 vlan4 TAG ether4 TYPE
                                     with src= claim= (a name or an address), mac= says= (whose), sport=
            …6 for IPv6
EXPECTED    the host that answers | yes | no
"== TEXT" starts a group of rows, "#" a comment.

An attempt that should succeed and did not is made once more, slowly: a busy machine loses packets and never lets one through.
"""
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time

import frames

QUERY = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06update\x07example\x03com\x00\x00\x01\x00\x01"


# ---- one host's side ----

def family_of(one):
    return socket.AF_INET6 if one["family"] == 6 else socket.AF_INET


def token(one):
    return b"dwirm-attempt-%d-%d;" % (one["run"], one["id"])


def tcp(one, patience):
    with socket.socket(family_of(one), socket.SOCK_STREAM) as conn:
        conn.settimeout(patience)
        conn.connect((one["address"], one["port"]))
        try:
            conn.sendall(b"?\n")
            return conn.recv(200).decode(errors="replace").split(" ")[0].strip() or "yes"
        except OSError:
            return "yes"


def tls(one, patience):
    import ssl
    with socket.socket(family_of(one), socket.SOCK_STREAM) as conn:
        conn.settimeout(patience)
        conn.connect((one["address"], one["port"]))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with context.wrap_socket(conn) as inside:
            inside.sendall(b"?\n")
            return inside.recv(200).decode(errors="replace").split(" ")[0]


def udp(one, patience, payload=b"?"):
    with socket.socket(family_of(one), socket.SOCK_DGRAM) as sock:
        sock.connect((one["address"], one["port"]))
        sock.settimeout(patience / 3)
        for _ in range(3):
            try:
                sock.send(payload)
                return sock.recv(2000).decode(errors="replace").split(" ")[0].strip() or "yes"
            except (TimeoutError, socket.timeout):
                pass
    return "no"


def dns(one, patience):
    with socket.socket(family_of(one), socket.SOCK_DGRAM) as sock:
        sock.connect((one["address"], 53))
        sock.settimeout(patience / 3)
        for _ in range(3):
            try:
                sock.send(QUERY)
                return "yes" if sock.recv(2000)[:2] == QUERY[:2] else "no"
            except (TimeoutError, socket.timeout):
                pass
    return "no"


def ping(one, patience):
    six = one["family"] == 6
    with socket.socket(family_of(one), socket.SOCK_RAW, socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP) as sock:
        sock.connect((one["address"], 0))
        body = struct.pack("!BBHHH", 128 if six else 8, 0, 0, one["id"] + 1000, 1) + b"dwirm"
        if not six:
            body = body[:2] + struct.pack("!H", frames.checksum(body)) + body[4:]
        until = time.monotonic() + patience
        sock.send(body)
        while (left := until - time.monotonic()) > 0:
            sock.settimeout(left)
            data = sock.recv(2000)
            reply = data if six else data[(data[0] & 15) * 4:]
            if reply[0] == (129 if six else 0) and reply[4:6] == body[4:6]:
                return "yes"
    return "no"


def other_transport(one, _):
    with socket.socket(family_of(one), socket.SOCK_RAW, one["port"]) as sock:
        for _ in range(3):
            sock.sendto(token(one), (one["address"], 0))
            time.sleep(0.05)
    return None


def lie(one, _):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind(("eth0", 0))
        for _ in range(3):
            sock.send(frames.KINDS[one["kind"]](one, token(one)))
            time.sleep(0.05)
    return None


KINDS = {"tcp": tcp, "tls": tls, "udp": udp, "frag": lambda one, patience: udp(one, patience, b"?" * 3000), "ping": ping, "dns": dns,
         "ip": other_transport, **dict.fromkeys(frames.KINDS, lie)}


class Ears(threading.Thread):
    """Hears every frame that comes in, and keeps which attempts' tokens were in them."""

    def __init__(self, host):
        super().__init__(daemon=True)
        self.heard = set()
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        # On the router what comes in at a port of a bridge has not passed the bridge's rules yet; at the bridge it has.
        self.places = ("br-", "wan") if host == "router" else ("",)

    def run(self):
        while True:
            data, where = self.sock.recvfrom(65535)
            at = data.find(b"dwirm-attempt-")
            if at >= 0 and where[2] != socket.PACKET_OUTGOING and where[0].startswith(self.places):
                _, _, run, number = data[at:data.index(b";", at)].split(b"-")
                self.heard.add((int(run), int(number)))


def serve_router(ports):
    """The router's own services: every one of them is there, so that a refusal is nobody's but the rules'."""
    def loop(listener):
        while True:
            conn, _ = listener.accept()
            with conn:
                try:
                    conn.settimeout(1)
                    conn.recv(100)
                    conn.sendall(b"router\n")
                except OSError:
                    pass

    for port in ports:
        listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("::", port))
        listener.listen(64)
        threading.Thread(target=loop, args=(listener,), daemon=True).start()

    def answer(sock, told):
        while True:
            data, control, _, peer = sock.recvmsg(2048, 256)
            keep = [(level, kind, data) for level, kind, data in control if (level, kind) in ((0, 8), (41, 50))]
            try:
                sock.sendmsg([told], keep, 0, peer)
            except OSError:
                pass

    for port in (123, 1900, 5060):
        for family, option in ((socket.AF_INET, (0, 8)), (socket.AF_INET6, (41, 49))):
            sock = socket.socket(family, socket.SOCK_DGRAM)
            if family == socket.AF_INET6:
                sock.setsockopt(41, 26, 1)
            sock.setsockopt(*option, 1)
            sock.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", port))
            threading.Thread(target=answer, args=(sock, b"router\n"), daemon=True).start()


def worker(host):
    ears = Ears(host)
    ears.start()
    if host == "router":
        serve_router((22, 80, 443, 8443))
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        seen = {}

        def one_of(one):
            try:
                seen[one["id"]] = KINDS[one["kind"]](one, order["patience"])
            except OSError:
                seen[one["id"]] = "no"

        threads = [threading.Thread(target=one_of, args=(one,)) for one in order.get("attempts", [])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(json.dumps({"seen": seen, "heard": sorted(ears.heard)}), flush=True)


# ---- the table ----

def read_addresses(path):
    table = {}
    with open(path) as file:
        for line in file:
            host, family, address, *more = line.split()
            one = table.setdefault(host, {"at": host.split("@")[0]})
            one[int(family)] = address
            for word in more:
                one["at" if word.startswith("at=") else "mac"] = word.removeprefix("at=")
    return table


def resolve(table, name, family):
    return name if "." in name or ":" in name else table[name][family]


def read_rows(paths, table):
    """The rows of all files, numbered."""
    rows, group = [], ""
    for path in paths:
        with open(path) as file:
            for line in file:
                line = line.split("#")[0].strip()
                if line.startswith("=="):
                    group = line[2:].strip()
                elif line:
                    rows.append(read_row([part.strip() for part in line.split("|")], len(rows), group, table))
    return rows


def read_row(parts, number, group, table):
    source, dest, how, expected = parts[:4]
    to = f"router@{segment(table, source)}" if dest == "router" else dest
    words = how.split()
    kind, family = words[0][:-1], int(words[0][-1])
    named = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    ports = [int(word, 0) for word in words[1:] if "=" not in word]
    row = {"id": number, "group": group, "from": source, "to": dest, "how": how, "expected": expected, "kind": kind, "family": family,
           "address": table[to][family], "port": ports[0] if ports else 0, "listener": table[to]["at"]}
    if kind in frames.KINDS:
        near = segment(table, source) == segment(table, to)
        row["dmac"] = table[to if near else f"router@{segment(table, source)}"]["mac"]
        row["smac"] = table[named.pop("mac", source)]["mac"]
        row["src"] = resolve(table, named.pop("src", source), family)
        for key, value in named.items():
            row[key] = table[value]["mac"] if key == "says" else resolve(table, value, family) if key == "claim" else value
    return row


def segment(table, host):
    return {"192.168.1": "lan", "192.168.2": "iot", "192.168.3": "guest"}.get(table[host][4].rsplit(".", 1)[0], "wan")


def is_heard(row):
    return row["kind"] == "ip" or row["kind"] in frames.KINDS


def attempt(workers, rows, run, patience):
    """Makes the attempts of rows; what was seen goes into them."""
    for host, process in workers.items():
        attempts = [dict(row, run=run) for row in rows if row["from"] == host]
        process.stdin.write(json.dumps({"attempts": attempts, "patience": patience}) + "\n")
        process.stdin.flush()
    answers = {host: json.loads(process.stdout.readline()) for host, process in workers.items()}
    listening = {row["listener"] for row in rows if is_heard(row)}
    if listening:
        time.sleep(0.2)
        for host in listening:
            workers[host].stdin.write('{"patience": 0}\n')
            workers[host].stdin.flush()
            answers[host]["heard"] = json.loads(workers[host].stdout.readline())["heard"]
    for row in rows:
        if is_heard(row):
            row["seen"] = "yes" if [run, row["id"]] in answers[row["listener"]]["heard"] else "no"
        else:
            row["seen"] = answers[row["from"]]["seen"][str(row["id"])]


def main():
    table = read_addresses(sys.argv[1])
    rows = read_rows(sys.argv[2:], table)
    hosts = sorted({row["from"] for row in rows} | {row["listener"] for row in rows} | {"router"})
    workers = {}
    for host in hosts:
        workers[host] = subprocess.Popen(
            ["ip", "netns", "exec", f"{os.environ['LAB_ID']}-{host}", sys.executable, os.path.abspath(__file__), "worker", host],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        for host, process in workers.items():
            if process.stdout.readline() != "ready\n":
                raise SystemExit(f"no worker on {host}")
        attempt(workers, rows, 1, 1.2)
        for run in (2, 3):
            again = [row for row in rows if row["expected"] != "no" and row["seen"] in ("no", None)]
            if again:
                attempt(workers, again, run, 3)
    finally:
        for process in workers.values():
            process.stdin.close()
            process.wait()
    return tell(rows)


def tell(rows):
    widths = [max(len(row[key]) for row in rows) for key in ("from", "to", "how", "expected")]
    group, wrong = None, 0
    for row in rows:
        if row["group"] != group:
            group = row["group"]
            print(f"   -- {group}")
        good = row["seen"] == row["expected"]
        wrong += not good
        print("   {:<{}}  →  {:<{}}  {:<{}}  expected {:<{}}  seen {}{}".format(
            row["from"], widths[0], row["to"], widths[1], row["how"], widths[2], row["expected"], widths[3], row["seen"], "" if good else "   <<< DIFFERS"))
    print(f"{len(rows)} attempts, {wrong} not as expected")
    return 1 if wrong else 0


sys.exit(worker(sys.argv[2]) if sys.argv[1] == "worker" else main())
