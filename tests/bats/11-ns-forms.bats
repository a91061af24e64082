#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every form of config disk, found by init without being told.

load helper
load ns

# form_disk FORM - config.img in that form, of config.json.
form_disk() {
	rm -f config.img
	"$VMCONFIG" build --config config.json --format "$1" -o config.img
}

@test "raw and squashfs are found by what stands on them, wherever they stand" {
	config . say 'hello from a form'
	local form
	for form in raw squashfs; do
		form_disk "$form"
		nsboot --disk "$SCRATCH,ro" --disk - --disk - --disk - --disk config.img,ro
		assert_exit 0
		assert_output 'hello from a form'
	done
}

@test "a config that comes with the initrd needs no disk, and the workload does not see it" {
	config . stat /vmconfig , say end
	form_disk cpio
	cpio -i --quiet <config.img
	nsboot --disk "$SCRATCH,ro" --file vmconfig/config.json:/vmconfig/config.json
	assert_line end
	assert_line 'stat /vmconfig: No such file or directory'
}

@test "the command line comes before the initrd" {
	config . say disk
	config_disk
	config . say initrd
	nsboot --disk "$SCRATCH,ro" --disk - --disk config.img,ro --file config.json:/vmconfig/config.json \
		--cmdline vmconfig.disk=/dev/vdc
	assert_exit 0
	assert_output disk
}

@test "the initrd's config is gone also when the command line names another" {
	config '.root.device = "/dev/vdq"' say no
	config_disk
	# shellcheck disable=SC2016 # nsboot's shell expands
	nsboot --disk - --disk config.img,ro --file config.json:/vmconfig/config.json \
		--cmdline 'vmconfig.disk=/dev/vdb vmconfig.wait=3 vmconfig.log=debug' --when 'init: clock: ' \
		--run '(cd /proc/$INIT_PID/root && ls vmconfig) >names'
	assert_failed root "there is no device '/dev/vdq'"
	grep -qx config names
	run ! grep config.json names
}

@test "a damaged frame stops the boot" {
	config . say never
	form_disk raw
	printf 'X' | dd of=config.img bs=1 seek=100 conv=notrunc status=none
	nsboot --disk "$SCRATCH,ro" --disk - --disk config.img,ro
	assert_failed 'config disk' "the config disk '/dev/vdc' is damaged: its checksum is wrong"
}

@test "a disk that ends before its config does stops the boot" {
	config '.annotations = {a: ("x" * 5000)}' say never
	form_disk raw
	truncate -s 1024 config.img
	nsboot --disk "$SCRATCH,ro" --disk - --disk config.img,ro
	assert_failed 'config disk' "the config disk '/dev/vdc' ends early"
}

@test "a frame beside a disk with the label is one too many, unless one is named" {
	config . say frame
	form_disk raw
	mv config.img frame.img
	config . say label
	config_disk
	nsboot --disk "$SCRATCH,ro" --disk - --disk frame.img,ro --disk config.img,ro
	assert_failed 'config disk' 'more than one device'
	nsboot --disk "$SCRATCH,ro" --disk - --disk frame.img,ro --disk config.img,ro \
		--cmdline vmconfig.disk=label=VMCONFIG
	assert_exit 0
	assert_output label
}
