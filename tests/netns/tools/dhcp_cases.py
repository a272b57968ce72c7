"""The cases of dhcp_twins.py: a UCI configuration each, and what a client sends. "exact": the servers must also give the same address."""

BASE = """config dnsmasq
	option domain 'lan'
	option authoritative '1'
	option noping '1'
{dnsmasq}
config dhcp 'lan'
	option interface 'lan'
	option start '100'
	option limit '150'
	option leasetime '12h'
{pool}
"""

USUAL = "0103060f1c"


def uci(dnsmasq="", pool="", more=""):
    return BASE.format(dnsmasq=dnsmasq, pool=pool) + more


def discover(prl=USUAL, mac=None, **fields):
    options = dict(fields.pop("options", {}))
    if prl is not None:
        options.setdefault("55", prl)
    step = {"type": 1, "options": options, **fields}
    return step if mac is None else {**step, "mac": mac}


def request(prl=USUAL, mac=None, **fields):
    step = discover(prl, mac, **fields)
    return {"requested": "offered", "server": True, **step, "type": 3}


CASES = [
    {
        "name": "plain", "shows": "DISCOVER, REQUEST, renewal, INFORM, release with what is sent by itself",
        "uci": uci(),
        "steps": [discover(), request(), {"type": 3, "options": {"55": USUAL}, "ciaddr": "offered", "unicast": True, "broadcast": False},
                  {"type": 8, "options": {"55": USUAL}, "ciaddr": "192.168.1.2"}, {"type": 7, "ciaddr": "offered", "server": True, "silent": True}, discover()],
    },
    {
        "name": "options", "shows": "addresses, 0.0.0.0, numbers, texts, quotes, hexadecimal octets",
        "uci": uci(pool="""	list dhcp_option '3,192.168.1.9'
	list dhcp_option '6,1.1.1.1,0.0.0.0'
	list dhcp_option 'option:ntp-server,0.0.0.0'
	list dhcp_option '26,1400'
	list dhcp_option '66,tftp.lan'
	list dhcp_option '114,https://portal.lan/api'
	list dhcp_option '138,10.0.0.5'
	list dhcp_option '150,192.168.1.7'
	list dhcp_option '200,5'
	list dhcp_option '201,300'
	list dhcp_option '202,70000'
	list dhcp_option '203,5s'
	list dhcp_option '204,5i'
	list dhcp_option '205,01:02:ff'
	list dhcp_option '206,1:a:0b'
	list dhcp_option '207,"1.2.3.4"'
	list dhcp_option '208,"a,b"'
	list dhcp_option '252,http://wpad.lan/x.dat'
	list dhcp_option '43,01:02:03'
"""),
        "steps": [discover(USUAL + "2a1a4272" + "8a96" + "c8c9cacbcccdcecfd0" + "fc2b"), discover(None)],
    },
    {
        "name": "suppress", "shows": "an option without value is not sent",
        "uci": uci(pool="\tlist dhcp_option '3'\n\tlist dhcp_option '6'\n\tlist dhcp_option '28'\n\tlist dhcp_option '210'\n"),
        "steps": [discover(USUAL + "d2"), request(USUAL + "d2"), discover(None)],
    },
    {
        "name": "names-and-routes", "shows": "119 compressed, 120, 121 and 249",
        "uci": uci(pool="""	list dhcp_option '119,a.example,b.a.example,c.example'
	list dhcp_option '120,sip.example,other.example'
	list dhcp_option '121,10.0.0.0/8,192.168.1.2,0.0.0.0/0,192.168.1.1'
	list dhcp_option '249,10.1.2.0/24,192.168.1.2'
"""),
        "steps": [discover("0103777879f9")],
    },
    {
        "name": "tags", "shows": "tags of hosts, negation, the range's tag, the last of equals",
        "exact": True,
        "uci": uci(dnsmasq="\tlist dhcp_option '6,9.9.9.9'\n\tlist dhcp_option '200,plain'\n",
                   pool="\tlist dhcp_option '200,range'\n\tlist dhcp_option 'tag:!red,201,not-red'\n\tlist dhcp_option 'tag:red,202,red'\n", more="""
config tag 'red'
	list dhcp_option '200,tag'
	list dhcp_option '203,first'
	list dhcp_option '203,second'
config host
	option mac '02:00:00:00:00:11'
	option ip '192.168.1.20'
	option tag 'red'
config host
	option mac '02:00:00:00:00:12'
	option ip '192.168.1.21'
	option name 'plain'
"""),
        "steps": [discover("0306c8c9cacb"), discover("03060cc8c9cacb", mac="02:00:00:00:00:12")],
    },
    {
        "name": "classes", "shows": "mac, vendorclass, userclass, match give tags; forced options come unasked",
        "uci": uci(more="""
config mac
	option networkid 'near'
	option mac '02:00:00:*:*:*'
	option force '1'
	list dhcp_option '200,mac'
config vendorclass
	option networkid 'vendor'
	option vendorclass 'Print'
	list dhcp_option '201,vendor'
config userclass
	option networkid 'ipxe'
	option userclass 'iPXE'
	list dhcp_option '202,user'
config match
	option networkid 'efi'
	option match 'option:client-arch,7'
	option force '1'
	list dhcp_option '203,efi'
config match
	option networkid 'hex'
	option match '97,00:*:ff'
	list dhcp_option '204,hex'
config match
	option networkid 'there'
	option match '60'
	list dhcp_option '205,there'
"""),
        "steps": [discover("01c9cacccd", options={"60": "=A Printer", "77": "=iPXE", "93": "0007", "97": "0055ff01"}),
                  discover("01c9cacccd", options={"60": "=other", "77": "=x", "93": "0700", "97": "0155ff01"}),
                  discover("01c9cacccd", mac="06:00:00:00:00:01")],
    },
    {
        "name": "boot", "shows": "file, server name and next server, in the fields or as options",
        "uci": uci(more="""
config match
	option networkid 'efi'
	option match 'option:client-arch,7'
config boot
	option filename 'pxelinux.0'
config boot
	option networkid 'efi'
	option filename 'grub.efi'
	option servername 'nas'
	option serveraddress '192.168.1.9'
"""),
        "steps": [discover(), discover(options={"93": "0007"}), discover(USUAL + "4243", options={"93": "0007"}), request(USUAL + "43")],
    },
    {
        "name": "boot-options", "shows": "options 66 and 67 fill the fields of who does not ask for them",
        "uci": uci(dnsmasq="\tlist dhcp_option '66,tftp.lan'\n\tlist dhcp_option '67,boot/file'\n\tlist dhcp_option 'option:server-ip-address,192.168.1.8'\n"),
        "steps": [discover(), discover(USUAL + "4243"), discover(USUAL + "43")],
    },
    {
        "name": "vendor", "shows": "vendor: and encap: stand inside 43 and their outer option, vi-encap: inside 125",
        "uci": uci(pool="""	list dhcp_option 'vendor:PXEClient,6,2b'
	list dhcp_option 'vendor:PXEClient,1,0.0.0.0'
	list dhcp_option 'encap:175,190,text'
	list dhcp_option 'encap:175,191,7'
	list dhcp_option_force 'encap:176,1,9'
	list dhcp_option 'vi-encap:3561,4,text'
"""),
        "steps": [discover(USUAL + "2baf7d", options={"60": "=PXEClient:Arch:00000"}), discover(USUAL + "2b", options={"60": "=MSFT"}), discover(USUAL)],
    },
    {
        "name": "hosts", "shows": "several MACs, client identifier, name, pattern, lease time, ignore, broadcast",
        "exact": True,
        "uci": uci(more="""
config host
	option mac '02:00:00:00:00:11 02:00:00:00:00:12'
	option ip '192.168.1.20'
	option name 'dock'
	option leasetime '1h'
config host
	option duid '01:aa:bb:cc'
	option ip '192.168.1.21'
config host
	option name 'byname'
	option ip '192.168.1.22'
config host
	option mac '02:00:00:01:*:*'
	option ip '192.168.1.23'
config host
	option mac '02:00:00:00:00:66'
	option ip 'ignore'
config host
	option mac '02:00:00:00:00:15'
	option ip '192.168.1.24'
	option broadcast '1'
"""),
        "steps": [discover(USUAL + "0c"), discover(mac="02:00:00:00:00:12"), discover(mac="02:00:00:00:00:21", options={"61": "01aabbcc"}),
                  discover(mac="02:00:00:00:00:22", options={"12": "=byname"}), discover(mac="02:00:00:01:00:01"),
                  discover(mac="02:00:00:00:00:66", silent=True), discover(mac="02:00:00:00:00:15", broadcast=False)],
    },
    {
        "name": "sequential", "shows": "addresses from the lowest up, and a range for tagged clients",
        "exact": True,
        "uci": """config dnsmasq
	option authoritative '1'
	option noping '1'
	option sequential_ip '1'
	option domain 'lan'
config mac
	option networkid 'few'
	option mac '06:*:*:*:*:*'
config dhcp 'few'
	option interface 'lan'
	option networkid 'fewnet'
	option start '50'
	option limit '10'
	option leasetime '1h'
	list tag 'few'
	list dhcp_option '200,few'
config dhcp 'lan'
	option interface 'lan'
	option start '100'
	option limit '150'
	list dhcp_option '200,all'
""",
        "steps": [discover("01c8"), request("01c8"), discover("01c8", mac="02:00:00:00:00:12"), discover("01c8", mac="06:00:00:00:00:01"),
                  request("01c8", mac="06:00:00:00:00:01")],
    },
    {
        "name": "rapid-commit", "shows": "an ACK to a DISCOVER that wants it (option 80)",
        "uci": uci(dnsmasq="\toption rapidcommit '1'\n"),
        "steps": [discover(options={"80": ""}), discover(mac="02:00:00:00:00:12")],
    },
    {
        "name": "fqdn", "shows": "option 81 in text and in wire form",
        "uci": uci(dnsmasq=""),
        "steps": [discover(USUAL + "51", options={"81": "000000" + b"cam".hex()}), discover(USUAL, options={"81": "010000" + b"cam".hex()}),
                  discover(USUAL, options={"81": "04000003" + b"cam".hex()}), request(USUAL, options={"81": "05000003" + b"cam".hex() + "00"})],
    },
    {
        "name": "relay", "shows": "relay information echoed, circuit and remote id give tags, subnet selection, server override",
        "uci": uci(more="""
config circuitid
	option networkid 'port'
	option circuitid '00:01:ab'
	list dhcp_option '200,circuit'
config remoteid
	option networkid 'far'
	option remoteid 'switch-7'
	list dhcp_option '201,remote'
config subscrid
	option networkid 'sub'
	option subscriberid 'joe'
	list dhcp_option '202,subscriber'
"""),
        "steps": [discover("01c8c9ca", giaddr="192.168.1.2", options={"82": "01030001ab" + "0208" + b"switch-7".hex() + "0603" + b"joe".hex()}),
                  request("01c8c9ca", giaddr="192.168.1.2", options={"82": "01030001ac"}),
                  discover("01", giaddr="192.168.1.2", options={"82": "0504c0a80100"}), discover("01", options={"118": "c0a80100"}),
                  discover("01", giaddr="192.168.1.2", options={"82": "0b04c0a80102"}),
                  discover("01", giaddr="10.1.1.1", silent=True), discover("01", options={"118": "0a010100"}, silent=True)],
    },
    {
        "name": "refusals", "shows": "wrong network, another's address, unknown clients of an authoritative server",
        "uci": uci(more="\nconfig host\n\toption mac '02:00:00:00:00:12'\n\toption ip '192.168.1.20'\n"),
        "steps": [{"type": 3, "requested": "10.0.0.5", "options": {"55": USUAL}}, {"type": 3, "requested": "192.168.1.20", "options": {"55": USUAL}},
                  {"type": 3, "ciaddr": "172.16.0.9", "options": {"55": USUAL}}, request(mac="02:00:00:00:00:13", requested="192.168.1.20")],
    },
    {
        "name": "bootp", "shows": "a client without option 53 gets what is reserved for it, and nobody else anything",
        "exact": True,
        "uci": uci(more="\nconfig host\n\toption mac '02:00:00:00:00:11'\n\toption ip '192.168.1.20'\n\toption name 'old'\n"),
        "steps": [{"options": {}}, {"options": {}, "mac": "02:00:00:00:00:12", "silent": True}],
    },
    {
        "name": "forced", "shows": "forced options, also to INFORM and to who lists nothing; a forced 66 is an option",
        "uci": uci(dnsmasq="\tlist dhcp_option_force '200,all'\n\tlist dhcp_option_force '66,tftp.lan'\n",
                   pool="\tlist dhcp_option_force '201,range'\n\tlist dhcp_option '202,asked'\n"),
        "steps": [discover("01"), discover(None), {"type": 8, "options": {"55": "01"}, "ciaddr": "192.168.1.2"}],
    },
    {
        "name": "match-tag", "shows": "a host entry that asks for a tag, and options of the entry's own tag",
        "exact": True,
        "uci": uci(more="""
config vendorclass
	option networkid 'phone'
	option vendorclass 'Phone'
config host
	option mac '02:00:00:00:00:11'
	option ip '192.168.1.30'
	list match_tag 'phone'
	option networkid 'desk'
	list dhcp_option '200,desk'
config host
	option mac '02:00:00:00:00:12'
	option ip '192.168.1.31'
	option networkid 'plain'
	list dhcp_option '200,plain'
"""),
        "steps": [discover("01c8", options={"60": "=A Phone"}), discover("01c8", mac="02:00:00:00:00:12")],
    },
    {
        "name": "known", "shows": "the tag known of clients with an entry",
        "uci": uci(dnsmasq="\tlist dhcp_option 'tag:known,200,known'\n\tlist dhcp_option 'tag:!known,201,unknown'\n",
                   more="\nconfig host\n\toption mac '02:00:00:00:00:11'\n\toption name 'me'\n"),
        "steps": [discover("01c8c9"), discover("01c8c9", mac="02:00:00:00:00:12")],
    },
    {
        "name": "static-only", "shows": "dynamicdhcp 0: only clients with an address of their own are answered",
        "exact": True,
        "uci": """config dnsmasq
	option authoritative '1'
	option noping '1'
	option domain 'lan'
config dhcp 'lan'
	option interface 'lan'
	option start '100'
	option dynamicdhcp '0'
config host
	option mac '02:00:00:00:00:11'
	option ip '192.168.1.40'
""",
        "steps": [discover(), request(), discover(mac="02:00:00:00:00:12", silent=True)],
    },
    {
        "name": "lease-time", "shows": "shorter wishes are granted down to two minutes, longer ones are not; infinite",
        "exact": True,
        "uci": uci(more="""
config host
	option mac '02:00:00:00:00:11'
	option ip '192.168.1.20'
config host
	option mac '02:00:00:00:00:12'
	option ip '192.168.1.21'
	option leasetime 'infinite'
config host
	option mac '02:00:00:00:00:13'
	option ip '192.168.1.22'
	option leasetime '90'
"""),
        "steps": [discover("01", options={"51": "00000258"}), discover("01", options={"51": "00000001"}), discover("01", options={"51": "000f4240"}),
                  discover("01", mac="02:00:00:00:00:12"), discover("01", mac="02:00:00:00:00:13"), request("01", options={"51": "00000258"})],
    },
    {
        "name": "overload", "shows": "more options than 576 octets hold go to file and sname",
        "uci": uci(pool="".join(f"\tlist dhcp_option '{code},{chr(code - 103) * 90}'\n" for code in range(200, 204))),
        "steps": [discover("01cbcac9c8"), discover("01c8c9cacbcccd", options={"57": "05dc"})],
    },
    {
        "name": "not-authoritative", "shows": "unknown clients of another server's network are left to it",
        "uci": """config dnsmasq
	option noping '1'
	option domain 'lan'
config dhcp 'lan'
	option interface 'lan'
	option start '100'
	option limit '150'
""",
        "steps": [{"type": 3, "requested": "192.168.1.177", "options": {"55": USUAL}, "silent": True}, discover(), request(),
                  {"type": 3, "requested": "offered", "options": {"55": USUAL}}, request(server="192.168.1.99", silent=True)],
    },
    {
        "name": "decline", "shows": "a declined address is not offered again, a released one is",
        "uci": uci(),
        "steps": [discover(), request(), {"type": 4, "requested": "offered", "server": True, "silent": True}, discover(), request()],
    },
    {
        "name": "names", "shows": "a host entry's name; localhost and wpad are nobody's",
        "exact": True,
        "uci": uci(more="\nconfig host\n\toption mac '02:00:00:00:00:11'\n\toption name 'cam'\n\toption ip '192.168.1.20'\n"),
        "steps": [discover("010c0f"), discover("010c0f", options={"12": "=other"}), request("010c0f", options={"12": "=other", "81": "000000" + b"x".hex()})],
    },
    {
        "name": "quotes", "shows": "escapes in quotes, blanks, an empty text, octets of every look",
        "uci": uci(pool="""	list dhcp_option '200,"a b"'
	list dhcp_option '201,"x:y:z"'
	list dhcp_option '202,a b c'
	list dhcp_option '203,1.2.3.4,5.6.7.8'
	list dhcp_option '204,de:ad:be:ef'
	list dhcp_option '205,"12"'
	list dhcp_option '206,12b'
	list dhcp_option '207,a:b:c:zz'
	list dhcp_option '208,-1'
	list dhcp_option '209,/path/to'
	list dhcp_option '2,3600'
	list dhcp_option '46,8'
	list dhcp_option '60,Vendor'
	list dhcp_option 'option:root-path,192.168.1.1:/nfs'
	list dhcp_option 'option:ipv6-only,1800'
"""),
        "steps": [discover("01c8c9cacbcccdcecfd0d1022e3c116c")],
    },
]
