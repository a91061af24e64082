#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Real servers of Debian's, from image layouts alone: they answer, stop as they want to be stopped, and
# keep their data.
# shellcheck disable=SC2154 # bats and vm.bash set vm and status

load helper
load vm

SERVERS=$ROOT/build/servers

setup_file() {
	# One cache for all tests of this file.
	export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
}

setup() {
	need qemu-system-x86_64 curl psql
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[ -z "${vm:-}" ] || kill "$vm" 2>/dev/null || true
}

# serve NAME PORT [OPTION…] - boot it as process $vm; $port is where its port is on the host.
serve() {
	"$VMCONFIG" run --image "$SERVERS/$1" -p "127.0.0.1:0:$2" --timeout 900 "${@:3}" \
		>stdout 2>stderr 3>&- &
	vm=$!
	wait_for_line stderr 'on 127.0.0.1:'
	port=$(sed -n 's/.*127\.0\.0\.1:\([0-9][0-9]*\).*/\1/p' stderr | head -n 1)
}

# until_true COMMAND… - five minutes at most, as long as the machine runs.
until_true() {
	local end=$((SECONDS + 300))
	until "$@" >answer 2>refusal; do
		kill -0 "$vm" 2>/dev/null || fail 'the machine has ended' "$(cat stdout stderr)"
		[ "$SECONDS" -lt "$end" ] || fail "no answer: $(cat refusal)" "$(cat stdout stderr)"
		sleep 0.5
	done
}

# stop - as an operator does; the server's own status becomes $status.
stop() {
	kill -TERM "$vm"
	wait_for_vm
	vm=
}

sql() {
	psql -X -q -t -A -h 127.0.0.1 -p "$port" -U postgres -c "$1"
}

@test "nginx answers with its page and ends well on SIGQUIT" {
	serve nginx 80
	until_true curl -s -f -o page.html "http://127.0.0.1:$port/"
	cmp page.html "$SERVERS/page.html"
	grep -q '"GET / HTTP/1.1" 200' stdout
	stop
	assert_status 0
}

@test "redis keeps what it was told on a volume, as the user of its image" {
	truncate -s 32M data.img
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'only root can give a directory away'
	mkdir -p data/redis
	chown 65534:65534 data/redis
	mke2fs -q -t ext4 -d data data.img
	ask() {
		exec 5<>"/dev/tcp/127.0.0.1/$port" && printf '%s\r\n' "$1" >&5 && IFS= read -r -t 60 reply <&5 &&
			[[ $reply == "$2"* ]]
	}
	serve redis 6379 --image-root --disk data.img -v /dev/vda:/data:rw -- --protected-mode no \
		--dir /data/redis --appendonly yes
	until_true ask 'SET key kept' +OK
	stop
	assert_status 0
	assert_clean data.img
	serve redis 6379 --image-root --disk data.img -v /dev/vda:/data:rw -- --protected-mode no \
		--dir /data/redis --appendonly yes
	until_true ask 'GET key' "\$4"
	IFS= read -r -t 60 reply <&5
	[ "$reply" = $'kept\r' ] || fail "it has kept '$reply'"
	stop
	assert_status 0
}

# rows ROUNDS - what the table holds after so many.
rows() {
	python3 - "$1" <<-'END'
		import hashlib, sys
		for n in range(1, int(sys.argv[1]) + 1):
		    data = [hashlib.md5(str(1000 * n + i).encode()).hexdigest() for i in range(1, 1001)]
		    for d in sorted(data):
		        print(f"{n}|{d}")
	END
}

@test "postgres keeps its data through three stops by SIGINT" {
	truncate -s 256M data.img
	mke2fs -q -t ext4 data.img
	local round
	for round in 1 2 3; do
		serve postgres 5432 --image-root --disk data.img -v /dev/vda:/data:rw --stop-timeout 120
		until_true sql 'select 1'
		[ "$round" -ne 1 ] || sql 'create table rounds (n int, data text)'
		sql "insert into rounds select $round, md5((1000 * $round + i)::text) from generate_series(1, 1000) i"
		# All that was written in the rounds before is there, byte for byte.
		[ "$(sql 'select n, data from rounds order by n, data' | md5sum)" = "$(rows "$round" | md5sum)" ]
		stop
		assert_status 0
		grep -q 'database system is shut down' stderr
		assert_clean data.img
	done
	run ! grep -q 'not properly shut down' stderr
}

@test "a python application runs as its user, with the variables given" {
	serve python 8000 -e GREETING=greetings
	until_true curl -s -f "http://127.0.0.1:$port/"
	grep -qx 'greetings from Python 3\.[0-9.]* as 1000' answer
	stop
	assert_status 143
}
