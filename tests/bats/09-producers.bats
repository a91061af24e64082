#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Documents as the tools of Debian really make them, here and now.
#
# Engines run as root, with their storage here, without a network and without a runtime that works:
# what they would run is caught. Nothing of a machine that can run this test keeps them from it.

load helper

# lossless CONFIG DISK - what the guest applies stands on the disk as it stands in the document.
lossless() {
	jq -S '{
		cmd: .process.args, workdir: .process.cwd,
		env: ([.process.env[] | capture("^(?<key>[^=]+)=(?<value>.*)$"; "s")] | from_entries),
		uid: .process.user.uid, gid: .process.user.gid,
		terminal: (.process.terminal // null), rlimits: .process.rlimits,
		capabilities: ((.process.capabilities // {}) | with_entries(select(.value | length > 0))),
		no_new_privileges: (.process.noNewPrivileges // null),
		hostname, sysctl: .linux.sysctl, masked: .linux.maskedPaths, readonly: .linux.readonlyPaths,
		seccomp: .linux.seccomp, annotations,
		mounts: [.mounts[] | select((.options // []) | any(. == "bind" or . == "rbind") | not) |
			[.destination, .type, .source, .options]]
	}' "$1" >wanted.json
	"$VMCONFIG" show "$2" | jq -S '{
		cmd, workdir, env, uid: .user.uid, gid: .user.gid, terminal, rlimits,
		capabilities: (.capabilities // {}), no_new_privileges, hostname, sysctl,
		masked: .masked_paths, readonly: .readonly_paths, seccomp, annotations,
		mounts: [.mounts[] | select(.type != "virtiofs" and .source != "shm" or
			(.options | any(. == "size=65536k"))) | [.destination, .type, .source, .options]]
	}' >found.json
	diff -u wanted.json found.json
}

@test "what 'runc spec' writes goes to the guest without loss, and without a word" {
	need runc jq
	mkdir -p bundle/rootfs
	runc spec --bundle bundle
	run_vmconfig build --strict --bundle bundle -o disk.img
	assert_status 0
	[ -z "$stderr" ]
	lossless bundle/config.json disk.img
}

@test "what 'crun spec' writes does too" {
	need crun jq
	mkdir -p bundle/rootfs
	(cd bundle && crun spec)
	run_vmconfig build --strict --bundle bundle -o disk.img
	assert_status 0
	[ -z "$stderr" ]
	lossless bundle/config.json disk.img
}

@test "a rootless 'runc spec' is built, and what is lost is said" {
	need runc
	mkdir -p bundle/rootfs
	runc spec --rootless --bundle bundle
	run_vmconfig build --bundle bundle -o disk.img
	assert_stderr_contains "/linux/uidMappings: not applied: the guest's ids are its own"
	# Its /sys is the host's, bound.
	assert_stderr_contains "/source: the virtual machine must share '/sys' by virtiofs"
	assert_status 0
}

@test "a bundle that umoci unpacks is the image that vmconfig reads" {
	need umoci jq
	umoci init --layout image
	umoci new --image image:v1
	umoci config --image image:v1 --config.entrypoint /bin/app --config.cmd 'a "b' \
		--config.env K=V --config.user 1000:1000 --config.workingdir /srv \
		--config.stopsignal SIGQUIT --config.volume /data --config.label a=b
	[ "$(id -u)" = 0 ] || rootless=--rootless
	umoci unpack ${rootless:+"$rootless"} --image image:v1 bundle
	run_vmconfig build --bundle bundle -o bundle.img
	assert_status 0
	[ -n "${rootless:-}" ] || lossless bundle/config.json bundle.img
	"$VMCONFIG" build --image image:v1 -o image.img
	local filter='[.entrypoint + .cmd, .workdir, .env.K, .user.uid, .user.gid, .stop_signal, .annotations.a]'
	[ "$(disk_json image.img "$filter")" = \
		'[["/bin/app","a \"b"],"/srv","V",1000,1000,"SIGQUIT","b"]' ]
	[ "$(disk_json bundle.img "$filter")" = "$(disk_json image.img "$filter")" ]
	disk_json bundle.img '.mounts[].destination' | grep -qx '"/data"'
	disk_json image.img '.mounts[].destination' | grep -qx '"/data"'
}

# As podman's runtime: it builds a disk from the bundle that it is told to create.
write_runtime() {
	cat >runtime <<-EOF2
		#!/bin/sh
		while [ \$# -gt 0 ]; do
			case \$1 in
			--bundle | -b) bundle=\$2 ;;
			esac
			shift
		done
		[ -n "\$bundle" ] || exit 1
		cp "\$bundle/config.json" '$PWD/caught.json'
		'$VMCONFIG' build --bundle "\$bundle" -o '$PWD/disk.img' 2>'$PWD/said'
		echo \$? >'$PWD/status'
		exit 1
	EOF2
	chmod +x runtime
}

# What podman has mounted for a container that it did not remove.
teardown() {
	local mounted
	while read -r _ mounted _; do
		[[ $mounted != "$BATS_TEST_TMPDIR"/* ]] || umount "$mounted"
	done </proc/mounts
}

as_root() {
	[ "$(id -u)" = 0 ] || skip_or_fail "$1 as another user has storage of its own"
}

# All of its state is here, and none of it in shared memory.
podman_here() {
	printf '[engine]\nlock_type = "file"\nevents_logger = "none"\ncgroup_manager = "cgroupfs"\n' >containers.conf
	CONTAINERS_CONF=$PWD/containers.conf timeout 120 podman --root "$PWD/store" --runroot "$PWD/run" \
		--tmpdir "$PWD/tmp" --storage-driver vfs --runtime "$PWD/runtime" "$@" >podman.log 2>&1
}

# podman_catches CREATE-ARG… - what podman has its runtime make of that stands in caught.json, and a
# disk made of it in disk.img.
podman_catches() {
	write_runtime
	podman_here create --name box --network none "$@" || fail "$(cat podman.log)"
	! podman_here init box || fail 'the runtime creates nothing, but podman is content'
	[ -e status ] || fail 'podman did not get as far as its runtime' "$(cat podman.log)"
	[ "$(cat status)" = 0 ] || fail "$(cat said)"
}

@test "what 'podman create' has its runtime run becomes a disk" {
	need podman jq
	mkdir root data
	echo secret >token
	as_root podman
	podman_catches --memory 256m --cpus 1.5 --env 'ODD.NAME=a=b c' \
		--hostname web --ulimit nofile=100:200 --cap-drop all --cap-add NET_ADMIN --pids-limit 100 \
		--read-only --tmpfs /t -v "$PWD/data:/data:ro" -v "$PWD/token:/run/token:ro" \
		--stop-signal SIGQUIT --user 1000:100 --rootfs "$PWD/root" /bin/sh -c 'x "y"'
	lossless caught.json disk.img
	[ "$(disk_json disk.img '.cmd')" = '["/bin/sh","-c","x \"y\""]' ]
	[ "$(disk_json disk.img '.env["ODD.NAME"]')" = '"a=b c"' ]
	[ "$(disk_json disk.img .capabilities.bounding)" = '["CAP_NET_ADMIN"]' ]
	[ "$(disk_json disk.img '[.stop_signal, .root.mode]')" = '["SIGQUIT","ro"]' ]
	# What it binds: files go along, its shared memory is the guest's own, a directory is a share.
	[ "$(disk_json disk.img '.files[] | select(.path == "/run/token") | .content')" = '"secret\n"' ]
	[ "$(disk_json disk.img '.files[] | select(.path == "/etc/hostname") | .content')" = '"web"' ]
	[ "$(disk_json disk.img '.mounts[] | select(.destination == "/dev/shm") | .type')" = '"tmpfs"' ]
	[ "$(disk_json disk.img '.mounts[] | select(.destination == "/data") | [.type, .options[0]]')" = \
		'["virtiofs","ro"]' ]
	grep -qF "must share '$PWD/data' by virtiofs" said
	grep -q '/linux/resources/pids/limit: not applied' said
}

@test "what podman gives a container that asks for much has a place, field by field" {
	need podman jq
	as_root podman
	mkdir -p root/srv
	podman_catches --cpu-shares 512 --cpuset-cpus 0 --cpuset-mems 0 --memory 512m \
		--memory-reservation 256m --memory-swap 1g --memory-swappiness 10 --blkio-weight 100 \
		--device-cgroup-rule 'c 10:229 rwm' --device /dev/null:/dev/other:r --sysctl net.core.somaxconn=100 \
		--annotation a=b --label l=m --oom-score-adj 100 --shm-size 8m --tty --group-add 7 \
		--security-opt no-new-privileges --security-opt mask=/proc/x --security-opt unmask=/proc/acpi \
		--mount type=tmpfs,destination=/t,tmpfs-size=1m --ulimit core=0 --umask 0027 --workdir /srv \
		--cgroupns private --ipc private --uts private --pid private --personality=LINUX32 \
		--hostuser root --rootfs "$PWD/root" /bin/true
	lossless caught.json disk.img
	[ "$(disk_json disk.img '.devices[] | select(.path == "/dev/other") | [.type, .file_mode]')" = '["c",438]' ]
	mkdir bundle
	jq --arg root "$PWD/root" '.root.path = $root' caught.json >bundle/config.json
	run_vmconfig explain --json bundle
	assert_status 0
	[ "$(jq -c '[.[] | select(.why == "unknown" or .place == "refused") | .pointer]' <<<"$output")" = '[]' ] ||
		explain 'expected a place for each field'
	# What is ignored and was asked for is said, each by its pointer.
	run_vmconfig check --json bundle
	assert_status 0
	for pointer in /linux/resources/cpu/shares /linux/resources/cpu/mems /linux/resources/memory/reservation \
		/linux/resources/memory/swap /linux/resources/memory/swappiness \
		/linux/cgroupsPath; do
		jq -e --arg p "$pointer" 'any(.[]; .pointer == $p and .severity == "warning")' <<<"$output" >/dev/null ||
			explain "expected a warning at $pointer"
	done
}

@test "a layout that skopeo copies from Docker's format and back is without a fault" {
	need skopeo umoci jq
	umoci init --layout first
	umoci new --image first:v1
	mkdir layer
	echo x >layer/file
	umoci insert --rootless --image first:v1 layer /
	umoci config --image first:v1 --config.entrypoint /bin/app --config.env A=b
	skopeo copy --quiet --insecure-policy --format v2s2 oci:first:v1 dir:docker
	skopeo copy --quiet --insecure-policy --format oci dir:docker oci:second:v1
	run_vmconfig check --strict second
	assert_status 0
	[ -z "$stderr" ] || explain 'expected nothing on stderr'
	"$VMCONFIG" build --image second:v1 -o disk.img
	[ "$(disk_json disk.img '[.entrypoint, .env.A]')" = '[["/bin/app"],"b"]' ]
}

@test "an image that buildah commits is read whole" {
	need buildah jq
	as_root buildah
	buildah_here() {
		timeout 120 buildah --root "$PWD/store" --runroot "$PWD/run" --storage-driver vfs "$@" >>buildah.log 2>&1
	}
	export BUILDAH_ISOLATION=chroot
	{
		buildah_here from --name box scratch &&
			buildah_here config --entrypoint '["/app","-x"]' --cmd 'a "b c"' --user app:staff \
				--env K=V --env 'ODD=a=b c' --workingdir /srv --label l=1 --port 80/tcp \
				--volume /data --stop-signal SIGRTMIN+3 box &&
			buildah_here commit --format oci box oci:layout:v1
	} || fail "$(cat buildah.log)"
	run_vmconfig check --strict layout
	assert_status 0
	[ -z "$stderr" ] || explain 'expected nothing on stderr'
	run_vmconfig build --strict --image layout:v1 -o disk.img
	assert_status 0
	[ -z "$stderr" ]
	[ "$(disk_json disk.img '[.entrypoint, .cmd, .workdir, .env.K, .env.ODD]')" = \
		'[["/app","-x"],["a","b c"],"/srv","V","a=b c"]' ]
	[ "$(disk_json disk.img '[.user, .stop_signal, .annotations.l]')" = \
		'[{"name":"app","group":"staff"},"SIGRTMIN+3","1"]' ]
	[ "$(disk_json disk.img '.mounts[0].destination')" = '"/data"' ]
	[ "$(disk_json disk.img '.annotations["org.opencontainers.image.exposedPorts"]')" = '"80/tcp"' ]
	# Every field has a place.
	[ "$("$VMCONFIG" explain --json layout:v1 | jq '[.[] | select(.why == "unknown")] | length')" = 0 ]
}
