# Two cameras that want the same external ports: the first approved has them, the other is told "" (DWIRM-09).

attach_camera camera --profile "$PROFILES/camera.json" --mode client
attach_camera camera2 --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
lab_wait 3 state_is camera2 amended
a=${LAB_MAC[camera]} b=${LAB_MAC[camera2]}
check "two leases, two addresses" test -n "$(lab_ip camera)" -a "$(lab_ip camera)" != "$(lab_ip camera2)"
check "approve the first" lab_dwirm approve "$a"
eventually "outside 8088 is the first camera" 5 reach intruder "$LAB_WAN_IP" 8088
lab_dwirm approve "$b" >/dev/null 2>&1
sleep 1
equal "outside 8088 still is the first camera" "camera 88" "$(reach intruder "$LAB_WAN_IP" 8088 | cut -d' ' -f1,2)"
granted() { lab_dwirm devices --json | "$LAB_TOOLS/granted.py" "$1" | jq -r '.["IoT Profile"].Provide["Video Stream"].PortFwd'; }
equal "the first has its forward" "88-99:8088-8099" "$(granted "$a")"
equal "the second is told that it has none" "" "$(granted "$b")"
refute "the cameras do not reach each other" reach camera "$(lab_ip camera2)" 88
check "revoke the first" lab_dwirm revoke "$a"
sleep 0.5
refute "outside 8088 is nobody's" reach intruder "$LAB_WAN_IP" 8088
check "approve the second" lab_dwirm approve "$b"
lab_wait 5 reach intruder "$LAB_WAN_IP" 8088
equal "now outside 8088 is the second camera" "camera2 88" "$(reach intruder "$LAB_WAN_IP" 8088 | cut -d' ' -f1,2)"
