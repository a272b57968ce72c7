# shellcheck shell=bash
# The lab: a router, what hangs on it and what is outside, each in a network namespace of its own.
# Sourced by scripts/demo, scripts/size and tests/netns/run. Everything it makes is under $LAB and in namespaces
# called $LAB_ID-…; lab_down (or the exit trap) removes both. Nothing else on the machine is touched.
#
#      intruder 198.51.100.66 ─┐ (uplink segment)                      ┌─ cam   camera   (DWIRM device)
#   wan 198.51.100.1 ──────────┴── wan [ router ] br-lan 192.168.1.1 ──┼─ lap   laptop   (plain DHCP client)
#     203.0.113.10 update.example.com                                  └─ cam2  camera2  (a second DWIRM device)
#     203.0.113.80 www.example.com
#   IPv6: router 2001:db8::2 on the uplink, fd00:1::1 and 2001:db8:1::1 on br-lan; update, mirror and www are 2001:db8:ffff::10, ::11 and ::80
#   (lab_ra lets the router advertise its prefixes; until then a host has link-local addresses only).
#
# Every host but the router answers on every TCP and UDP port: where a connection fails, the router refused it.

LAB_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LAB_TOOLS=$LAB_TOP/tests/netns/tools
LAB_ID=dwl$$
LAB=$LAB_TOP/build/lab-$$
LAB_HOSTS="wan intruder router camera laptop camera2"
LAB_FIREWALL=${LAB_FIREWALL:-fw4}       # or reduced: a file of tests/netns/firewall
LAB_LAN_DEVICES='"br-lan"'              # the devices of its zone lan
LAB_FAKETIME=${LAB_FAKETIME:-$(echo /usr/lib/*/faketime/libfaketime.so.1)}
DWIRM=${DWIRM:-$LAB_TOP/build/dwirm}
DWIRM_DEVICE=${DWIRM_DEVICE:-$LAB_TOP/build/dwirm-device}

# Addresses as the scenarios name them.
LAB_ROUTER=192.168.1.1
LAB_WAN_IP=198.51.100.2       # the router's outside
LAB_INTRUDER=198.51.100.66
LAB_UPDATE=203.0.113.10
LAB_MIRROR=203.0.113.11
LAB_WEB=203.0.113.80
LAB_ROUTER6=fd00:1::1
LAB_WAN_IP6=2001:db8::2
LAB_INTRUDER6=2001:db8::66
LAB_UPDATE6=2001:db8:ffff::10
LAB_MIRROR6=2001:db8:ffff::11
LAB_WEB6=2001:db8:ffff::80
declare -A LAB_MAC=([camera]=02:00:00:00:00:10 [laptop]=02:00:00:00:00:20 [camera2]=02:00:00:00:00:30)

# in HOST COMMAND…: runs it in the host's namespace, with that host's resolver. Execs, so $! of a background call is the command.
lab_in() {
	local host=$1
	shift
	ip netns exec "$LAB_ID-$host" sh -c 'mount --bind "$1" /etc/resolv.conf; shift; exec "$@"' sh "$LAB/$host/resolv.conf" "$@"
}

# lab_spawn HOST NAME COMMAND…: in the background; its PID is recorded as NAME, its output goes to $LAB/NAME.log.
lab_spawn() {
	local host=$1 name=$2
	shift 2
	(exec 9>&-; exec ip netns exec "$LAB_ID-$host" sh -c 'mount --bind "$1" /etc/resolv.conf; shift; exec "$@"' \
		sh "$LAB/$host/resolv.conf" "$@") >>"$LAB/$name.log" 2>&1 </dev/null &
	echo $! >"$LAB/pids/$name"
}

lab_pid() { cat "$LAB/pids/$1" 2>/dev/null; }
lab_alive() { local pid; pid=$(lab_pid "$1") && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; }

# lab_kill NAME [SIGNAL]: ends what lab_spawn started and waits for it. Its exit code is in LAB_RC.
lab_kill() {
	local pid
	LAB_RC=
	pid=$(lab_pid "$1") || return 0
	[ -n "$pid" ] || return 0
	rm -f "$LAB/pids/$1"
	{ # bash tells of killed jobs on stderr
		kill "-${2:-TERM}" "$pid"
		for _ in $(seq 100); do
			kill -0 "$pid" || break
			sleep 0.05
		done
		kill -KILL "$pid"
		wait "$pid"
		LAB_RC=$?
	} 2>/dev/null
}

# lab_wait SECONDS COMMAND…: until the command succeeds; fails when the time is over.
lab_wait() {
	local until=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "${EPOCHREALTIME/[.,]/}" -lt "$until" ] || return 1
		sleep 0.05
	done
}

lab_up() {
	[ "$(id -u)" = 0 ] || { echo "the lab needs root" >&2; return 1; }
	mkdir -p "$LAB/pids"
	local host
	for host in $LAB_HOSTS; do
		ip netns add "$LAB_ID-$host"
		ip -n "$LAB_ID-$host" link set lo up
		mkdir -p "$LAB/$host"
		echo "nameserver $LAB_ROUTER" >"$LAB/$host/resolv.conf"
	done
	echo "nameserver 127.0.0.1" >"$LAB/router/resolv.conf"
	lab_links
	lab_firewall
	lab_any_port camera camera2 laptop intruder wan
	lab_uci
	lab_servers
}

lab_links() {
	local r=$LAB_ID-router w=$LAB_ID-wan host net
	# The outside: one segment that the router's uplink, the provider and the intruder share.
	ip -n "$w" link add seg type bridge
	ip -n "$w" link set seg up
	ip -n "$w" addr add 198.51.100.1/24 dev seg
	ip -n "$w" link add net type bridge
	ip -n "$w" link set net up
	for host in "$LAB_UPDATE" "$LAB_MIRROR" "$LAB_WEB"; do ip -n "$w" addr add "$host/32" dev net; done
	for host in "$LAB_UPDATE6" "$LAB_MIRROR6" "$LAB_WEB6"; do ip -n "$w" addr add "$host/128" dev net nodad; done
	ip -n "$w" addr add 2001:db8::1/64 dev seg nodad
	ip link add wan address 02:00:00:00:01:02 netns "$r" type veth peer name p-router netns "$w"
	ip link add eth0 address 02:00:00:00:01:66 netns "$LAB_ID-intruder" type veth peer name p-intr netns "$w"
	for host in p-router p-intr; do
		ip -n "$w" link set "$host" master seg
		ip -n "$w" link set "$host" up
	done
	ip -n "$LAB_ID-intruder" addr add "$LAB_INTRUDER/24" dev eth0
	ip -n "$LAB_ID-intruder" addr add "$LAB_INTRUDER6/64" dev eth0 nodad
	ip -n "$LAB_ID-intruder" link set eth0 up
	# A neighbour on the uplink segment can always try the private addresses by way of the router.
	ip -n "$LAB_ID-intruder" route add 192.168.1.0/24 via "$LAB_WAN_IP"
	ip -n "$w" route add 192.168.1.0/24 via "$LAB_WAN_IP"
	for host in intruder wan; do
		for net in fd00:1::/64 2001:db8:1::/64; do ip -n "$LAB_ID-$host" route add "$net" via "$LAB_WAN_IP6"; done
	done

	# The router and what hangs on its bridge.
	ip -n "$r" link add br-lan address 02:00:00:00:01:01 type bridge
	ip -n "$r" link set br-lan up
	ip -n "$r" addr add "$LAB_ROUTER/24" dev br-lan
	ip -n "$r" link set wan up
	ip -n "$r" addr add "$LAB_WAN_IP/24" dev wan
	ip -n "$r" route add default via 198.51.100.1
	ip netns exec "$r" sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.all.forwarding=1
	for net in "$LAB_ROUTER6" 2001:db8:1::1; do ip -n "$r" addr add "$net/64" dev br-lan nodad; done
	ip -n "$r" addr add "$LAB_WAN_IP6/64" dev wan nodad
	ip -n "$r" route add default via 2001:db8::1
	lab_port camera cam
	lab_port laptop lap
	lab_port camera2 cam2
	# Bridged frames stay out of the IP hooks, as on OpenWrt.
	ip netns exec "$r" sysctl -qw net.ipv4.ip_forward=1
	[ ! -e /proc/sys/net/bridge ] || ip netns exec "$r" sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
	[ ! -e /proc/sys/net/bridge ] || ip netns exec "$w" sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
}

lab_port() { # host, port of the router's bridge, the bridge (br-lan)
	ip link add eth0 address "${LAB_MAC[$1]}" netns "$LAB_ID-$1" type veth peer name "$2" netns "$LAB_ID-router"
	ip -n "$LAB_ID-router" link set "$2" master "${3:-br-lan}"
	ip -n "$LAB_ID-router" link set "$2" up
	ip -n "$LAB_ID-$1" link set eth0 up
}

# lab_ra DEVICE PREFIX…: the router advertises itself and these prefixes there, so that hosts form addresses (RFC 4862).
lab_ra() {
	lab_spawn router "ra-$1" /usr/bin/python3 "$LAB_TOOLS/ra.py" "$@"
	lab_wait 5 grep -q ready "$LAB/ra-$1.log"
}

# lab_ip6 HOST PREFIX: the addresses the host has formed in the prefix ("fd00:1:") and made sure of, the stable one first.
lab_ip6() {
	ip -n "$LAB_ID-$1" -6 -j addr show dev eth0 |
		jq -r --arg p "$2" '[.[].addr_info[] | select((.local | startswith($p)) and (.tentative | not))] | sort_by(.temporary // false) | .[].local'
}

# lab_firewall [reduced | fw4]: loads tests/netns/firewall/NAME.nft as fw4 loads its own, in one transaction; running flows stay. What dwirm adds
# to fw4 comes from the files that packaging installs.
lab_firewall() {
	LAB_FIREWALL=${1:-$LAB_FIREWALL}
	lab_in router nft -I "$LAB_TOP/packaging/files/usr/share/nftables.d" -D "lan_devices=$LAB_LAN_DEVICES" \
		-f "$LAB_TOP/tests/netns/firewall/$LAB_FIREWALL.nft"
}

# Hosts answer on every port: one listener each for TCP and UDP behind a redirect; 443 of the update server speaks TLS.
lab_any_port() { # hosts
	local host
	for host in "$@"; do
		lab_in "$host" nft -f - <<-'EOF'
			table inet anyport {
				chain pre {
					type nat hook prerouting priority dstnat; policy accept;
					tcp dport 443 accept
					udp dport { 53, 67, 68 } accept
					meta l4proto tcp redirect to :9
					meta l4proto udp redirect to :9
				}
			}
		EOF
	done
}

lab_uci() { # what a router of this shape has in /etc/config
	local dir=$LAB/router/config
	mkdir -p "$dir" "$LAB/router/state" "$LAB/router/run"
	cat >"$dir/network" <<-'EOF'
		config interface 'loopback'
			option device 'lo'
			option proto 'static'
			option ipaddr '127.0.0.1'
			option netmask '255.0.0.0'

		config device
			option name 'br-lan'
			option type 'bridge'
			list ports 'cam'
			list ports 'lap'
			list ports 'cam2'

		config interface 'lan'
			option device 'br-lan'
			option proto 'static'
			option ipaddr '192.168.1.1'
			option netmask '255.255.255.0'

		config interface 'wan'
			option device 'wan'
			option proto 'static'
			option ipaddr '198.51.100.2'
			option netmask '255.255.255.0'
			option gateway '198.51.100.1'
	EOF
	cat >"$dir/dhcp" <<-'EOF'
		config dnsmasq
			option domain 'lan'
			option authoritative '1'
			option noping '1'
			option leasefile '/tmp/dhcp.leases'
			option port '53'

		config dhcp 'lan'
			option interface 'lan'
			option start '100'
			option limit '150'
			option leasetime '12h'
			option dhcpv4 'server'

		config dhcp 'wan'
			option interface 'wan'
			option ignore '1'
	EOF
	cat >"$dir/firewall" <<-'EOF'
		config defaults
			option input 'REJECT'
			option output 'ACCEPT'
			option forward 'REJECT'

		config zone
			option name 'lan'
			list network 'lan'
			option input 'ACCEPT'
			option output 'ACCEPT'
			option forward 'ACCEPT'

		config zone
			option name 'wan'
			list network 'wan'
			option input 'REJECT'
			option output 'ACCEPT'
			option forward 'REJECT'
			option masq '1'

		config forwarding
			option src 'lan'
			option dest 'wan'
	EOF
	cat >"$dir/system" <<-'EOF'
		config system
			option hostname 'router'
			option timezone 'CET-1CEST,M3.5.0,M10.5.0/3'
			option zonename 'Europe/Berlin'
	EOF
	cat >"$dir/dwirm" <<-'EOF'
		config dwirm 'main'
			option enabled '1'
			option clock 'trust'
			list wan 'wan'

		config network 'lan'
			option posture 'open'
			option deny_action 'quarantine'
	EOF
	cp "$LAB_TOP/packaging/files/etc/dwirm/policy.yaml" "$LAB/router/policy.yaml"
	cp "$LAB_TOP/packaging/files/usr/share/dwirm/categories.yaml" "$LAB/router/categories.yaml"
}

lab_servers() {
	local host
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=update.example.com \
		-addext "subjectAltName=DNS:update.example.com" -keyout "$LAB/wan/key.pem" -out "$LAB/wan/cert.pem" 2>/dev/null
	lab_spawn wan server-wan /usr/bin/python3 "$LAB_TOOLS/server.py" wan --tls 443 "$LAB/wan/cert.pem" "$LAB/wan/key.pem"
	for host in camera camera2 laptop intruder; do
		lab_spawn "$host" "server-$host" /usr/bin/python3 "$LAB_TOOLS/server.py" "$host"
	done
	lab_resolver dnsmasq br-lan lo
	for host in wan camera camera2 laptop intruder; do
		lab_wait 10 grep -q ready "$LAB/server-$host.log" || { echo "no server on $host" >&2; return 1; }
	done
	lab_wait 10 lab_in router getent ahostsv4 update.example.com
}

# lab_resolver NAME INTERFACE…: the router's resolver: names only, as where dwirm owns DHCP.
lab_resolver() {
	local -a interfaces=("${@:2}")
	interfaces=("${interfaces[@]/#/--interface=}")
	case " $* " in *" lo "*) ;; *) interfaces+=(--except-interface=lo) ;; esac
	lab_spawn router "$1" dnsmasq --keep-in-foreground --conf-file=/dev/null --port=53 --no-resolv --no-hosts --user=root \
		--bind-interfaces "${interfaces[@]}" --pid-file="$LAB/router/$1.pid" --local-ttl=60 --log-facility=- \
		--local=/example.com/ --local=/example.net/ --host-record="update.example.com,$LAB_UPDATE,$LAB_UPDATE6" \
		--host-record="mirror.example-com.example.net,$LAB_MIRROR,$LAB_MIRROR6" \
		--host-record="www.example.com,$LAB_WEB,$LAB_WEB6"
}

# ---- the daemon ----

# lab_clock 'YYYY-MM-DD HH:MM:SS' (GMT): from now on the router's wall clock; monotonic time is left alone.
# Without it the daemon has the machine's clock. As an offset, so that a restarted daemon goes on from where it was.
lab_clock() {
	if [ -z "${1:-}" ]; then rm -f "$LAB/router/clock"; return; fi
	printf '%+d\n' $(($(date -u -d "$1" +%s) - $(date +%s))) >"$LAB/router/clock"
}

# What puts a program of the router under the router's clock.
lab_clock_environment() {
	[ -e "$LAB/router/clock" ] || return 0
	printf '%s\n' "LD_PRELOAD=$LAB_FAKETIME" DONT_FAKE_MONOTONIC=1 FAKETIME_NO_CACHE=1 "FAKETIME_TIMESTAMP_FILE=$LAB/router/clock"
}

# lab_dwirm COMMAND…: the daemon's command line, on the router.
lab_dwirm() {
	local -a environment
	mapfile -t environment < <(lab_clock_environment)
	lab_in router env "${environment[@]}" "$DWIRM" "$@" --run-dir "$LAB/router/run"
}

lab_daemon_flags() {
	printf '%s\n' --uci-dir "$LAB/router/config" --policy "$LAB/router/policy.yaml" --categories "$LAB/router/categories.yaml" \
		--state-dir "$LAB/router/state" --run-dir "$LAB/router/run" --lease-file "$LAB/router/dhcp.leases"
}

# lab_daemon_start: and waits until it answers on its control socket.
lab_daemon_start() {
	local -a environment flags
	mapfile -t flags < <(lab_daemon_flags)
	mapfile -t environment < <(lab_clock_environment)
	lab_spawn router daemon env "${environment[@]}" "$DWIRM" daemon "${flags[@]}"
	lab_wait 10 lab_dwirm status || { echo "the daemon does not answer:" >&2; tail -5 "$LAB/daemon.log" >&2; return 1; }
}

lab_daemon_stop() { lab_kill daemon "${1:-TERM}"; }

# ---- the clients ----

# The lab's answer to dhclient-script and udhcpc's default.script: sets the address in the client's namespace, and tells.
# lab_udhcpc HOST [ARGUMENTS…]: one lease, then the client ends and the address stays.
lab_udhcpc() {
	local host=$1
	shift
	lab_in "$host" busybox udhcpc -f -q -n -t 5 -T 1 -i eth0 -s "$LAB_TOOLS/udhcpc.script" "$@"
}

# lab_device HOST NAME [ARGUMENTS…]: a DWIRM device that keeps its lease and tells of every answer in $LAB/NAME.log.
lab_device() {
	local host=$1 name=$2
	shift 2
	lab_spawn "$host" "$name" "$DWIRM_DEVICE" --interface eth0 --apply --json --hold "$@"
}

lab_ip() { ip -n "$LAB_ID-$1" -4 -j addr show dev eth0 | jq -r '.[0].addr_info[0].local // empty'; }

# lab_flush HOST: as if just plugged in.
lab_flush() {
	ip -n "$LAB_ID-$1" addr flush dev eth0
	ip -n "$LAB_ID-$1" neigh flush dev eth0 2>/dev/null
	return 0
}

# lab_probe HOST ARGUMENTS… (tools/probe.py)
lab_probe() {
	local host=$1
	shift
	lab_in "$host" /usr/bin/python3 "$LAB_TOOLS/probe.py" "$@"
}

# lab_capture HOST DEVICE NAME FILTER…: into $LAB/NAME.pcap until lab_kill NAME.
lab_capture() {
	local host=$1 device=$2 name=$3
	shift 3
	lab_spawn "$host" "$name" tcpdump -Z root --immediate-mode -U -n -s 0 -i "$device" -w "$LAB/$name.pcap" "$@"
	lab_wait 10 grep -q 'listening on' "$LAB/$name.log"
}

lab_down() {
	local name host pid
	[ -d "$LAB" ] || return 0
	for name in "$LAB"/pids/*; do
		[ -e "$name" ] && lab_kill "$(basename "$name")"
	done
	for host in $LAB_HOSTS; do
		# Only what runs in the lab's own namespaces, by number.
		for pid in $(ip netns pids "$LAB_ID-$host" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null; done
		ip netns del "$LAB_ID-$host" 2>/dev/null
	done
	if [ -n "${LAB_KEEP:-}" ]; then echo "kept: $LAB" >&2; else rm -rf "$LAB"; fi
}
