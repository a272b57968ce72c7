# Well-formed profiles by the thousand: nobody else's service degrades, and neither memory nor flash grows with them (DWIRM-04, DWIRM-21).

attach_laptop
attach_camera camera2 --profile "$PROFILES/camera.json" --mode client
lab_wait 5 state_is camera2 amended
cam=$(lab_ip camera2)
pid=$(lab_pid daemon)
store() { du -sk "$LAB/router/state" | cut -f1; }
written() { awk '/^write_bytes/ { print int($2 / 1024) }' "/proc/$pid/io"; }
before=$(dhcp laptop latency eth0 30)
within "30 exchanges of an ordinary client while nothing else happens: the slowest in ms" "$before" 0 500

# 512 new devices are taken on at once, a building that powers up, then twelve a minute: the first flood of random MACs may write 64 KiB for
# each, the second costs little.
for kind in same changing many many-again; do
	wrote=$(written)
	dhcp camera abuse eth0 8 "${kind%-again}" >"$LAB/abuse-$kind" &
	sender=$!
	sleep 1
	slowest=$(dhcp laptop latency eth0 60)
	alive=$(kill -0 "$sender" 2>/dev/null && echo yes)
	wait "$sender"
	within "$kind: profiles sent" "$(cat "$LAB/abuse-$kind")" 2000 100000
	equal "$kind: the flood outlasted the exchanges" yes "$alive"
	# Generous: the machine is shared with whatever else runs on it, and the sender with the client.
	within "$kind: 60 exchanges of an ordinary client meanwhile: the slowest in ms" "$slowest" 0 500
	within "$kind: written to disk, KiB" $(($(written) - wrote)) 0 "$([ "$kind" = many ] && echo 32768 || echo 6144)"
	within "$kind: resident memory, KiB" "$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")" 1000 32768
done

equal "the daemon is the same process" "$pid" "$(lab_pid daemon)"
check "and answers its owner" lab_dwirm status
within "devices on record" "$(lab_dwirm devices --json | jq length)" 2 600
within "the store, KiB" "$(store)" 1 8192
check "the other camera's grant is as it was" reach laptop "$cam" 88
refute "and no wider" reach laptop "$cam" 23
lab_dwirm status --json | jq -c .counters
