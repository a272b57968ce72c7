# kill -9 at random moments, then a restart: leases, decisions and grants are there, and enforcement never opened in between.

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
lab_dwirm approve "${LAB_MAC[camera]}" >/dev/null
cam=$(lab_ip camera)
eventually "before: granted, forward open" 5 reach intruder "$LAB_WAN_IP" 8088
what() { lab_dwirm devices --json | jq -Sc 'map(select(.state != "new") | {mac, ip, state, requested, granted})'; }
leases() { lab_dwirm leases --json | jq -Sc 'map({mac, ip}) | sort_by(.mac)'; }
before=$(what) leases_before=$(leases)
lab_spawn laptop forbidden /usr/bin/python3 "$LAB_TOOLS/probe.py" watch "$cam" 23
lab_spawn camera wanforbidden /usr/bin/python3 "$LAB_TOOLS/probe.py" watch "$LAB_WEB" 80
lab_spawn intruder granted /usr/bin/python3 "$LAB_TOOLS/probe.py" tick "$LAB_WAN_IP" 8088
sleep 0.5
RANDOM=1
for round in 1 2 3 4 5 6; do
	# Something is always in the air when the blow falls: an owner's word, an exchange.
	case $((round % 3)) in
		0) lab_dwirm approve "${LAB_MAC[camera]}" >/dev/null 2>&1 & ;;
		1) dhcp camera2 talk eth0 --seconds 0.4 --send dwirm@0 discover@10 --bind --profile "$PROFILES/doorbell.json" >/dev/null & ;;
		2) dhcp camera2 latency eth0 20 >/dev/null & ;;
	esac
	job=$!
	sleep "0.$(printf %03d $((RANDOM % 300)))"
	lab_daemon_stop KILL
	check "round $round: enforcement stays without the daemon" test "$(reach laptop "$cam" 88 | cut -d' ' -f1)" = camera
	wait $job
	lab_daemon_start || fail "round $round: restart"
done
lab_wait 3 state_is camera granted
equal "devices, requests and grants are as before" "$before" "$(what | jq -Sc --arg mac "${LAB_MAC[camera]}" 'map(select(.mac == $mac))')"
equal "leases are as before" "$(jq -c --arg mac "${LAB_MAC[camera2]}" 'map(select(.mac != $mac))' <<<"$leases_before")" \
	"$(leases | jq -c --arg mac "${LAB_MAC[camera2]}" 'map(select(.mac != $mac))')"
within "the probes ran throughout: TCP attempts" "$(wc -l <"$LAB/forbidden.log")" 200 1000000
never "camera:23 was never open in between" open "$LAB/forbidden.log"
never "the web was never open to the camera in between" open "$LAB/wanforbidden.log"
never "a granted connection outlived every restart" 'cut|closed' "$LAB/granted.log"
check "and is still running" lab_alive granted
