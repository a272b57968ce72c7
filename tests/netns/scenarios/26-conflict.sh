# no-daemon
# Somebody sits on an address of the range without a lease: it is found by ARP before it is offered, and rests; only the first offer waits.

cat >"$LAB/router/config/dhcp" <<-'UCI'
	config dnsmasq
		option authoritative '1'
		option sequential_ip '1'

	config dhcp 'lan'
		option interface 'lan'
		option start '100'
		option limit '50'
UCI
ip -n "$LAB_ID-camera" addr add 192.168.1.100/24 dev eth0
lab_daemon_start || exit 1

attach_laptop
equal "the squatter's address is passed over" 192.168.1.101 "$(lab_ip laptop)"
check "the log names the squatter" grep -q "192.168.1.100 on lan is used by ${LAB_MAC[camera]}" "$LAB/daemon.log"
counter() { lab_dwirm status --json | jq -r ".counters[\"$1\"] // 0"; }
equal "the conflict is counted" 1 "$(counter probe:in-use)"
equal "two addresses were probed" 2 "$(counter probe:sent)"

lab_in laptop busybox udhcpc -f -q -n -t 1 -T 1 -i eth0 -s "$LAB_TOOLS/udhcpc.script" >"$LAB/again.log" 2>&1
equal "a known client keeps its address" 192.168.1.101 "$(lab_ip laptop)"
equal "a known client waits for no probe" 2 "$(counter probe:sent)"
