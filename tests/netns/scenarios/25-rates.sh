# Granted rates, measured for 30 seconds where the frames arrive: 15 kbit/s, 100 kbit/s and 1 Mbit/s, TCP and UDP, both directions, all at once;
# then an uplink whose queue is somebody else's, as SQM leaves it: it is not touched, and rates are policed.
# Rates are of Ethernet frames. Each flow offers twice its rate or as much as TCP does; TCP's acknowledgements count where they travel.

attach_camera camera --profile "$PROFILES/rates.json" --mode client
attach_camera camera2 --profile "$PROFILES/rates.json" --mode client
lab_wait 3 state_is camera pending
lab_wait 3 state_is camera2 pending
check "approve the first" lab_dwirm approve "${LAB_MAC[camera]}"
check "approve the second" lab_dwirm approve "${LAB_MAC[camera2]}"
# What is captured is to be what travels: no segments of 64 KiB that a real wire would not have.
for end in camera:eth0 camera2:eth0 wan:seg wan:net wan:p-router; do ip -n "$LAB_ID-${end%:*}" link set "${end#*:}" gso_max_segs 1; done

flows() { /usr/bin/python3 "$LAB_TOOLS/flows.py" "$@"; }
measure() { # seconds: the loads run, the counters fill $LAB/{camera,camera2,wan}.rates
	local pairs="9015:15000 9100:100000 9999:1000000" direction host
	for direction in up down; do
		# shellcheck disable=SC2086
		lab_spawn camera "tcp-$direction" /usr/bin/python3 "$LAB_TOOLS/flows.py" load tcp "$direction" "$LAB_UPDATE" $pairs
		# shellcheck disable=SC2086
		lab_spawn camera2 "udp-$direction" /usr/bin/python3 "$LAB_TOOLS/flows.py" load udp "$direction" "$LAB_UPDATE" $pairs
	done
	local -a waiting=()
	for host in camera:eth0 camera2:eth0 wan:seg; do
		lab_in "${host%:*}" /usr/bin/python3 "$LAB_TOOLS/flows.py" count "${host#*:}" 9015 9100 9999 --warm 4 --seconds "$1" >"$LAB/${host%:*}.rates" 2>&1 &
		waiting+=($!)
	done
	wait "${waiting[@]}"
	for direction in tcp-up tcp-down udp-up udp-down; do lab_kill "$direction" KILL; done
}
# A busy machine can make a flow slower than it might be and never faster: less than granted is measured once more.
enough() {
	local port low
	for port in 9015:12750 9100:95000 9999:950000; do
		IFS=: read -r port low <<<"$port"
		for one in "wan tcp" "wan udp" "camera tcp" "camera2 udp"; do [ "$(seen ${one% *} "${one#* }:$port")" -ge $low ] || return 1; done
	done
}
seen() { awk -v key="$2" '$1 == key { print $2 }' "$LAB/$1.rates"; }

classes() { lab_in router tc class show dev wan | grep -c 'class htb'; }
within "the uplink has a class for each service and device" "$(classes)" 8 20
measure 30
enough || measure 30
for port in 9015:15000:15 9100:100000:5 9999:1000000:5; do
	IFS=: read -r port rate percent <<<"$port"
	low=$((rate * (100 - percent) / 100)) high=$((rate * (100 + percent) / 100))
	within "$rate bit/s, TCP, device → WAN" "$(seen wan "tcp:$port")" $low $high
	within "$rate bit/s, TCP, WAN → device" "$(seen camera "tcp:$port")" $low $high
	within "$rate bit/s, UDP, device → WAN" "$(seen wan "udp:$port")" $low $high
	within "$rate bit/s, UDP, WAN → device" "$(seen camera2 "udp:$port")" $low $high
done

# SQM puts a queue of its own on the uplink while we run.
check "somebody else's queue takes the uplink" lab_in router tc qdisc replace dev wan root handle 8001: tbf rate 100mbit burst 64k latency 50ms
sleep 1.5
policed() { lab_in router nft -j list set inet dwirm police | jq '[.nftables[].set.elem? // empty | length] | add // 0'; }
some() { [ "$(policed)" -gt 0 ]; }
eventually "rates towards the uplink are policed" 5 some
measure 8
equal "the queue is still theirs" "qdisc tbf 8001: root" "$(lab_in router tc qdisc show dev wan | grep -oE 'qdisc tbf 8001: root')"
# nftables saves up one second of a rate: over 8 s an eighth more can pass.
within "1000000 bit/s, UDP, device → WAN, policed" "$(seen wan udp:9999)" 900000 1200000
within "1000000 bit/s, UDP, WAN → device, shaped as before" "$(seen camera2 udp:9999)" 950000 1050000
check "status or the log says so" grep -qiE 'wan.*(queue|qdisc|polic)' "$LAB/daemon.log"
