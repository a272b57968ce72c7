# The draft's camera asks in both ways: its own message before DISCOVER, and the option inside DISCOVER.

expected=$(jq -c '.["IoT Profile"].Provide["Video Stream"].PortFwd = ""' "$PROFILES/camera.json")

lab_capture router br-lan answers 'udp port 67 or udp port 68'
attach_camera camera --profile "$PROFILES/camera.json" --mode client
check "mode client: the camera has a lease" has_address camera
lab_wait 3 state_is camera amended
equal "mode client: policy amended the request" amended "$(device camera .state)"
lab_kill answers

"$LAB_TOOLS/dwirm_pcap.py" "$LAB/answers.pcap" >"$LAB/answers.json"
equal "DHCPDWIRMCLIENT then DHCPDWIRMSERVER on the wire" "240 241" "$(jq -r .type "$LAB/answers.json" | uniq | head -n 2 | xargs)"
answer=$(jq -r 'select(.type == 241) | .profile' "$LAB/answers.json" | head -n 1)
equal "PortFwd is blank, nothing else changed (DWIRM-22)" "$expected" "$answer"
equal "the answer is the granted profile, byte for byte (DWIRM-27)" \
	"$(lab_dwirm devices --json | "$LAB_TOOLS/granted.py" "${LAB_MAC[camera]}")" "$answer"
equal "the request is remembered as sent" "$(jq -c . "$PROFILES/camera.json")" "$(lab_dwirm devices --json | "$LAB_TOOLS/granted.py" "${LAB_MAC[camera]}" requested)"
tshark -n -r "$LAB/answers.pcap" -T fields -e dhcp.option.dhcp >"$LAB/order" 2>/dev/null
equal "the answer comes before the ACK" "241 5" "$(grep -xE '241|5' "$LAB/order" | uniq | head -n 2 | xargs)"

# The option inside DISCOVER and REQUEST, answered inside OFFER and ACK because option 55 asks for it.
lab_capture router br-lan piggy 'udp port 67 or udp port 68'
attach_camera camera2 --profile "$PROFILES/camera.json" --mode discover
check "mode discover: the camera has a lease" has_address camera2
lab_wait 3 state_is camera2 amended
lab_kill piggy
"$LAB_TOOLS/dwirm_pcap.py" "$LAB/piggy.pcap" 1 2 3 5 241 >"$LAB/piggy.json"
equal "mode discover: the answer is inside the ACK" "$expected" "$(jq -r 'select(.type == 5) | .profile' "$LAB/piggy.json" | head -n 1)"
equal "mode discover: amended too" amended "$(device camera2 .state)"

# A client with the smallest datagram allowed: whatever is sent fits it (DWIRM-24), and nothing is cut in two.
lab_kill device-camera2
dhcp camera2 talk eth0 --seconds 1.5 --send dwirm@0 discover@20 --profile "$PROFILES/camera.json" --max-size 576 >"$LAB/small.json"
longest=$(jq -s 'map(.length) | max // 0' "$LAB/small.json")
# A client that built a bigger packet can take one as big.
within "no answer is longer than the client's own packet" "$longest" 240 900
broken=$(jq -r 'select(.profile != null) | .profile' "$LAB/small.json" | while read -r line; do jq -e . >/dev/null 2>&1 <<<"$line" || echo broken; done)
equal "an answer is whole JSON or absent" "" "$broken"

# A profile of three MTUs, unknown keys and all: fragments both ways, to and from a device that has no address yet.
lab_flush camera2
jq -c '.["IoT Profile"] += {Notes: [range(8) | "n\(.)" * 220]}' "$PROFILES/camera.json" >"$LAB/large.json"
lab_dwirm forget "${LAB_MAC[camera2]}" >/dev/null
lab_capture router br-lan large 'udp port 67 or udp port 68 or ip[6:2] & 0x1fff != 0'
attach_camera camera2 --profile "$LAB/large.json" --mode client
check "a profile of $(stat -c %s "$LAB/large.json") octets: the camera has a lease" has_address camera2
lab_wait 3 state_is camera2 amended
lab_kill large
within "it was sent in fragments, of which we saw" "$(tshark -n -r "$LAB/large.pcap" -Y 'ip.frag_offset > 0' 2>/dev/null | wc -l)" 4 20
equal "and is answered whole, unknown keys included" "$(jq -c '.["IoT Profile"].Provide["Video Stream"].PortFwd = ""' "$LAB/large.json")" \
	"$(jq -c 'select(.event == "answer" and .message == "DHCPDWIRMSERVER") | .profile' "$LAB/device-camera2.log" | tail -n 1)"
