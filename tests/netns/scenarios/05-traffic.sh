# The kernel lets through exactly the grant: every port, both directions, and the ways around it.

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera)
check "laptop and camera have leases" test -n "$cam" -a -n "$(lab_ip laptop)"

# From the LAN.
equal "of 9,000 ports the laptop can open these on the camera" "22,80,88-99,443" "$(lab_probe laptop scan "$cam" 1-9000)"
check "laptop → WAN" reach laptop "$LAB_WEB" 80
check "laptop → a neighbour on the uplink" reach laptop "$LAB_INTRUDER" 80

# From the camera: its update server inside the schedule, nothing else.
lab_wait 5 lab_probe camera tls update.example.com 443
check "camera → update.example.com:443" lab_probe camera tls "$LAB_UPDATE" 443
check "camera → update.example.com:22 (sftp)" reach camera "$LAB_UPDATE" 22
check "camera → mirror:8888" reach camera "$LAB_MIRROR" 8888
refute "camera → update.example.com:80" reach camera "$LAB_UPDATE" 80
refute "camera → mirror:443" reach camera "$LAB_MIRROR" 443
refute "camera → web server:80" reach camera "$LAB_WEB" 80
refute "camera → web server:443" reach camera "$LAB_WEB" 443
refute "camera → WAN by UDP" lab_probe camera udp "$LAB_WEB" 443
refute "camera → a foreign resolver's DoT port" reach camera "$LAB_WEB" 853
refute "camera → laptop" reach camera "$(lab_ip laptop)" 80
refute "camera → intruder" reach camera "$LAB_INTRUDER" 80
refute "camera → router's own web interface" reach camera "$LAB_ROUTER" 80
check "camera → DNS of the router" lab_in camera getent ahostsv4 update.example.com

# From outside.
refute "WAN → 8088 (not forwarded)" reach intruder "$LAB_WAN_IP" 8088
refute "WAN → camera's private address by way of the router" reach intruder "$cam" 88

# What was used is counted, per service, on the router and inside the bridge.
counted() { [ "$(device camera ".services[] | select(.category == \"$1\") | .packets")" -gt 0 ]; }
eventually "the video's packets are counted" 5 counted "Video Stream"
eventually "the update's packets are counted" 5 counted "Firmware Update"

# Ways around the identity check.
lab_in camera ip addr add 192.168.1.77/24 dev eth0
equal "camera with an address of its own choosing does not reach the WAN" no "$(lab_in camera curl -s -m 2 --interface 192.168.1.77 "http://$LAB_WEB/" >/dev/null && echo yes || echo no)"
equal "camera with an address of its own choosing does not reach the laptop" no "$(lab_in camera curl -s -m 2 --interface 192.168.1.77 "http://$(lab_ip laptop)/" >/dev/null && echo yes || echo no)"
lab_in camera ip addr del 192.168.1.77/24 dev eth0
lab_in camera2 ip addr add "$cam/24" dev eth0
lab_in camera2 ip route add default via "$LAB_ROUTER"
refute "another device with the camera's address → update server" lab_probe camera2 tls "$LAB_UPDATE" 443
lab_flush camera2
lab_in camera ip link set eth0 down
lab_in camera ip link set eth0 address 02:00:00:00:00:99
lab_in camera ip link set eth0 up
lab_in camera ip addr replace "$cam/24" dev eth0
lab_in camera ip route replace default via "$LAB_ROUTER"
refute "the camera's address under a new MAC → web server" reach camera "$LAB_WEB" 80
lab_in camera ip link set eth0 down
lab_in camera ip link set eth0 address "${LAB_MAC[camera]}"
lab_in camera ip link set eth0 up
lab_in camera ip addr replace "$cam/24" dev eth0
lab_in camera ip route replace default via "$LAB_ROUTER"
eventually "back under its own MAC the grant holds again" 5 reach laptop "$cam" 88

# What the command line says the kernel holds, the kernel holds.
lab_dwirm plan --nft >"$LAB/plan.nft"
check "the plan is a script that nft accepts" lab_in intruder nft -c -f "$LAB/plan.nft"
check "and names the camera's port" grep -q "$cam" "$LAB/plan.nft"
