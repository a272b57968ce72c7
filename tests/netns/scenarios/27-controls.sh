# The owner's everyday controls of a laptop that knows nothing of DWIRM, and of a camera that does; they hold over a kill -9.

attach_laptop
mac=${LAB_MAC[laptop]}
opened() { [ "$(device laptop .controls.open)" = "$1" ]; }
check "the laptop is an ordinary device" reach laptop "$LAB_WEB" 80

check "limit" lab_dwirm limit "$mac" 4Mbps --up 2Mbps
within "limit: down, payload bit/s" "$(lab_probe laptop rate "$LAB_WEB" 80 4)" 2500000 4000000
within "limit: up, payload bit/s" "$(lab_probe laptop rate "$LAB_WEB" 80 4 up)" 1000000 2300000
check "limit: anything else of it goes on, ping too" lab_in laptop ping -c 1 -W 2 "$LAB_WEB"
equal "limit: it stays what it was" new "$(device laptop .state)"

lab_spawn laptop tick /usr/bin/python3 "$LAB_TOOLS/probe.py" tick "$LAB_WEB" 80
lab_wait 3 grep -q tick "$LAB/tick.log"
check "pause" lab_dwirm pause "$mac" --for 1h
eventually "pause: the running connection is cut" 5 grep -q cut "$LAB/tick.log"
refute "pause: nothing new" reach laptop "$LAB_WEB" 80
check "pause: the router's DNS remains" lab_in laptop getent ahostsv4 update.example.com

lab_kill daemon KILL
refute "killed: the pause holds without the daemon" reach laptop "$LAB_WEB" 80
lab_daemon_start
refute "started again: the pause holds" reach laptop "$LAB_WEB" 80
check "resume" lab_dwirm resume "$mac"
eventually "resume: it is open again" 3 reach laptop "$LAB_WEB" 80
within "resume: the limit is still there, payload bit/s" "$(lab_probe laptop rate "$LAB_WEB" 80 4)" 2500000 4000000

check "limit --clear" lab_dwirm limit "$mac" --clear
within "no limit, payload bit/s" "$(lab_probe laptop rate "$LAB_WEB" 80 2)" 50000000 100000000000
equal "nothing is left on record" null "$(device laptop .controls)"

check "quota" lab_dwirm quota "$mac" 3MB/day
check "quota: open at first" opened true
lab_probe laptop rate "$LAB_WEB" 80 1 >/dev/null
eventually "quota: used up, closed within ten seconds" 13 opened false
refute "quota: nothing new" reach laptop "$LAB_WEB" 80
within "quota: octets used" "$(device laptop .controls.usedBytes)" 3000000 100000000000
lab_daemon_stop
lab_daemon_start
refute "quota: used up over a restart" reach laptop "$LAB_WEB" 80
check "quota --clear" lab_dwirm quota "$mac" --clear
eventually "quota --clear: open" 3 reach laptop "$LAB_WEB" 80

check "block" lab_dwirm block "$mac"
refute "block: nothing" reach laptop "$LAB_WEB" 80
check "block --clear" lab_dwirm block "$mac" --clear
check "assign a template" lab_dwirm assign "$mac" camera
refute "camera: the outside is closed" reach laptop "$LAB_WEB" 80
equal "camera: state" granted "$(device laptop .state)"
check "assign --clear" lab_dwirm assign "$mac" --clear
eventually "assign --clear: as before" 3 reach laptop "$LAB_WEB" 80

# Window that closes in a moment, on the router's own clock.
lab_daemon_stop
lab_clock "2026-01-15 20:59:50"
lab_daemon_start
attach_laptop
check "schedule" lab_dwirm schedule "$mac" 07:00-20:59
check "20:59: open" reach laptop "$LAB_WEB" 80
eventually "21:00: closed" 20 opened false
refute "21:00: nothing new" reach laptop "$LAB_WEB" 80

equal "events tell the story, one for each word" \
	"limited paused resumed unlimited metered quota-spent unmetered blocked unblocked assigned unassigned scheduled" \
	"$(lab_dwirm events --json | jq -r --arg mac "$mac" '[.[] | select(.mac == $mac and .kind != "violation") | .kind] | reverse | .[]' | xargs)"
check "explained before anybody asks" lab_dwirm policy explain "$PROFILES/camera.json"
