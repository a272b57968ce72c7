# shellcheck shell=bash
# Sourced by the scripts of this directory: where things are, and how they speak.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$TOP/build
RESULTS=$BUILD/results
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# A build server left behind holds memory the lab wants and files a clean needs.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
mkdir -p "$BUILD" "$RESULTS"

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# result NAME PASSED FAILED: remembered for the closing line of `make test`.
result() { printf '%s %s\n' "$2" "$3" >"$RESULTS/$1"; }

need_root() { [ "$(id -u)" = 0 ] || die "$1 needs root: it makes network namespaces (nothing outside them is touched)"; }
