# Somebody else deletes our tables: they are back within a second, complete, and the log says so.

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera)
check "the grant holds" reach laptop "$cam" 88
refute "and no more" reach laptop "$cam" 23
ours() { lab_in router nft list ruleset | grep -c '^table .* dwirm'; }
both() { [ "$(ours)" = "$before" ]; }
before=$(ours)
within "our tables" "$before" 1 2

lab_in router nft delete table inet dwirm
lab_in router nft delete table bridge dwirm 2>/dev/null
eventually "deleted tables are back" 1 both
check "the grant holds again" reach laptop "$cam" 88
refute "and no more" reach laptop "$cam" 23
refute "the WAN is closed to the camera" reach camera "$LAB_WEB" 80
check "the log says so" grep -q "removed dwirm's tables" "$LAB/daemon.log"

lab_in router nft add table inet somebody
lab_in router nft delete table inet somebody
equal "what others do in their own tables is not our business" 1 "$(grep -c "removed dwirm's tables" "$LAB/daemon.log")"
