#!/usr/bin/python3
"""DWIRM messages of a capture, read by tshark (not by code of ours): one JSON line each.

dwirm_pcap.py FILE [MESSAGE-TYPE…]      default: 240 241; option 224 is unknown to tshark, so its bytes are joined here (RFC 3396)
"""
import json
import subprocess
import sys
import xml.etree.ElementTree as tree

PROFILE = "224"


def walk(packet):
    kind, xid, parts, times, dest = None, None, b"", None, None
    for field in packet.iter("field"):
        name = field.get("name")
        if name == "frame.time_epoch":
            times = float(field.get("show"))
        elif name == "ip.dst":
            dest = field.get("show")
        elif name == "dhcp.option.dhcp" and kind is None:
            kind = int(field.get("show"))
        elif name == "dhcp.id":
            xid = field.get("show")
        elif name == "dhcp.option.type" and field.get("show") == PROFILE:
            parts += bytes.fromhex(field.get("value"))[2:]
    return {"time": times, "type": kind, "xid": xid, "to": dest, "profile": parts.decode(errors="replace")}


def main():
    kinds = {int(kind) for kind in sys.argv[2:]} or {240, 241}
    out = subprocess.run(["tshark", "-n", "-r", sys.argv[1], "-T", "pdml"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    for packet in tree.fromstring(out.stdout):
        message = walk(packet)
        if message["type"] in kinds:
            print(json.dumps(message))


main()
