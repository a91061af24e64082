#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What an initrd carries beside init: a guest agent, and the kernel's headers.
# shellcheck disable=SC2016,SC2154 # a "$" for systemd; nsboot sets output

load helper
load ns

AGENT=/vmconfig/agent
HEADERS=/vmconfig/kernel-headers.cpio

# with_agent OPTION… - boot with the probe as the initrd's agent.
with_agent() {
	boot --file "$BUILD/probe:$AGENT" "$@"
}

# pack DIRECTORY - headers.cpio with what is in it.
pack() {
	(cd "$1" && find . | sort | cpio --quiet -o -H newc -R 0:0) >headers.cpio
}

# headers - a tree such as kernel headers are, packed.
headers() {
	mkdir -p src/include/linux src/scripts
	echo '#define A 1' >src/include/linux/a.h
	echo 'all:' >src/Makefile
	echo tool >src/scripts/tool
	chmod 0755 src/scripts/tool
	ln -s include/linux/a.h src/a.h
	pack src
}

# What the agent does, and that it has: the workload may be ready before or after it.
UP='"write", "/run/agent-up", "x"'
STOP_WHEN_UP="until [ -e /proc/\$INIT_PID/root/run/agent-up ]; do sleep 0.05; done; kill \$INIT_PID"

@test "the initrd's agent is put into the root, and the config's words start it" {
	config ".agent = {path: \"/opt/agents/one\", args: [\"env\", \",\", $UP]} | .env = {SECRET: \"hidden\"}" \
		stat /opt/agents/one , sleep-until-signal
	with_agent --when ready --run "$STOP_WHEN_UP"
	assert_exit 0
	assert_line_matches 'stat /opt/agents/one file 0755 0 0 [0-9]*'
	assert_line 'env HOME=/root'
	assert_line_matches 'env PATH=.*/usr/bin.*'
	refute_output_contains hidden
}

@test "the agent has its usual place without a word of the config's, and is reaped when it ends" {
	config . stat /opt/vmconfig/agent , pid1
	with_agent
	assert_exit 0
	assert_line_matches 'stat /opt/vmconfig/agent file 0755 0 0 [0-9]*'
}

@test "an agent that the image has" {
	config ".agent = {path: \"/probe\", args: [$UP]}" sleep-until-signal
	boot --when ready --run "$STOP_WHEN_UP"
	assert_exit 0
}

@test "an agent that goes on does not keep the machine from ending" {
	config ".agent = {path: \"/probe\", args: [$UP, \",\", \"sleep-until-signal\", \"15\"]}" \
		sleep-until-signal
	boot --when ready --run "$STOP_WHEN_UP"
	# Which of the two was ready is not known: the workload may have had no handler yet.
	[ "$status" -eq 0 ] || assert_exit 143 15
}

@test "an agent that fails is reported, and not started again; one that has done its work is not" {
	local words text notice
	while IFS='|' read -r words text notice; do
		config ".agent = {path: \"/probe\", args: (\"$words\" | split(\" \"))}" sleep-until-signal
		boot --cmdline vmconfig.log=debug --when "$text" --kill TERM
		# The workload may be ready by then, or not.
		[ "$status" -eq 0 ] || assert_exit 143 15
		[ "$(grep -c 'agent is up' <<<"$output")" -eq 1 ] || explain 'expected it once'
		[ "$(jq -r 'select(.event == "notice").text' report)" = "${notice:+$text$notice}" ] ||
			explain "$(<report)"
	done <<-'END'
		say agent is up , exit 3|the guest agent has ended with status 3|: it is not started again
		say agent is up , kill 9|the guest agent was killed by signal 9|: it is not started again
		say agent is up|the guest agent has done its work|
	END
}

@test "an agent and init do not share the open file of the console" {
	config ".agent = {path: \"/probe\", args: [\"nonblock\", \"0\", \",\", \"cat\", \"/proc/1/fdinfo/2\", \",\", $UP]}" \
		sleep-until-signal
	boot --when ready --run "$STOP_WHEN_UP"
	flags=$(sed -n 's/^flags:\t//p' <<<"$output")
	((flags & 04000)) || explain "init's own has to be O_NONBLOCK"
}

@test "skip_guest_agent" {
	config '.skip_guest_agent = true | .agent = {path: "/opt/agent", args: ["say", "agent is up"]}' \
		stat /opt/agent , exit 0
	with_agent
	assert_exit 0
	assert_line 'stat /opt/agent: No such file or directory'
	refute_output_contains 'agent is up'
}

@test "an agent that cannot be started stops the boot" {
	config '.agent = {path: "/none"}' say no
	boot
	assert_failed workload "cannot start the guest agent '/none': No such file or directory"
	config '.agent = {path: "/proc/agent"}' say no
	with_agent
	assert_failed agent "cannot put the guest agent at '/proc/agent': "
	tree dir/
	make_image root.img tree
	config '.agent = {path: "/dir"}' say no
	config_disk
	nsboot --disk root.img --disk config.img,ro --file "$BUILD/probe:$AGENT"
	assert_failed agent "cannot put the guest agent at '/dir': Is a directory"
}

@test "the agent's file replaces a link of the image's, and is not written through it" {
	tree opt/vmconfig/ victim
	ln -s /victim tree/opt/vmconfig/agent
	make_image root.img tree
	config . stat /victim , stat /opt/vmconfig/agent
	config_disk
	nsboot --disk root.img --disk config.img,ro --file "$BUILD/probe:$AGENT"
	assert_exit 0
	assert_line 'stat /victim file 0644 0 0 0'
	assert_line_matches 'stat /opt/vmconfig/agent file 0755 .*'
}

@test "in systemd's mode the agent is a unit, and systemd's alone" {
	# Which init it is, its file's name says.
	mkdir -p tree/usr/lib/systemd
	cp "$BUILD/probe" tree/usr/lib/systemd/systemd
	cp "$BUILD/probe" tree/probe
	make_image root.img tree
	local unit=/run/systemd/system/vmconfig-agent.service
	local wants=/run/systemd/system/multi-user.target.wants/vmconfig-agent.service
	config '.init_mode = "systemd" | .entrypoint = ["/usr/lib/systemd/systemd"] |
		.agent = {path: "/opt/agent", args: ["a b", "100%", "$HOME", "q\"uote"]}' \
		cat $unit , stat $wants , cat $wants , stat /opt/agent , become /run/initramfs/shutdown poweroff
	config_disk
	# The last stage has no libraries in the image's root.
	! grep -q ld-linux "$GUEST_INIT" || GUEST_INIT=$ROOT/build/init
	nsboot --disk root.img --disk config.img,ro --file "$BUILD/probe:$AGENT"
	assert_status 0
	assert_line 'ExecStart=:/opt/agent "a b" "100%%" "$HOME" "q\"uote"'
	assert_line "stat $wants link 0777 0 0 ../vmconfig-agent.service"
	assert_line_matches 'stat /opt/agent file 0755 .*'
	[ "$(grep -c '^Restart=' <<<"$output")" -eq 2 ]

	# A tmpfs on /run, as container engines list it, does not take all that away.
	config '.init_mode = "systemd" | .agent = {path: "/opt/agent"} |
		.mounts = [{destination: "/run", type: "tmpfs", options: ["nodev", "mode=755"]}]' become /run/initramfs/shutdown poweroff
	with_agent
	assert_status 0
	grep -q "the guest agent '/opt/agent' is not started: the image's init is not systemd" report
}

@test "kernel headers are unpacked to where DKMS looks, with the build link" {
	headers
	local release
	release=$(uname -r)
	tree usr/src/linux-headers-0.1-other/keep lib/modules/0.1-other/build/keep
	make_image root.img tree
	make_image upper.img
	config '.root = {device: "/dev/vda", overlay_device: "/dev/vdb"}' \
		cat "/lib/modules/$release/build/include/linux/a.h" , stat "/lib/modules/$release/build" , \
		stat "/usr/src/linux-headers-$release/scripts/tool" , ls /usr/src , \
		stat "/usr/src/linux-headers-$release/a.h" , cat /usr/src/linux-headers-0.1-other/keep , \
		stat /lib/modules/0.1-other/build/keep
	config_disk
	boot_headers() {
		nsboot --disk root.img,ro --disk upper.img --disk config.img,ro --file "headers.cpio:$HEADERS"
	}
	boot_headers
	assert_exit 0
	assert_line '#define A 1'
	assert_line "stat /lib/modules/$release/build link 0777 0 0 /usr/src/linux-headers-$release"
	assert_line "stat /usr/src/linux-headers-$release/scripts/tool file 0755 0 0 5"
	assert_line "stat /usr/src/linux-headers-$release/a.h link 0777 0 0 include/linux/a.h"
	assert_line 'stat /lib/modules/0.1-other/build/keep file 0644 0 0 0'
	refute_output_contains 'entry .vmconfig'

	# What is there stays, on a second boot; what a boot has left half done does not.
	debugfs -w -R "write config.json upper/usr/src/linux-headers-$release/mine" upper.img >/dev/null 2>&1
	debugfs -w -R 'mkdir upper/usr/src/.vmconfig-headers-new' upper.img >/dev/null 2>&1
	boot_headers
	assert_exit 0
	assert_line '#define A 1'
	debugfs -R "stat upper/usr/src/linux-headers-$release/mine" upper.img 2>/dev/null | grep -q 'Type: regular'
}

@test "kernel headers: skipped, named by the config, and missing where they are named" {
	headers
	config '.skip_kernel_headers = true' ls /
	boot --file "headers.cpio:$HEADERS"
	assert_exit 0
	refute_output_contains 'entry usr'
	config '.kernel_headers = {path: "/other.cpio"}' ls /usr/src
	boot --file headers.cpio:/other.cpio
	assert_exit 0
	assert_line "entry linux-headers-$(uname -r)"
	config '.kernel_headers = {path: "/other.cpio"}' say no
	boot
	assert_failed agent "cannot read the initrd's '/other.cpio': No such file or directory"
}

@test "kernel headers: an archive that is damaged, or leads out of its directory" {
	mkdir -p src/dir
	: >src/dir/file
	pack src
	config . say no
	head -c 300 headers.cpio >cut.cpio
	boot --file "cut.cpio:$HEADERS"
	assert_failed agent 'cannot unpack the kernel headers: Invalid argument'
	sed 's|dir/file|../file.|' headers.cpio >up.cpio
	sed 's|dir/file|/ir/file|' headers.cpio >absolute.cpio
	local archive
	for archive in up absolute; do
		boot --file "$archive.cpio:$HEADERS"
		assert_failed agent 'of the kernel headers: Invalid argument'
	done
	# A directory that becomes a link to another place: what is below it is not made there.
	ln -s /tmp src/aaa
	pack src
	sed 's|dir/file|aaa/file|' headers.cpio >link.cpio
	boot --file "link.cpio:$HEADERS"
	assert_failed agent "cannot unpack 'aaa/file' of the kernel headers: Invalid argument"
	rm src/aaa
	mkfifo src/pipe
	pack src
	boot --file "headers.cpio:$HEADERS"
	assert_failed agent "cannot unpack 'pipe' of the kernel headers: "
}
