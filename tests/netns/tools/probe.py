#!/usr/bin/python3
"""Attempts, seen from the host they are made on. Prints what happened; exit 0 = reached, 1 = not.

probe.py tcp ADDRESS PORT            one connection: the line the other side says
probe.py tls ADDRESS PORT            the same, inside TLS (the certificate is not the question here)
probe.py udp ADDRESS PORT            three datagrams, one answer is enough
probe.py scan ADDRESS FIRST-LAST     which TCP ports accept a connection, as ranges
probe.py rate ADDRESS PORT SECONDS [up|down] [--tls]    payload bits per second, measured after the first second
probe.py watch ADDRESS PORT          100 TCP and 100 UDP attempts a second without end, a line each: time, outcome (for "never in between")
probe.py tick ADDRESS PORT [--tls]   a running connection: one line per 100 ms of life, "cut" when 1 s passes without a sign
"""
import asyncio
import socket
import ssl
import sys
import time

TIMEOUT = 1.5


def connect(address, port, tls=False, timeout=TIMEOUT):
    conn = socket.create_connection((address, port), timeout=timeout)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        conn = context.wrap_socket(conn)
    return conn


def tcp(address, port, tls=False):
    try:
        with connect(address, port, tls) as conn:
            conn.sendall(b"?\n")
            told = conn.recv(200).decode(errors="replace").strip()
        print(told)
        return 0 if told else 1
    except OSError as error:
        print(f"refused: {error}")
        return 1


def udp(address, port):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.5)
        sock.connect((address, port))
        for _ in range(3):
            try:
                sock.send(b"?")
                print(sock.recv(200).decode(errors="replace").strip())
                return 0
            except OSError as error:
                last = error
    print(f"refused: {last}")
    return 1


async def scan(address, first, last):
    gate = asyncio.Semaphore(800)
    opened = []

    async def one(port):
        async with gate:
            try:
                _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), TIMEOUT)
                opened.append(port)
                writer.transport.abort()
            except (OSError, asyncio.TimeoutError):
                pass

    await asyncio.gather(*(one(port) for port in range(first, last + 1)))
    print(ranges(opened))
    return 0 if opened else 1


def ranges(ports):
    out = []
    for port in sorted(ports):
        if out and out[-1][1] == port - 1:
            out[-1][1] = port
        else:
            out.append([port, port])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in out) or "none"


def rate(address, port, seconds, direction="down", tls=False):
    try:
        conn = connect(address, port, tls, timeout=5)
        conn.sendall(b"STREAM\n" if direction == "down" else b"SINK\n")
        started = time.monotonic()
        block, counted, counting = bytes(8192), 0, None
        if direction == "up":
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
        while True:
            moved = len(conn.recv(65536)) if direction == "down" else conn.send(block)
            now = time.monotonic()
            if moved == 0:
                break
            if counting is None:
                if now - started > 1:
                    counting = now
            else:
                counted += moved
                if now - counting >= seconds:
                    break
        print(int(counted * 8 / (now - counting)) if counting and counted else 0)
        return 0 if counted else 1
    except OSError as error:
        print(f"0 {error}")
        return 1


async def watch(address, port):
    """A connection is tried every 10 ms and a datagram sent every 10 ms, without waiting for those before."""
    loop = asyncio.get_running_loop()
    answered = asyncio.Event()

    class Datagrams(asyncio.DatagramProtocol):
        def datagram_received(self, data, addr):
            answered.set()

    transport, _ = await loop.create_datagram_endpoint(Datagrams, remote_addr=(address, port))
    tries = set()

    async def one():
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), 0.5)
            outcome = "open"
            writer.transport.abort()
        except (OSError, asyncio.TimeoutError):
            outcome = "closed"
        print(f"{time.time():.3f} {outcome}", flush=True)

    while True:
        transport.sendto(b"?")
        tries.add(task := asyncio.create_task(one()))
        task.add_done_callback(tries.discard)
        await asyncio.sleep(0.01)
        if answered.is_set():
            print(f"{time.time():.3f} open udp", flush=True)
            answered.clear()


def tick(address, port, tls=False):
    try:
        conn = connect(address, port, tls)
        conn.sendall(b"TICK\n")
        conn.settimeout(1)
        while conn.recv(100):
            print(f"{time.time():.3f} tick", flush=True)
    except OSError as error:
        print(f"{time.time():.3f} cut: {error}", flush=True)
        return 1
    print(f"{time.time():.3f} closed", flush=True)
    return 0


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    tls = "--tls" in sys.argv
    kind, address, port = arguments[:3]
    if kind == "scan":
        first, last = port.split("-")
        return asyncio.run(scan(address, int(first), int(last)))
    port = int(port)
    if kind == "tcp":
        return tcp(address, port, tls)
    if kind == "tls":
        return tcp(address, port, True)
    if kind == "udp":
        return udp(address, port)
    if kind == "rate":
        return rate(address, port, float(arguments[3]), *(arguments[4:5] or ["down"]), tls=tls)
    if kind == "watch":
        return asyncio.run(watch(address, port))
    if kind == "tick":
        return tick(address, port, tls)
    print(__doc__, file=sys.stderr)
    return 2


sys.exit(main())
