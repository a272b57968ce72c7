#!/bin/bash
# scenario.sh NAME: one scenario in a lab of its own; called by tests/netns/run.
# A scenario file is sourced with the lab up and the daemon running (unless it sets NO_DAEMON=1 in its first line's comment).
set -uo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/lab.sh"
. "$HERE/expect.sh"
name=$1
finish() {
	if [ "$FAILED" != 0 ] || [ "${FINISHED:-0}" != 1 ]; then
		echo "--- daemon.log"
		tail -n 40 "$LAB/daemon.log" 2>/dev/null
	fi
	lab_down
}
trap finish EXIT
trap 'exit 143' TERM INT
lab_up || exit 1
lab_clock "2026-01-15 03:00:00"
if ! grep -q '^# no-daemon' "$HERE/scenarios/$name.sh"; then lab_daemon_start || exit 1; fi
. "$HERE/scenarios/$name.sh"
FINISHED=1
[ "$FAILED" = 0 ]
