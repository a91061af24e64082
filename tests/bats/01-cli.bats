#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command line itself: help, usage errors, inputs that are no files, statuses.

load helper

COMMANDS='build show diff check explain schema rootfs initrd run cache host vm runner'

image() {
	echo '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{"Cmd":["/bin/true"]}}' >image.json
}

# build_json ARG… - what a disk built from image.json says.
build_json() {
	"$VMCONFIG" build --image-config image.json -o disk.img "$@"
	disk_json disk.img
}

@test "help lists every command, and each command its options" {
	local command
	run_vmconfig --help
	assert_status 0
	[ -z "$stderr" ]
	for command in $COMMANDS; do
		assert_output_contains "  $command "
	done
	for command in $COMMANDS; do
		run_vmconfig help "$command"
		assert_status 0
		assert_output_contains "usage: vmconfig $command"
		local help=$output
		run_vmconfig "$command" --help
		assert_status 0
		assert_output "$help"
	done
	run_vmconfig help vm list
	assert_status 0
	assert_output "$("$VMCONFIG" vm list --help)"
	assert_output_contains 'usage: vmconfig vm list'
}

@test "no command prints the help and is a usage error" {
	run_vmconfig
	assert_status 2
	assert_output_contains 'usage: vmconfig COMMAND'
}

@test "version" {
	run_vmconfig --version
	assert_status 0
	[[ $output =~ ^vmconfig\ [0-9]+\.[0-9]+\.[0-9]+ ]]
}

@test "usage errors name what is wrong and exit with 2" {
	image
	run_vmconfig frobnicate
	assert_failure 2 "unknown command 'frobnicate'"
	run_vmconfig --frobnicate
	assert_failure 2 "unknown option '--frobnicate'"
	run_vmconfig help frobnicate
	assert_failure 2 "unknown command 'frobnicate' (see 'vmconfig help')"
	run_vmconfig help build show
	assert_failure 2 "'help' takes one command, 'show' is one too many"
	run_vmconfig help vm list --json
	assert_failure 2 "'help' takes one command, '--json' is one too many"
	run_vmconfig build --frobnicate
	assert_failure 2 "unknown option '--frobnicate' (see 'vmconfig help build')"
	run_vmconfig build -Z
	assert_failure 2 "unknown option '-Z'"
	run_vmconfig build --image-config image.json --output
	assert_failure 2 "--output: needs an argument, DISK"
	run_vmconfig build --read-only=yes
	assert_failure 2 "--read-only: takes no argument"
	run_vmconfig build --hostname a --hostname b
	assert_failure 2 "--hostname: given more than once"
	run_vmconfig build -o disk.img
	assert_failure 2 "an INPUT is missing"
	run_vmconfig build --image-config image.json
	assert_failure 2 "'build' needs -o DISK"
	run_vmconfig build --image-config image.json --config other.json -o disk.img
	assert_failure 2 "--config: another INPUT is given already, 'image.json'"
	run_vmconfig build --image-config image.json -o disk.img echo hi
	assert_failure 2 "unexpected argument 'echo': a command comes after '--', INPUT after --bundle"
	run_vmconfig build --image-config image.json -o disk.img -v /dev/vdb:/data/ --mount type=tmpfs,dst=/data
	assert_failure 2 "--mount: a volume is given for '/data' as well"
	run_vmconfig build --image-config image.json -o disk.img --read-only --root /dev/vda:rw
	assert_failure 2 "--read-only: --root gives another mode"
	run_vmconfig show
	assert_failure 2 "'show' needs an operand, DISK|JSON"
	run_vmconfig check
	assert_failure 2 "'check' needs an operand, FILE|DIR"
	run_vmconfig show a b
	assert_failure 2 "'show' takes one operand, 'b' is one too many"
	run_vmconfig schema x
	assert_failure 2 "'schema' takes no operand"
	run_vmconfig run --disk
	assert_failure 2 "--disk: needs an argument"
	[ ! -e disk.img ]
}

@test "values of options are refused where they are given" {
	local options=(
		'--env|=x|no variable name'
		'--workdir|srv|not an absolute path'
		'--user|:5|empty part'
		'--user||empty part'
		'--hostname||is empty'
		'--hostname|a b|no host name may have'
		'--hostname|01234567890123456789012345678901234567890123456789012345678901234|longer than 64'
		'--add-host|db|not NAME:IP'
		'--add-host|db:host|no IP address'
		'--volume|/dev/vdb|not DEVICE:PATH'
		'--volume|/dev/vdb:data|not DEVICE:PATH'
		'--volume|/home/x:/data|is no device'
		'--volume|serial=:/data|names nothing'
		'--volume|/dev/vdb:/data:rx|none of ro, rw, overlay=DEVICE'
		'--volume|/dev/vdb:/data:overlay|none of ro, rw, overlay=DEVICE'
		'--volume|/dev/vdb:/a/../b|has a'
		'--mount|type=tmpfs|is missing'
		'--mount|target=/x|is missing'
		'--mount|type=tmpfs,target=/|is the root'
		'--mount|type=tmpfs,target=x|not an absolute path'
		'--mount|type=tmpfs,target=/x,colour=red|unknown key'
		'--mount|type=tmpfs,target=/x,dst=/y|more than once'
		'--mount|type=tmpfs,target=/x,readonly=maybe|none of true, false'
		'--mount|type=tmpfs,target=/x,tmpfs-size=|is empty'
		'--mount|type=proc,target=/x,tmpfs-size=1m|is for type tmpfs, not proc'
		'--mount|source=/tmp,target=/x|is no device'
		'--mount|type=none,source=x,target=/x,option=bind|no option here'
		'--mount|type=bind,source=/,target=/x,bind-propagation=up|none of private'
		'--ulimit|nofile|not TYPE=SOFT[:HARD]'
		'--ulimit|files=1|no resource limit'
		'--ulimit|nofile=many|the soft limit'
		'--ulimit|nofile=1:|the hard limit'
		'--ulimit|nofile=18446744073709551616|the soft limit'
		'--ulimit|nofile=2:1|above the hard one'
		'--cap-add|CAP_FLY|no capability'
		'--cap-drop||no capability'
		'--sysctl|net.ipv4.ip_forward|not NAME=VALUE'
		'--sysctl|/etc=1|no name of a kernel parameter'
		'--root|disk.img|is no device'
		'--root|/dev/vda:rx|none of ro, rw, overlay=DEVICE'
		'--net|gw=10.0.0.1|is missing'
		'--net|ip=10.0.0.2|ADDRESS/PREFIX'
		'--dns|localhost|no IP address'
		'--init-mode|sysv|none of auto, exec, systemd'
		'--stop-signal|SIGFOO|is no signal'
		'--stop-signal|0|is no signal'
		'--stop-timeout|-1|number of seconds'
	)
	local row option value message
	image
	for row in "${options[@]}"; do
		IFS='|' read -r option value message <<<"$row"
		run_vmconfig build --image-config image.json -o disk.img "$option" "$value"
		assert_failure 2 "$option: "
		assert_stderr_contains "$message"
	done
	[ ! -e disk.img ]
}

@test "an option's argument stands behind it or behind =" {
	image
	need jq
	build_json -e A=1 -eB=2 --env C=3 --env=D=4 --env=E= >json
	[ "$(jq -c '.env | del(.PATH)' json)" = '{"A":"1","B":"2","C":"3","D":"4","E":""}' ]
	build_json --workdir=/a >json
	[ "$(jq -r .workdir json)" = /a ]
	build_json -w/a/b >json
	[ "$(jq -r .workdir json)" = /a/b ]
}

@test "what is not UTF-8 is refused by the option's name" {
	image
	run_vmconfig build --image-config image.json -o disk.img -e $'A=\xff'
	assert_failure 2 '--env: '
	run_vmconfig build --image-config image.json -o disk.img -- $'\xc3'
	assert_failure 2 'of the command is not UTF-8'
	OUTER=$'\xed\xa0\x80' run_vmconfig build --image-config image.json -o disk.img -e OUTER
	assert_failure 2 "--env: the value of 'OUTER' in the environment is not UTF-8"
	printf 'A=\xff\n' >env.list
	run_vmconfig build --image-config image.json -o disk.img --env-file env.list
	assert_failure 1 'env.list:1: the line is not UTF-8'
	[ ! -e disk.img ]
	# The name of a file of the host is no text.
	cp image.json $'image\xff.json'
	run_vmconfig build --image-config $'image\xff.json' -o $'disk\xff.img'
	assert_status 0
}

@test "arguments go byte for byte" {
	local word
	image
	need jq
	# shellcheck disable=SC2016,SC1003 # nothing is to be expanded
	for word in '' ' ' '$(id)' '`id`' "it's" '"' '\' $'two\nlines' $'tab\there' 'ü😀' -- '*'; do
		"$VMCONFIG" build --image-config image.json -o disk.img -e "A=$word" -- prog "$word"
		[ "$("$VMCONFIG" show disk.img | jq '.cmd[1]')" = "$(jq -n --arg w "$word" '$w')" ]
		[ "$("$VMCONFIG" show disk.img | jq '.env.A')" = "$(jq -n --arg w "$word" '$w')" ]
	done
}

@test "show prints canonical JSON, the same for a disk, a file and standard input" {
	printf '{\n "cmd" : ["a"], "entrypoint":[],"env":{"B":"1","A":"2"}\n}\n' >config.json
	run_vmconfig show config.json
	assert_status 0
	assert_output '{"entrypoint":[],"cmd":["a"],"workdir":"","env":{"B":"1","A":"2"},"network_enabled":false,"init_mode":""}'
	printf '%s\n' "$output" >canonical.json
	"$VMCONFIG" show - <config.json | cmp canonical.json -
	"$VMCONFIG" show canonical.json | cmp canonical.json -
	"$VMCONFIG" build --config config.json -o disk.img
	run_vmconfig show disk.img
	assert_output '{"version":1,"entrypoint":[],"cmd":["a"],"workdir":"","env":{"B":"1","A":"2"},"network_enabled":false,"init_mode":"exec"}'
}

@test "show leaves secrets out when it is told to, and nothing else" {
	need jq
	cat >config.json <<-'EOF'
		{"cmd":["/bin/sh","K=word"],"env":{"TOKEN":"secret-1"},"report":{"nonce":"5ec4e7"},
		 "files":[{"path":"/run/key","mode":384,"content":"secret-2"},
		          {"path":"/run/bin","content_base64":"c2VjcmV0LTM="}],
		 "hooks":{"start_container":[{"path":"/h","env":["A=secret-4"]}]},
		 "rlimits":[{"type":"RLIMIT_CORE","soft":18446744073709551614,"hard":18446744073709551615}]}
	EOF
	"$VMCONFIG" build --config config.json -o disk.img
	for source in config.json disk.img; do
		run_vmconfig show --elide-secrets "$source"
		assert_status 0
		[[ $output != *secret* && $output != *c2Vj* && $output != *5ec4e7* ]] || explain 'a secret is shown'
		assert_output_contains '"soft":18446744073709551614'
		printf '%s\n' "$output" >elided.json
		"$VMCONFIG" show "$source" | jq -S 'del(.. | .env?, .content?, .content_base64?, .nonce?)' >expected.json
		jq -S 'del(.. | .env?, .content?, .content_base64?, .nonce?)' elided.json | diff -u expected.json -
		[ "$(jq -c '[.env.TOKEN, .files[0].content, .hooks.start_container[0].env[0]]' elided.json)" = \
			'["…","…","A=…"]' ]
		# Without the option they are there.
		run_vmconfig show "$source"
		assert_output_contains secret-2
	done
}

@test "show prints a config that breaks a rule, and fails" {
	echo '{"version":1,"requires":["time-travel"],"cmd":["a"]}' >config.json
	run_vmconfig show config.json
	assert_failure 1 "config.json: /requires/0: requires 'time-travel', which this reader does not know"
	assert_output_contains '"requires":["time-travel"]'
	echo '{"cmd":"a"}' >config.json
	run_vmconfig show config.json
	assert_status 1
	assert_output ''
}

@test "inputs that are no files do not make it wait" {
	mkfifo fifo
	local path
	for path in fifo /dev/zero /dev/tty .; do
		run timeout 10 "$VMCONFIG" build --image-config "$path" -o disk.img
		[ "$status" -eq 1 ]
		run timeout 10 "$VMCONFIG" check "$path"
		[ "$status" -eq 1 ]
		run timeout 10 "$VMCONFIG" show "$path"
		[ "$status" -eq 1 ]
		image
		run timeout 10 "$VMCONFIG" build --image-config image.json --env-file "$path" -o disk.img
		[ "$status" -eq 1 ]
		rm image.json
	done
	[ ! -e disk.img ]
}

@test "inputs beyond the limit are refused by its name" {
	truncate -s 17M big.json
	run_vmconfig build --config big.json -o disk.img
	assert_failure 1 "'big.json' is larger than 16777216 bytes (MAX_CONFIG_BYTES)"
	run bash -c "head -c 17M /dev/zero | '$VMCONFIG' check -"
	[ "$status" -eq 1 ]
	[[ $output == *MAX_CONFIG_BYTES* ]]
}

@test "a missing file is named" {
	run_vmconfig build --image-config nowhere.json -o disk.img
	assert_failure 1 "cannot open 'nowhere.json': No such file or directory"
	run_vmconfig show nowhere.img
	assert_failure 1 "'nowhere.img'"
	run_vmconfig check nowhere
	assert_failure 1 "'nowhere'"
}

@test "a failed build leaves nothing behind and an older disk as it was" {
	image
	"$VMCONFIG" build --image-config image.json -o disk.img
	cp disk.img before.img
	echo '{"architecture":"amd64","os":"plan9","rootfs":{"type":"layers","diff_ids":[]},"config":{"Cmd":["x"]}}' >other.json
	run_vmconfig build --image-config other.json -o disk.img
	assert_status 1
	cmp disk.img before.img
	run_vmconfig build --image-config other.json -o new.img
	assert_status 1
	rm -f separate-stderr-*  # bats's own
	[ "$(echo *)" = 'before.img disk.img image.json other.json' ]
}

@test "what a document says cannot forge lines or move the cursor" {
	printf '{"os":"linux\\nvmconfig: all is well\\u001b[2J\\u009b2J","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[]}}' >image.json
	run_vmconfig build --image-config image.json -o disk.img
	assert_failure 1 'linux\x0avmconfig: all is well\x1b[2J\u009b2J'
}

@test "a full standard output is a failure" {
	[ -w /dev/full ] || skip_or_fail 'no /dev/full'
	echo '{"cmd":["a"]}' >config.json
	local words
	for words in 'show config.json' schema --help --version 'check --json config.json'; do
		run bash -c "'$VMCONFIG' $words >/dev/full"
		[ "$status" -eq 1 ]
		[[ $output == *'cannot write standard output'* ]]
	done
}

@test "schema is JSON with a property for each key of the seed schema" {
	need jq
	"$VMCONFIG" schema >schema.json
	[ "$(jq -r '."$schema"' schema.json)" = 'https://json-schema.org/draft/2020-12/schema' ]
	local key
	for key in entrypoint cmd workdir env network_enabled guest_ip guest_cidr guest_gw guest_dns \
		volume_mounts init_mode skip_kernel_headers skip_guest_agent; do
		jq -e --arg k "$key" '.properties[$k]' schema.json >/dev/null
	done
	# Every type in it is one of JSON Schema's, every item of a "required" a property.
	[ "$(jq -r '.. | objects | .type? | strings' schema.json | sort -u | tr '\n' ' ')" = \
		'array boolean integer null object string ' ]
	jq -e '[.. | objects | select(.required | type == "array") |
		(.required - (.properties | keys)) == []] | all' schema.json
}

@test "check finds every problem and tells errors from warnings" {
	echo '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{"Cmd":["x"],"WorkingDir":"srv"}}' >image.json
	run_vmconfig check image.json
	assert_status 0
	assert_output ''
	assert_stderr "vmconfig: warning: image.json: /config/WorkingDir: 'srv' is relative, '/srv' is taken"
	run_vmconfig check --strict image.json
	assert_failure 1 "vmconfig: image.json: /config/WorkingDir: 'srv' is relative"
	run_vmconfig check - <image.json
	assert_status 0
	assert_stderr_contains 'standard input: /config/WorkingDir'
}

@test "check --json places each problem" {
	need jq
	printf '{"architecture":"amd64","os":"linux",\n "rootfs":{"type":"layers","diff_ids":[]},\n "config":{"Cmd":["x"],\n  "User":":5",\n  "WorkingDir":"srv"}}\n' >image.json
	run_vmconfig check --json image.json
	assert_status 1
	[ -z "$stderr" ]
	printf '%s\n' "$output" >problems.json
	[ "$(jq -c 'map([.pointer, .line, .column, .severity, .rule])' problems.json)" = \
		'[["/config/User",4,10,"error","user"],["/config/WorkingDir",5,16,"warning","workdir"]]' ]
	[ "$(jq -c '.[0] | keys_unsorted' problems.json)" = \
		'["pointer","line","column","severity","rule","message","file"]' ]
	echo '{"cmd":["x"]}' >config.json
	run_vmconfig check --json config.json
	assert_status 0
	assert_output '[]'
	echo '{"cmd":[' >config.json
	run_vmconfig check --json config.json
	assert_status 1
	[ "$(jq -c 'map([.line, .column, .rule])' <<<"$output")" = '[[2,1,"json-syntax"]]' ]
}

@test "run without a usable request has failed before any machine boots" {
	image
	run_vmconfig run --image-config nowhere.json
	assert_failure 125 "cannot open 'nowhere.json'"
	run_vmconfig run --image-config image.json --net ip=192.0.2.2/24,tap=nowhere
	assert_failure 125 "there is no tap device 'nowhere'"
	run_vmconfig run --image-config image.json --memory 1M
	assert_failure 2 "--memory: '1M' is not within"
	run_vmconfig run
	assert_failure 2 'an INPUT is missing'
}

@test "thousands of variables and arguments are no special case" {
	image
	need jq
	seq 10000 | sed 's/.*/VARIABLE_&=value &/' >env.list
	mapfile -t words < <(seq 5000)
	"$VMCONFIG" build --image-config image.json -o disk.img --env-file env.list -- "${words[@]}"
	[ "$(disk_json disk.img '.env | length')" = 10001 ]
	[ "$(disk_json disk.img '.cmd | length')" = 5000 ]
	[ "$(disk_json disk.img '.env.VARIABLE_10000')" = '"value 10000"' ]
}

@test "a single argument or a total that execve would refuse is refused here" {
	image
	head -c 131072 /dev/zero | tr '\0' x >long
	printf 'A=' | cat - long >env.list
	run_vmconfig build --image-config image.json -o disk.img --env-file env.list
	assert_failure 1 MAX_ARG_STRLEN
	for i in $(seq 20); do printf 'V%d=' "$i"; head -c 120000 long; echo; done >env.list
	run_vmconfig build --image-config image.json -o disk.img --env-file env.list
	assert_failure 1 ARG_MAX
}

@test "completion offers what the help lists" {
	mkdir bin
	ln -s "$VMCONFIG" bin/vmconfig
	cat >complete.bash <<-'EOF2'
		PATH=$PWD/bin:$PATH
		. "$ROOT/completion/vmconfig.bash"
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_vmconfig vmconfig
		echo "${COMPREPLY[*]}"
	EOF2
	# offers WORD… -- EXPECTED: what there is for the last of the words.
	offers() {
		local words=()
		while [ "$1" != -- ]; do
			words+=("$1")
			shift
		done
		run bash complete.bash vmconfig "${words[@]}"
		[ "$output" = "$2" ] || explain "expected of ${words[*]}: $2"
	}
	offers '' -- "$COMMANDS help --help --version"
	offers help '' -- "$COMMANDS"
	offers help vm r -- remove
	offers cache '' -- 'list prune'
	offers vm list -- list
	offers vm list --j -- --json
	offers host install --root / -- ''
	offers build --stop -- '--stop-signal --stop-timeout'
	offers build --init-mode '' -- 'auto exec systemd'
	offers build --format '' -- 'ext4 raw cpio squashfs'
	offers rootfs --format e -- 'ext4 erofs'
	offers initrd --compress '' -- 'none gzip zstd'
	offers rootfs --compress '' -- 'gzip lz4 zstd'
	offers run --accel k -- kvm
	offers initrd --vmm '' -- ''
	offers schema --s -- ''

	# Every option of every command, one a line of the help.
	local command verb
	for command in $COMMANDS; do
		for verb in $(bash complete.bash vmconfig "$command" '') ''; do
			run -0 "$VMCONFIG" help "$command" ${verb:+"$verb"}
			grep -o '^  \(-., \|    \)--[^ ]*' <<<"$output" | sed 's/.* //' >expected
			run bash complete.bash vmconfig "$command" ${verb:+"$verb"} --
			tr ' ' '\n' <<<"$output" | grep -v -x -e --help >offered || true
			diff -u expected offered
		done
	done
}
