# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # bats sets status, output, stderr and their lines
# What every test file loads: which programs are tested, a directory of its own, assertions.
#
# BUILD     where the programs were built (build/)
# VMCONFIG  the command under test ($BUILD/vmconfig)
# STRICT=1  what cannot run here has failed, instead of being skipped

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
: "${BUILD:=$ROOT/build}" "${VMCONFIG:=$BUILD/vmconfig}"
export ROOT BUILD VMCONFIG
export LC_ALL=C

# Each test runs in an empty directory of its own.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

fail() {
	printf '%s\n' "$@" >&2
	return 1
}

# A test that cannot run here: skipped, and with STRICT=1 failed.
skip_or_fail() {
	[ "${STRICT:-0}" != 1 ] || fail "must run here, but cannot: $*"
	skip "$*"
}

# need COMMAND… - skip unless all are there.
need() {
	local command
	for command; do
		command -v "$command" >/dev/null || skip_or_fail "no $command"
	done
}

# Run vmconfig; $status, $output and $stderr are what came of it.
run_vmconfig() {
	run --separate-stderr "$VMCONFIG" "$@"
}

# wait_until PID COMMAND… - until COMMAND succeeds: process PID makes it so, in a minute at most.
wait_until() {
	local pid=$1 due=$((SECONDS + 60))
	shift
	until "$@"; do
		kill -0 "$pid" 2>/dev/null || {
			fail "over before: $*"
			return
		}
		[ "$SECONDS" -lt "$due" ] || {
			fail "not within a minute: $*"
			return
		}
		sleep 0.01
	done
}

# What a failed assertion shows.
explain() {
	fail "$@" "status: $status" "stdout: $output" "stderr: $stderr"
}

assert_status() {
	[ "$status" -eq "$1" ] || explain "expected status $1"
}

assert_output() {
	[ "$output" = "$1" ] || explain "expected stdout: $1"
}

assert_output_contains() {
	[[ $output == *"$1"* ]] || explain "expected in stdout: $1"
}

assert_stderr() {
	[ "$stderr" = "$1" ] || explain "expected stderr: $1"
}

assert_stderr_contains() {
	[[ $stderr == *"$1"* ]] || explain "expected in stderr: $1"
}

# assert_failure STATUS TEXT - a failure with that status and a single line that has TEXT.
assert_failure() {
	assert_status "$1"
	assert_stderr_contains "$2"
	[ "${#stderr_lines[@]}" -eq 1 ] || explain "expected one line on stderr"
}

# disk_json DISK [FILTER] - what a config disk says, through jq.
disk_json() {
	"$VMCONFIG" show "$1" | jq -c "${2:-.}"
}

# goarch - what Go calls this machine.
goarch() {
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) uname -m ;;
	esac
}

# assert_clean IMAGE - its ext4 has no errors, and a journal that needs no replay.
assert_clean() {
	local state
	e2fsck -fn "$1" >fsck.log 2>&1 || fail "e2fsck finds errors in $1" "$(cat fsck.log)"
	state=$(dumpe2fs -h "$1" 2>/dev/null)
	[[ $state != *needs_recovery* ]] || fail "the journal of $1 needs recovery"
}

# podman_profile [CAPABILITY…] - the seccomp object that podman writes for a container with these,
# on this machine: entries for other machines and capabilities left out, as its own code does.
podman_profile() {
	local profile=/usr/share/containers/seccomp.json
	[ -r "$profile" ] || skip_or_fail "no $profile"
	jq -c '
		def selected: (.includes.caps // []) - $ARGS.positional == []
			and (.excludes.caps // [] | map(select(IN($ARGS.positional[]))) == [])
			and (.includes.arches | . == null or any(. == "amd64"))
			and (.excludes.arches // [] | all(. != "amd64"));
		{defaultAction, defaultErrnoRet,
			architectures: (.archMap[] | select(.architecture == "SCMP_ARCH_X86_64")
				| [.architecture] + .subArchitectures),
			syscalls: [.syscalls[] | select(selected)
				| {names, action} + (if .errnoRet then {errnoRet} else {} end)
				+ (if .args != null and .args != [] then {args} else {} end)]}
	' "$profile" --args -- "$@"
}
