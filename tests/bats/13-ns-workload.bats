#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The workload: what it is given, who it runs as, where, and how it ends.

load helper
load ns

# assert_ids UID GID GROUPS [UMASK]
assert_ids() {
	assert_line "uid $1 $1 $1"
	assert_line "gid $2 $2 $2"
	assert_line "groups${3:+ $3}"
	assert_line "umask ${4:-022}"
}

# An image with accounts in it.
account_image() {
	tree etc/
	cat >tree/etc/passwd <<-'END'
		root:x:0:0:root:/root:/bin/sh
		app:x:1000:1001:An App:/home/app:/bin/sh
		nohome:x:1002:1002::
	END
	cat >tree/etc/group <<-'END'
		root:x:0:
		wheel:x:10:root,app
		app:x:1001:
		video:x:44:other,app
	END
	make_image root.img tree
}

@test "arguments arrive byte for byte" {
	local long words
	long=$(head -c 76800 /dev/urandom | base64 -w 0)
	[ ${#long} -eq 102400 ]
	# shellcheck disable=SC2016 # not to be expanded
	words=('' ' ' 'two words' "it's" '"quoted"' 'back\slash' '$(id) `id` $HOME' $'line\nfeed' \
		$'tab\tand\rreturn' 'käse 漢字 🚀' '*' '~' '--' '-n' ',' "$long" '' ';' $'\e[0m' '%s%n' '')
	config . args0 "${words[@]}"
	boot
	assert_exit 0
	printf '%s\0' "${words[@]}" | cmp - bytes
}

@test "the environment arrives byte for byte and in order" {
	# shellcheck disable=SC2016 # not to be expanded
	config '.env = ([range(1000) | {key: "VAR_\(.)", value: "value \(.)\n\"$HOME\""}] | from_entries)
		+ {"FOO.BAR-baz": "odd name", "with space": "=a=b=", EMPTY: "", "é": "ü",
		HOME: "/given", PATH: "/a:/b"}' env0
	boot
	assert_exit 0
	jq -j '.env | to_entries[] | "\(.key)=\(.value)\u0000"' config.json | cmp - bytes
}

@test "HOME is that of the user; a HOME of the config stands" {
	account_image
	local user home
	while read -r user home; do
		config ".user = $user" env
		boot_image root.img,ro
		assert_exit 0
		assert_output "env HOME=$home"
	done <<-'END'
		null /root
		{"uid":0} /root
		{"name":"app"} /home/app
		{"uid":1000} /home/app
		{"uid":4242} /
		{"name":"nohome"} /
	END
	config '.user = {name: "app"} | .env = {HOME: "/mine"}' env
	boot_image root.img,ro
	assert_output 'env HOME=/mine'
}

@test "users by number and by name, with the groups that the image's files give them" {
	account_image
	run_with() {
		config ".user = $1" id
		boot_image root.img,ro
		assert_exit 0
	}
	run_with null
	assert_ids 0 0 10
	run_with '{uid: 0}'
	assert_ids 0 0 10
	run_with '{name: "app"}'
	assert_ids 1000 1001 '10 44'
	run_with '{uid: 1000}'
	assert_ids 1000 1001 '10 44'
	run_with '{uid: 1000, gid: 7}'
	assert_ids 1000 7 ''
	run_with '{name: "app", group: "video"}'
	assert_ids 1000 44 ''
	run_with '{uid: 4242}'
	assert_ids 4242 0 ''
	run_with '{uid: 4242, gid: 4243, additional_gids: [5, 6], umask: 63}'
	assert_ids 4242 4243 '5 6' 077
	run_with '{name: "4242", group: "4243"}'
	assert_ids 4242 4243 ''
	run_with '{uid: 4294967294, gid: 4294967294}'
	assert_ids 4294967294 4294967294 ''
}

@test "users by number need no files" {
	config '.user = {uid: 1000, gid: 1000}' id , write /file x , write /tmp/file x , stat /tmp/file
	boot
	assert_ids 1000 1000 ''
	assert_line 'write /file: Permission denied'
	assert_line_matches 'stat /tmp/file file 0644 1000 1000 2'
}

@test "a user or group that does not exist stops the boot with its name" {
	config '.user = {name: "nobody-here"}' say no
	boot
	assert_failed workload "user 'nobody-here' not found in the guest's /etc/passwd"
	account_image
	boot_image root.img,ro
	assert_failed workload "user 'nobody-here' not found in the guest's /etc/passwd"
	config '.user = {uid: 1, group: "nothing-here"}' say no
	boot_image root.img,ro
	assert_failed workload "group 'nothing-here' not found in the guest's /etc/group"
}

@test "a passwd that is a fifo, a directory, huge or a link out of the image does not hang init" {
	tree etc/
	mkfifo tree/etc/passwd
	make_image root.img tree
	config '.user = {name: "app"}' id
	boot_image root.img,ro
	assert_failed workload "'/etc/passwd' is not a regular file"

	rm tree/etc/passwd
	mkdir tree/etc/passwd
	make_image root.img tree
	boot_image root.img,ro
	assert_failed workload "'/etc/passwd' is not a regular file"

	rmdir tree/etc/passwd
	yes 'someone:x:1:1:::' | head -c 5M >tree/etc/passwd
	IMAGE_SIZE=16M make_image root.img tree
	boot_image root.img,ro
	assert_failed workload "'/etc/passwd' is larger than MAX_ACCOUNT_BYTES (4194304)"

	ln -sf ../../../../../../proc/1/environ tree/etc/passwd
	make_image root.img tree
	boot_image root.img,ro
	assert_failed workload "user 'app' not found"
}

@test "a workload that is not root can open its standard streams again" {
	config '.user = {uid: 1000}' write /dev/stdout again , write /dev/stderr 'and again'
	boot
	assert_exit 0
	assert_line again
	assert_line 'and again'
}

@test "the working directory is made when it is missing, also on a read-only root and in a volume" {
	make_image data.img
	config '.workdir = "/made/for/it"' cwd , stat /made
	boot
	assert_exit 0
	assert_line 'cwd /made/for/it'
	assert_line 'stat /made dir 0755 0 0'

	config '.workdir = "/made/for/it" | .root = {mode: "ro"}' cwd
	boot
	assert_exit 0
	assert_line 'cwd /made/for/it'

	config '.workdir = "/data/sub" | .volume_mounts = [{device: "/dev/vdb", path: "/data",
		mode: "rw"}]' cwd , write here x
	boot --disk data.img
	assert_exit 0
	assert_line 'cwd /data/sub'
	[ "$(debugfs -R 'cat /sub/here' data.img 2>/dev/null)" = x ]

	config '.workdir = ""' cwd
	boot
	assert_line 'cwd /'
}

@test "a working directory that is none stops the boot with its name" {
	config '.workdir = "/probe"' say no
	boot
	assert_failed workload "cannot enter the working directory '/probe': Not a directory"
	config '.workdir = "/probe/below"' say no
	boot
	assert_failed workload "cannot enter the working directory '/probe/below': Not a directory"
}

@test "a name that is too long to be said whole does not push out the reason" {
	config '.workdir = "/" + ("a" * 3000)' say no
	boot
	assert_failed workload "cannot enter the working directory '/aaa"
	assert_reason_ends 'a.*: File ?name too long'
	config '.volume_mounts = [{device: "/dev/vda", path: ("/" + ("a" * 3000)), mode: "ro"}]' say no
	boot
	assert_failed volumes "cannot make '/aaa"
	assert_reason_ends 'a.*: File ?name too long'
}

@test "a working directory that only root may enter is entered before the user changes" {
	tree closed/
	chmod 700 tree/closed
	make_image root.img tree
	config '.workdir = "/closed" | .user = {uid: 1000}' id
	boot_image root.img,ro
	assert_exit 0
}

@test "the program is searched in PATH of the config's environment" {
	tree one/ two/prog three/
	cp tree/probe tree/three/prog
	mkdir tree/one/prog
	make_image root.img tree
	config '.entrypoint = ["prog"] | .env = {PATH: "/none:/probe:/one:/two:/three"}' say found
	boot_image root.img,ro
	assert_exit 0
	assert_output found

	config '.entrypoint = ["prog"] | .env = {PATH: "/none:/two"}' say no
	boot_image root.img,ro
	assert_no_exec 126 "cannot execute 'prog': not executable"

	config '.entrypoint = ["prog"] | .env = {PATH: "/none"}' say no
	boot_image root.img,ro
	assert_no_exec 127 "cannot execute 'prog': not found in PATH"

	config '.entrypoint = ["prog"] | .env = {PATH: "/none:"} | .workdir = "/three"' say here
	boot_image root.img,ro
	assert_output here

	config '.entrypoint = ["./prog"] | .env = {PATH: "/none"} | .workdir = "/three"' say relative
	boot_image root.img,ro
	assert_output relative
}

@test "without PATH the usual directories are searched" {
	tree usr/bin/
	mv tree/probe tree/usr/bin/probe
	make_image root.img tree
	config '.entrypoint = ["probe"]' say found , env
	boot_image root.img,ro
	assert_exit 0
	assert_line found
}

@test "entrypoint and cmd make the command; either may be empty" {
	config '.entrypoint = ["/probe", "say", "a"] | .cmd = ["b"]'
	boot
	assert_output 'a b'
	config '.entrypoint = ["/probe", "say", "a"] | .cmd = []'
	boot
	assert_output a
	config '.entrypoint = [] | .cmd = ["/probe", "say", "b"]'
	boot
	assert_output b
}

@test "exit statuses are the workload's own" {
	local code
	for code in 0 1 7 124 125 126 127 255; do
		run_probe exit $code
		assert_exit $code
	done
}

@test "death by a signal is 128 + its number" {
	local number
	for number in 1 6 9 11 15; do
		run_probe kill $number
		assert_exit $((128 + number)) $number
	done
}

@test "what cannot be executed: 126 or 127, and why" {
	tree noexec text empty script lost dir/
	chmod 644 tree/noexec
	printf 'echo hello\n' >tree/text
	printf '#!/bin/nonesuch\n' >tree/script
	printf '#!/lost\n' >tree/other
	chmod 755 tree/text tree/empty tree/script tree/other
	ln -s nowhere tree/dangling
	ln -s loop tree/loop
	make_image root.img tree
	local program code reason
	while IFS='|' read -r program code reason; do
		config ".entrypoint = [\"$program\"]" x
		boot_image root.img,ro
		assert_no_exec "$code" "cannot execute '$program': $reason"
	done <<-'END'
		/noexec|126|not executable
		/dir|126|not executable
		/text|126|not a program of this machine, nor a script with '#!'
		/empty|126|not a program of this machine, nor a script with '#!'
		/script|127|its interpreter or dynamic loader is missing
		/none|127|no such file
		/dangling|127|no such file
		/probe/x|127|no such file
		/loop|126|
		none|127|not found in PATH
	END
}

@test "a program for another machine, and one whose loader is missing" {
	tree
	head -c 64 tree/probe >tree/short
	{ head -c 18 tree/probe && printf '\267\0' && tail -c +21 tree/probe; } >tree/arm
	chmod 755 tree/short tree/arm
	cp "$BUILD/nsboot" tree/dynamic
	make_image root.img tree
	config '.entrypoint = ["/arm"]' x
	boot_image root.img,ro
	assert_no_exec 126 "not a program of this machine"
	config '.entrypoint = ["/short"]' x
	boot_image root.img,ro
	assert_status 126
	config '.entrypoint = ["/dynamic"]' x
	boot_image root.img,ro
	assert_no_exec 127 "cannot execute '/dynamic': its interpreter or dynamic loader is missing"
}

@test "a program that its user may not execute" {
	tree
	chmod 700 tree/probe
	make_image root.img tree
	config '.user = {uid: 1000}' say no
	boot_image root.img,ro
	assert_no_exec 126 "cannot execute '/probe': not executable"
}

@test "scripts run through their interpreter" {
	tree
	printf '#!/probe args\n' >tree/script
	chmod 755 tree/script
	make_image root.img tree
	config '.entrypoint = ["/script"] | .cmd = ["a b"]'
	boot_image root.img,ro
	assert_exit 0
	assert_line 'arg 0 7 /script'
	assert_line 'arg 1 3 a\040b'
}

@test "signals and their mask are as a kernel hands them out" {
	run_probe cat /proc/self/status
	assert_exit 0
	assert_line 'SigBlk:	0000000000000000'
	assert_line 'SigIgn:	0000000000000000'
	assert_line 'SigCgt:	0000000000000000'
	assert_line 'NoNewPrivs:	0'
}

@test "standard output without a line end, and bytes that are no text" {
	head -c 65536 /dev/urandom >data
	tree
	cp data tree/data
	make_image root.img tree
	config . cat /data , put 'no line end'
	boot_image root.img,ro
	{ cat data && printf 'no line end'; } | cmp - bytes
}

@test "without terminal, standard input is empty" {
	run_probe tty , copy , say after
	assert_exit 0
	assert_line 'tty 0 1 1'
	assert_line after
}

@test "hostname and domain name" {
	config '.hostname = "box.example.org" | .domainname = "nis.example"' \
		hostname , cat /etc/hostname , cat /etc/hosts
	boot
	assert_exit 0
	assert_line 'hostname box.example.org'
	assert_line 'domainname nis.example'
	assert_line box.example.org
	assert_line '127.0.1.1	box.example.org box'
	run_probe hostname
	assert_line 'hostname localhost'
}

@test "hosts and resolv.conf: missing, a dangling link, a link elsewhere, and what the image has" {
	tree etc/ run/ srv/
	echo 'the image' >tree/etc/hosts
	ln -s ../run/systemd/resolve/stub-resolv.conf tree/etc/resolv.conf
	make_image root.img tree
	config '.dns = {servers: ["192.0.2.53", "2001:db8::53"], search: ["a.example", "b.example"],
		options: ["ndots:2"]}' cat /etc/resolv.conf , cat /etc/hosts , stat /etc/resolv.conf
	boot_image root.img
	assert_exit 0
	assert_line 'search a.example b.example'
	assert_line 'nameserver 192.0.2.53'
	assert_line 'nameserver 2001:db8::53'
	assert_line 'options ndots:2'
	assert_line 'the image'
	assert_line_matches 'stat /etc/resolv.conf file 0644 .*'

	ln -sfn /srv/resolv.conf tree/etc/resolv.conf
	echo untouched >tree/srv/resolv.conf
	make_image root.img tree
	config '.dns = {servers: ["192.0.2.53"]} | .hosts = [{ip: "192.0.2.9", names: ["nine", "neuf"]}]' \
		cat /etc/resolv.conf , cat /etc/hosts , cat /srv/resolv.conf
	boot_image root.img
	assert_line 'nameserver 192.0.2.53'
	assert_line '192.0.2.9	nine neuf'
	assert_line untouched
	refute_output_contains 'the image'

	config . cat /etc/resolv.conf , cat /etc/hosts
	boot_image root.img
	assert_output $'untouched\nthe image'
}

@test "resolv.conf as a directory stops the boot; on a read-only root it is no matter" {
	tree etc/resolv.conf/x
	make_image root.img tree
	config '.dns = {servers: ["192.0.2.53"]}' say no
	boot_image root.img
	assert_failed machine "cannot write '/etc/resolv.conf'"
	config . say up
	boot_image root.img
	assert_exit 0
}
