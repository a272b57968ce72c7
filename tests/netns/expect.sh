# shellcheck shell=bash
# Checks for scenarios: each prints one line, "ok NAME" or "FAIL NAME: reason", and none stops the run.
# shellcheck disable=SC2034
FAILED=0
PROFILES=$LAB_TOP/tests/netns/profiles

pass() { printf 'ok %s\n' "$*"; }
fail() { local name=$1; shift; printf 'FAIL %s: %s\n' "$name" "${*:-no reason given}"; FAILED=$((FAILED + 1)); }

# check NAME COMMAND…: the command succeeds.
check() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then pass "$name"; else fail "$name" "$(tail -n 1 <<<"$out")"; fi
}

# refute NAME COMMAND…: the command fails, which is told as "NAME: no".
refute() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then fail "$name" "got through: $(tail -n 1 <<<"$out")"; else pass "$name: no"; fi
}

# never NAME PATTERN FILE: no line of the file matches.
never() {
	if [ ! -e "$3" ]; then fail "$1" "$3 was never written"; elif grep -qE "$2" "$3"; then fail "$1" "$(grep -E "$2" "$3" | head -n 1)"; else pass "$1"; fi
}

# equal NAME EXPECTED ACTUAL
equal() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "expected '$2', got '$3'"; fi; }

# within NAME VALUE LOW HIGH (numbers)
within() {
	if awk -v v="${2:-x}" -v a="$3" -v b="$4" 'BEGIN { exit !(v == v + 0 && v >= a && v <= b) }'; then pass "$1 ($2)"; else fail "$1" "$2 is not within $3..$4"; fi
}

# eventually NAME SECONDS COMMAND…
eventually() {
	local name=$1 seconds=$2
	shift 2
	if lab_wait "$seconds" "$@"; then pass "$name"; else fail "$name" "not within $seconds s"; fi
}

reach() { lab_probe "$1" tcp "$2" "$3"; }   # host, address, port

# device MAC-OF-HOST FILTER: what `dwirm devices --json` says of a host.
device() { lab_dwirm devices --json | jq -r --arg mac "${LAB_MAC[$1]}" ".[] | select(.mac == \$mac) | $2"; }
state_is() { [ "$(device "$1" .state)" = "$2" ]; }

# camera HOST: attaches a DWIRM device and waits for its lease.
attach_camera() {
	local host=$1
	shift
	lab_device "$host" "device-$host" "$@"
	lab_wait 10 has_address "$host"
}
has_address() { [ -n "$(lab_ip "$1")" ]; }

attach_laptop() { lab_udhcpc laptop >"$LAB/udhcpc.log" 2>&1; }

dhcp() { lab_in "$1" /usr/bin/python3 "$LAB_TOOLS/dhcp.py" "${@:2}"; }
