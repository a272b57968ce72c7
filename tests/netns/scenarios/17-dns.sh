# Endpoints by name: devices under grants ask the forwarder, whatever resolver they address, and what they hear is open before they hear it.

# A resolver whose names change, with an answer that UDP does not hold; and one outside that says something else.
hosts=$LAB/router/hosts
many=()
for i in $(seq 120); do many+=(--host-record="many.example.com,203.0.113.$((i + 120))"); done
name_is() { # name, address
	sed -i "/ $1\$/d" "$hosts" 2>/dev/null
	echo "$2 $1" >>"$hosts"
	kill -HUP "$(lab_pid names)"
	lab_wait 5 test "$(lab_in router dig +short @127.0.0.1 "$1")" = "$2"
}
start_names() {
	lab_spawn router names dnsmasq --keep-in-foreground --conf-file=/dev/null --port=53 --no-resolv --no-hosts --user=root --addn-hosts="$hosts" \
		--bind-interfaces --interface=br-lan --interface=lo --pid-file="$LAB/router/names.pid" --local-ttl=60 --log-facility=- --local=/example.com/ \
		--host-record="www.example.com,$LAB_WEB" --host-record="edge.example.com,203.0.113.140" --host-record="six.example.com,$LAB_WEB6" --cname=chain.example.com,hop.example.com \
		--cname=hop.example.com,edge.example.com "${many[@]}" --txt-record=www.example.com,hello
	lab_wait 5 lab_in router dig +short +tries=1 @127.0.0.1 www.example.com
}
lab_kill dnsmasq
echo "203.0.113.100 fleet.example.com" >"$hosts"
start_names
for i in $(seq 100 120) 140 200; do ip -n "$LAB_ID-wan" addr add "203.0.113.$i/32" dev net; done
lab_in wan nft insert rule inet anyport pre tcp dport 53 accept
lab_spawn wan foreign dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root --bind-interfaces --listen-address="$LAB_WEB" \
	--listen-address="$LAB_MIRROR" --except-interface=lo --pid-file="$LAB/wan/foreign.pid" --log-facility=- --local=/example.com/ --host-record="fleet.example.com,203.0.113.99"

asks() { lab_in "$1" dig +short +tries=1 +time=2 "${@:2}"; }   # host, dig's arguments
answers() { [ "$(asks "${@:2}" | tail -n 1)" = "$1" ]; }         # expected, host, dig's arguments
counter() { lab_in router nft -j list counter inet dwirm "$1" | jq '.nftables[] | .counter? // empty | .packets'; }
profile() { # hints, endpoint…
	printf '%s\n' "${@:2}" | jq -Rsc --arg hints "$1" \
		'{"IoT Profile":{"Description":"Fleet camera","Consume":{"Firmware Update":{"Endpoints":split("\n")[:-1],"Rate":"5Mbps","Schedule":"00:00-23:59","Hints":$hints}}}}'
}
profile HTTPS https://fleet.example.com/ https://chain.example.com/ https://many.example.com/ https://six.example.com/ >"$LAB/fleet.json"
profile DNS "$LAB_MIRROR:53" >"$LAB/resolver.json"

attach_laptop
attach_camera camera --profile "$LAB/fleet.json" --mode client
lab_wait 5 state_is camera granted || lab_wait 1 state_is camera amended
attach_camera camera2 --profile "$LAB/resolver.json" --mode client
lab_wait 5 state_is camera2 granted || lab_wait 1 state_is camera2 amended

# Resolution is never broken.
check "a granted name resolves" answers 203.0.113.100 camera fleet.example.com
check "by TCP, too" answers 203.0.113.100 camera +tcp fleet.example.com
check "a name that is not granted resolves" answers "$LAB_WEB" camera www.example.com
refute "and is not reached" lab_probe camera tls "$LAB_WEB" 443
check "a type that is no address" answers '"hello"' camera www.example.com TXT
check "a name that does not exist does not" test "$(lab_in camera dig +tries=1 nosuch.example.com | grep -c 'status: NXDOMAIN')" = 1
equal "an answer that UDP does not hold comes by TCP" 120 "$(asks camera many.example.com | wc -l)"
check "and one of its addresses is reached" lab_probe camera tls 203.0.113.200 443
check "at the end of a chain of aliases" lab_probe camera tls chain.example.com 443
check "by IPv6 to the router's link-local address" answers 203.0.113.100 camera "@fe80::ff:fe00:101%eth0" fleet.example.com
check "by IPv6 and TCP" answers 203.0.113.100 camera +tcp "@fe80::ff:fe00:101%eth0" fleet.example.com

lab_ra br-lan fd00:1::/64 2001:db8:1::/64
eventually "by IPv6 from an address it formed to a resolver outside" 10 answers 203.0.113.100 camera @2001:4860:4860::8888 fleet.example.com
check "and by TCP" answers 203.0.113.100 camera +tcp @2001:4860:4860::8888 fleet.example.com
six=$(asks camera six.example.com AAAA)
eventually "names in IPv6 are learnt as well" 10 lab_probe camera tls "$six" 443

# DNS-03: twenty times another address, connected to the moment the device knows it. No packet of it is refused even once.
before=$(counter violations)
reached=0
for i in $(seq 101 120); do
	name_is fleet.example.com "203.0.113.$i"
	lab_probe camera tls fleet.example.com 443 >/dev/null && reached=$((reached + 1))
done
equal "twenty new addresses, each reached right after the answer" 20 "$reached"
equal "without one refused packet" "$before" "$(counter violations)"

# Other resolvers.
check "the laptop, which never negotiated, asks whom it wants" answers 203.0.113.99 laptop @"$LAB_WEB" fleet.example.com
check "a hard-coded resolver is redirected" answers 203.0.113.120 camera @8.8.8.8 fleet.example.com
check "and by TCP" answers 203.0.113.120 camera +tcp @8.8.8.8 fleet.example.com
check "one that exists is, too" answers 203.0.113.120 camera @"$LAB_WEB" fleet.example.com
check "one that is granted is reached" answers 203.0.113.99 camera2 @"$LAB_MIRROR" fleet.example.com
check "and by TCP" answers 203.0.113.99 camera2 +tcp @"$LAB_MIRROR" fleet.example.com
check "by the device it was granted to, not by others" answers 203.0.113.120 camera @"$LAB_MIRROR" fleet.example.com
refute "DNS over TLS" lab_probe camera tls "$LAB_WEB" 853
refute "DNS over HTTPS" lab_probe camera tls "$LAB_WEB" 443

# DNS-06: who is served.
refute "the laptop at the forwarder's port" asks laptop -p 5354 @"$LAB_ROUTER" www.example.com
refute "the laptop at the forwarder's port by TCP" asks laptop -p 5354 +tcp @"$LAB_ROUTER" www.example.com
refute "the outside at the forwarder's port" asks intruder -p 5354 @"$LAB_WAN_IP" www.example.com
refute "the outside at port 53" asks intruder @"$LAB_WAN_IP" www.example.com
refute "the outside at the forwarder's port inside" asks intruder -p 5354 @"$LAB_ROUTER" www.example.com

# A flood is its sender's loss.
cat >"$LAB/flood.py" <<-'EOP'
	import socket, struct, time
	out, end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), time.time() + 120
	question = struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0) + b"\3www\7example\3com\0" + struct.pack("!HH", 1, 1)
	while time.time() < end:
	    for _ in range(100):
	        try:
	            out.sendto(question, ("192.168.1.1", 53))
	        except OSError:
	            pass
	    time.sleep(0.01)
EOP
lab_spawn camera flood /usr/bin/python3 "$LAB/flood.py"
sleep 1
answered=0
for _ in $(seq 30); do answers "$LAB_WEB" camera2 +time=1 www.example.com && answered=$((answered + 1)); done
check "the flood went on meanwhile" lab_alive flood
lab_kill flood
equal "30 questions of another device during a flood" 30 "$answered"
check "the flood was cut short" test "$(counter dns_flood)" -gt 1000
check "and told" test "$(lab_dwirm status --json | jq '.counters["dns:too-fast"] // 0')" -gt 100

# The owner's choice.
foreign() { sed -i "/foreign_dns/d; s/^config dwirm.*/&\n\toption foreign_dns '$1'/" "$LAB/router/config/dwirm"; kill -HUP "$(lab_pid daemon)"; sleep 1; }
foreign block
before=$(counter violations)
refute "blocked: another resolver" asks camera @"$LAB_WEB" fleet.example.com
check "blocked: it is counted as an attempt" test "$(counter violations)" -gt "$before"
check "blocked: the router's own" answers 203.0.113.120 camera @"$LAB_ROUTER" fleet.example.com
foreign allow
check "allowed: another resolver" answers 203.0.113.99 camera @"$LAB_WEB" fleet.example.com
check "allowed: by TCP" answers 203.0.113.99 camera +tcp @"$LAB_WEB" fleet.example.com
refute "allowed: nothing but its port 53" lab_probe camera tls "$LAB_WEB" 853
foreign redirect
check "redirected again" answers 203.0.113.120 camera @"$LAB_WEB" fleet.example.com

# A zone that lets in DNS and nothing else: the firewall sees what was redirected as granted.
lab_in router nft insert rule inet fw4 input_lan tcp dport != 53 drop
lab_in router nft insert rule inet fw4 input_lan udp dport != '{ 53, 67 }' drop
check "a zone that lets in port 53 only" answers 203.0.113.120 camera fleet.example.com
lab_firewall

# Without the resolver, without the daemon, without the port.
lab_kill names
equal "no resolver: the failure is told at once" 1 "$(lab_in camera dig +tries=1 +time=3 fleet.example.com | grep -c 'status: SERVFAIL')"
start_names
name_is fleet.example.com 203.0.113.101
check "it is back" answers 203.0.113.101 camera fleet.example.com
lab_daemon_stop
check "daemon stopped: the resolver is asked directly" answers 203.0.113.101 camera fleet.example.com
lab_spawn router squatter /usr/bin/python3 -c 'import socket, time; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("0.0.0.0", 5354)); time.sleep(600)'
sleep 0.5
lab_daemon_start
check "port taken: it is said" grep -q "no DNS forwarder" "$LAB/daemon.log"
eventually "port taken: the resolver is asked directly" 5 answers 203.0.113.101 camera fleet.example.com
check "port taken: the name was looked up all the same" lab_probe camera tls 203.0.113.101 443
