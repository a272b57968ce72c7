# What the system has of what the daemon needs: asked with and without a daemon, and nothing stays of the asking.

mapfile -t flags < <(lab_daemon_flags)
doctor() { lab_dwirm doctor "${flags[@]:0:8}" "$@"; } # all but run directory and lease file
finding() { { doctor --json || true; } | jq -r --arg what "$1" '.[] | select(.what == $what) | "\(.level): \(.detail)"'; }

nft_before=$(lab_in router nft list ruleset | grep -c .) tc_before=$(lab_in router tc qdisc show)
check "with a daemon nothing is missing that matters" doctor
equal "the daemon is found" 1 "$(finding daemon | grep -c '^ok: version')"
equal "the port is its own" "ok: the daemon's" "$(finding 'UDP port 67')"
equal "the resolver answers" "ok: 127.0.0.1 answers" "$(finding resolver)"
equal "the configuration is right" 1 "$(finding configuration | grep -c ^ok)"
equal "the bridge is seen" 1 "$(finding 'frames between ports' | grep -c ^ok)"
equal "and the clock is trusted" 1 "$(finding clock | grep -c ^ok)"
equal "nothing stays in the ruleset" "$nft_before" "$(lab_in router nft list ruleset | grep -c .)"
equal "nor among the queues" "$tc_before" "$(lab_in router tc qdisc show)"

lab_in router tc qdisc replace dev wan root handle 8001: pfifo limit 100
equal "a queue of somebody else's is a warning" 1 "$(finding queues | grep -c '^warn: wan has pfifo')"
lab_in router tc qdisc del dev wan root
sed -i "s/^config defaults$/&\n\toption flow_offloading '1'\n\toption flow_offloading_hw '1'/" "$LAB/router/config/firewall"
equal "hardware offload fails" 1 "$(finding 'flow offloading' | grep -c '^FAIL: by hardware')"
sed -i '/flow_offloading/d' "$LAB/router/config/firewall"
echo 'rules: [' >>"$LAB/router/policy.yaml"
equal "a policy that cannot be read fails" 1 "$(finding configuration | grep -c '^FAIL')"
refute "and so does the whole" doctor
sed -i '$d' "$LAB/router/policy.yaml"

lab_daemon_stop
lab_kill dnsmasq
lab_spawn router intruding /usr/bin/python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("", 67)); time.sleep(60)'
taken() { finding 'UDP port 67' | grep -q '^FAIL: held by python3'; }
eventually "who holds the port is named" 5 taken
equal "no daemon is a warning" "warn: none answers" "$(finding daemon)"
equal "no resolver fails" 1 "$(finding resolver | grep -c '^FAIL: 127.0.0.1: Connection refused')"
unprivileged() { lab_in router setpriv --reuid 65534 --regid 65534 --clear-groups "$DWIRM" doctor --run-dir "$LAB/nowhere"; }
check "without rights it says so" grep -q '^FAIL  rights: user 65534' <<<"$(unprivileged)"
