# Malformed packets and profiles: counted, never a crash, never a wider grant (DWIRM-04).

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera)
pid=$(lab_pid daemon)
for seed in 1 2 3; do dhcp camera2 garbage eth0 4000 $seed; done
check "12,000 malformed packets: the daemon is the same process" test "$(lab_pid daemon)" = "$pid" -a -d "/proc/$pid"
lab_wait 5 lab_dwirm status
check "it answers its owner" lab_dwirm status
slowest=$(dhcp laptop latency eth0 5)
within "and plain clients at once: slowest exchange, ms" "$slowest" 0 100
counters=$(lab_dwirm status --json | jq '[.counters | to_entries[] | select(.value > 0)] | length')
within "what was dropped was counted" "$counters" 1 1000
check "the camera's grant is as it was" reach laptop "$cam" 88
refute "and no wider" reach laptop "$cam" 23
equal "nobody got full access" "" "$(lab_dwirm devices --json | jq -r '.[] | select(.state == "full-access") | .mac')"
rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")
within "memory stayed bounded, KiB" "$rss" 1000 24000
