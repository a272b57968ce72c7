# no-daemon
# Lies of every kind a port can tell: addresses, MACs, ARP, neighbour discovery, DHCP, tags. Each with its outcome; where the outcome is that
# a lie works, it is a known limit and says so. Afterwards nobody's tables are poisoned.
. "$HERE/house.sh"

lab_house || fail "the house"
lab_daemon_start
check "every device of the house has its lease and its answer" lab_house_attach
for host in camera:granted sensor:granted bell:pending full:full-access meter:granted; do
	eventually "${host%:*} is ${host#*:}" 5 state_is "${host%:*}" "${host#*:}"
done
# Tables that could be poisoned are filled first, and truly.
for host in camera sensor full laptop; do lab_in router ping -c 1 -W 1 "${HOUSE_IP[$host]}" >/dev/null 2>&1; done
for host in camera full laptop; do lab_in "$host" ping -c 1 -W 1 "$LAB_ROUTER" >/dev/null 2>&1; done
lab_in laptop ping -c 1 -W 1 "${HOUSE_IP[full]}" >/dev/null 2>&1

HOUSE_LINK_LOCAL=1 house_matrix "lies" "$HERE/scenarios/21-spoof.rows"

neighbour() { ip -n "$LAB_ID-$1" neigh show "$2" | grep -oE 'lladdr [0-9a-f:]+' | cut -d' ' -f2; }
port_of() { bridge -n "$LAB_ID-router" fdb show br br-lan | awk -v mac="$1" '$1 == mac && !/permanent/ { print $3 }'; }
for host in camera sensor laptop; do
	equal "the router's ARP entry for the $host is true" "${LAB_MAC[$host]}" "$(neighbour router "${HOUSE_IP[$host]}")"
done
equal "the laptop's entry for the router is true" 02:00:00:00:01:01 "$(neighbour laptop "$LAB_ROUTER")"
equal "the laptop's entry for the full-access device is true" "${LAB_MAC[full]}" "$(neighbour laptop "${HOUSE_IP[full]}")"
equal "the laptop has no IPv6 router but the true one" "" "$(ip -n "$LAB_ID-laptop" -6 route show default | grep -v fe80::ff:fe00:101)"
equal "the bridge knows the camera where it is" cam "$(port_of "${LAB_MAC[camera]}")"
equal "the bridge knows the sensor where it is, whoever used its MAC" sensor "$(port_of "${LAB_MAC[sensor]}")"

HOUSE_LINK_LOCAL=1 house_matrix "clones" "$HERE/scenarios/21-clone.rows"
