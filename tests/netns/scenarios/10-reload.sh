# SIGHUP: a good configuration is taken over, a faulty one is refused and said, and serving goes on without a gap.

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera)
lab_spawn laptop video /usr/bin/python3 "$LAB_TOOLS/probe.py" tick "$cam" 88
lab_wait 3 grep -q tick "$LAB/video.log"

sed -i "s/option leasetime '12h'/option leasetime '1h'/" "$LAB/router/config/dhcp"
kill -HUP "$(lab_pid daemon)"
shorter() { dhcp camera2 talk eth0 --seconds 0.5 --send discover | jq -e 'select(.type == 2) | .lease == 3600' | grep -q true; }
eventually "a good reload: the new lease time is offered" 5 shorter

cp "$LAB/router/config/dhcp" "$LAB/good"
printf "config dhcp 'lan'\n\toption start 'oops\n" >"$LAB/router/config/dhcp"
kill -HUP "$(lab_pid daemon)"
eventually "a faulty file is named with its line" 3 grep -qE 'dhcp:[0-9]+: ' "$LAB/daemon.log"
check "and the last good configuration serves" shorter
check "--check says the same" grep -qE 'dhcp:[0-9]+: ' <(mapfile -t flags < <(lab_daemon_flags); lab_in router "$DWIRM" daemon "${flags[@]}" --check 2>&1)
cp "$LAB/good" "$LAB/router/config/dhcp"

cp "$LAB/router/policy.yaml" "$LAB/goodpolicy"
printf 'version: 1\nrulez: []\n' >"$LAB/router/policy.yaml"
kill -HUP "$(lab_pid daemon)"
eventually "a faulty policy is named with its line" 3 grep -qE 'policy.yaml:[0-9]+: ' "$LAB/daemon.log"
check "the grant holds" reach laptop "$cam" 88
refute "and did not widen" reach laptop "$cam" 23
cp "$LAB/goodpolicy" "$LAB/router/policy.yaml"
kill -HUP "$(lab_pid daemon)"
sleep 0.5
never "no flow was dropped by any of the reloads" 'cut|closed' "$LAB/video.log"
check "a plain client is served" attach_laptop
check "the daemon never ended" lab_alive daemon
