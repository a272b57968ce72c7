# Port forwards through firewall4's whole ruleset: equal ranges, shifted ranges, hairpin, a second device that wants the same ports, IPv6
# pinholes, an outside address that changes, withdrawal.

lab_ra br-lan 2001:db8:1::/64
attach_laptop
attach_camera camera --profile "$PROFILES/recorder.json" --mode client
attach_camera camera2 --profile "$PROFILES/recorder.json" --mode client
lab_wait 3 state_is camera amended
lab_wait 3 state_is camera2 amended
cam=$(lab_ip camera)
refute "before the owner's word nothing is forwarded" reach intruder "$LAB_WAN_IP" 5000
check "approve" lab_dwirm approve "${LAB_MAC[camera]}"
eventually "the forward is there" 5 reach intruder "$LAB_WAN_IP" 5000
equal "outside, these ports are open" "5000-5031,16000-16004" "$(lab_probe intruder scan "$LAB_WAN_IP" 4990-16020)"
mapped() { reach intruder "$LAB_WAN_IP" "$1" | cut -d' ' -f1,2; }
for pair in 5000:5000 5017:5017 5031:5031 16000:6000 16002:6002 16004:6004; do
	equal "outside ${pair%:*} is inside ${pair#*:}" "camera ${pair#*:}" "$(mapped "${pair%:*}")"
done
for port in 5000 5031 16003; do check "outside $port by UDP" lab_probe intruder udp "$LAB_WAN_IP" "$port"; done
for port in 4999 5032 15999 16005 6000; do refute "outside $port by UDP" lab_probe intruder udp "$LAB_WAN_IP" "$port"; done
refute "the inner address, by way of the router" reach intruder "$cam" 5000
refute "and its shifted ports" reach intruder "$cam" 6000

# Hairpin: the house's own hosts by the outside address. The camera sees the router, which is where its answer has to go.
equal "laptop → outside 16001 is the camera, which sees the router" "camera 6001 $LAB_ROUTER" "$(reach laptop "$LAB_WAN_IP" 16001)"
equal "laptop → outside 5005 by TCP" "camera 5005 $LAB_ROUTER" "$(reach laptop "$LAB_WAN_IP" 5005)"
check "laptop → outside 5005 by UDP" lab_probe laptop udp "$LAB_WAN_IP" 5005
refute "laptop → outside 5032" reach laptop "$LAB_WAN_IP" 5032

# One outside port has one device.
lab_dwirm approve "${LAB_MAC[camera2]}" >/dev/null 2>&1
sleep 0.5
equal "the second device is told that it has no forward" "" \
	"$(lab_dwirm devices --json | "$LAB_TOOLS/granted.py" "${LAB_MAC[camera2]}" | jq -r '.["IoT Profile"].Provide["Video Stream"].PortFwd')"
equal "outside 5000 is the first one's" "camera 5000" "$(mapped 5000)"

# IPv6 has no translation: the grant is a pinhole to the inner ports.
lab_in camera ping -6 -c 2 -W 1 2001:db8:1::1 >/dev/null 2>&1
cam6=$(lab_ip6 camera 2001:db8:1: | head -n 1) cam26=$(lab_ip6 camera2 2001:db8:1: | head -n 1)
lab_in camera2 ping -6 -c 2 -W 1 2001:db8:1::1 >/dev/null 2>&1
eventually "IPv6: the inner port" 10 reach intruder "$cam6" 5000
check "IPv6: the inner port of the shifted range" reach intruder "$cam6" 6002
equal "IPv6: these ports are open" "5000-5031,6000-6004" "$(lab_probe intruder scan "$cam6" 4990-6010)"
refute "IPv6: the outer port means nothing" reach intruder "$cam6" 16002
refute "IPv6: the device without a forward" reach intruder "$cam26" 5000

# The outside address changes under a new lease of the provider's.
lab_spawn intruder tick /usr/bin/python3 "$LAB_TOOLS/probe.py" tick "$cam6" 5001
ip -n "$LAB_ID-router" addr add 198.51.100.7/24 dev wan
ip -n "$LAB_ID-router" addr del "$LAB_WAN_IP/24" dev wan
ip -n "$LAB_ID-router" addr replace 198.51.100.7/24 dev wan
ip -n "$LAB_ID-router" route replace default via 198.51.100.1
eventually "another outside address: the forward follows" 5 reach intruder 198.51.100.7 16002
equal "hairpin by the new address" "camera 6001 $LAB_ROUTER" "$(reach laptop 198.51.100.7 16001)"
never "and IPv6 never noticed" 'cut|closed' "$LAB/tick.log"

# Withdrawal closes everything at once, running flows included.
lab_spawn intruder tick4 /usr/bin/python3 "$LAB_TOOLS/probe.py" tick 198.51.100.7 5002
lab_wait 3 grep -q tick "$LAB/tick4.log"
check "revoke" lab_dwirm revoke "${LAB_MAC[camera]}"
eventually "revoke: the running flow is cut" 5 grep -q cut "$LAB/tick4.log"
eventually "revoke: and the one by IPv6" 5 grep -q cut "$LAB/tick.log"
equal "revoke: outside, these ports are open" none "$(lab_probe intruder scan 198.51.100.7 4990-16020)"
refute "revoke: IPv6" reach intruder "$cam6" 5000
check "approve the second" lab_dwirm approve "${LAB_MAC[camera2]}"
eventually "now the ports are the second one's" 5 reach intruder 198.51.100.7 5000
equal "outside 16004 is its 6004" "camera2 6004" "$(reach intruder 198.51.100.7 16004 | cut -d' ' -f1,2)"
