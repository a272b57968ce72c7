# SIGTERM leaves enforcement in the kernel; a start takes over by difference; `dwirm cleanup` removes it.

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera)
tables() { lab_in router nft list tables | grep -c dwirm; }
lab_spawn laptop video /usr/bin/python3 "$LAB_TOOLS/probe.py" tick "$cam" 88
lab_wait 3 grep -q tick "$LAB/video.log"
started=$SECONDS
lab_daemon_stop
equal "SIGTERM: exit code 0" 0 "$LAB_RC"
within "and at once, seconds" $((SECONDS - started)) 0 2
within "our tables are in the kernel" "$(tables)" 1 2
check "the grant holds" reach laptop "$cam" 88
refute "and no more" reach laptop "$cam" 23
refute "WAN is closed to the camera" reach camera "$LAB_WEB" 80
lab_daemon_start
check "after the start the grant holds" reach laptop "$cam" 88
never "the running connection never noticed" 'cut|closed' "$LAB/video.log"
check "fw4's table is untouched" lab_in router nft list table inet fw4
lab_daemon_stop
check "cleanup" lab_dwirm cleanup
equal "no table of ours is left" 0 "$(tables)"
equal "no qdisc of ours is left" "" "$(lab_in router tc qdisc show | grep htb)"
check "fw4's table is still there" lab_in router nft list table inet fw4
check "without enforcement every port of the lab answers: it was us who refused" reach laptop "$cam" 23
