# Windows by the router's clock: every zone form, midnight, the days on which Berlin's clocks change, the clock set forward and back, and a
# clock that nobody vouches for. What is open is what packets find open; `dwirm devices` says the same, and when it changes.
# The service's port is its name: 1001 GMT, 1002 L, 1003 CET, 1004 EST, 1005 JST, each 10:00-10:59 · 1006 22:00-01:59L · 1007 02:30-02:44L · 1008 All Day.

attach_laptop
attach_camera camera --profile "$PROFILES/windows.json" --mode client
lab_wait 3 state_is camera pending
check "the owner approves" lab_dwirm approve "${LAB_MAC[camera]}"
cam=$(lab_ip camera)

# A step of the clock. The kernel tells a program of it; libfaketime does not, so the daemon is told to look again.
at() {
	lab_clock "$1"
	kill -HUP "$(lab_pid daemon)"
}
open_now() { [ "$(lab_probe laptop scan "$cam" 1001-1008)" = "$1" ]; }
says() { [ "$(device camera '[.services[] | select(.active) | .ports] | sort | join(",")')" = "$1" ]; }
row() { # GMT, what is open as ranges, what is open as a list, remark
	at "$1"
	if lab_wait 4 says "$3" && lab_wait 4 open_now "$2"; then
		pass "$1 GMT${4:+ ($4)}: open is $2"
	else
		fail "$1 GMT${4:+ ($4)}" "expected $2, found $(lab_probe laptop scan "$cam" 1001-1008); told: $(device camera '[.services[] | select(.active) | .ports] | join(",")')"
	fi
}
next() { equal "$1 GMT: port $2 changes next at $3" "$3" "$(device camera ".services[] | select(.ports == \"$2\") | .nextChange")"; }

row "2026-01-15 09:30:00" 1002-1003,1008 1002,1003,1008 "winter: L is CET"
row "2026-01-15 10:30:00" 1001,1008 1001,1008 "set forward"
row "2026-01-15 09:59:00" 1002-1003,1008 1002,1003,1008 "set back"
row "2026-01-15 15:30:00" 1004,1008 1004,1008
row "2026-01-15 01:10:00" 1005,1008 1005,1008
row "2026-01-15 00:59:00" 1006,1008 1006,1008 "after midnight"
row "2026-01-15 21:30:00" 1006,1008 1006,1008 "before midnight"
row "2026-07-15 08:30:00" 1002,1008 1002,1008 "summer: L is CEST"
row "2026-07-15 09:30:00" 1003,1008 1003,1008 "CET is CET all year"
row "2026-07-15 20:30:00" 1006,1008 1006,1008
row "2026-03-28 12:00:00" 1008 1008 "the day before the clocks go forward"
next "2026-03-28 12:00:00" 1002 2026-03-29T08:00:00Z
next "2026-03-28 12:00:00" 1001 2026-03-29T10:00:00Z
next "2026-03-28 12:00:00" 1008 null
row "2026-03-29 00:50:00" 1006,1008 1006,1008 "01:50 CET"
next "2026-03-29 00:50:00" 1006 2026-03-29T01:00:00Z
next "2026-03-29 00:50:00" 1007 2026-03-30T00:30:00Z
row "2026-03-29 01:35:00" 1005,1008 1005,1008 "03:35 CEST: there was no 02:30 today"
row "2026-10-25 00:35:00" 1007-1008 1007,1008 "02:35 CEST, the first time"
next "2026-10-25 00:35:00" 1007 2026-10-25T00:45:00Z
row "2026-10-25 00:50:00" 1008 1008 "02:50 CEST"
next "2026-10-25 00:50:00" 1007 2026-10-25T01:30:00Z
row "2026-10-25 01:35:00" 1005,1007-1008 1005,1007,1008 "02:35 CET, the second time"
next "2026-10-25 01:35:00" 1002 2026-10-25T09:00:00Z

# An edge, to the second: what runs is cut, what waits is let in. 22:00-01:59 L ends with the hour that spring takes away.
at "2026-03-29 00:59:54"
lab_wait 3 says 1006,1008
lab_spawn laptop night /usr/bin/python3 "$LAB_TOOLS/probe.py" tick "$cam" 1006
lab_spawn laptop jst /usr/bin/python3 "$LAB_TOOLS/probe.py" watch "$cam" 1005
offset=$(cat "$LAB/router/clock")
after() { awk -v t="${1:-0}" -v o="$offset" 'BEGIN { printf "%.2f", (t + o) % 86400 - 3600 }'; }
eventually "01:00 GMT: the running flow is cut" 15 grep -q cut "$LAB/night.log"
eventually "01:00 GMT: and the next window opens" 5 grep -q open "$LAB/jst.log"
lab_kill jst
within "the last byte came this many seconds after the edge" "$(after "$(grep tick "$LAB/night.log" | tail -n 1 | cut -d' ' -f1)")" -1 1
within "the first new flow came this many seconds after the edge" "$(after "$(grep open "$LAB/jst.log" | head -n 1 | cut -d' ' -f1)")" 0 1.5

# Nobody vouches for the clock: only All Day is open, whatever it shows.
sed -i "s/option clock 'trust'/option clock 'ntp'/" "$LAB/router/config/dwirm"
at "2026-01-15 10:30:00"
if [ "$(lab_dwirm status --json | jq -r .clock.synchronised)" = true ]; then
	row "2026-01-15 10:30:00" 1001,1008 1001,1008 "this machine's clock is set by NTP"
else
	row "2026-01-15 10:30:00" 1008 1008 "nobody vouches for the clock"
	next "2026-01-15 10:30:00" 1008 null
fi
