#!/usr/bin/python3
"""granted.py MAC [FIELD] < devices.json: the bytes of the device's granted (or requested) profile exactly as the daemon wrote them."""
import json
import sys

text = sys.stdin.read()
field = sys.argv[2] if len(sys.argv) > 2 else "granted"
decoder = json.JSONDecoder()
at = text.index("[") + 1
while True:
    while text[at] in " ,\r\n\t":
        at += 1
    if text[at] == "]":
        sys.exit(1)
    device, end = decoder.raw_decode(text, at)
    if device["mac"] == sys.argv[1]:
        start = text.index(f'"{field}":', at) + len(field) + 3
        while text[start] in " \r\n\t":
            start += 1
        _, stop = decoder.raw_decode(text, start)
        print(text[start:stop])
        sys.exit(0)
    at = end
