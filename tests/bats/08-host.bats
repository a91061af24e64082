#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `vmconfig host` and `vmconfig vm`: units, the state directory, machines and their packages.
# shellcheck disable=SC2154 # bats sets status, output and stderr

load helper

UNITS='microvm microvm-set-booted microvm-tap-interfaces microvm-macvtap-interfaces
	microvm-pci-devices microvm-virtiofsd'

# A host below "root", and packages that do nothing.
prepare() {
	"$VMCONFIG" host install --root "$PWD/root" >installed
	package one
	package two
}

package() {
	local program
	mkdir -p "$1/bin"
	for program in microvm-run microvm-shutdown tap-up tap-down macvtap-up macvtap-down \
		pci-setup virtiofsd-run; do
		cp /bin/true "$1/bin/$program"
	done
}

vm() {
	run_vmconfig vm "$1" --root "$PWD/root" "${@:2}"
}

state() {
	echo "$PWD/root/var/lib/microvms/$1"
}

@test "host install writes the units, the user and the state directory, for all to read" {
	prepare
	local unit
	for unit in $UNITS; do
		[ "$(stat -c %a "root/etc/systemd/system/$unit@.service")" = 644 ]
	done
	grep -qx 'u microvm .*' root/etc/sysusers.d/vmconfig-microvm.conf
	[ -d root/var/lib/microvms ]
	[ "$(wc -l <installed)" -eq 8 ]
	"$VMCONFIG" host install --root "$PWD/root" --dry-run >planned
	sed 's/^wrote/would write/' installed | diff - planned
}

@test "host uninstall takes away what install has put there, and no data" {
	prepare
	vm install web "$PWD/one"
	run_vmconfig host uninstall --root "$PWD/root"
	assert_status 0
	[ -z "$(find root/etc -type f)" ]
	[ -L "$(state web)/current" ]
}

@test "systemd finds nothing wrong with the units, and their exposure is low" {
	need systemd-analyze unshare
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'a private /var/lib/microvms needs root'
	prepare
	# With what a machine's own package adds.
	lists one 'rw /srv/a b%.img' 'rw /dev/vg/data' 'ro /dev/vg/snap' 'rw /var/lib/microvms/y/z' \
		"ro /var/lib/microvms/it's"
	vm install x "$PWD/one"
	assert_status 0
	rm -r root/var
	cat >verify <<-'END'
		set -e
		mount -t tmpfs state /var/lib
		mkdir -p /var/lib/microvms/x
		cp -R one /var/lib/microvms/x/current
		cp -R one /var/lib/microvms/x/booted
		export SYSTEMD_UNIT_PATH="$PWD/root/etc/systemd/system:"
		for unit; do
			systemd-analyze verify --man=no "$unit@x.service" >>complaints 2>&1
			systemd-analyze security --offline=true --threshold=50 --no-pager "$unit@x.service" >>exposure
		done
	END
	# shellcheck disable=SC2086 # a list of words
	unshare -m sh verify $UNITS || fail "$(cat complaints exposure)"
	[ ! -s complaints ] || fail "$(cat complaints)"
	grep 'Overall exposure level' exposure >levels
	[ "$(wc -l <levels)" -eq 6 ]
	run ! grep -v ' OK ' levels
}

@test "the units of what filters its own system calls let it do so" {
	prepare
	local unit
	# seccomp(2) is of no group that they name.
	for unit in microvm microvm-virtiofsd; do
		grep -qE '^SystemCallFilter=.* seccomp( |$)' "root/etc/systemd/system/$unit@.service"
	done
}

@test "vm install links a machine to its package, and update changes the link at once" {
	prepare
	vm install web "$PWD/one"
	assert_status 0
	[ "$(readlink "$(state web)/current")" = "$PWD/one" ]
	[ "$(stat -c %a "$(state web)")" = 1770 ]
	vm install web "$PWD/two"
	assert_failure 1 "there is a virtual machine 'web' already"
	vm update web two
	assert_status 0
	[ "$(readlink "$(state web)/current")" = "$PWD/two" ]
	vm update db two
	assert_failure 1 "there is no virtual machine 'db'"
}

@test "vm list tells which package a machine has, which it runs, and whether they differ" {
	need jq
	prepare
	vm list
	assert_output ''
	vm install web "$PWD/one"
	vm install db "$PWD/two"
	ln -s "$PWD/one" "$(state db)/booted"
	vm list --json
	[ "$(jq -c 'map([.name, .state, .restart_needed, (has("booted"))])' <<<"$output")" = \
		'[["db","unknown",true,true],["web","unknown",false,false]]' ]
	vm list
	assert_output_contains "$PWD/two (restart for the new package)"
}

@test "vm remove keeps data unless told to purge it, however it is nested" {
	prepare
	vm install web "$PWD/one"
	mkdir -p outside "$(state web)/data"
	echo kept >outside/file
	ln -s "$PWD/outside" "$(state web)/data/link"
	(cd "$(state web)/data" && for _ in $(seq 200); do mkdir deep && cd deep && echo x >file; done)
	vm remove web
	assert_failure 1 'is not empty and stays'
	[ -d "$(state web)/data/deep" ]
	[ ! -e "$(state web)/current" ]
	vm remove web --purge
	assert_status 0
	[ ! -e "$(state web)" ]
	[ "$(cat outside/file)" = kept ]
	vm remove web
	assert_failure 1 "there is no virtual machine 'web'"
}

@test "a name that would be another unit or leave the directory is refused" {
	prepare
	local name
	for name in '' . .. a/b .hidden 'a b' 'a@b' $'a\nb' "$(printf '%201s' '' | tr ' ' x)"; do
		vm install "$name" "$PWD/one"
		assert_status 1
		[[ $stderr == *'is no name of a virtual machine'* || $stderr == *'is longer than 200 bytes'* ]] ||
			fail "said of '$name': $stderr"
	done
	vm install ../x "$PWD/one"
	assert_failure 1 "is no name of a virtual machine"
	[ -z "$(ls root/var/lib/microvms)" ]
}

# lists PACKAGE LINE… - files of the host that a package's monitor opens.
lists() {
	mkdir -p "$1/share/vmconfig"
	printf '%s\n' "${@:2}" >"$1/share/vmconfig/host-files"
}

@test "a machine's unit is allowed what its package opens elsewhere, until that changes or it goes" {
	prepare
	local directory=root/etc/systemd/system/microvm@web.service.d
	lists one 'rw /srv/a b%i.img' 'ro /srv/only read.img' 'rw /dev/vg/data' 'ro /dev/vg/snap%' \
		'rw /var/lib/microvms/web/own.img' 'rw /var/lib/microvms/shared/x.img' \
		'ro /var/lib/microvms/shared/y.img' 'rw /var/lib/microvms/web2/z.img' "rw /srv/it's;#\$x"
	vm install web "$PWD/one"
	assert_status 0
	diff - "$directory/vmconfig.conf" <<-'END'
		# Made by vmconfig of what this machine's package opens.
		[Service]
		ReadWritePaths="-/srv/a b%%i.img"
		DeviceAllow="/dev/vg/data" rw
		DeviceAllow="/dev/vg/snap%%" r
		BindPaths="-/var/lib/microvms/shared/x.img"
		ReadWritePaths="-/var/lib/microvms/shared/x.img"
		BindReadOnlyPaths="-/var/lib/microvms/shared/y.img"
		BindPaths="-/var/lib/microvms/web2/z.img"
		ReadWritePaths="-/var/lib/microvms/web2/z.img"
		ReadWritePaths="-/srv/it's;#$x"
	END
	# Whoever installs it sees it. What all units may read is no news.
	diff - <(echo "$stderr") <<-'END'
		vmconfig: microvm@web.service may write '/srv/a b%i.img'
		vmconfig: microvm@web.service may write the device '/dev/vg/data'
		vmconfig: microvm@web.service may read the device '/dev/vg/snap%'
		vmconfig: microvm@web.service may write '/var/lib/microvms/shared/x.img'
		vmconfig: microvm@web.service may read '/var/lib/microvms/shared/y.img'
		vmconfig: microvm@web.service may write '/var/lib/microvms/web2/z.img'
		vmconfig: microvm@web.service may write '/srv/it's;#$x'
	END
	[ "$(stat -c %a "$directory/vmconfig.conf")" = 644 ]
	vm update web "$PWD/two"
	assert_status 0
	assert_stderr ''
	[ ! -e "$directory" ]
	lists two 'rw /home/x.img'
	vm update web "$PWD/two"
	assert_status 0
	assert_stderr_contains "warning: '/home/x.img' is out of the unit's sight, as all of /home"
	[ "$(tail -n 1 "$directory/vmconfig.conf")" = 'ReadWritePaths="-/home/x.img"' ]
	lists two 'ro /srv/x.img' 'rw /var/lib/microvms/web/own.img'
	vm update web "$PWD/two"
	[ ! -e "$directory" ]
	vm update web "$PWD/one"
	touch "$directory/mine.conf"
	vm remove web
	assert_status 0
	[ "$(ls "$directory")" = mine.conf ]
}

@test "what systemd cannot be told of a package's files is refused, and nothing has changed" {
	prepare
	local line
	vm install web "$PWD/one"
	for line in 'rw /srv/a"b' 'rw /srv/a\b' 'rw /srv/../x' 'rw /srv/..' $'rw /srv/a\tb' $'rw /srv/\xff' \
		'/srv/x' 'rw x' 'wr /srv/x' '' 'rw /var/lib/microvms/a:b'; do
		lists two 'rw /srv/good' "$line" 'ro /srv/x'
		vm install db "$PWD/two"
		assert_status 1
		[ "${#stderr_lines[@]}" -eq 1 ] || fail "said of '$line': $stderr"
		vm update web "$PWD/two"
		assert_status 1
	done
	[ "$(ls root/var/lib/microvms)" = web ]
	[ "$(readlink "$(state web)/current")" = "$PWD/one" ]
	[ ! -e root/etc/systemd/system/microvm@web.service.d ]
}

@test "a path of a package's list is judged by what it names, however it is spelled" {
	prepare
	lists one 'rw //dev/sdb' 'ro /./dev//vg/./snap' 'rw /var/lib//microvms/./a/b' 'rw /srv/./x//y/.' \
		'rw /var//lib/microvms/web//own.img' 'rw /var/lib/microvms/web/'
	vm install web "$PWD/one"
	assert_status 0
	diff - <(tail -n +3 root/etc/systemd/system/microvm@web.service.d/vmconfig.conf) <<-'END'
		DeviceAllow="/dev/sdb" rw
		DeviceAllow="/dev/vg/snap" r
		BindPaths="-/var/lib/microvms/a/b"
		ReadWritePaths="-/var/lib/microvms/a/b"
		ReadWritePaths="-/srv/x/y"
	END
	[ "${#stderr_lines[@]}" -eq 4 ]
}

@test "a package that would open the host or all machines is refused, and what is hidden is said" {
	prepare
	local path
	for path in / //. /etc /usr/ /boot /var /var/lib /run /proc /sys /dev /var/lib//microvms/; do
		lists one "rw $path"
		vm install web "$PWD/one"
		assert_failure 1 'is too much to open to one machine'
	done
	lists one 'ro /var/lib/microvms'
	vm install web "$PWD/one"
	assert_failure 1 "'/var/lib/microvms' is too much to open to one machine"
	[ -z "$(ls root/var/lib/microvms)" ]
	lists one 'rw /home' 'rw /tmp/' 'ro /run' 'ro /var/lib' 'rw /etc/web' 'rw /homes'
	vm install web "$PWD/one"
	assert_status 0
	diff - <(echo "$stderr") <<-'END'
		vmconfig: warning: '/home' is out of the unit's sight, as all of /home
		vmconfig: warning: '/tmp' is out of the unit's sight, as all of /tmp
		vmconfig: warning: the unit sees '/run' without /run/user
		vmconfig: warning: the unit sees '/var/lib' without the other machines in /var/lib/microvms
		vmconfig: microvm@web.service may write '/etc/web'
		vmconfig: microvm@web.service may write '/homes'
	END
}

@test "a package's list with a NUL byte is refused: what follows it would be overlooked" {
	prepare
	mkdir -p one/share/vmconfig
	printf 'rw /srv/x\n\0rw /srv/y\n' >one/share/vmconfig/host-files
	vm install web "$PWD/one"
	assert_failure 1 "/host-files' has a NUL byte"
	[ -z "$(ls root/var/lib/microvms)" ]
}

@test "an update whose drop-in cannot be written leaves the machine its package" {
	prepare
	vm install web "$PWD/one"
	touch root/etc/systemd/system/microvm@web.service.d
	lists two 'ro /dev/vg/data'
	vm update web "$PWD/two"
	assert_status 1
	[ "$(readlink "$(state web)/current")" = "$PWD/one" ]
	[ "$(ls -A "$(state web)")" = current ]
}

# on_this_system - run the script on stdin as on a prepared host: in "units" and "packages" are its
# units and packages, and systemctl fails to read the units while there is a file "broken".
on_this_system() {
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'a private /var/lib needs root'
	prepare
	mkdir programs
	cat >programs/systemctl <<-END
		#!/bin/sh
		[ "\$1" != daemon-reload ] || [ ! -e "$PWD/broken" ]
	END
	chmod 755 programs/systemctl
	cp /etc/passwd passwd
	echo 'microvm:x:990:990::/:/bin/false' >>passwd
	{
		cat <<-'END'
			set -e
			PATH=$PWD/programs:$PATH
			mount --bind passwd /etc/passwd
			mount -t tmpfs units /etc/systemd
			mount -t tmpfs -o mode=755 state /var/lib
			mkdir -m 755 /var/lib/microvms
			units=/etc/systemd/system
			lists() {
				mkdir -p "/var/lib/$1/share/vmconfig"
				printf '%s\n' "$2" "$3" | sed '/^$/d' >"/var/lib/$1/share/vmconfig/host-files"
			}
			cp -R one two /var/lib
		END
		cat
	} >as_prepared
	run --separate-stderr unshare -m sh as_prepared
}

@test "a machine that could not be installed or updated leaves its unit as it was" {
	on_this_system <<-'END'
		lists one 'ro /dev/vg/one'
		lists two 'ro /dev/vg/two'
		touch broken
		"$VMCONFIG" vm install web /var/lib/one || echo "install $?"
		find /var/lib/microvms $units -mindepth 1 -name '*web*'
		rm broken
		"$VMCONFIG" vm install web /var/lib/one
		touch broken
		"$VMCONFIG" vm update web /var/lib/two || echo "update $?"
		readlink /var/lib/microvms/web/current
		grep DeviceAllow $units/microvm@web.service.d/vmconfig.conf
		"$VMCONFIG" vm remove web || echo "remove $?"
		grep DeviceAllow $units/microvm@web.service.d/vmconfig.conf
	END
	assert_status 0
	diff - <(echo "$output") <<-'END'
		install 1
		update 1
		/var/lib/one
		DeviceAllow="/dev/vg/one" r
		remove 1
		DeviceAllow="/dev/vg/one" r
	END
}

@test "on this system a path of a package's list is judged by where it leads as well" {
	on_this_system <<-'END'
		mkdir -p /var/lib/microvms/web /var/lib/microvms/db /var/lib/data
		touch /var/lib/microvms/db/x /var/lib/data/x
		rmdir /var/lib/microvms/web
		ln -s microvms/db /var/lib/db
		ln -s / /var/lib/all
		ln -s microvms /var/lib/machines
		lists one 'rw /var/lib/db/x' 'ro /var/lib/data/x'
		"$VMCONFIG" vm install web /var/lib/one
		tail -n +3 $units/microvm@web.service.d/vmconfig.conf
		ln -s /var/lib/data/x /var/lib/microvms/web/mine
		lists two 'rw /var/lib/microvms/web/mine'
		"$VMCONFIG" vm update web /var/lib/two
		ls $units
		for path in all all/etc machines; do
			lists two "rw /var/lib/$path"
			"$VMCONFIG" vm update web /var/lib/two || echo "refused $path"
		done
	END
	assert_status 0
	diff - <(echo "$output") <<-'END'
		ReadWritePaths="-/var/lib/db/x"
		BindPaths="-/var/lib/microvms/db/x"
		ReadWritePaths="-/var/lib/microvms/db/x"
		refused all
		refused all/etc
		refused machines
	END
	assert_stderr_contains "may write '/var/lib/microvms/db/x'"
	assert_stderr_contains "'/etc' is too much to open to one machine"
}

@test "a package of ours that lies where its machine would not start is refused" {
	prepare
	mkdir 'a b'
	mv one 'a b/one'
	vm install web "$PWD/a b/one"
	assert_status 0
	lists two 'ro /srv/x'
	mv two 'a b/two'
	vm update web "$PWD/a b/two"
	assert_failure 1 "'$PWD/a b/two' has a character that a VMM may take for its own"
	vm install db "$PWD/a b/two"
	assert_failure 1 "'$PWD/a b/two' has a character that a VMM may take for its own"
	[ "$(ls root/var/lib/microvms)" = web ]
}

@test "what is no package is refused" {
	prepare
	mkdir -p empty half/bin
	cp /bin/true half/bin/microvm-run
	vm install web "$PWD/empty"
	assert_failure 1 "'bin/microvm-run'"
	vm install web "$PWD/half"
	assert_failure 1 "'bin/microvm-shutdown'"
	vm install web "$PWD/nowhere"
	assert_failure 1 "cannot open"
	[ -z "$(ls root/var/lib/microvms)" ]
}

@test "on this system a package that others may change is refused: parts of it run as root" {
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'a private /var/lib needs root'
	prepare
	cat >try <<-'END'
		set -e
		mount -t tmpfs state /var/lib
		mkdir -m 755 /var/lib/microvms
		"$VMCONFIG" vm install web "$PWD/one" 2>>said || echo "refused $1" >>said
	END
	chmod 777 one/bin/tap-up
	unshare -m sh try file
	chmod 755 one/bin/tap-up
	chown 1 one
	unshare -m sh try directory
	chown 0 one
	mkdir way
	mv one way
	chown 1 way
	sed -i 's|/one|/way/one|' try
	unshare -m sh try way
	chown 0 way
	lists way/one 'ro /srv/x'
	chmod 666 way/one/share/vmconfig/host-files
	unshare -m sh try list
	grep -q "/host-files' may be changed by others than root" said
	grep -q 'refused list' said
	grep -q "/way' may be changed by others than root" said
	grep -q 'refused way' said
	grep -q "/bin/tap-up' may be changed by others than root" said
	grep -q 'refused file' said
	grep -q "/one/.' may be changed by others than root" said
	grep -q 'refused directory' said
}

@test "without a prepared host, vm says what prepares it" {
	run_vmconfig vm list --root "$PWD/nothing"
	assert_failure 1 "'vmconfig host install' makes it"
}

@test "wrong command lines are told as such" {
	local words
	for words in 'vm' 'vm fly' 'vm install' 'vm install a' 'vm install a b c' 'vm list x' 'host' \
		'host install x' 'host install --root relative' 'vm remove'; do
		# shellcheck disable=SC2086 # a list of words
		run_vmconfig $words
		assert_status 2
	done
	run_vmconfig vm --help
	assert_status 0
	assert_output_contains 'update'
	run_vmconfig vm install --help
	assert_status 0
	assert_output_contains '--enable'
}
