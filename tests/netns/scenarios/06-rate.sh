# A granted Rate is what passes, in each direction, measured at the receiver.
# HTB counts Ethernet frames: 1448 of 1514 octets are payload, 95.6 %.

attach_laptop
attach_camera camera --profile "$PROFILES/camera.json" --mode client
lab_wait 3 state_is camera amended
cam=$(lab_ip camera)
lab_wait 5 lab_probe camera tls "$LAB_UPDATE" 443

rate=$(lab_probe camera rate "$LAB_UPDATE" 443 4 down --tls)
within "camera ← update server: 5 Mbps granted, payload bit/s" "$rate" 4300000 5000000
rate=$(lab_probe camera rate "$LAB_UPDATE" 443 4 up --tls)
within "camera → update server: 5 Mbps granted, payload bit/s" "$rate" 4300000 5300000
check "approve the port forward" lab_dwirm approve "${LAB_MAC[camera]}"
lab_wait 5 reach intruder "$LAB_WAN_IP" 8088
rate=$(lab_probe intruder rate "$LAB_WAN_IP" 8088 4)
within "WAN ← camera:88 by the port forward: 2 Mbps granted, payload bit/s" "$rate" 1750000 2000000
rate=$(lab_probe laptop rate "$cam" 88 5)
within "laptop ← camera:88 inside the bridge: 2 Mbps granted, payload bit/s" "$rate" 1500000 2200000
rate=$(lab_probe laptop rate "$LAB_WEB" 80 2)
within "the laptop is not shaped, payload bit/s" "$rate" 50000000 100000000000
