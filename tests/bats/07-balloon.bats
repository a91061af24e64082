#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# microvm-balloon of each family, with something that answers as its monitor does: what is asked of
# that, and what is said of its answer. QEMU's own is in 29-boot-runner.
# shellcheck disable=SC2016 # for the shell of what stands for a monitor

load helper

setup() {
	need python3 jq
	cd "$BATS_TEST_TMPDIR" || return
	jq -nc '{entrypoint: ["/app"], cmd: [], workdir: "/", env: {}, network_enabled: false,
		init_mode: "exec"}' >base.json
	mkdir state programs
}

teardown() {
	[ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
}

# package FAMILY PROGRAM - one with a balloon. The programs' directory needs no PATH.
package() {
	"$VMCONFIG" runner --config base.json --kernel /k --initrd /i --reference --disk a,ro --balloon \
		--vmm "$PWD/programs/$2" --name web -o package
	[ -x package/bin/microvm-balloon ]
}

# balloon MIB - as whoever manages the machine calls it.
balloon() {
	run --separate-stderr env -i -C state "$PWD/package/bin/microvm-balloon" "$1"
}

# serve SOCKET CODE - Python that answers each connection c; "asked" takes what it was asked.
serve() {
	cat >serve.py <<-END
		import json, socket
		server = socket.socket(socket.AF_UNIX)
		server.bind("state/$1"); server.listen()
		asked = open("asked", "w")
		def note(text): asked.write(text + "\n"); asked.flush()
	END
	cat >>serve.py
	python3 serve.py 3>&- &
	server=$!
	timeout 60 sh -c "until [ -S state/$1 ]; do sleep 0.1; done"
}

# serve_http ANSWER - 204 to whatever changes something, and ANSWER to the rest.
serve_http() {
	printf '%s' "$1" >answer
	serve api.sock <<-'END'
		answer = open("answer").read()
		while True:
		    c, _ = server.accept()
		    f = c.makefile("rb")
		    first, length = f.readline().decode().split(), 0
		    while True:
		        line = f.readline().strip().lower()
		        if not line: break
		        if line.startswith(b"content-length:"): length = int(line.split(b":")[1])
		    note(" ".join(first[:2] + [f.read(length).decode()]).strip())
		    if first[0] == "GET": c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer.encode()))
		    else: c.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
		    f.close(); c.close()
	END
}

@test "cloud-hypervisor is asked to resize, and what the balloon takes is the difference" {
	package cloud-hypervisor cloud-hypervisor
	serve_http '{"config": {"memory": {"size": 536870912}}, "memory_actual_size": 469762048}'
	balloon 64
	assert_status 0
	assert_output 64
	[ "$(paste -sd, asked)" = 'PUT /api/v1/vm.resize {"desired_balloon":67108864},GET /api/v1/vm.info' ]
}

@test "Firecracker is told the amount in MiB" {
	package firecracker firecracker
	serve_http '{"amount_mib": 60, "deflate_on_oom": true}'
	balloon 64
	assert_status 0
	# What it says, not what it was told.
	assert_output 60
	[ "$(paste -sd, asked)" = 'PATCH /balloon {"amount_mib":64},GET /balloon' ]
}

@test "a monitor that does not answer as it should is a failure" {
	package firecracker firecracker
	serve_http '{"other": 60}'
	balloon 64
	assert_failure 1 "'api.sock' does not say how large the balloon is"
	balloon -1
	assert_failure 2 "unknown option '-1'"
	balloon 99999999999999
	assert_failure 2 "'99999999999999' is no number of MiB"
	balloon x
	assert_failure 2 "'x' is no number of MiB"
	kill "$server"
	rm state/api.sock
	balloon 64
	assert_failure 1 "cannot ask 'api.sock'"
}

@test "StratoVirt is told by QMP what the guest keeps, and its event is waited for" {
	package stratovirt stratovirt
	serve qmp.sock <<-'END'
		c, _ = server.accept()
		def say(**m): c.sendall(json.dumps(m).encode() + b"\r\n")
		say(QMP={"version": {"StratoVirt": {"micro": 0, "minor": 3, "major": 2}}, "capabilities": []})
		actual = 512 << 20
		for line in c.makefile():
		    m = json.loads(line)
		    note(json.dumps(m))
		    if m["execute"] == "query-balloon":
		        say(**{"return": {"actual": actual}})
		        actual = 384 << 20
		        say(event="BALLOON_CHANGED", data={"actual": actual}, timestamp={"seconds": 1, "microseconds": 1})
		    else: say(**{"return": {}})
	END
	balloon 384
	assert_status 0
	assert_output 384
	[ "$(jq -r .execute asked | paste -sd,)" = qmp_capabilities,balloon,query-balloon,query-balloon ]
	[ "$(jq -c 'select(.execute == "balloon").arguments' asked)" = '{"value":402653184}' ]
}

# program NAME CODE - a monitor's own program, a shell script; "asked" takes its words.
program() {
	{
		echo '#!/bin/sh'
		echo 'echo "$*" >>../asked'
		cat
	} >"programs/$1"
	chmod +x "programs/$1"
}

@test "crosvm is told by its own program, in bytes, and its answer is JSON however it is laid out" {
	program crosvm <<-'END'
		[ "$1" = balloon ] && exit
		printf '{\n  "BalloonStats": {\n    "stats": {"balloon_actual ": 1, "free_memory": 5},\n    "balloon_actual" :\n      67108864\n  }\n}\n'
	END
	package crosvm crosvm
	balloon 64
	assert_status 0
	assert_output 64
	[ "$(paste -sd, asked)" = 'balloon 67108864 api.sock,balloon_stats api.sock' ]
	program crosvm <<<'[ "$1" = balloon ] && exit; echo "{\"BalloonStats\":{\"stats\":{\"x\":null},\"balloon_actual\":1048576}}"'
	balloon 64
	assert_output 1
	program crosvm <<<'exit 3'
	balloon 64
	assert_failure 1 "crosvm balloon' failed with status 3"
	program crosvm <<<'echo "{}"'
	balloon 64
	assert_failure 1 'does not say how large the balloon is'
}

@test "kvmtool's balloon is changed by steps to the size, anew after each start" {
	program lkvm <<<'echo "$HOME" >../home; [ ! -e ../deaf ]'
	package kvmtool lkvm
	balloon 64
	assert_failure 1 'no machine runs here'
	: >state/control.sock
	balloon 64
	assert_status 0
	assert_output 64
	balloon 48
	assert_output 48
	balloon 48
	assert_output 48
	[ "$(paste -sd, asked)" = 'balloon --name web --inflate 64,balloon --name web --deflate 16' ]
	# Its socket is below.
	[ "$(cat home)" = "$PWD/state" ]
	# What failed has changed nothing.
	touch deaf
	balloon 128
	assert_failure 1 "lkvm balloon' failed with status 1"
	rm deaf
	balloon 64
	[ "$(tail -n 1 asked)" = 'balloon --name web --inflate 16' ]
	# A start begins without any: it makes another socket.
	: >state/another
	mv state/another state/control.sock
	balloon 64
	[ "$(tail -n 1 asked)" = 'balloon --name web --inflate 64' ]
}
