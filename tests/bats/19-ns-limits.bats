#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2154 # jq's variables; bats and ns.bash set status, output and stderr
# As much as a config may hold: what arrives at the workload is compared byte for byte, or counted.

load helper
load ns

# Processes started, and bytes that the probe writes, are the test's; nothing here is timed.

@test "10,000 variables arrive, in their order, none changed" {
	seq 10000 | sed 's/.*/NAME_& value & of "many" = \\ \t'"'"'/' >list
	jq -Rnc 'reduce (inputs | capture("^(?<k>[^ ]+) (?<v>.*)$")) as $e ({}; .[$e.k] = $e.v)' <list >env.json
	[ "$(jq length env.json)" = 10000 ]
	config ".env = $(jq -c '{first: "1"}' <<<null)" env0
	jq -c --slurpfile env env.json '.env = $env[0]' config.json >with.json
	mv with.json config.json
	boot
	assert_exit 0
	jq -rj 'to_entries[] | "\(.key)=\(.value)\u0000"' env.json >expected
	# What init adds has other names.
	tr '\0' '\n' <bytes | grep -a '^NAME_' | tr '\n' '\0' | cmp - expected
}

@test "arguments of nearly 2 MiB arrive whole, and one byte more than execve takes is refused" {
	# MAX_EXEC_BYTES holds the pointers as well: fifteen words of 131071 bytes, one of the rest.
	local longest=131071
	head -c $longest /dev/zero | tr '\0' x >word
	fits() {
		jq -nc --rawfile word word --argjson rest "$1" '{entrypoint: ["/probe"],
			cmd: (["args0"] + [range(15) | $word] + ["y" * $rest]), workdir: "/", env: {},
			network_enabled: false, init_mode: "exec"}' >config.json
		"$VMCONFIG" check config.json 2>said
	}
	# The longest rest that is let through: by halves.
	local low=1 high=$longest middle
	fits $low || fail "$(cat said)"
	while [ $((high - low)) -gt 1 ]; do
		middle=$(((low + high) / 2))
		if fits $middle; then low=$middle; else high=$middle; fi
	done
	! fits $high || fail 'as much as can be is let through'
	grep -q 'ARG_MAX' said || fail "$(cat said)"
	fits $low
	[ $((15 * longest + low)) -gt 2080000 ] || fail "only $((15 * longest + low)) bytes"
	boot
	assert_exit 0
	{
		for _ in {1..15}; do
			cat word
			printf '\0'
		done
		head -c "$low" /dev/zero | tr '\0' y
		printf '\0'
	} >expected
	cmp bytes expected
}

@test "as many hosts, mounts and files as there may be are all made" {
	config '.hosts = [range(4096) | {ip: "10.\(. / 65536 | floor).\(. / 256 | floor % 256).\(. % 256)", names: ["h\(.)"]}] |
		.mounts = [range(1000) | {destination: "/run/m/\(.)", type: "tmpfs", source: "m\(.)", options: ["size=4k"]}] |
		.files = [range(4096) | {path: "/run/f/\(.)", content: "file \(.)\n"}] |
		.root = {device: "/dev/vda", mode: "overlay"}' \
		cat /etc/hosts , mounts , cat /run/f/0 , cat /run/f/4095 , ls /run/f
	boot
	assert_exit 0
	[ "$(grep -cE '^10\.[0-9.]+[[:space:]]+h[0-9]+$' <<<"$output")" = 4096 ] || fail 'not all hosts'
	assert_line_matches '10\.0\.15\.255[[:space:]]+h4095'
	[ "$(grep -c ' /run/m/[0-9]* ' <<<"$output")" = 1000 ] || fail 'not all mounts' "$(head -c 2000 <<<"$output")"
	assert_line 'file 0'
	assert_line 'file 4095'
}

@test "64 NICs have their addresses, each by its MAC" {
	need ip
	local netns=vmconfig-limits-$$ i mac peer
	ip netns add "$netns"
	# Each pair is two NICs, of which the second has an address of its own, too.
	for ((i = 1; i <= 64; i += 2)); do
		printf -v mac '02:00:00:00:00:%02x' "$i"
		printf -v peer '02:00:00:00:00:%02x' "$((i + 1))"
		echo "link add e$i address $mac type veth peer name e$((i + 1)) address $peer"
	done | ip -n "$netns" -batch -
	config '.network_enabled = true | .interfaces = [range(1; 65) | {name: "nic\(.)", addresses: ["10.\(.).0.2/24"],
		mac: "02:00:00:00:00:\(. as $n | "0123456789abcdef" | .[$n / 16 | floor:($n / 16 | floor) + 1] + .[$n % 16:$n % 16 + 1])"}]' net
	boot --netns "/run/netns/$netns"
	ip netns del "$netns"
	assert_exit 0
	for i in {1..64}; do
		assert_line "addr nic$i 10.$i.0.2/24"
	done
}

# Twenty disks, as nsboot has no more letters, each in five places.
@test "a hundred volumes are mounted, each where it belongs" {
	local disks=() i
	make_image volume.img '' -O ^has_journal -b 1024
	for i in {0..19}; do
		cp --sparse=always volume.img "volume$i.img"
		tune2fs -L "volume$i" "volume$i.img" >tune.log 2>&1 || fail "$(cat tune.log)"
		disks+=(--disk "volume$i.img,ro")
	done
	config '.volume_mounts = [range(100) | {device: "label=volume\(. % 20)", path: "/run/v/\(.)", mode: "ro"}] |
		.root = {device: "/dev/vda", mode: "overlay"}' mounts
	boot "${disks[@]}"
	assert_exit 0
	[ "$(grep -c ' /run/v/[0-9]* ext4 ' <<<"$output")" = 100 ] || fail 'not all volumes' "$(head -c 3000 <<<"$output")"
}
