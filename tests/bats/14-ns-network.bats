#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The network, end to end: init in a namespace with NICs whose other ends are in another one.

load helper
load ns

MAC0=52:54:00:00:00:01
MAC1=52:54:00:00:00:02

setup() {
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'namespaces and loop devices need root'
	need ip
	cd "$BATS_TEST_TMPDIR" || return
	use_scratch
	GUEST=vmconfig-guest-$$-$BATS_TEST_NUMBER
	PEER=vmconfig-peer-$$-$BATS_TEST_NUMBER
	ip netns add "$GUEST"
	ip netns add "$PEER"
	ip -n "$PEER" link set lo up
}

teardown() {
	[ -z "${GUEST:-}" ] || ip netns del "$GUEST" || true
	[ -z "${PEER:-}" ] || ip netns del "$PEER" || true
}

# nic NAME MAC PEER-NAME [PEER-ADDRESS…] - a NIC of the machine's; its other end is up and has these.
nic() {
	local peer=$3 address
	ip -n "$GUEST" link add "$1" address "$2" type veth peer name "$peer" netns "$PEER"
	# Addresses are used at once: nobody else is there to have the same.
	ip netns exec "$PEER" sysctl -qw "net.ipv6.conf.$peer.accept_dad=0"
	for address in "${@:4}"; do
		ip -n "$PEER" addr add "$address" dev "$peer"
	done
	ip -n "$PEER" link set "$peer" up
}

# net_config FILTER WORD… - as config, with the network on.
net_config() {
	config ".network_enabled = true | $1" "${@:2}"
}

boot_net() {
	boot --netns "/run/netns/$GUEST" "$@"
}

@test "without a word about the network, lo is up and nothing else" {
	nic eth0 $MAC0 peer0
	run_probe_net() {
		config . net , ping 127.0.0.1 , ping ::1
		boot_net
	}
	run_probe_net
	assert_exit 0
	assert_line_matches 'link lo up .*'
	assert_line_matches 'link eth0 down .*'
	assert_line 'ping 127.0.0.1 answered'
	assert_line 'ping ::1 answered'
}

@test "the seed's fields: address, gateway, name server" {
	nic eth0 $MAC0 peer0 192.0.2.1/24
	ip -n "$PEER" addr add 198.51.100.1/32 dev lo
	net_config '.guest_ip = "192.0.2.2" | .guest_cidr = 24 |
		.guest_gw = "192.0.2.1" | .guest_dns = "198.51.100.1"' \
		net , ping 192.0.2.1 , ping 198.51.100.1 , cat /etc/resolv.conf
	boot_net
	assert_exit 0
	assert_line 'addr eth0 192.0.2.2/24'
	assert_line 'route 0.0.0.0/0 via 192.0.2.1 dev eth0 metric 0'
	assert_line 'ping 198.51.100.1 answered'
	assert_line 'nameserver 198.51.100.1'
}

@test "two NICs, IPv4 and IPv6: ping and TCP both ways" {
	nic eth0 $MAC0 peer0 192.0.2.1/24 2001:db8:1::1/64
	nic eth1 $MAC1 peer1 198.51.100.1/24 2001:db8:2::1/64
	local port servers=()
	for port in 7001 7002; do
		mkfifo served.$port
		ip netns exec "$PEER" "$BUILD/probe" tcp-serve $port >served.$port 3>&- &
		servers+=($!)
	done
	# Until both say "listening"; left open, or what else they say would end them.
	exec 4<served.7001 5<served.7002
	read -r <&4
	read -r <&5
	net_config '.interfaces = [
		{mac: "'$MAC0'", addresses: ["192.0.2.2/24", "2001:db8:1::2/64"], gateway: "192.0.2.1"},
		{mac: "'$MAC1'", addresses: ["198.51.100.2/24", "2001:db8:2::2/64"],
		 gateway6: "2001:db8:2::1"}]' \
		net , ping 192.0.2.1 , ping 2001:db8:1::1 , ping 198.51.100.1 , ping 2001:db8:2::1 , \
		tcp-connect 192.0.2.1 7001 'over four' , tcp-connect 2001:db8:2::1 7002 'over six' , \
		tcp-serve 80 , tcp-serve 81
	boot_net --when 'listening 80' --run "ip netns exec $PEER $BUILD/probe \
		ping 192.0.2.2 , ping 2001:db8:2::2 , tcp-connect 198.51.100.2 80 'back over four' >back" \
		--when 'listening 81' --run "ip netns exec $PEER $BUILD/probe \
		tcp-connect 2001:db8:1::2 81 'back over six' >>back"
	wait "${servers[@]}"
	assert_exit 0
	assert_line 'route ::/0 via 2001:db8:2::1 dev eth1 metric 1024'
	assert_line 'reply over four'
	assert_line 'reply over six'
	output=$(cat back)
	assert_line 'ping 192.0.2.2 answered'
	assert_line 'ping 2001:db8:2::2 answered'
	assert_line 'reply back over four'
	assert_line 'reply back over six'
}

@test "NICs get the names that go with their MAC addresses, even each other's" {
	nic eth0 $MAC0 peer0
	nic eth1 $MAC1 peer1
	net_config '.interfaces = [{mac: "'$MAC0'", name: "eth1", addresses: ["192.0.2.1/24"]},
		{mac: "'$MAC1'", name: "lan", addresses: ["192.0.2.2/24"], mtu: 1280}]' net
	boot_net
	assert_exit 0
	assert_line "link eth1 up mtu 1500 mac $MAC0"
	assert_line "link lan up mtu 1280 mac $MAC1"
	assert_line 'addr eth1 192.0.2.1/24'
	assert_line 'addr lan 192.0.2.2/24'
}

@test "NICs by name and by order" {
	nic one $MAC0 peer0
	nic two $MAC1 peer1
	net_config '.interfaces = [{addresses: ["192.0.2.1/24"]},
		{name: "one", addresses: ["192.0.2.2/24"]}]' net
	boot_net
	assert_exit 0
	assert_line 'addr one 192.0.2.2/24'
	assert_line 'addr two 192.0.2.1/24'
}

@test "a gateway outside the subnet, routes with metrics, on a link that is up already" {
	nic eth0 $MAC0 peer0 203.0.113.1/32
	ip -n "$PEER" route add 192.0.2.2/32 dev peer0
	ip -n "$GUEST" addr add 192.0.2.2/32 dev eth0
	ip -n "$GUEST" link set eth0 up
	net_config '.interfaces = [{addresses: ["192.0.2.2/32"], gateway: "203.0.113.1",
		routes: [{to: "10.0.0.0/8", via: "203.0.113.1", metric: 50, onlink: true},
			{to: "172.16.0.0/12", metric: 7}]}]' net , ping 203.0.113.1
	boot_net
	assert_exit 0
	assert_line 'route 0.0.0.0/0 via 203.0.113.1 dev eth0 metric 0'
	assert_line 'route 10.0.0.0/8 via 203.0.113.1 dev eth0 metric 50'
	assert_line 'route 172.16.0.0/12 via 0.0.0.0 dev eth0 metric 7'
	assert_line 'ping 203.0.113.1 answered'
	[ "$(grep -c 'addr eth0 192' <<<"$output")" -eq 1 ]
}

@test "a NIC that comes late is waited for" {
	net_config '.interfaces = [{mac: "'$MAC0'", addresses: ["192.0.2.2/24"]}]' net
	boot_net --cmdline vmconfig.log=debug --when 'machine: ' \
		--run "ip -n $GUEST link add late address $MAC0 type veth peer name other"
	assert_exit 0
	assert_line 'addr late 192.0.2.2/24'
}

@test "a NIC that does not come stops the boot, and what there is is said" {
	nic eth0 $MAC0 peer0
	net_config '.interfaces = [{mac: "'$MAC1'", addresses: ["192.0.2.2/24"]}]' say no
	boot_net --cmdline vmconfig.wait=0
	assert_failed network "no network interface with mac '$MAC1'"
	assert_reason "eth0 $MAC0"
	net_config '.interfaces = [{name: "lan0"}]' say no
	boot_net --cmdline vmconfig.wait=0
	assert_failed network "no network interface named 'lan0'"
	net_config '.interfaces = [{}, {}]' say no
	boot_net --cmdline vmconfig.wait=0
	assert_failed network 'no network interface for /interfaces/1'
}

@test "what the kernel refuses stops the boot with its words" {
	nic eth0 $MAC0 peer0
	net_config '.interfaces = [{addresses: ["192.0.2.2/24"],
		routes: [{to: "10.0.0.0/8", via: "203.0.113.1"}]}]' say no
	boot_net
	assert_failed network "cannot add route '10.0.0.0/8 via 203.0.113.1' to 'eth0'"
}
