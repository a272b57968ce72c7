# An ordinary device is observed while it is used; the profile that is suggested, assigned as it is, allows exactly that.

shop=203.0.113.150 api=203.0.113.151 other=203.0.113.152
for address in "$shop" "$api" "$other"; do ip -n "$LAB_ID-wan" addr add "$address/32" dev net; done
lab_kill dnsmasq
lab_spawn router names dnsmasq --keep-in-foreground --conf-file=/dev/null --port=53 --no-resolv --no-hosts --user=root --bind-interfaces \
	--interface=br-lan --interface=lo --pid-file="$LAB/router/names.pid" --local-ttl=60 --log-facility=- --local=/example.com/ \
	--host-record="shop.example.com,$shop" --host-record="api.example.com,$api" --host-record="other.example.com,$other"
lab_wait 5 lab_in router dig +short +tries=1 @127.0.0.1 shop.example.com

attach_laptop
mac=${LAB_MAC[laptop]}
answers() { [ "$(lab_in laptop dig +short +tries=1 +time=2 "${@:2}" | tail -n 1)" = "$1" ]; } # expected, dig's arguments
saw() { lab_dwirm suggest "$mac" --json 2>/dev/null | grep -q "$1"; }
observed() { lab_in router nft -j list set inet dwirm observed | jq -e '.nftables[] | .set? // empty | .elem | length > 0' >/dev/null; }

refute "suggest: nothing was observed" lab_dwirm suggest "$mac"
refute "observe: not for a device without a lease" lab_dwirm observe 02:00:00:00:77:77
check "observe" lab_dwirm observe "$mac" --for 1h
check "observe: its questions go to the forwarder" observed
check "observe: the device is what it was" reach laptop "$other" 8080
refute "suggest: nothing was seen yet" saw other
check "observe: names resolve, UDP" answers "$shop" shop.example.com
check "observe: names resolve, TCP" answers "$api" +tcp api.example.com
refute "observe: the forwarder's port itself is not for others" lab_in camera dig +short +tries=1 +time=1 -p 5354 @"$LAB_ROUTER" shop.example.com

# Two hosts by name and one that was never asked for.
check "observe: any host is" lab_probe laptop tls shop.example.com 443
check "observe: and are reached" reach laptop api.example.com 8443
reach laptop "$LAB_MIRROR" 80
eventually "suggest: what was used is seen within half a minute" 40 saw shop.example.com
check "suggest: host and port" saw 'api.example.com:8443'
check "suggest: without a name the address" saw "http://$LAB_MIRROR"
refute "suggest: no questions for names" saw ':53'

lab_dwirm suggest "$mac" >"$LAB/suggested.json" 2>"$LAB/seen"
check "suggest: the table names what was seen" grep -q 'out *shop.example.com *443/tcp *HTTP' "$LAB/seen"
check "suggest: and marks what has no name" grep -q "$LAB_MIRROR \*" "$LAB/seen"
check "assign, as it is" lab_dwirm assign "$mac" "$LAB/suggested.json"
equal "assigned: state" granted "$(device laptop .state)"
eventually "assigned: shop.example.com" 5 lab_probe laptop tls shop.example.com 443
check "assigned: api.example.com" reach laptop api.example.com 8443
check "assigned: the address" reach laptop "$LAB_MIRROR" 80
refute "assigned: another port of a host it used" reach laptop shop.example.com 8443
refute "assigned: another host" lab_probe laptop tls other.example.com 443
refute "assigned: another address" reach laptop "$LAB_WEB" 80
refute "observe: not for a device under a profile" lab_dwirm observe "$mac"
eventually "assigned: it is not observed any more" 40 eval '! observed'

check "assign --clear" lab_dwirm assign "$mac" --clear
check "observe again" lab_dwirm observe "$mac"
check "observe --stop" lab_dwirm observe "$mac" --stop
refute "observe --stop: its questions are its own again" observed
