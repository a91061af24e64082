#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The network of a virtual machine: published ports, several NICs, a tap in a network namespace.

load helper
load vm

# A network namespace of the test's own, with a tap that has addresses of both families.
make_namespace() {
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'a tap device needs root'
	need ip ping
	[ -c /dev/net/tun ] || skip_or_fail 'no /dev/net/tun'
	netns=vmconfig-$$-$BATS_TEST_NUMBER
	ip netns add "$netns"
	ip -n "$netns" link set lo up
	ip -n "$netns" tuntap add dev tap0 mode tap
	ip -n "$netns" link set tap0 up
	ip -n "$netns" address add 192.0.2.1/24 dev tap0
	ip -n "$netns" address add 2001:db8::1/64 dev tap0 nodad
}

teardown() {
	[ -z "${vm:-}" ] || kill -KILL "$vm" 2>/dev/null || true
	[ -z "${netns:-}" ] || ip netns del "$netns"
}

@test "a published port reaches the workload, and its answer comes back" {
	vm_in_background --disk "$PROBE_IMAGE,ro" -p 127.0.0.1:0:7000 -- tcp-serve 7000
	wait_for_line stderr 'is published on 127.0.0.1:'
	port=$(sed -n 's/.*is published on 127\.0\.0\.1:\([0-9]*\).*/\1/p' stderr)
	wait_for_line stdout 'listening 7000'
	exec 9<>"/dev/tcp/127.0.0.1/$port"
	printf 'over the wire\n' >&9
	read -r -t 30 answer <&9
	exec 9>&-
	[ "$answer" = 'over the wire' ] || fail "answer: $answer"
	wait_for_vm
	assert_status 0
}

@test "two NICs, both families, one over a tap: ping and TCP both ways" {
	make_namespace
	ip netns exec "$netns" "$VMCONFIG" run --config base.json --timeout 120 \
		--disk "$PROBE_IMAGE,ro" --hostname two-nics \
		--net ip=10.0.2.15/24,gw=10.0.2.2 \
		--net tap=tap0,ip=192.0.2.2/24,ip=2001:db8::2/64,mac=02:00:00:00:00:07,name=wan0,mtu=1400 -- \
		net , ping 192.0.2.1 , ping 2001:db8::1 , tcp-serve 7001 , tcp-serve 7002 , \
		tcp-connect 192.0.2.1 7003 hello4 , tcp-connect 2001:db8::1 7004 hello6 >stdout 2>stderr 3>&- &
	vm=$!
	# What the guest will connect to is listening before it gets that far.
	ip netns exec "$netns" socat -T 30 TCP4-LISTEN:7003,bind=192.0.2.1 EXEC:cat 3>&- &
	ip netns exec "$netns" socat -T 30 'TCP6-LISTEN:7004,bind=[2001:db8::1]' EXEC:cat 3>&- &
	wait_for_line stdout 'listening 7001'
	ip netns exec "$netns" ping -c 2 -W 10 192.0.2.2
	ip netns exec "$netns" ping -c 2 -W 10 2001:db8::2
	# shellcheck disable=SC2016 # the inner shell expands
	ip netns exec "$netns" bash -c 'exec 9<>/dev/tcp/192.0.2.2/7001
		echo in4 >&9; read -r -t 30 answer <&9; [ "$answer" = in4 ]'
	wait_for_line stdout 'listening 7002'
	echo in6 | ip netns exec "$netns" socat -t 30 - 'TCP6:[2001:db8::2]:7002' >answer6
	[ "$(cat answer6)" = in6 ] || fail "answer over v6: $(cat answer6)"
	wait_for_vm
	assert_status 0
	assert_output_contains 'link wan0 up mtu 1400 mac 02:00:00:00:00:07'
	assert_output_contains '10.0.2.15/24'
	assert_output_contains '192.0.2.2/24'
	assert_output_contains '2001:db8::2/64'
	assert_output_contains hello4
	assert_output_contains hello6
}
