# Who tried what: refused packets are told of the device, as events and in counters, and a flood of them moves no bound.

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera) lap=$(lab_ip laptop) mac=${LAB_MAC[camera]}
refused() { lab_dwirm device "$1" --json | jq -r '.violations // [] | .[] | "\(.kind) \(.direction) \(.address) \(.protocol) \(.port)"'; }
has() { refused "$1" | grep -qx "$2"; }
events() { lab_dwirm events "$1" --json | jq -r '.[] | "\(.kind): \(.detail)"'; }
total() { lab_dwirm status --json | jq -r --arg name "kernel:$1" '.counters[$name] // 0'; }

refute "the web is not granted" reach camera "$LAB_WEB" 80
eventually "the attempt is told of the camera" 3 has "$mac" "violation out $LAB_WEB tcp 80"
refute "telnet is not granted either" reach laptop "$cam" 23
eventually "who tried it is told" 3 has "$mac" "violation in $lap tcp 23"
refute "nor from outside by way of the private address" reach intruder "$cam" 554
eventually "and that is told too" 3 has "$mac" "violation in $LAB_INTRUDER tcp 554"

lab_in camera ip addr add 192.168.1.200/24 dev eth0
lab_in camera ping -qc 1 -W 1 -I 192.168.1.200 "$LAB_WEB" >/dev/null 2>&1
eventually "a forged source is told as such" 3 has "$mac" "spoof out 192.168.1.200 .*"
lab_in camera ip addr del 192.168.1.200/24 dev eth0

equal "each is an event" "spoof violation violation violation" "$(events "$mac" | grep -oE '^(spoof|violation)' | sort | xargs)"
check "in words" grep -q "violation: tried to reach $LAB_WEB tcp 80" <<<"$(events "$mac")"
check "the device's card shows it" grep -q "to $LAB_WEB tcp 80" <<<"$(lab_dwirm device "$mac")"
within "the kernel's total of violations" "$(total violations)" 1 1000000
within "the kernel's total of spoofed packets" "$(total spoofed)" 1 1000000
check "what is granted still passes" reach laptop "$cam" 88
counters=$(lab_dwirm counters "$mac" --json)
within "counters: refused" "$(jq '.[0].violations' <<<"$counters")" 3 100000
within "counters: spoofed" "$(jq '.[0].spoofed' <<<"$counters")" 1 100000
within "counters: the video stream's packets" "$(jq '.[0].services[] | select(.category == "Video Stream") | .packets' <<<"$counters")" 3 100000
check "counters for people" grep -q "provides Video Stream" <<<"$(lab_dwirm counters)"

lines=$(grep -c 'refused:' "$LAB/daemon.log") rows=$(lab_dwirm events --json | jq length)
lab_probe camera scan "$LAB_WEB" 1-3000 >/dev/null
lab_probe camera scan "$LAB_UPDATE" 1-3000 >/dev/null
sleep 1
equal "a scan fills the device's own share only" 32 "$(refused "$mac" | wc -l)"
within "lines in the log that it cost" "$(($(grep -c 'refused:' "$LAB/daemon.log") - lines))" 0 4
within "events that it cost" "$(($(lab_dwirm events --json | jq length) - rows))" 0 2
check "what is granted passes after it" reach laptop "$cam" 88
