# shellcheck shell=bash
# A whole house on the lab's router, for the scenarios that look at every state a device can be in. Sourced by them, with the lab up and the
# daemon not yet running: lab_house, then lab_daemon_start, then lab_house_attach.
#
#   br-lan   192.168.1.1/24  posture open         camera .10 granted      camera2 .11 amended   sensor .12 granted (consumes camera:88)
#                                                 bell .13 pending        blocked .14 denied    full .15 full access    laptop .20 new
#   br-iot   192.168.2.1/24  posture quarantine   meter .10 granted       plug .20 new
#   br-guest 192.168.3.1/24  posture isolate      guest .20 new           guest2 .21 new
# shellcheck disable=SC2034

LAB_HOUSE="camera camera2 sensor bell blocked full laptop meter plug guest guest2"
declare -A HOUSE_IP=([camera]=192.168.1.10 [camera2]=192.168.1.11 [sensor]=192.168.1.12 [bell]=192.168.1.13 [blocked]=192.168.1.14
	[full]=192.168.1.15 [laptop]=192.168.1.20 [meter]=192.168.2.10 [plug]=192.168.2.20 [guest]=192.168.3.20 [guest2]=192.168.3.21)

lab_house() {
	local host number=0 net
	LAB_MAC+=([sensor]=02:00:00:00:00:12 [bell]=02:00:00:00:00:13 [blocked]=02:00:00:00:00:14 [full]=02:00:00:00:00:15
		[meter]=02:00:00:00:02:10 [plug]=02:00:00:00:02:20 [guest]=02:00:00:00:03:20 [guest2]=02:00:00:00:03:21)
	for net in iot:2 guest:3; do
		ip -n "$LAB_ID-router" link add "br-${net%:*}" address "02:00:00:00:0${net#*:}:01" type bridge
		ip -n "$LAB_ID-router" link set "br-${net%:*}" up
		ip -n "$LAB_ID-router" addr add "192.168.${net#*:}.1/24" dev "br-${net%:*}"
		ip -n "$LAB_ID-router" addr add "2001:db8:${net#*:}::1/64" dev "br-${net%:*}" nodad
		ip -n "$LAB_ID-intruder" route add "192.168.${net#*:}.0/24" via "$LAB_WAN_IP"
		for host in intruder wan; do ip -n "$LAB_ID-$host" route add "2001:db8:${net#*:}::/64" via "$LAB_WAN_IP6"; done
	done
	for host in sensor bell blocked full meter plug guest guest2; do
		ip netns add "$LAB_ID-$host"
		LAB_HOSTS+=" $host"
		ip -n "$LAB_ID-$host" link set lo up
		mkdir -p "$LAB/$host"
		case ${HOUSE_IP[$host]} in
			192.168.1.*) lab_port "$host" "$host" br-lan ;;
			192.168.2.*) lab_port "$host" "$host" br-iot ;;
			*) lab_port "$host" "$host" br-guest ;;
		esac
		echo "nameserver ${HOUSE_IP[$host]%.*}.1" >"$LAB/$host/resolv.conf"
		lab_spawn "$host" "server-$host" /usr/bin/python3 "$LAB_TOOLS/server.py" "$host"
	done
	lab_any_port sensor bell blocked full meter plug guest guest2
	# netifd puts addresses back after a flap; here they stay.
	ip netns exec "$LAB_ID-router" sysctl -qw net.ipv6.conf.all.keep_addr_on_down=1
	lab_house_uci
	lab_resolver dnsmasq2 br-iot br-guest
	LAB_LAN_DEVICES='{ "br-lan", "br-iot", "br-guest" }'
	lab_firewall
	for host in sensor bell blocked full meter plug guest guest2; do lab_wait 20 grep -q ready "$LAB/server-$host.log" || return 1; done
}

lab_house_uci() {
	local dir=$LAB/router/config host net
	for net in iot:2:quarantine guest:3:isolate; do
		IFS=: read -r name number posture <<<"$net"
		cat >>"$dir/network" <<-EOF

			config device
				option name 'br-$name'
				option type 'bridge'

			config interface '$name'
				option device 'br-$name'
				option proto 'static'
				option ipaddr '192.168.$number.1'
				option netmask '255.255.255.0'
		EOF
		cat >>"$dir/dhcp" <<-EOF

			config dhcp '$name'
				option interface '$name'
				option start '100'
				option limit '50'
				option leasetime '12h'
				option dhcpv4 'server'
		EOF
		cat >>"$dir/dwirm" <<-EOF

			config network '$name'
				option posture '$posture'
				option deny_action 'quarantine'
		EOF
		sed -i "s/^\tlist network 'lan'$/&\n\tlist network '$name'/" "$dir/firewall"
	done
	for host in $LAB_HOUSE; do
		printf "\nconfig host\n\toption name '%s'\n\toption mac '%s'\n\toption ip '%s'\n" "$host" "${LAB_MAC[$host]}" "${HOUSE_IP[$host]}" >>"$dir/dhcp"
	done
	# The other bridges' ports are the router's as well.
	sed -i "/option name 'br-iot'/,/option type/ s/option type 'bridge'/&\n\tlist ports 'meter'\n\tlist ports 'plug'/
		/option name 'br-guest'/,/option type/ s/option type 'bridge'/&\n\tlist ports 'guest'\n\tlist ports 'guest2'/" "$dir/network"
}

# Every device gets its lease, asks for what it asks for, and is answered as the table above says.
lab_house_attach() {
	local host net
	for net in lan:1 iot:2 guest:3; do lab_ra "br-${net%:*}" "2001:db8:${net#*:}::/64"; done
	local -a waiting=()
	for host in camera camera2 blocked; do lab_device "$host" "device-$host" --profile "$PROFILES/camera.json" --mode client; done
	for host in sensor meter; do lab_device "$host" "device-$host" --profile "$PROFILES/sensor.json" --mode client; done
	lab_device bell device-bell --profile "$PROFILES/doorbell.json" --mode client
	for host in laptop plug guest guest2 full; do lab_udhcpc "$host" >"$LAB/udhcpc-$host.log" 2>&1 & waiting+=($!); done
	for host in $LAB_HOUSE; do lab_wait 10 test_ip "$host" || { echo "no lease: $host" >&2; return 1; }; done
	for host in $LAB_HOUSE; do lab_wait 10 test_ip6 "$host" || { echo "no IPv6 address: $host" >&2; return 1; }; done
	wait "${waiting[@]}"
	lab_house_decide && lab_house_ip6
}
# A device's IPv6 address is its own once it has used it.
lab_house_ip6() {
	local host
	for host in camera camera2 sensor bell blocked meter; do lab_wait 10 house_ip6_known "$host" || { echo "IPv6 address not learnt: $host" >&2; return 1; }; done
}
house_ip6_known() {
	lab_in "$1" ping -6 -c 1 -W 1 "2001:db8:$(cut -d. -f3 <<<"${HOUSE_IP[$1]}")::1"
	device "$1" '.ip6[]' | grep -q 2001:db8
}
test_ip6() { ip -n "$LAB_ID-$1" -6 addr show dev eth0 scope global -tentative | grep -q inet6; }
test_ip() { [ "$(lab_ip "$1")" = "${HOUSE_IP[$1]}" ]; }

# lab_house_decide: the owner's words that lead to the states above, whatever was said before.
lab_house_decide() {
	lab_dwirm approve "${LAB_MAC[camera]}" && lab_dwirm approve "${LAB_MAC[sensor]}" && lab_dwirm approve "${LAB_MAC[meter]}" &&
		lab_dwirm deny "${LAB_MAC[blocked]}" && lab_dwirm full-access "${LAB_MAC[full]}"
} >/dev/null

# house_ip6 NAME NETWORK MAC: the address a host forms of its MAC (RFC 4291 appendix A; all MACs of the lab start with 02:00:00:00).
house_ip6() {
	local tail=${3#02:00:00:00:} prefix=2001:db8:$2::
	[ -z "${HOUSE_LINK_LOCAL:-}" ] || prefix=fe80::
	printf '%s 6 %sff:fe00:%x\n' "$1" "$prefix" "0x${tail/:/}"
}

# lab_house_addresses: the map tools/matrix.py reads. HOUSE_LINK_LOCAL=1: with the link-local IPv6 addresses in place of the global ones.
lab_house_addresses() {
	local host number
	for host in $LAB_HOUSE; do
		number=${HOUSE_IP[$host]#192.168.}
		echo "$host 4 ${HOUSE_IP[$host]} ${LAB_MAC[$host]}"
		house_ip6 "$host" "${number%%.*}" "${LAB_MAC[$host]}"
	done
	for host in lan:1 iot:2 guest:3; do
		if [ -n "${HOUSE_LINK_LOCAL:-}" ]; then house_ip6 "router@${host%:*}" 1 "02:00:00:00:0${host#*:}:01"
		else echo "router@${host%:*} 6 2001:db8:${host#*:}::1"; fi
	done
	cat <<-EOF
		router@lan 4 192.168.1.1 02:00:00:00:01:01
		router@iot 4 192.168.2.1 02:00:00:00:02:01
		router@guest 4 192.168.3.1 02:00:00:00:03:01
		router@wan 4 $LAB_WAN_IP 02:00:00:00:01:02
		router@wan 6 $LAB_WAN_IP6
		intruder 6 $LAB_INTRUDER6
		update 6 $LAB_UPDATE6
		mirror 6 $LAB_MIRROR6
		web 6 $LAB_WEB6
		stranger 4 192.168.1.99 02:00:00:00:00:99
		intruder 4 $LAB_INTRUDER 02:00:00:00:01:66
		update 4 $LAB_UPDATE at=wan
		mirror 4 $LAB_MIRROR at=wan
		web 4 $LAB_WEB at=wan
	EOF
}

# house_matrix NAME ROWS…: the attempts of the rows; the table stands in the log, a check that fails for each row that differs.
house_matrix() {
	local name=$1 line
	lab_house_addresses >"$LAB/addresses"
	if LAB_ID=$LAB_ID /usr/bin/python3 "$LAB_TOOLS/matrix.py" "$LAB/addresses" "${@:2}" >"$LAB/matrix" 2>&1; then
		pass "$name: $(tail -n 1 "$LAB/matrix")"
	elif ! grep -q DIFFERS "$LAB/matrix"; then
		fail "$name" "$(tail -n 1 "$LAB/matrix")"
	fi
	while read -r line; do fail "$name" "${line//  / }"; done < <(grep DIFFERS "$LAB/matrix")
	cat "$LAB/matrix"
}
