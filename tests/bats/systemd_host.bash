# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154 # what bats, vm.bash and these functions set is for the tests
# For tests in which a virtual machine with systemd is the host that `vmconfig host` prepares: once
# everything has started it runs the file "script", with this vmconfig in its PATH, and its console
# says what the script saw. Loaded after vm.

# run_host IMAGE OPTION… - until it is powered off, on clean disks; $console has what it said.
run_host() {
	base64 -w 0 "$BUILD/vmconfig" >vmconfig.base64
	jq -nc --rawfile script script --rawfile program vmconfig.base64 '{
		entrypoint: ["/sbin/init"], cmd: [], workdir: "/", network_enabled: false,
		init_mode: "systemd", env: {VMCONFIG_TEST: ". /opt/script"},
		files: [{path: "/opt/script", content: $script},
			{path: "/usr/local/bin/vmconfig", mode: 493, content_base64: $program}]}' >base.json
	run_vmconfig run --config base.json --verbose --disk "$1,ro,serial=root" --disk upper.img "${@:2}"
	assert_status 0
	console=$(tr -d '\r' <<<"$stderr")
	[[ $console != *'saw NO'* ]] || explain 'a step has failed'
	assert_clean upper.img
}

# assert_saw TEXT - a line of the script's begins so.
assert_saw() {
	grep -qF -e "saw $1" <<<"$console" || explain "expected on the console: saw $1"
}
