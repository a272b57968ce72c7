# The owner's words: approve, deny, revoke, forget; each is enforced at once and remembered.

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera)
mac=${LAB_MAC[camera]}
check "the service is open" reach laptop "$cam" 88

lab_capture camera eth0 told 'udp dst port 68'
check "approve" lab_dwirm approve "$mac"
eventually "WAN → 8088 reaches camera:88" 5 reach intruder "$LAB_WAN_IP" 8088
equal "it is the camera's port 88 that answers" "camera 88" "$(reach intruder "$LAB_WAN_IP" 8088 | cut -d' ' -f1,2)"
equal "port k maps to port k" "camera 99" "$(reach intruder "$LAB_WAN_IP" 8099 | cut -d' ' -f1,2)"
equal "outside, these ports are open" "8088-8099" "$(lab_probe intruder scan "$LAB_WAN_IP" 8000-8200)"
refute "the internal port is not open outside" reach intruder "$LAB_WAN_IP" 88
refute "nor by way of the private address" reach intruder "$cam" 88
equal "state after approval" granted "$(device camera .state)"
told() { "$LAB_TOOLS/dwirm_pcap.py" "$LAB/told.pcap" 241 | jq -r .profile | grep -q '88-99:8088-8099'; }
eventually "the device was told, unasked" 3 told

lab_spawn intruder tick /usr/bin/python3 "$LAB_TOOLS/probe.py" tick "$LAB_WAN_IP" 8088
lab_wait 3 grep -q tick "$LAB/tick.log"
check "revoke" lab_dwirm revoke "$mac"
eventually "revoke: the running connection is cut" 5 grep -q cut "$LAB/tick.log"
refute "revoke: WAN" reach intruder "$LAB_WAN_IP" 8088
refute "revoke: LAN" reach laptop "$cam" 88
refute "revoke: update server" lab_probe camera tls "$LAB_UPDATE" 443
check "revoke: DNS of the router remains" lab_in camera getent ahostsv4 update.example.com
equal "state after revoke" quarantined "$(device camera .state)"

check "approve again" lab_dwirm approve "$mac"
eventually "approve again: LAN" 5 reach laptop "$cam" 88
check "deny" lab_dwirm deny "$mac"
lab_wait 3 state_is camera quarantined
refute "deny: LAN" reach laptop "$cam" 88
refute "deny: WAN" reach intruder "$LAB_WAN_IP" 8088
denied() { "$LAB_TOOLS/dwirm_pcap.py" "$LAB/told.pcap" 241 | jq -r .profile | grep -qx '{"IoT Profile":{"Description":"Example Brand Security Camera","Status":"Deny"}}'; }
eventually "the device was told, in the draft's words" 3 denied
lab_kill told

check "forget" lab_dwirm forget "$mac"
sleep 0.5
equal "forgotten: no verdict remains" "" "$(device camera '.state | select(. != "new")')"
equal "events tell the story" "forgotten denied approved revoked approved amended asked" \
	"$(lab_dwirm events --json | jq -r --arg mac "$mac" '.[] | select(.mac == $mac and .kind != "violation") | .kind' | xargs)"

refute "an unknown MAC is refused" lab_dwirm approve 02:00:00:00:00:ff
lab_dwirm approve >/dev/null 2>&1
equal "wrong usage has its own exit code" 2 $?
lab_in router "$DWIRM" status --run-dir "$LAB/nowhere" >/dev/null 2>&1
equal "no daemon has its own exit code" 3 $?
