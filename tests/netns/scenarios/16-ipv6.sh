# IPv6 hosts form their addresses themselves: the router learns whose they are, and grants hold for all of them. Nothing is typed in by hand
# but the router's prefixes.

knows() { # host, address: the daemon says that it is the host's
	[ "$(device "$1" '.ip6 | index("'"$2"'") != null')" = true ]
}
knows_all() { # host, prefix, how many
	local address n=0
	for address in $(lab_ip6 "$1" "$2"); do
		knows "$1" "$address" || return 1
		n=$((n + 1))
	done
	[ "$n" = "$3" ]
}
from() { # host, source, address, port, seconds of patience: one connection from that source
	lab_in "$1" timeout 3 /usr/bin/python3 -c 'import socket, sys
s = socket.create_connection((sys.argv[2], int(sys.argv[3])), float(sys.argv[4]), (sys.argv[1], 0))
s.sendall(b"?\n")
sys.exit(0 if s.recv(100) else 1)' "$2" "$3" "$4" "${5:-1.5}"
}
learnt_ms() { # how long until an address that was just added works
	local start=${EPOCHREALTIME/[.,]/}
	until from "$@" 0.2 >/dev/null 2>&1; do
		[ $((${EPOCHREALTIME/[.,]/} - start)) -lt 10000000 ] || break
	done
	echo $(((${EPOCHREALTIME/[.,]/} - start) / 1000))
}

sed -e 's|"https://update.example.com/[^"]*"|&,"https://['$LAB_UPDATE6']:8443/prod"|' "$PROFILES/camera.json" >"$LAB/camera6.json"
for host in camera laptop; do ip netns exec "$LAB_ID-$host" sysctl -qw net.ipv6.conf.eth0.use_tempaddr=2; done
attach_laptop
attach_camera camera --profile "$LAB/camera6.json" --mode client
lab_wait 3 state_is camera amended
lab_ra br-lan fd00:1::/64 2001:db8:1::/64

# Stable and temporary addresses of two prefixes, from duplicate address detection.
eventually "camera: stable and temporary addresses of the first prefix are known" 10 knows_all camera fd00:1: 2
eventually "camera: stable and temporary addresses of the second prefix are known" 10 knows_all camera 2001:db8:1: 2
stable=$(lab_ip6 camera 2001:db8:1: | head -1) temporary=$(lab_ip6 camera 2001:db8:1: | tail -1)
ula=$(lab_ip6 camera fd00:1: | head -1) lap=$(lab_ip6 laptop 2001:db8:1: | head -1)
check "camera (temporary) → update server:8443" from camera "$temporary" "$LAB_UPDATE6" 8443
check "camera (stable) → update server:8443" from camera "$stable" "$LAB_UPDATE6" 8443
refute "camera → update server:80" from camera "$temporary" "$LAB_UPDATE6" 80
refute "camera → web server:8443" from camera "$temporary" "$LAB_WEB6" 8443
refute "camera → laptop" from camera "$stable" "$lap" 80
refute "camera → router's own web interface" from camera "$ula" "$LAB_ROUTER6" 80
check "laptop → camera:88 (stable)" reach laptop "$stable" 88
check "laptop → camera:88 (temporary)" reach laptop "$temporary" 88
check "laptop → camera:88 (unique local)" reach laptop "$ula" 88
refute "laptop → camera:81" reach laptop "$ula" 81
check "laptop → WAN" reach laptop "$LAB_WEB6" 80

# From outside only what a forward opens, and then the port inside.
refute "WAN → camera:88 before the forward is granted" reach intruder "$stable" 88
check "the owner approves the forward" lab_dwirm approve "${LAB_MAC[camera]}"
lab_wait 3 state_is camera granted
eventually "WAN → camera:88 through the pinhole" 5 reach intruder "$stable" 88
refute "WAN → camera:8088, the outside port of IPv4" reach intruder "$stable" 8088
refute "WAN → camera:22" reach intruder "$stable" 22

# Addresses that come later: by detection, and one whose detection nobody heard.
ip -n "$LAB_ID-camera" addr add 2001:db8:1::c0de/64 dev eth0
ms=$(learnt_ms camera 2001:db8:1::c0de "$LAB_UPDATE6" 8443)
within "a new address works after so many ms" "$ms" 0 4000
ip -n "$LAB_ID-camera" addr add 2001:db8:1::beef/64 dev eth0 nodad
ms=$(learnt_ms camera 2001:db8:1::beef "$LAB_UPDATE6" 8443)
within "one without detection works after so many ms" "$ms" 0 4000
check "the daemon shows it" knows camera 2001:db8:1::beef

# A restart knows them still: no packet of a new address is needed.
lab_daemon_stop
lab_daemon_start
check "after a restart they are known" knows camera 2001:db8:1::beef
check "and work" from camera 2001:db8:1::beef "$LAB_UPDATE6" 8443

# Somebody else's addresses.
ip -n "$LAB_ID-camera" addr add "$lap/64" dev eth0 nodad
refute "camera → update server from the laptop's address" from camera "$lap" "$LAB_UPDATE6" 8443
sleep 1
refute "and the router does not take it for the camera's" knows camera "$lap"
check "the laptop keeps it" from laptop "$lap" "$LAB_WEB6" 80
ip -n "$LAB_ID-camera" addr del "$lap/64" dev eth0
ip -n "$LAB_ID-laptop" addr add "$stable/64" dev eth0 nodad
refute "laptop → WAN from the camera's address" from laptop "$stable" "$LAB_WEB6" 80
ip -n "$LAB_ID-laptop" addr del "$stable/64" dev eth0
ip -n "$LAB_ID-camera" addr add 2001:db8:99::1/64 dev eth0 nodad
refute "camera → update server from no prefix of the network" from camera 2001:db8:99::1 "$LAB_UPDATE6" 8443
ip -n "$LAB_ID-camera" addr add "$LAB_ROUTER6/64" dev eth0 nodad
refute "camera → update server from the router's address" from camera "$LAB_ROUTER6" "$LAB_UPDATE6" 8443
ip -n "$LAB_ID-camera" addr del "$LAB_ROUTER6/64" dev eth0
check "the camera's own address goes on working" from camera "$stable" "$LAB_UPDATE6" 8443

# A new prefix from the provider is followed.
ip -n "$LAB_ID-router" addr add 2001:db8:2::1/64 dev br-lan nodad
for host in wan intruder; do ip -n "$LAB_ID-$host" route add 2001:db8:2::/64 via "$LAB_WAN_IP6"; done
lab_kill ra-br-lan
lab_ra br-lan fd00:1::/64 2001:db8:2::/64
eventually "addresses in a new prefix are known" 10 knows_all camera 2001:db8:2: 2
fresh=$(lab_ip6 camera 2001:db8:2: | head -1)
check "camera (new prefix) → update server:8443" from camera "$fresh" "$LAB_UPDATE6" 8443
check "WAN → camera:88 (new prefix)" reach intruder "$fresh" 88

# Withdrawn with everything else.
check "the owner revokes" lab_dwirm revoke "${LAB_MAC[camera]}"
refute "camera → update server:8443 after that" from camera "$fresh" "$LAB_UPDATE6" 8443
refute "WAN → camera:88 after that" reach intruder "$fresh" 88
refute "laptop → camera:88 after that" reach laptop "$ula" 88
