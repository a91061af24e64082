#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A bundle as runc writes it, with hooks and a bound file, in a virtual machine.
# shellcheck disable=SC2016,SC2154 # jq expands; bats and vm.bash set status, output and stderr

load helper
load vm

# bundle FILTER [OPTION…] - what 'runc spec' writes, for the probe, as jq's FILTER has it.
bundle() {
	mkdir -p bundle/rootfs
	rm -f bundle/config.json
	runc spec --bundle bundle
	jq "${@:2}" ".process.terminal = false | .process.args = [\"/probe\"] | $1" bundle/config.json >edited.json
	mv edited.json bundle/config.json
}

# boot VERB… - run the bundle on the probe's image, with more options if there are any.
options=()
boot() {
	run_vmconfig run --bundle bundle --disk "$PROBE_IMAGE,ro,serial=root" --timeout 120 \
		"${options[@]}" -- "$@"
}

# hook NAME [COMMANDS] - a hook that writes its state into NAME.
hook() {
	jq -nc --arg line "cat >$1; $2" --arg name "$PWD/$1" \
		'{path: "/bin/sh", args: ["sh", "-c", $line, "hook"], env: ["PATH=/usr/bin:/bin"], timeout: 60}'
}

assert_line() {
	grep -qxF -e "$1" <<<"$output" || explain "expected the line: $1"
}

@test "what 'runc spec' asks for holds in the guest, and a bound file is there" {
	need runc
	echo 'bound' >file
	bundle ".root.readonly = false | .mounts += [{destination: \"/etc/bound\", type: \"bind\",
		source: \"$PWD/file\", options: [\"rbind\", \"ro\"]}] |
		.process.rlimits = [{type: \"RLIMIT_NOFILE\", hard: 2048, soft: 1024}]"
	boot /probe id , limits , hostname , cat /etc/bound , cat /proc/self/status , mounts
	assert_status 0
	assert_line 'limit 7 1024 2048'
	assert_line 'NoNewPrivs:	1'
	assert_line 'CapBnd:	0000000020000420'
	assert_line 'CapEff:	0000000020000420'
	assert_line bound
	grep -q runc <<<"$output"
}

@test "the host's hooks run around the machine, in order, with the state they are due" {
	need runc
	bundle ".root.readonly = false | .hooks = {
		prestart: [$(hook one 'echo one >>log')],
		createRuntime: [$(hook two 'echo two >>log; echo said; echo said >&2')],
		createContainer: [$(hook three 'echo three >>log')],
		poststart: [$(hook four 'echo four >>log')],
		poststop: [$(hook five 'echo five >>log')]}"
	boot /probe say hello
	assert_status 0
	assert_output hello
	[ "$(cat bundle/log)" = $'one\ntwo\nthree\nfour\nfive' ] || explain 'not in this order'
	[ "$(jq -r .status bundle/one bundle/two bundle/three bundle/four bundle/five | tr '\n' ' ')" = \
		'creating creating creating running stopped ' ]
	[ "$(jq -r '.pid != null' bundle/four)" = true ]
	[ "$(jq -r .bundle bundle/one)" = "$(realpath bundle)" ]
	[ "$(grep -c '^said$' <<<"$stderr")" = 2 ]
}

@test "a hook that fails stops the start, and poststop cleans up" {
	need runc
	bundle ".hooks = {createRuntime: [$(hook one 'exit 7'), $(hook two '')],
		poststop: [$(hook five 'exit 1')]}"
	boot /probe say hello
	assert_status 125
	[ -z "$output" ]
	assert_stderr_contains "vmconfig: hook '/bin/sh' ended with status 7"
	assert_stderr_contains "vmconfig: warning: hook '/bin/sh' ended with status 1"
	[ ! -e bundle/two ]
	[ -e bundle/five ]

	bundle ".root.readonly = false | .hooks = {poststart: [$(hook four 'exit 7')]}"
	boot /probe sleep-until-signal
	assert_status 125
	assert_stderr_contains "vmconfig: hook '/bin/sh' ended with status 7"
}

@test "directories that a bundle binds are shared while it runs, and read-only ones stay so" {
	need runc
	mkdir -p data kept
	echo from-host >data/file
	bundle ".root.readonly = false | .mounts += [
		{destination: \"/data\", type: \"bind\", source: \"$PWD/data\", options: [\"rbind\"]},
		{destination: \"/kept\", type: \"bind\", source: \"$PWD/kept\", options: [\"rbind\", \"ro\"]}]"
	# The initrd is the one of any machine: it has no virtiofs.
	cpio -t --quiet <"$VMCONFIG_INITRD" >names
	run ! grep virtiofs names
	export XDG_RUNTIME_DIR=$PWD/run
	mkdir run
	mkdir given
	echo given >given/file
	options=(--mount 'type=bind,src=given,dst=/given,ro' --mount 'type=bind,src=given/file,dst=/copy')
	boot /probe cat /data/file , write /data/new from-guest , cat /given/file , cat /copy
	assert_status 0
	assert_output $'from-host\ngiven\ngiven'
	[ "$(cat data/new)" = from-guest ]
	[ -z "$(ls run)" ] || fail "left in the runtime directory: $(ls run)"

	boot /probe write /kept/new x
	[ "$status" -ne 0 ]
	[ -z "$(ls kept)" ]
}

@test "a bundle needs nothing else: what its directory holds is the root" {
	need runc
	bundle '.root.readonly = true'
	cp "$ROOT/build/probe" bundle/rootfs/probe
	mkdir -p bundle/rootfs/etc scratch
	echo of-the-bundle >bundle/rootfs/etc/file
	export TMPDIR=$PWD/scratch
	run_vmconfig run --bundle bundle --timeout 120 -- /probe cat /etc/file , hostname
	assert_status 0
	[[ $output == *of-the-bundle* ]]
	[[ $output == *runc* ]]
	[ -z "$(ls scratch)" ] || fail "left behind: $(ls scratch)"
	run_vmconfig run --bundle bundle --timeout 120 -- /probe write /etc/file changed
	[ "$status" -ne 0 ]
	[ "$(cat bundle/rootfs/etc/file)" = of-the-bundle ]

	bundle '.root.readonly = false'
	run_vmconfig run --bundle bundle --timeout 120 -- /probe write /etc/file changed , cat /etc/file
	assert_status 0
	assert_output changed
	[ "$(cat bundle/rootfs/etc/file)" = of-the-bundle ]
}

@test "a bundle that uses everything at once is what the workload finds" {
	need runc
	mkdir -p data bundle/rootfs/work bundle/rootfs/etc/fixed
	chmod 777 data bundle/rootfs/etc/fixed
	echo from-host >data/file
	echo bound >file
	echo hidden >bundle/rootfs/etc/secret
	cp "$ROOT/build/probe" bundle/rootfs/probe
	podman_profile CAP_KILL >profile
	jq -n --arg here "$PWD" --arg kernel "$ROOT/build/kernel/vmlinuz" --arg qemu "$(command -v qemu-system-x86_64)" \
		--slurpfile profile profile '{
		root: {readonly: false}, hostname: "box", domainname: "example.test",
		annotations: {"org.example.key": "value"},
		process: {cwd: "/work", user: {uid: 1000, gid: 1001, umask: 63, additionalGids: [7, 8]},
			env: ["PATH=/", "ODD=a b=c"], noNewPrivileges: true, oomScoreAdj: -321,
			capabilities: (["bounding", "effective", "inheritable", "permitted", "ambient"] |
				map({key: ., value: ["CAP_KILL"]}) | from_entries),
			rlimits: [{type: "RLIMIT_NOFILE", hard: 2048, soft: 1024},
				{type: "RLIMIT_CORE", hard: 4096, soft: 0}],
			scheduler: {policy: "SCHED_FIFO", priority: 5},
			ioPriority: {class: "IOPRIO_CLASS_RT", priority: 3}},
		hooks: {startContainer: [
			{path: "/probe", args: ["probe", "say", "hook", ",", "copy", ",", "say", ""]},
			{path: "/probe", args: ["probe", "env", ",", "write", "/scratch/hooked", "by the hook"], env: ["OF=hook"]}]},
		linux: {personality: {domain: "LINUX32"}, seccomp: $profile[0], rootfsPropagation: "shared",
			sysctl: {"net.ipv4.ip_forward": "1", "kernel.shm_rmid_forced": "1"},
			devices: [{path: "/dev/fuse", type: "c", major: 10, minor: 229, fileMode: 432, uid: 1, gid: 2},
				{path: "/dev/pipe", type: "p", fileMode: 420}]},
		vm: {hypervisor: {path: $qemu, parameters: ["-smbios", "type=1,product=of the bundle"]},
			kernel: {path: $kernel, parameters: ["probe.words=hello world"]},
			hwConfig: {vcpus: 2, memory: 201326592}}}' >all.json
	bundle '. * $all[0] | .linux.maskedPaths += ["/etc/secret"] | .linux.readonlyPaths += ["/etc/fixed"] |
		.mounts += [
		{destination: "/scratch", type: "tmpfs", source: "tmpfs", options: ["size=1m", "nosuid", "mode=1777"]},
		{destination: "/data", type: "bind", source: "\($here)/data", options: ["rbind", "nodev"]},
		{destination: "/etc/bound", type: "bind", source: "\($here)/file", options: ["rbind", "ro"]}]' \
		--arg here "$PWD" --slurpfile all all.json
	unset VMCONFIG_KERNEL
	run_vmconfig run --bundle bundle --timeout 120 --verbose -- /probe id , limits , sched , ioprio , personality , \
		hostname , env , cwd , mounts , cat /proc/self/mountinfo , cat /proc/self/status , \
		cat /proc/self/oom_score_adj , cat /proc/sys/net/ipv4/ip_forward , \
		cat /proc/sys/kernel/shm_rmid_forced , stat /dev/fuse , stat /dev/pipe , cat /etc/bound , \
		cat /scratch/hooked , cat /data/file , write /data/new from-guest , \
		cat /etc/secret , write /etc/fixed/x y , syscall 321 0 0 0 , cat /proc/cmdline , \
		cat /proc/cpuinfo , cat /proc/meminfo , cat /sys/class/dmi/id/product_name
	assert_status 1 # a write below what is read-only
	local line
	while read -r line; do
		assert_line "$line"
	done <<-'END'
		uid 1000 1000 1000
		gid 1001 1001 1001
		groups 7 8
		umask 077
		limit 4 0 4096
		limit 7 1024 2048
		sched policy 1 nice 0 priority 5 flags 0
		ioprio 1 3
		personality 8
		hostname box
		domainname example.test
		env ODD=a\040b=c
		cwd /work
		NoNewPrivs:	1
		Seccomp:	2
		CapBnd:	0000000000000020
		CapPrm:	0000000000000020
		CapEff:	0000000000000020
		CapInh:	0000000000000020
		CapAmb:	0000000000000020
		-321
		stat /dev/fuse char 0660 1 2 10:229
		stat /dev/pipe fifo 0644 0 0
		bound
		by the hook
		from-host
		write /etc/fixed/x: Read-only file system
		syscall 321: Operation not permitted
		of the bundle
	END
	[ "$(grep -cx 1 <<<"$output")" -eq 2 ] || explain 'expected two values of sysctl'
	[[ $output != *hidden* ]] || explain 'what is masked can be read'
	# What hooks say goes to the console.
	stderr=$(console_of "$stderr")
	assert_stderr_contains '"id":"box","status":"created"'
	assert_stderr_contains '"annotations":{"org.example.key":"value"}}'
	assert_stderr_contains 'env OF=hook'
	assert_output_contains 'probe.words="hello world"'
	grep -qE '^[0-9]+ [0-9]+ [0-9:]+ / / rw.* shared:' <<<"$output" || explain 'the root is not shared'
	grep -qE ' / /scratch rw,nosuid,.* - tmpfs .*size=1024k' <<<"$output" || explain 'no tmpfs'
	grep -qE ' / /data rw,nodev,.* - virtiofs ' <<<"$output" || explain 'no directory'
	[ "$(cat data/new)" = from-guest ]
	[ "$(grep -c '^processor' <<<"$output")" -eq 2 ] || explain 'expected two processors'
	local kib
	kib=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' <<<"$output")
	[ "$kib" -gt $((128 << 10)) ] && [ "$kib" -lt $((192 << 10)) ] || explain "has $kib KiB"
}
