# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2119,SC2120,SC2154 # what bats and these functions set is for the tests
# For tests that boot init in namespaces: images from directories, configs from jq, and what a
# boot has said. Loaded after helper.
#
# GUEST_INIT  the init under test ($BUILD/init)

: "${GUEST_INIT:=$BUILD/init}"
export GUEST_INIT

# An image that holds the probe and nothing else; a file's tests share it, read-only.
setup_file() {
	make_scratch
}

make_scratch() {
	mkdir "$BATS_FILE_TMPDIR/scratch"
	put_probe "$BATS_FILE_TMPDIR/scratch"
	make_image "$BATS_FILE_TMPDIR/scratch.img" "$BATS_FILE_TMPDIR/scratch"
}

setup() {
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'namespaces and loop devices need root'
	cd "$BATS_TEST_TMPDIR" || return
	use_scratch
}

use_scratch() {
	SCRATCH=$BATS_FILE_TMPDIR/scratch.img
	STILL_MOUNTED=${INIT_LIBRARIES:-}
}

# prepare_last_stage - for tests in which init is executed again, in the image's root. One that is no
# static program needs its libraries there, and so keeps that root in use: that is for coverage
# alone, the sanitizers' is not tested so.
prepare_last_stage() {
	grep -q ld-linux "$GUEST_INIT" || return 0
	if [ "${NSBOOT_COVERAGE:-}" ]; then
		export INIT_LIBRARIES=1 IMAGE_SIZE=32M
	else
		GUEST_INIT=$ROOT/build/init
	fi
}

# put_probe DIRECTORY - and with INIT_LIBRARIES set, what an init that is no static program needs.
put_probe() {
	local library
	cp "$BUILD/probe" "$1/probe"
	[ "${INIT_LIBRARIES:-}" ] || return 0
	ldd "$GUEST_INIT" | grep -o '/[^ ]*' | while read -r library; do
		install -D "$library" "$1$library"
	done
}

# make_image IMAGE [DIRECTORY [MKE2FS-OPTION…]] - ext4 with what is in the directory.
make_image() {
	local image=$1 directory=${2:-}
	shift $(($# > 1 ? 2 : 1))
	truncate -s "${IMAGE_SIZE:-8M}" "$image"
	mke2fs -q -F -t ext4 ${directory:+-d "$directory"} "$@" "$image"
}

# tree PATH… - the directory "tree" with the probe, and these: "dir/" or an empty file.
tree() {
	local path
	mkdir tree
	put_probe tree
	for path; do
		case $path in
		*/) mkdir -p "tree/$path" ;;
		*) mkdir -p "tree/$(dirname "$path")" && : >"tree/$path" ;;
		esac
	done
}

# config FILTER [WORD…] - config.json that runs the probe with these words, as jq's FILTER has it.
config() {
	local filter=$1
	shift
	jq -nc '{entrypoint: ["/probe"], cmd: $ARGS.positional, workdir: "/", env: {},
		network_enabled: false, init_mode: "exec"} | '"$filter" --args -- "$@" >config.json
}

# config_disk [FILE] - config.img with FILE as its /config.json.
config_disk() {
	local file=${1:-config.json}
	rm -rf config.dir config.img
	mkdir config.dir
	cp --no-dereference "$file" config.dir/config.json
	IMAGE_SIZE=$(($(stat -Lc %s "$file") / 1024 + 1024))K \
		make_image config.img config.dir -O ^has_journal -L VMCONFIG
}

# nsboot OPTION… - boot; $status, $output and $stderr are what came of it, $last is its last word.
# The file "bytes" has the output as it is.
nsboot() {
	: >report
	status=0
	"$BUILD/nsboot" --report report "$@" >bytes 2>errors || status=$?
	output=$(tr -d '\0' <bytes) stderr=$(cat errors) last=$(tail -n 1 report)
	[[ $stderr != *PANIC* ]] || explain 'init has panicked'
	[[ $stderr != *TIMEOUT* ]] || explain 'init hangs'
	[[ $stderr != *'never said'* ]] || explain 'init has not said what was waited for'
	[[ $STILL_MOUNTED || $stderr != *'still mounted'* ]] || explain 'not all was unmounted'
}

# boot OPTION… - boot the scratch image with config.json.
boot() {
	boot_image "$SCRATCH,ro" "$@"
}

# boot_image IMAGE OPTION… - boot it with config.json. The other disks come before the config's.
boot_image() {
	config_disk
	nsboot --disk "$1" "${@:2}" --disk config.img,ro
}

# run_probe WORD… - boot the probe in the scratch image.
run_probe() {
	config . "$@"
	boot
}

assert_line() {
	grep -qxF -e "$1" <<<"$output" || explain "expected the line: $1"
}

assert_line_matches() {
	grep -qxE -e "$1" <<<"$output" || explain "expected a line that is: $1"
}

refute_output_contains() {
	[[ $output != *"$1"* ]] || explain "not expected in stdout: $1"
}

# assert_exit STATUS [SIGNAL] - the workload ran, and ended so.
assert_exit() {
	assert_status "$1"
	[ "$(jq -c '[.event, .code, .signal]' <<<"$last")" = "[\"exit\",$1,${2:-0}]" ] ||
		explain "last word: $last" "expected exit $1 ${2:-}"
	grep -q '"event":"started"' report || explain 'it has not been reported as started'
}

# assert_no_exec STATUS TEXT - the workload could not be executed.
assert_no_exec() {
	assert_status "$1"
	[ "$(jq -r .event <<<"$last")" = exit ] || explain "last word: $last"
	assert_reason "$2"
	! grep -q '"event":"started"' report || explain 'it has been reported as started'
}

# assert_failed PHASE TEXT - the boot stopped there, and says why in one line.
assert_failed() {
	assert_status 125
	[ "$(jq -c '[.event, .phase, .code]' <<<"$last")" = "[\"failed\",\"$1\",125]" ] ||
		explain "last word: $last" "expected failure of phase: $1"
	assert_reason "$2"
	! grep -q '"event":"started"' report || explain 'a workload has been started'
}

# assert_code CODE [ERRNO] - of the failure that has been reported; without ERRNO: none.
assert_code() {
	assert_status 125
	[ "$(jq -r '"\(.failure) \(.errno)"' <<<"$last")" = "$1 ${2:-null}" ] ||
		explain "last word: $last" "expected the failure: $*"
}

assert_reason() {
	local reason
	reason=$(jq -r .error <<<"$last")
	[[ $reason == *"$1"* && $reason != *$'\n'* ]] ||
		explain "reason: $reason" "expected in it: $1"
}

# assert_reason_ends REGULAR-EXPRESSION
assert_reason_ends() {
	jq -r .error <<<"$last" | grep -qE -e "$1\$" || explain "last word: $last" "expected at its end: $1"
}

# orphan IMAGE PATH - leave that file as one that was removed while it was open, for the next to mount
# it to free.
orphan() {
	local inode
	inode=$(debugfs -R "stat $2" "$1" 2>/dev/null | sed -n 's/^Inode: \([0-9]*\) .*/\1/p')
	printf '%s\n' "unlink $2" "sif <$inode> links_count 0" "ssv last_orphan $inode" |
		debugfs -w "$1" >/dev/null 2>&1
	[ "$(debugfs -R 'show_super_stats -h' "$1" 2>/dev/null |
		sed -n 's/^First orphan inode: *//p')" = "$inode" ] || fail "$2 of $1 is no orphan"
}

# dirty_journal IMAGE - leave in its journal a change that the filesystem proper has not.
dirty_journal() {
	printf '%s\n' jo 'jw -b 60 /dev/zero' jc q | debugfs -w "$1" >/dev/null 2>&1
	dumpe2fs -h "$1" 2>/dev/null | grep -q needs_recovery || fail "the journal of $1 is not dirty"
}
