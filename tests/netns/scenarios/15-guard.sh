# Somebody else deletes or changes our tables, queues and links: all is back within a second, complete, and the log says who it was.

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera)
check "the grant holds" reach laptop "$cam" 88
refute "and no more" reach laptop "$cam" 23
nft_router() { lab_in router nft "$@"; }
ours() { nft_router list ruleset | grep -c '^table .* dwirm'; }
both() { [ "$(ours)" = "$before" ]; }
said() { grep -cE "$1" "$LAB/daemon.log"; }
before=$(ours)
within "our tables" "$before" 1 2
equal "our own changes are no alarm" 0 "$(said "dwirm's tables")"

nft_router delete table inet dwirm
nft_router delete table bridge dwirm 2>/dev/null
eventually "deleted tables are back" 1 both
check "the grant holds again" reach laptop "$cam" 88
refute "and no more" reach laptop "$cam" 23
refute "the WAN is closed to the camera" reach camera "$LAB_WEB" 80
check "the log says so, and who" grep -qE "nft \(process [0-9]+\) removed dwirm's tables" "$LAB/daemon.log"

count=$(said "dwirm's tables")
nft_router add table inet somebody
nft_router delete table inet somebody
sleep 0.3
equal "what others do in their own tables is not our business" "$count" "$(said "dwirm's tables")"

# One element more would open what is closed.
nft_router add element inet dwirm base '{ tcp . 4711 }'
without() { ! nft_router list set inet dwirm base | grep -q 4711; }
eventually "an element that others added is gone" 1 without
check "the log names the program" grep -qE "nft \(process [0-9]+\) changed dwirm's tables" "$LAB/daemon.log"
mapfile -t key < <(nft_router -j list set bridge dwirm managed | jq -r '.nftables[].set? // empty | .elem[]')
managed() { nft_router list set bridge dwirm managed | grep -q "${LAB_MAC[camera]}"; }
nft_router delete element bridge dwirm managed "{ ${key[0]} }"
eventually "an element that others deleted is back" 1 managed
nft_router flush chain inet dwirm forward
rules() { nft_router list chain inet dwirm forward | grep -q ' accept\| goto '; }
eventually "rules that others deleted are back" 1 rules
nft_router flush ruleset
eventually "nft flush ruleset takes them for less than a second" 1 both
lab_firewall >/dev/null 2>&1
eventually "a firewall that starts anew leaves them alone" 1 both
check "the grant holds throughout" reach laptop "$cam" 88

count=$(said "it does not end")
for _ in 1 2 3 4 5 6 7 8; do
	nft_router delete table inet dwirm 2>/dev/null
	sleep 0.4
done
within "a fight without end is slowed down, and said" "$(($(said 'it does not end') - count))" 1 4
eventually "and the tables are there in the end" 20 both

# Queues.
htb() { lab_in router tc class show dev br-lan | grep -q 'class htb'; }
eventually "the granted rate has its class" 2 htb
lab_in router tc qdisc del dev br-lan root
eventually "a root that others deleted is back" 1 htb
lab_in router tc qdisc replace dev br-lan root handle 8001: pfifo limit 100
policed() { lab_dwirm status | grep -q 'its root qdisc pfifo is not ours'; }
eventually "a root of somebody else's is said" 2 policed
check "in the log as well" grep -q 'its root qdisc pfifo is not ours' "$LAB/daemon.log"
sleep 0.5
check "and left alone" grep -q pfifo <<<"$(lab_in router tc qdisc show dev br-lan)"
check "the grant holds under it" reach laptop "$cam" 88
lab_in router tc qdisc del dev br-lan root
eventually "when it goes, ours is back" 8 htb

# Links.
lab_in router ip link set br-lan down
lab_in router ip link set br-lan up
check "after a flap the grant holds" lab_wait 5 reach laptop "$cam" 88
refute "and no more" reach laptop "$cam" 23
lab_in router ip link set wan down
lab_in router ip link set wan name wan9
lab_in router ip link set wan9 name wan
lab_in router ip link set wan up
lab_in router ip route replace default via 198.51.100.1
check "after a renaming the laptop reaches the web" lab_wait 5 reach laptop "$LAB_WEB" 80
refute "and the camera does not" reach camera "$LAB_WEB" 80
lab_in router ip link del br-lan
lab_in router ip link add br-lan address 02:00:00:00:01:01 type bridge
for port in cam lap cam2; do lab_in router ip link set "$port" master br-lan; done
lab_in router ip link set br-lan up
lab_in router ip addr add "$LAB_ROUTER/24" dev br-lan
check "on a rebuilt bridge the grant holds" lab_wait 5 reach laptop "$cam" 88
refute "and no more" reach laptop "$cam" 23
refute "the WAN is closed to the camera" reach camera "$LAB_WEB" 80
check "DHCP is served there" lab_wait 5 attach_laptop
eventually "and rates have their classes" 3 htb
