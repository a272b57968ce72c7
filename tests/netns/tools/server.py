#!/usr/bin/python3
"""A host that answers on every port (its namespace redirects them all to port 9): who was reached, on which port, by whom.

First line from the client, TCP: GET … → an HTTP page; STREAM → zeros for as long as it is read; SINK → reads and discards;
anything else → one line "HOST PORT PEER". UDP: the same one line for any datagram; BLAST RATE SIZE → datagrams of that size for a minute.
"""
import socket
import ssl
import struct
import sys
import threading
import time

SO_ORIGINAL_DST = 80
IPV6_RECVPKTINFO, IPV6_PKTINFO = 49, 50


def original_port(conn):
    try:
        level = socket.IPPROTO_IP if conn.family == socket.AF_INET else socket.IPPROTO_IPV6
        return struct.unpack_from("!2xH", conn.getsockopt(level, SO_ORIGINAL_DST, 28 if level == socket.IPPROTO_IPV6 else 16))[0]
    except OSError:
        return conn.getsockname()[1]


def serve(host, conn, peer, tls):
    try:
        with conn:
            port = original_port(conn)
            if tls is not None:
                conn.settimeout(10)
                conn = tls.wrap_socket(conn, server_side=True)
            conn.settimeout(0.3)
            try:
                first = conn.recv(4096)
            except (TimeoutError, socket.timeout):
                first = b""
            conn.settimeout(60)
            told = f"{host} {port} {peer[0]}\n".encode()
            if first.startswith(b"STREAM"):
                block = bytes(16384)
                while True:
                    conn.sendall(block)
            elif first.startswith(b"SINK"):
                while conn.recv(65536):
                    pass
            elif first.startswith(b"TICK"):
                # Small and steady: shows the moment at which a running connection is cut.
                while True:
                    conn.sendall(b"tick\n")
                    time.sleep(0.1)
            elif first.startswith(b"GET "):
                path = first.split(b" ", 2)[1]
                if path.startswith(b"/stream"):
                    conn.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n")
                    block = bytes(16384)
                    while True:
                        conn.sendall(block)
                conn.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told))
            else:
                conn.sendall(told)
    except (OSError, ssl.SSLError):
        pass


def bound(family, kind, port):
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind(("", port))
    return listener


def listen(host, port, tls):
    for family in (socket.AF_INET, socket.AF_INET6):
        accept(host, bound(family, socket.SOCK_STREAM, port), tls)


def accept(host, listener, tls):
    listener.listen(1024)

    def loop():
        while True:
            conn, peer = listener.accept()
            threading.Thread(target=serve, args=(host, conn, peer, tls), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()


def main():
    host = sys.argv[1]
    listen(host, 9, None)
    if "--tls" in sys.argv:
        at = sys.argv.index("--tls")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[at + 2], sys.argv[at + 3])
        listen(host, int(sys.argv[at + 1]), context)
    else:
        listen(host, 443, None)
    datagrams6 = bound(socket.AF_INET6, socket.SOCK_DGRAM, 9)
    datagrams6.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
    threading.Thread(target=answer, args=(host, datagrams6), daemon=True).start()
    datagrams = bound(socket.AF_INET, socket.SOCK_DGRAM, 9)
    datagrams.setsockopt(socket.IPPROTO_IP, 8, 1)  # IP_PKTINFO: answer from the address that was asked
    print("ready", flush=True)
    answer(host, datagrams)


def blast(datagrams, control, peer, rate, size):
    """A minute of datagrams at a rate."""
    started = due = time.monotonic()
    while due < started + 60:
        try:
            datagrams.sendmsg([bytes(size)], control, 0, peer)
        except OSError:
            pass
        due += size * 8 / rate
        time.sleep(max(0, due - time.monotonic()))


def answer(host, datagrams):
    while True:
        try:
            data, control, _, peer = datagrams.recvmsg(2048, 256)
            told = f"{host} udp {peer[0]}\n".encode()
            control = [(l, t, d) for l, t, d in control if (l, t) in ((0, 8), (41, IPV6_PKTINFO))]
            if data.startswith(b"BLAST "):
                rate, size = (int(word) for word in data.split()[1:])
                threading.Thread(target=blast, args=(datagrams, control, peer, rate, size), daemon=True).start()
            else:
                datagrams.sendmsg([told], control, 0, peer)
        except OSError:
            pass


threading.stack_size(128 * 1024)
main()
