# The DHCP clients of the world, unchanged: each acquires, renews and releases (RFC 2131 section 4.3, DWIRM-21).

lease_of() { lab_dwirm leases --json | jq -r --arg mac "${LAB_MAC[laptop]}" '.[] | select(.mac == $mac and .state == "bound") | .ip'; }
no_lease() { [ -z "$(lease_of)" ]; }
pool() { [[ $(lab_ip laptop) =~ ^192\.168\.1\.([0-9]+)$ ]] && [ "${BASH_REMATCH[1]}" -ge 100 ] && [ "${BASH_REMATCH[1]}" -le 249 ]; }
said() { [ "$(grep -c "$1" "$LAB/$2.log")" -ge "${3:-1}" ]; }

# busybox udhcpc, as on OpenWrt and most devices.
lab_spawn laptop udhcpc busybox udhcpc -f -R -t 5 -T 1 -i eth0 -s "$LAB_TOOLS/udhcpc.script"
eventually "udhcpc acquires" 8 pool
first=$(lab_ip laptop)
equal "udhcpc: the lease is known" "$first" "$(lease_of)"
grep -q "router=$LAB_ROUTER dns=$LAB_ROUTER lease=43200 server=$LAB_ROUTER" "$LAB/udhcpc.log" &&
	pass "udhcpc: router, resolver, lease time" || fail "udhcpc: router, resolver, lease time" "$(tail -n 1 "$LAB/udhcpc.log")"
eventually "the lease file has dnsmasq's five fields" 3 grep -qE "^[0-9]+ ${LAB_MAC[laptop]} $first [^ ]+ [^ ]+$" "$LAB/router/dhcp.leases"
kill -USR1 "$(lab_pid udhcpc)"
eventually "udhcpc renews" 5 said "^renew ip=$first" udhcpc
lab_kill udhcpc    # -R: releases on the way out
eventually "udhcpc releases" 5 no_lease

# ISC dhclient.
lab_flush laptop
dhclient() {
	lab_in laptop dhclient -4 -v -sf "$LAB_TOOLS/dhclient.script" -lf "$LAB/laptop/dhclient.leases" -pf "$LAB/laptop/dhclient.pid" \
		-cf /dev/null "$@" eth0 >>"$LAB/dhclient.log" 2>&1 </dev/null
}
touch "$LAB/laptop/dhclient.leases"
check "dhclient acquires" dhclient -1
check "dhclient has an address of the pool" pool
second=$(lab_ip laptop)
kill "$(cat "$LAB/laptop/dhclient.pid")" 2>/dev/null
check "dhclient comes back (INIT-REBOOT)" dhclient -1
eventually "dhclient was acknowledged at once" 3 said "dhclient REBOOT ip=$second" dhclient
check "dhclient releases" dhclient -r
eventually "dhclient: the lease is gone" 5 no_lease
rm -f "$LAB/laptop/dhclient.leases"
touch "$LAB/laptop/dhclient.leases"
check "dhclient asks again, remembering nothing" dhclient -1
equal "the address is stable per client" "$second" "$(lab_ip laptop)"
dhclient -r

# dhcpcd, in a mount namespace of its own: it keeps its state below /run and /var/lib.
lab_flush laptop
mkdir -p "$LAB/laptop/run" "$LAB/laptop/db"
printf 'duid ll\nnoipv6\nnoarp\nnohook resolv.conf\nnohook timesyncd.conf\n' >"$LAB/laptop/dhcpcd.conf"
dhcpcd_run() {
	lab_in laptop sh -c 'mount --bind "$1/run" /run; mkdir -p /run/dhcpcd /var/lib/dhcpcd; mount --bind "$1/db" /var/lib/dhcpcd
		conf=$1/dhcpcd.conf; shift; exec dhcpcd -4 -f "$conf" --script /bin/true "$@" eth0' sh "$LAB/laptop" "$@" >>"$LAB/dhcpcd.log" 2>&1
}
lab_spawn laptop dhcpcd sh -c 'mount --bind "$1/run" /run; mkdir -p /run/dhcpcd /var/lib/dhcpcd; mount --bind "$1/db" /var/lib/dhcpcd
	exec dhcpcd -4 -B -d -f "$1/dhcpcd.conf" --script /bin/true eth0' sh "$LAB/laptop"
eventually "dhcpcd acquires" 15 pool
known() { [ -n "$(lease_of)" ]; }
eventually "dhcpcd: the lease is known" 5 known
acks() { grep -c 'acknowledged\|leased\|renew' "$LAB/dhcpcd.log"; }
before=$(acks)
more_acks() { [ "$(acks)" -gt "$before" ]; }
dhcpcd_run -n
eventually "dhcpcd rebinds" 10 more_acks
dhcpcd_run -k
eventually "dhcpcd releases" 10 no_lease
