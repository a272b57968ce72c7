# Devices that never heard of DWIRM are served as by any DHCP server, whatever others are being decided (DWIRM-21).

dhcp camera talk eth0 --seconds 2 --send dwirm@0 dwirm@300 dwirm@600 --profile "$PROFILES/doorbell.json" >/dev/null &
sleep 0.1
slowest=$(dhcp laptop latency eth0 30)
wait $!
within "30 plain exchanges while a decision is pending: the slowest in ms" "$slowest" 0 60
attach_laptop
check "the laptop has a lease" has_address laptop
check "and reaches the WAN" reach laptop "$LAB_WEB" 80
check "by name" reach laptop www.example.com 8080
equal "and never was anything but new" "" "$(device laptop '.state | select(. != "new")')"
