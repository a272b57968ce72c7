# no-daemon: it is started here, with a policy and options of its own.
# A device that has a key is given Full Access by rule, one without waits for the owner (DWIRM-17). What is tampered with, sent again or forged is
# refused on both sides (DHC-07), late decisions come by an authenticated FORCERENEW (DHC-09, DHC-12), and the key is told once.

AUTH=$LAB_TOOLS/auth.py
auth() { /usr/bin/python3 "$AUTH" "$@"; }
counter() { lab_dwirm status --json | jq -r --arg name "$1" '.counters[$name] // 0'; }
more() { [ "$(counter "$1")" -gt "$2" ]; }

# The rule comes before the shipped one that asks.
sed -i 's/^rules:/rules:\n  - name: full access for devices with a key\n    match: { category: Full Access, authenticated: true }\n    decision: accept\n/' "$LAB/router/policy.yaml"
sed -i "s/option clock 'trust'/&\n\toption forcerenew '1'/" "$LAB/router/config/dwirm"
check "the policy is right" lab_in router "$DWIRM" policy check "$LAB/router/policy.yaml"
lab_daemon_start

# Without a key: pending.
attach_camera camera2 --profile "$PROFILES/hub.json" --mode client
equal "without a key it waits for the owner" pending "$(device camera2 .state)"
equal "and is not authenticated" false "$(device camera2 .authenticated)"
refute "without a key: the WAN" reach camera2 "$LAB_WEB" 80

# With one: full access, at once, by rule.
key=$LAB/camera.key
check "a key is made" lab_dwirm key add "${LAB_MAC[camera]}" --file "$key"
equal "the device's key file is the owner's only" 600 "$(stat -c %a "$key")"
equal "the router's too" 600 "$(stat -c %a "$LAB/router/state/keys")"
secret=$(grep -v '^#' "$key" | cut -d: -f2)
equal "it has 128 bits" 32 "${#secret}"
refute "a second key for the same device" lab_dwirm key add "${LAB_MAC[camera]}"
lab_capture camera eth0 signed 'udp port 67 or udp port 68'
attach_camera camera --profile "$PROFILES/hub.json" --mode client --key "$key"
eventually "with a key: full access by rule" 5 state_is camera full-access
equal "authenticated, says the router" true "$(device camera .authenticated)"
equal "authenticated, says the device" true "$(jq -r 'select(.event == "answer") | .authenticated' "$LAB/device-camera.log" | head -n 1)"
check "with a key: the WAN" reach camera "$LAB_WEB" 80
sleep 0.5
lab_kill signed
equal "both sides signed everything, by the arithmetic of somebody else" "true" \
	"$(auth check "$LAB/signed.pcap" "$key" | jq -s '[.[] | select(.form == "delayed")] | length >= 5 and all(.ok)')"
equal "and nothing went unsigned but what asks for it" "" \
	"$(auth check "$LAB/signed.pcap" "$key" | jq -r 'select(.form == "none" or .form == "other") | .type')"
equal "tshark reads the same" "delayed-authentication" \
	"$(tshark -n -r "$LAB/signed.pcap" -V -Y 'dhcp.option.dhcp == 241' 2>/dev/null | grep -qi 'Protocol: delayed authentication' && echo delayed-authentication)"

# Somebody in the middle: a copy, a changed copy, and one without the option.
before=$(counter auth:replayed)
lab_in laptop /usr/bin/python3 "$AUTH" replay "$LAB/signed.pcap" eth0 240
eventually "the same message again is refused" 3 more auth:replayed "$before"
for at in 12 30 250 280; do
	lab_in laptop /usr/bin/python3 "$AUTH" replay "$LAB/signed.pcap" eth0 240 "$at"
done
within "changed copies are refused" "$(($(counter auth:bad-code) + $(counter auth:replayed) + $(counter auth:unknown-secret)))" 4 20
state=$(device camera '{state, authenticated, since}' | jq -c .)
dhcp camera talk eth0 --seconds 0.5 --send dwirm@0 --profile "$PROFILES/doorbell.json" >"$LAB/unsigned.json"
within "an unsigned profile in its name is refused" "$(counter auth:unproven-profile)" 1 9
equal "and changes nothing" "$state" "$(device camera '{state, authenticated, since}' | jq -c .)"
check "it still reaches the WAN" reach camera "$LAB_WEB" 80

# Forged answers: the device believes the router only.
lab_in laptop /usr/bin/python3 "$AUTH" forge eth0 "${LAB_MAC[camera]}" 0
refused() { [ "$(jq -r 'select(.event == "refused") | .message' "$LAB/device-camera.log" | sort -u | xargs)" = "DHCPDWIRMSERVER DHCPFORCERENEW" ]; }
eventually "the device refuses forged answers, and says so" 3 refused

# A restart: counters go on, and the old message is still old.
lab_daemon_stop KILL
lab_daemon_start
before=$(counter auth:replayed)
lab_in laptop /usr/bin/python3 "$AUTH" replay "$LAB/signed.pcap" eth0 3
eventually "after kill -9 the same message is refused too" 3 more auth:replayed "$before"
equal "and the device keeps what it had" full-access "$(device camera .state)"

# A late decision: FORCERENEW, proven by the key here and by the nonce for a device without one.
lab_kill device-camera2
lab_flush camera2
lab_capture camera2 eth0 forced 'udp port 67 or udp port 68'
lab_device camera2 device-nonce --profile "$PROFILES/doorbell.json" --mode client
eventually "a device without a key waits for the owner" 10 state_is camera2 pending
lab_wait 10 grep -q '"bound"' "$LAB/device-nonce.log"
check "the owner approves" lab_dwirm approve "${LAB_MAC[camera2]}"
eventually "it is told to renew, and takes that as proven" 5 grep -q '"event":"forcerenew","authenticated":true' "$LAB/device-nonce.log"
eventually "the ACK has the answer" 5 grep -q '"event":"answer","solicited":false,"message":"DHCPACK"' "$LAB/device-nonce.log"
sleep 0.5
lab_kill forced
nonce=$(auth nonce "$LAB/forced.pcap")
equal "the nonce has 128 bits" 32 "${#nonce}"
equal "one FORCERENEW was enough, made with the nonce" '[true]' "$(auth check "$LAB/forced.pcap" "$nonce" | jq -c -s '[.[] | select(.type == 9) | .ok]')"
equal "it went to the device alone" "" "$(tshark -n -r "$LAB/forced.pcap" -Y 'dhcp.option.dhcp == 9 and ip.dst == 255.255.255.255' 2>/dev/null)"
equal "and no answer that anybody could send" "" "$("$LAB_TOOLS/dwirm_pcap.py" "$LAB/forced.pcap" 241)"

# Away with the key.
check "the list has no secret" bash -c "! grep -q '$secret' <<<\"\$1\"" - "$(lab_dwirm key list; lab_dwirm key list --json)"
equal "but when it was used" false "$(lab_dwirm key list --json | jq '.[0].lastUsed == null')"
check "the key is taken away" lab_dwirm key remove "${LAB_MAC[camera]}"
eventually "and the full access with it" 5 state_is camera pending
refute "without its key: the WAN" reach camera "$LAB_WEB" 80

# The secret is in its two files, and nowhere else.
never "the key is not in the daemon's log" "$secret" "$LAB/daemon.log"
never "nor in the device's" "$secret" "$LAB/device-camera.log"
told=$(lab_dwirm status --json; lab_dwirm devices --json; lab_dwirm events --json; lab_dwirm plan --json)
check "nor in any document" bash -c "! grep -q '$secret' <<<\"\$1\"" - "$told"
equal "nor in the store" "" "$(grep -l -e "$secret" "$LAB"/router/state/* 2>/dev/null)"
refute "nor, in octets, in the store" grep -qP "$(sed 's/../\\x&/g' <<<"$secret")" "$LAB/router/state/dwirm.db"
