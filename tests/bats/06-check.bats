#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# Checking documents: what is found, how it is said, and by which rule.

load helper

# rules_used - the names of rules that the sources give to problems.
rules_used() {
	cat "$ROOT"/shared/*.c "$ROOT"/host/*.c | tr -s '\n\t ' ' ' |
		grep -oE '(SEVERITY_(WARNING|ERROR),|error_at\( ?c,|oci_note\( ?c, SEVERITY_[A-Z]*,|struct format [a-z_0-9]+ = \{) ?"[a-z0-9-]+"' |
		grep -oE '"[a-z0-9-]+"$' | tr -d '"' | sort -u
}

bundle() {
	mkdir -p bundle/rootfs
	cat >bundle/config.json
}

@test "every rule that is used is listed, and every one listed is used" {
	rules_used >used
	[ "$(wc -l <used)" -ge 40 ]
	cat "$ROOT"/shared/*.c "$ROOT"/host/[!r]*.c "$ROOT"/host/r[!u]*.c >sources
	"$VMCONFIG" check --rules | cut -f 1 >listed
	LC_ALL=C sort -u listed | diff -u listed - || fail 'the table is not in the order of names'
	comm -23 used listed >missing
	[ ! -s missing ] || fail "add rows to host/rules.c, then run scripts/man-rules: $(cat missing)"
	while read -r rule; do
		grep -qF "\"$rule\"" sources ||
			fail "nothing breaks rule '$rule'"
	done <listed
}

@test "the list of rules in vmconfig(1) is that of the table" {
	"$ROOT/scripts/man-rules" "$VMCONFIG" <"$ROOT/man/vmconfig.1" >page
	grep -q '^\.It Cm json-syntax$' page
	diff -u "$ROOT/man/vmconfig.1" page || fail 'make it anew with scripts/man-rules'
}

@test "what producers write passes with a warning, and is refused when it is strict" {
	bundle <<-'EOF'
		{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
		 "process": {"cwd": "/", "args": ["/bin/true"], "user": {"uid": 0, "gid": 0}},
		 "vm": {"hypervisor": {"path": ""}, "kernel": {"path": "/boot/vmlinuz"},
		        "image": {"path": "", "format": ""}}}
	EOF
	run_vmconfig check bundle
	assert_status 0
	assert_stderr_contains 'vmconfig: warning: bundle/config.json: /vm/hypervisor: nothing but empty'
	run_vmconfig build --bundle bundle -o disk.img
	assert_status 0
	rm disk.img

	run_vmconfig check --strict bundle
	assert_status 1
	assert_stderr_contains 'vmconfig: bundle/config.json: /vm/image: nothing but empty'
	run_vmconfig build --strict --bundle bundle -o disk.img
	assert_status 1
	[ ! -e disk.img ]
	run_vmconfig run --strict --bundle bundle
	assert_status 125
}

@test "vm.image goes onto the config disk, with a word about the disk that is needed beside it" {
	bundle <<-'EOF'
		{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
		 "process": {"cwd": "/", "args": ["/bin/true"], "user": {"uid": 0, "gid": 0}},
		 "vm": {"kernel": {"path": "/boot/vmlinuz"},
		        "image": {"path": "/guest.img", "format": "raw"}}}
	EOF
	run_vmconfig check --strict bundle
	assert_status 0
	run_vmconfig build --bundle bundle -o disk.img
	assert_status 0
	assert_stderr "vmconfig: warning: bundle/config.json: /vm/image: the virtual machine must have '/guest.img' as a disk, read-only, with the serial 'vmconfig-guest'"
	[ "$(disk_json disk.img '[.requires[-1], .guest_root]')" = '["guest_root",{"device":"serial=vmconfig-guest"}]' ]
	run_vmconfig build --strict --bundle bundle -o strict.img
	assert_status 1
	[ ! -e strict.img ]
	run_vmconfig build --compat seed --bundle bundle -o seed.img
	assert_status 1
	assert_stderr_contains '/guest_root: the seed schema has no such field'
	run_vmconfig build --init-mode systemd --bundle bundle -o disk.img
	assert_status 1
	assert_stderr_contains 'bundle/config.json: /vm/image: is the root of init, which stays PID 1'
}

# runtime MEMBERS - a runtime configuration, in config.json.
runtime() {
	printf '{"ociVersion": "1.2.0", "root": {"path": "rootfs"}, %s}' "$1" >config.json
}

# breaks RULE POINTER MEMBERS - a document in which exactly that is wrong, besides what is unsupported.
breaks() {
	runtime "$3"
	run_vmconfig check --json config.json
	[ "$(jq -r '.[] | select(.severity == "error" and .rule != "unsupported") | "\(.rule) \(.pointer)"' <<<"$output")" = "$1 $2" ] ||
		explain "expected an error of $1 at $2: $3"
	assert_status 1
}

# warns RULE POINTER MEMBERS - the same of warnings, of which there may be others.
warns() {
	runtime "$3"
	run_vmconfig check --json config.json
	assert_status 0
	jq -r '.[] | "\(.rule) \(.pointer)"' <<<"$output" | grep -qxF "$1 $2" ||
		explain "expected a warning of $1 at $2: $3"
}

@test "what the schema lets through and the prose does not" {
	need jq
	local process='"process": {"cwd": "/", "args": ["/x"], "user": {"uid": 0, "gid": 0}'
	local linux='"linux": {"namespaces": [{"type": "network"}]'
	breaks absolute-path /process/cwd '"process": {"cwd": "x", "args": ["/x"]}'
	breaks command /process/args '"process": {"cwd": "/", "args": []}'
	breaks command /process/args '"process": {"cwd": "/"}'
	breaks args /process/args/0 '"process": {"cwd": "/", "args": [""]}'
	breaks range /process/consoleSize/width "$process, \"terminal\": true,
		\"consoleSize\": {\"height\": 65535, \"width\": 65536}}"
	warns not-applied /process/apparmorProfile "$process, \"apparmorProfile\": \"x\",
		\"consoleSize\": {\"height\": 18446744073709551615, \"width\": 65536}}"
	breaks range /process/user/umask '"process": {"cwd": "/", "args": ["/x"], "user": {"umask": 512}}'
	breaks duplicate /process/rlimits/1/type "$process, \"rlimits\": [
		{\"type\": \"RLIMIT_CORE\", \"soft\": 0, \"hard\": 0},
		{\"type\": \"RLIMIT_CORE\", \"soft\": 0, \"hard\": 0}]}"
	breaks rlimit /process/rlimits/0/soft "$process, \"rlimits\": [
		{\"type\": \"RLIMIT_CORE\", \"soft\": 18446744073709551615, \"hard\": 18446744073709551614}]}"
	breaks enum /process/rlimits/0/type "$process, \"rlimits\": [
		{\"type\": \"RLIMIT_FOO\", \"soft\": 0, \"hard\": 0}]}"
	breaks range /process/oomScoreAdj "$process, \"oomScoreAdj\": 1001}"
	breaks range /process/ioPriority/priority "$process, \"ioPriority\": {\"class\":
		\"IOPRIO_CLASS_BE\", \"priority\": 8}}"
	breaks enum /process/scheduler/flags/0 "$process, \"scheduler\": {\"policy\": \"SCHED_OTHER\",
		\"flags\": [\"SCHED_FLAG_X\"]}}"
	breaks cpus /process/execCPUAffinity/initial "$process, \"execCPUAffinity\": {\"initial\": \"a\"}}"
	breaks env-entry /process/env/0 "$process, \"env\": [\"A\"]}"
	breaks hostname /hostname "\"hostname\": \"$(printf '%065d' 0)\""
	breaks not-empty /annotations/ '"annotations": {"": "x"}'
	breaks absolute-path /hooks/poststop/0/path '"hooks": {"poststop": [{"path": "x"}]}'
	breaks range /hooks/prestart/0/timeout '"hooks": {"prestart": [{"path": "/x", "timeout": 0}]}'
	breaks env-entry /hooks/poststart/0/env/0 '"hooks": {"poststart": [{"path": "/x", "env": ["="]}]}'
	breaks mount /mounts/0/destination '"mounts": [{"destination": "/a/../b", "type": "tmpfs"}]'
	breaks duplicate /linux/namespaces/1 '"linux": {"namespaces": [{"type": "pid"}, {"type": "pid"}]}'
	breaks absolute-path /linux/namespaces/0/path \
		'"linux": {"namespaces": [{"type": "network", "path": "x"}]}'
	breaks required /linux/devices/0 "$linux, \"devices\": [{\"path\": \"/dev/x\", \"type\": \"c\"}]}"
	breaks range /linux/devices/0/fileMode "$linux, \"devices\": [{\"path\": \"/dev/x\",
		\"type\": \"p\", \"fileMode\": 513}]}"
	breaks absolute-path /linux/maskedPaths/0 "$linux, \"maskedPaths\": [\"x\"]}"
	breaks enum /linux/rootfsPropagation "$linux, \"rootfsPropagation\": \"rshared\"}"
	breaks enum /linux/seccomp/defaultAction "$linux, \"seccomp\": {\"defaultAction\": \"X\"}}"
	breaks seccomp /linux/seccomp/defaultErrnoRet "$linux, \"seccomp\": {\"defaultAction\":
		\"SCMP_ACT_ALLOW\", \"defaultErrnoRet\": 1}}"
	breaks enum /linux/seccomp/architectures/0 "$linux, \"seccomp\": {\"defaultAction\":
		\"SCMP_ACT_ALLOW\", \"architectures\": [\"x86\"]}}"
	breaks seccomp /linux/seccomp/listenerMetadata "$linux, \"seccomp\": {\"defaultAction\":
		\"SCMP_ACT_ALLOW\", \"listenerMetadata\": \"x\"}}"
	warns not-applied /linux/seccomp/listenerPath "$linux, \"seccomp\": {\"defaultAction\":
		\"SCMP_ACT_ALLOW\", \"listenerPath\": \"/x\", \"listenerMetadata\": \"x\"}}"
	breaks enum /linux/resources/unified "$linux, \"resources\": {\"unified\": {\"memory\": \"1\"}}}"
	breaks enum /linux/resources/unified "$linux, \"resources\": {\"unified\": {\"mem.max\": \"1\"}}}"
	breaks enum /linux/resources/unified "$linux, \"resources\": {\"unified\": {\"cpu./x\": \"1\"}}}"
	warns not-applied /linux/resources/unified "$linux, \"resources\": {\"unified\":
		{\"hugetlb.1GB.max\": \"1\", \"io.max\": \"259:0 wiops=120\"}}}"
	breaks required /freebsd/devices/0 "$linux}, \"freebsd\": {\"devices\": [{\"mode\": 448}]}"
	breaks absolute-path /zos/namespaces/0/path \
		"$linux}, \"zos\": {\"namespaces\": [{\"type\": \"pid\", \"path\": \"x\"}]}"
	breaks required /linux/resources/pids "$linux, \"resources\": {\"pids\": {}}}"
	breaks resources /linux/resources/cpu/burst "$linux, \"resources\": {\"cpu\": {\"quota\": 1,
		\"burst\": 2}}}"
	breaks range /linux/resources/memory/swappiness "$linux, \"resources\": {\"memory\":
		{\"swappiness\": 101}}}"
	breaks enum /linux/resources/devices/0/access "$linux, \"resources\": {\"devices\":
		[{\"allow\": true, \"access\": \"x\"}]}}"
	breaks range /linux/devices/0/fileMode "$linux, \"devices\": [{\"path\": \"/dev/x\",
		\"type\": \"c\", \"major\": 1, \"minor\": 3, \"fileMode\": 25014}]}"
	warns quirk-file-mode /linux/devices/0/fileMode "$linux, \"devices\": [{\"path\": \"/dev/x\",
		\"type\": \"c\", \"major\": 1, \"minor\": 3, \"fileMode\": 8630}]}"
	warns capability-sets /process/capabilities/effective/0 \
		"$process, \"capabilities\": {\"effective\": [\"CAP_KILL\"]}}"
	warns mount /mounts/0/destination '"mounts": [{"destination": "data", "type": "tmpfs"}]'
	warns required /process/user '"process": {"cwd": "/", "args": ["/x"], "user": {"gid": 0}}'
}

@test "what the specification's tests of its own schemas hold for good and for bad" {
	need jq
	warns not-applied /zos '"zos": {"namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}]}'
	warns not-applied /freebsd '"process": {"cwd": "/", "args": ["sh"], "env": ["TERM=xterm"], "terminal": true},
		"mounts": [{"destination": "/dev", "type": "devfs", "source": "devfs", "options": ["ruleset=4"]},
			{"destination": "/dev/fd", "type": "fdescfs", "source": "fdescfs", "options": []}],
		"freebsd": {"devices": [{"path": "pf", "mode": 448}], "jail": {"host": "new", "vnet": "new",
			"enforceStatfs": 1, "allow": {"rawSockets": true, "chflags": true, "mount": ["tmpfs"]}}}'
	warns not-applied /linux/resources/rdma '"linux": {"resources": {"rdma":
		{"mlx5_1": {"hcaHandles": 3, "hcaObjects": 10000}, "mlx4_0": {"hcaObjects": 1000}}}}'
	for section in zos freebsd; do
		runtime "\"$section\": {}"
		run_vmconfig check --strict config.json
		assert_status 0
		[ -z "$stderr" ] || explain 'expected nothing on stderr'
	done
	# Good, and nothing that a virtual machine can have.
	runtime '"linux": {"netDevices": {"eth0": {"name": "container_eth0"}, "ens4": {}, "ens5": {}}}'
	run_vmconfig check --json config.json
	assert_status 1
	[ "$(jq -r '.[] | select(.severity == "error") | "\(.rule) \(.pointer)"' <<<"$output")" = \
		'unsupported /linux/netDevices' ] || explain 'expected one error'

	breaks page-size /linux/resources/hugepageLimits/0/pageSize \
		'"linux": {"resources": {"hugepageLimits": [{"limit": 1234123, "pageSize": "64kB"}]}}'
	breaks type /linux/netDevices/eth0/name '"linux": {"netDevices": {"eth0": {"name": 23}}}'
	breaks type /linux/resources/rdma '"linux": {"resources": {"rdma": [{"hcaHandles": "3"}]}}'
	breaks type /linux/resources/rdma/mlx5_1/hcaHandles \
		'"linux": {"resources": {"rdma": {"mlx5_1": {"hcaHandles": "3"}}}}'
	breaks enum /freebsd/jail/vnet '"freebsd": {"jail": {"vnet": "disable"}}'
}

@test "every problem is found at once, with its line and column" {
	cat >config.json <<-'EOF'
		{
		  "ociVersion": "2",
		  "process": {"cwd": "x", "args": [1]},
		  "hostname": "a b"
		}
	EOF
	run_vmconfig check --json config.json
	assert_status 1
	[ "$(jq -r '.[] | "\(.line):\(.column) \(.rule) \(.pointer)"' <<<"$output" | sort)" = \
		'1:1 required 
2:17 oci-version /ociVersion
3:22 absolute-path /process/cwd
3:36 type /process/args/0
4:15 hostname /hostname' ] || explain 'expected five problems'
}

@test "every field of a runtime configuration refuses a value of another type" {
	need jq
	local pointer
	"$VMCONFIG" explain --list --json | jq -r '.[] | select(.document == "runtime config") | .pointer' |
		grep -v '^/\(windows\|solaris\|zos\|freebsd\|vm/hwconfig\)' >fields
	[ "$(wc -l <fields)" -ge 80 ]
	while read -r pointer; do
		# A boolean is wrong for all but booleans, a string for those.
		for value in true '"x"'; do
			jq -n --arg pointer "$pointer" --argjson value "$value" '
				($pointer | ltrimstr("/") | split("/") | map(if . == "*" then 0 else . end)) as $path |
				{ociVersion: "1.2.0", root: {path: "r"}} | setpath($path; $value)' >config.json
			"$VMCONFIG" check --json config.json | jq -r '.[] | select(.rule == "type") | .pointer'
		done >refused
		grep -qxF "${pointer//\*/0}" refused || echo "$pointer"
	done <fields >lenient
	[ ! -s lenient ] || fail "$(cat lenient)"
}
