# A granted Rate is what passes, in each direction, measured at the receiver.
# HTB counts Ethernet frames: 1448 of 1514 octets are payload, 95.6 %.

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera)
lab_wait 5 lab_probe camera tls "$LAB_UPDATE" 443

# rate NAME LOW HIGH PROBE…: never more than HIGH. A busy machine can make any transfer slower than it might be, so less than LOW is
# measured again, twice at most.
rate() {
	local name=$1 low=$2 high=$3 seen
	shift 3
	for _ in 1 2 3; do
		seen=$(lab_probe "$@")
		awk -v v="${seen:-0}" -v low="$low" 'BEGIN { exit !(v < low) }' || break
	done
	within "$name, payload bit/s" "$seen" "$low" "$high"
}

rate "camera ← update server: 5 Mbps granted" 4300000 5000000 camera rate "$LAB_UPDATE" 443 4 down --tls
rate "camera → update server: 5 Mbps granted" 4300000 5300000 camera rate "$LAB_UPDATE" 443 4 up --tls
check "approve the port forward" lab_dwirm approve "${LAB_MAC[camera]}"
lab_wait 5 reach intruder "$LAB_WAN_IP" 8088
rate "WAN ← camera:88 by the port forward: 2 Mbps granted" 1750000 2000000 intruder rate "$LAB_WAN_IP" 8088 4
# Inside the bridge a policer counts, and nftables saves up one second of the rate: measured for longer.
rate "laptop ← camera:88 inside the bridge: 2 Mbps granted" 1500000 2200000 laptop rate "$cam" 88 12
rate "the laptop is not shaped" 50000000 100000000000 laptop rate "$LAB_WEB" 80 2
