#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Disks, images and processes that mean harm to init itself.

load helper
load ns

# hostile_upper UPPER WORK - upper.img, whose layers are links.
hostile_upper() {
	rm -rf layers
	mkdir layers
	ln -s "$1" layers/upper
	ln -s "$2" layers/work
	make_image upper.img layers
}

@test "a writable layer whose directories are links leads nowhere else" {
	hostile_upper ../config ../newroot
	config . say no
	boot --disk upper.img
	assert_failed root "the upper layer of the root filesystem"

	tree mine/ other/ data/
	make_image root.img tree
	make_image lower.img
	hostile_upper ../newroot/mine ../newroot/other
	config '.root = {mode: "rw"} | .volume_mounts = [{device: "/dev/vdb", path: "/data",
		mode: "overlay", overlay_device: "/dev/vdc"}]' write /data/file x
	boot_image root.img --disk lower.img --disk upper.img
	assert_failed volumes "the upper layer of the volume of '/data'"
}

@test "a volume that an image has put in the place of /dev, or of all, does not hang init" {
	local place link
	while read -r link place; do
		rm -rf tree trap
		tree
		ln -s "$link" tree/data
		make_image root.img tree
		mkdir -p trap/self trap/class/virtio-ports/vport0p1
		mkfifo trap/console trap/null trap/self/oom_score_adj trap/class/virtio-ports/vport0p1/name
		make_image volume.img trap
		config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' say no
		boot_image root.img,ro --disk volume.img --timeout 10
		assert_failed 'switch root' "'$place' of the root filesystem is hidden"
	done <<-'END'
		dev /dev
		../proc /proc
		/sys /sys
		/ /proc
	END
}

@test "a process that is nobody's child ends with the workload" {
	make_image volume.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' \
		sleep-until-signal
	boot --disk volume.img --when ready --run "trap '' TERM
		nsenter -t \$INIT_PID -m -p -w/proc/\$INIT_PID/root/data /probe say in , sleep-until-signal 15 &
		sleep 1; kill \$INIT_PID"
	assert_exit 0
	assert_clean volume.img
}
