# no-daemon
# A drop-in for dnsmasq's DHCPv4: one UCI configuration and the same packets for both, in twin namespaces; the replies compared option by option.

twins=$LAB/twins
mkdir -p "$twins"
LAB_HOSTS="$LAB_HOSTS twin twinclient"          # lab_down takes them away, too
for host in twin twinclient; do
	ip netns add "$LAB_ID-$host"
	ip -n "$LAB_ID-$host" link set lo up
done
# The lab's own resolver would hold port 53 of the router; dwirm needs none here, and dnsmasq is on the other side.
ip -n "$LAB_ID-twin" link add br-lan address 02:00:00:00:01:01 type bridge
ip link add eth0 address 02:00:00:00:00:20 netns "$LAB_ID-twinclient" type veth peer name lap netns "$LAB_ID-twin"
ip -n "$LAB_ID-twin" link set lap master br-lan
for device in lap br-lan; do ip -n "$LAB_ID-twin" link set "$device" up; done
ip -n "$LAB_ID-twin" addr add "$LAB_ROUTER/24" dev br-lan
ip -n "$LAB_ID-twinclient" link set eth0 up
for host in laptop twinclient; do ip -n "$LAB_ID-$host" addr add 192.168.1.2/24 dev eth0; done

/usr/bin/python3 "$LAB_TOOLS/dhcp_twins.py" run --dwirm "$DWIRM" --dir "$twins" --policy "$LAB/router/policy.yaml" \
	--categories "$LAB/router/categories.yaml" --ours "$LAB_ID-router:$LAB_ID-laptop" --theirs "$LAB_ID-twin:$LAB_ID-twinclient" ${TWIN_CASES:-} |
	tee "$LAB/twins.log"
FAILED=$(grep -c '^FAIL ' "$LAB/twins.log")
