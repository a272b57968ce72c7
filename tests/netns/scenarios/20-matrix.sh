# no-daemon
# Who reaches whom: every state of a device × directions × protocols × false names, expected and seen; with firewall4's whole ruleset, and
# with the reduced one, so that no refusal of ours is owed to fw4.
. "$HERE/house.sh"

lab_house || fail "the house"
lab_daemon_start
check "every device of the house has its lease and its answer" lab_house_attach
for host in camera:granted camera2:amended sensor:granted bell:pending blocked:quarantined full:full-access meter:granted; do
	eventually "${host%:*} is ${host#*:}" 5 state_is "${host%:*}" "${host#*:}"
done
lab_wait 5 lab_probe camera tls "$LAB_UPDATE" 443
for firewall in fw4 reduced; do
	lab_firewall "$firewall"
	house_matrix "with the $firewall firewall" "$HERE/scenarios/20-matrix.rows"
done

# The control: the same attempts where dwirm's rules are gone. What gets through now was refused by them and by nobody else.
lab_daemon_stop
check "cleanup" lab_dwirm cleanup
LAB_ID=$LAB_ID /usr/bin/python3 "$LAB_TOOLS/matrix.py" "$LAB/addresses" "$HERE/scenarios/20-matrix.rows" >"$LAB/control"
within "control, without dwirm's tables: refused attempts that get through" "$(grep -c 'expected no .* seen .*DIFFERS' "$LAB/control")" 70 165
