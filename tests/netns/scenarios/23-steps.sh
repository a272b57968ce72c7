# no-daemon
# 200 random steps: the owner's words, clock steps, reloads, flaps, kill -9, devices that come back. Then the house is brought to where the
# matrix starts: what was answered, what the store holds and what the kernel does are the same thing (DWIRM-27), and so is the matrix.
# LAB_SEED repeats a run, LAB_STEPS changes its length.
. "$HERE/house.sh"

seed=${LAB_SEED:-$((RANDOM * 32768 + RANDOM))} steps=${LAB_STEPS:-200}
echo "seed $seed"
RANDOM=$seed

lab_house || fail "the house"
lab_daemon_start
check "every device of the house has its lease and its answer" lab_house_attach
lab_wait 5 lab_probe camera tls "$LAB_UPDATE" 443
# Whatever is decided about it, the blocked camera never has the web, and is never new.
lab_spawn blocked forbidden /usr/bin/python3 "$LAB_TOOLS/probe.py" watch "$LAB_WEB" 80

pick() { local -a from=("$@"); echo "${from[RANDOM % $#]}"; }
hup() { kill -HUP "$(lab_pid daemon)"; }
policies=("$LAB/router/policy.yaml" "$LAB/policy.night" "$LAB/policy.faulty")
cp "${policies[0]}" "$LAB/policy.good"
sed 's/category: Firmware Update, direction: consume }/&\n    amend: { schedule: "01:00-02:59" }/; s/decision: ask$/decision: deny/' "${policies[0]}" >"${policies[1]}"
printf 'version: 1\nrulez: []\n' >"${policies[2]}"
policies[0]=$LAB/policy.good

wan_back() {
	ip -n "$LAB_ID-router" link set wan up
	ip -n "$LAB_ID-router" route replace default via 198.51.100.1
	ip -n "$LAB_ID-router" route replace default via 2001:db8::1
}
replug() { # a device that starts anew
	local host=$1 profile=camera
	case $host in sensor | meter) profile=sensor ;; bell) profile=doorbell ;; esac
	lab_kill "device-$host"
	: >"$LAB/device-$host.log"
	lab_device "$host" "device-$host" --profile "$PROFILES/$profile.json" --mode client
}

step() {
	local host port
	case $((RANDOM % 20)) in
		[0-4]) host=$(pick camera camera2 blocked sensor meter bell) && echo "approve $host" && lab_dwirm approve "${LAB_MAC[$host]}" ;;
		[5-6]) host=$(pick camera camera2 blocked sensor meter bell full) && echo "revoke $host" && lab_dwirm revoke "${LAB_MAC[$host]}" ;;
		[7-8]) host=$(pick camera camera2 blocked sensor meter bell full) && echo "deny $host" && lab_dwirm deny "${LAB_MAC[$host]}" ;;
		9) host=$(pick full bell camera2) && echo "full-access $host" && lab_dwirm full-access "${LAB_MAC[$host]}" ;;
		10) host=$(pick camera2 sensor meter bell full) && echo "forget $host" && lab_dwirm forget "${LAB_MAC[$host]}" ;;
		11 | 12)
			port="2026-01-15 $(printf '%02d:%02d:%02d' $((RANDOM % 24)) $((RANDOM % 60)) $((RANDOM % 60)))"
			echo "clock $port" && lab_clock "$port" && hup ;;
		13) port=$(pick cam cam2 sensor blocked meter) && echo "flap $port" &&
			ip -n "$LAB_ID-router" link set "$port" down && ip -n "$LAB_ID-router" link set "$port" up ;;
		14) port=$(pick br-lan br-iot br-guest) && echo "flap $port" &&
			ip -n "$LAB_ID-router" link set "$port" down && ip -n "$LAB_ID-router" link set "$port" up ;;
		15) echo "flap wan" && ip -n "$LAB_ID-router" link set wan down && wan_back ;;
		16) host=$(pick "${policies[@]}") && echo "reload $(basename "$host")" && cp "$host" "$LAB/router/policy.yaml" && hup ;;
		17) host=$(pick fw4 reduced) && echo "firewall $host" && lab_firewall "$host" ;;
		18) # a daemon does not start on a faulty file: what is in the kernel stays until somebody mends it
			echo "kill -9" && lab_daemon_stop KILL
			! cmp -s "${policies[2]}" "$LAB/router/policy.yaml" || cp "${policies[0]}" "$LAB/router/policy.yaml"
			lab_daemon_start ;;
		19) host=$(pick camera camera2 sensor meter bell blocked) && echo "replug $host" && replug "$host" ;;
	esac
}
started=$SECONDS
for ((n = 1; n <= steps; n++)); do
	step >"$LAB/step" 2>"$LAB/step.error" || true
	echo "step $n: $(xargs <"$LAB/step") $(xargs <"$LAB/step.error")"
done
check "after $steps random steps (seed $seed, $((SECONDS - started)) s) the daemon answers" lab_dwirm status

# Back to the start.
cp "$LAB/policy.good" "$LAB/router/policy.yaml"
lab_clock "2026-01-15 03:00:00"
hup
for host in bell camera2 full; do lab_dwirm forget "${LAB_MAC[$host]}" >/dev/null 2>&1; done
lab_dwirm deny "${LAB_MAC[blocked]}" >/dev/null
for host in camera camera2 blocked sensor meter bell; do replug "$host"; done
lab_udhcpc full >"$LAB/udhcpc-full.log" 2>&1
for host in $LAB_HOUSE; do lab_wait 10 test_ip "$host" || fail "$host has its address back"; done
asked() { [ "$(lab_dwirm devices --json | jq 'map(select(.requested != null and (.mac | test(":0[0-3]:1[0-4]$|:30$")))) | length')" = 6 ]; }
eventually "every device has asked anew" 5 asked
check "the owner's words of the start" lab_house_decide
check "every device's IPv6 address is its own again" lab_house_ip6
for host in camera:granted camera2:amended sensor:granted bell:pending blocked:quarantined full:full-access meter:granted; do
	eventually "${host%:*} is ${host#*:}" 5 state_is "${host%:*}" "${host#*:}"
done
eventually "names are known again" 5 lab_probe camera tls "$LAB_UPDATE" 443
sleep 0.5

# The three of DWIRM-27. The plan is loaded into a kernel of its own, which then tells it in the same words.
lab_in router nft -j list ruleset >"$LAB/kernel.json"
lab_dwirm plan --nft >"$LAB/plan.nft"
ip netns add "$LAB_ID-scratch"
LAB_HOSTS+=" scratch"
mkdir -p "$LAB/scratch"
cp "$LAB/router/resolv.conf" "$LAB/scratch/"
check "the plan loads" lab_in scratch nft -f "$LAB/plan.nft"
lab_in scratch nft -j list ruleset >"$LAB/plan.json"
same() {
	/usr/bin/python3 "$LAB_TOOLS/same.py" "$@" >"$LAB/same" 2>&1
	local rc=$?
	cat "$LAB/same" >&2
	return $rc
}
check "the kernel holds the plan, rule by rule and element by element" same rules "$LAB/kernel.json" "$LAB/plan.json"
cat "$LAB/same"
lab_daemon_stop # the store is the daemon's alone while it runs
check "the kernel holds what the store holds, and that is what each device was answered" \
	same grants "$LAB/kernel.json" "$LAB/router/state/dwirm.db" 03:00 "$LAB"
cat "$LAB/same"
lab_daemon_start
house_matrix "the matrix after the steps" "$HERE/scenarios/20-matrix.rows"
within "the blocked camera tried throughout: TCP attempts" "$(wc -l <"$LAB/forbidden.log")" 500 10000000
never "and never had the web" open "$LAB/forbidden.log"
