#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A bundle as runc writes it, with hooks and a bound file, in a virtual machine.
# shellcheck disable=SC2154 # bats and vm.bash set status, output and stderr

load helper
load vm

# bundle FILTER - what 'runc spec' writes, for the probe, as jq's FILTER has it.
bundle() {
	mkdir -p bundle/rootfs
	rm -f bundle/config.json
	runc spec --bundle bundle
	jq ".process.terminal = false | .process.args = [\"/probe\"] | $1" bundle/config.json >edited.json
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
