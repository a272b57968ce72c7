# A window closes: new flows stop and the running one is cut (DWIRM-11, DWIRM-12, DWIRM-13). The router's clock says 04:59:45 GMT,
# the camera's Firmware Update window is 02:00-04:59, so it ends with the minute.

lab_daemon_stop
lab_clock "2026-01-15 04:59:45"
lab_daemon_start
attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera)
eventually "04:59: the update server is open" 5 lab_probe camera tls "$LAB_UPDATE" 443
lab_spawn camera tick /usr/bin/python3 "$LAB_TOOLS/probe.py" tick "$LAB_UPDATE" 443 --tls
lab_spawn laptop video /usr/bin/python3 "$LAB_TOOLS/probe.py" tick "$cam" 88
sleep 1
check "04:59: a transfer is running" grep -q tick "$LAB/tick.log"
eventually "05:00: the running transfer is cut" 25 grep -q cut "$LAB/tick.log"
# When the last byte arrived, on the router's clock.
last=$(grep tick "$LAB/tick.log" | tail -n 1 | cut -d' ' -f1)
offset=$(cat "$LAB/router/clock")
within "the last byte came this many seconds after 05:00:00" "$(awk -v t="$last" -v o="$offset" 'BEGIN { printf "%.2f", (t + o) % 86400 - 18000 }')" -1.5 1.5
refute "05:00: no new flow" lab_probe camera tls "$LAB_UPDATE" 443
check "05:00: the video, which has no such window, goes on" reach laptop "$cam" 88
never "05:00: and was never interrupted" cut "$LAB/video.log"
equal "devices --json says the service is closed" false "$(device camera '.services[] | select(.category == "Firmware Update") | .active')"

# Before NTP has set the clock only All Day services are open (option clock 'ntp' is the default).
lab_daemon_stop
sed -i "s/option clock 'trust'/option clock 'ntp'/" "$LAB/router/config/dwirm"
lab_clock "2026-01-15 03:30:00"
lab_daemon_start
synchronised=$(lab_dwirm status --json | jq -r .clock.synchronised)
if [ "$synchronised" = true ]; then
	eventually "03:30, clock set by NTP: the window is open" 5 lab_probe camera tls "$LAB_UPDATE" 443
else
	sleep 1
	refute "03:30, clock not set by NTP: a window is not trusted" lab_probe camera tls "$LAB_UPDATE" 443
fi
check "an All Day service is open either way" reach laptop "$cam" 88
