# A damaged store file: set aside with a clear message; the daemon starts, enforcing least privilege.

status_says() { lab_dwirm status | grep -q "$1"; }

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera)
check "before: the service is open" reach laptop "$cam" 88
lab_kill device-camera
lab_daemon_stop
db=$LAB/router/state/dwirm.db
check "the store is where the documents say" test -s "$db"
rm -f "$db-wal"
head -c 3000 /dev/urandom | dd of="$db" bs=1 seek=100 conv=notrunc status=none
lab_daemon_start
check "the daemon starts" lab_alive daemon
check "the damaged file is kept" test -n "$(ls "$LAB"/router/state/*damaged* 2>/dev/null)"
check "and it is said" grep -qi damaged "$LAB/daemon.log"
refute "what nobody remembers is not granted: outside" reach intruder "$LAB_WAN_IP" 8088
check "a plain client is served" attach_laptop
refute "but nobody knows whether it was restricted: it reaches the router only" reach laptop "$LAB_WEB" 80
check "status says so, and the cure" status_says "is lost with"
check "the owner trusts the laptop" lab_dwirm full-access "${LAB_MAC[laptop]}"
eventually "and it is out again" 3 reach laptop "$LAB_WEB" 80
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
eventually "the camera negotiates afresh" 5 reach laptop "$(lab_ip camera)" 88
refute "and gets no more than before" reach laptop "$(lab_ip camera)" 23
check "a second laptop is quarantined" lab_udhcpc camera2
refute "it reaches the router only" reach camera2 "$LAB_WEB" 80
rm -f "$LAB"/router/state/dwirm.db.*
kill -HUP "$(lab_pid daemon)"
eventually "the file removed and reloaded: the network's posture again" 3 reach camera2 "$LAB_WEB" 80
