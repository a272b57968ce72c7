# A category that policy leaves to the owner: no answer within 100 ms, so the OFFER goes on without it (DWIRM-19), the later
# decision is sent unsolicited (DWIRM-20) up to three times, and meanwhile the device is restricted.

dhcp camera talk eth0 --seconds 1 --send dwirm@0 discover@5 --profile "$PROFILES/doorbell.json" >"$LAB/late.json"
offer=$(jq -r 'select(.type == 2) | .ms' "$LAB/late.json" | head -n 1)
within "the OFFER waits for the decision, 100 ms at most" "${offer:-none}" 95 200
equal "no interim guess was sent" "" "$(jq -r 'select(.type == 241) | .profile' "$LAB/late.json")"
equal "the device is pending" pending "$(device camera .state)"
check "and is listed for the owner" grep -q "${LAB_MAC[camera]}" <(lab_dwirm pending --json)

# implicit_discover: the draft's router "continues with a DHCPOFFER" for a device that sent no DISCOVER and has no lease.
dhcp camera2 talk eth0 --seconds 0.6 --send dwirm@0 --profile "$PROFILES/doorbell.json" >"$LAB/implicit.json"
offer=$(jq -r 'select(.type == 2) | .ms' "$LAB/implicit.json" | head -n 1)
within "without a DISCOVER: an OFFER all the same, after 100 ms" "${offer:-none}" 95 200

# With a lease: the unsolicited answer.
attach_camera camera --profile "$PROFILES/doorbell.json" --mode client
check "pending, the device still has a lease" has_address camera
attach_laptop
ip=$(lab_ip camera)
refute "pending: its service is closed" reach laptop "$ip" 7000
refute "pending: the WAN is closed to it" reach camera "$LAB_WEB" 80
check "pending: DNS of the router is open" lab_in camera getent ahostsv4 www.example.com
lab_capture camera eth0 unsolicited 'udp dst port 68'
check "approve" lab_dwirm approve "${LAB_MAC[camera]}"
approved() { "$LAB_TOOLS/dwirm_pcap.py" "$LAB/unsolicited.pcap" 241 | grep -q profile; }
eventually "an unsolicited DHCPDWIRMSERVER arrives" 3 approved
eventually "approved: its service is open" 3 reach laptop "$ip" 7000
refute "approved: nothing but that" reach laptop "$ip" 7001
sleep 11
count=$("$LAB_TOOLS/dwirm_pcap.py" "$LAB/unsolicited.pcap" 241 | wc -l)
within "sent again because nothing acknowledges it, three times at most" "$count" 1 3
lab_kill unsolicited
equal "granted" granted "$(device camera .state)"
