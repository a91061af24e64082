#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The documentation says what the programs do: options, fields, phases, words, examples.

load helper

COMMANDS='build show diff check explain schema rootfs initrd run runner'

# The long options that help lists for a command, or for all of them.
options_of() {
	local command
	for command in $1; do
		"$VMCONFIG" help "$command"
	done | grep -o '^ .*--[a-z][a-z-]*' | grep -o -e '--[a-z-]*' | sort -u
}

# The text of a page's section: from ".Sh NAME" to the next ".Sh".
section() {
	sed -n "/^\.Sh $2\$/,/^\.Sh /p" "$ROOT/man/$1"
}

# same WHAT A B - both files have the same lines.
same() {
	diff -u "$2" "$3" || fail "$1 differ (< the first, > the second)"
}

@test "the manual pages are clean mdoc" {
	need mandoc
	local page
	for page in vmconfig.1 vmconfig-config.5 vmconfig-oci.5 vmconfig-init.8 vmconfig-host.8 vmconfig-runner.5; do
		# They refer to each other before they are installed.
		mandoc -Tlint "$ROOT/man/$page" 2>/dev/null >lint || true
		sed -i '/referenced manual not found/d' lint
		[ ! -s lint ] || fail "$(cat lint)"
	done
}

@test "vmconfig(1) has every option, in both forms, and no other" {
	{
		options_of "$COMMANDS"
		"$VMCONFIG" cache list --help | grep -o -e '--[a-z-]*'
		"$VMCONFIG" cache prune --help | grep -o -e '--[a-z-]*'
		echo --version
	} | sort -u >listed
	sed -n 's/^\.It .*Fl -\([a-z][a-z-]*\).*/--\1/p; s/^\.Fl -\(version\)$/--\1/p' \
		"$ROOT/man/vmconfig.1" | sort -u >page
	same 'options of help and of vmconfig(1)' listed page

	for command in $COMMANDS; do
		"$VMCONFIG" help "$command"
	done | sed -n 's/^  -\([a-z]\), --\([a-z-]*\).*/\1 \2/p' | sort -u >listed
	sed -n 's/^\.It Fl \([a-z]\) , Fl -\([a-z-]*\).*/\1 \2/p' "$ROOT/man/vmconfig.1" | sort -u >page
	same 'letters of options' listed page
}

@test "vmconfig-host(8) has every verb and every option of host and vm, and no other" {
	local command verb
	for command in host vm; do
		"$VMCONFIG" "$command" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' >verbs
		while read -r verb; do
			grep -qx "\.Nm vmconfig $command $verb" "$ROOT/man/vmconfig-host.8"
			"$VMCONFIG" "$command" "$verb" --help | grep -o '^ .*--[a-z-]*' |
				grep -o -e '--[a-z-]*' >>options
		done <verbs
	done
	sort -u options >listed
	sed -n 's/^\.It .*Fl -\([a-z][a-z-]*\).*/--\1/p' "$ROOT/man/vmconfig-host.8" | sort -u >page
	same 'options of help and of vmconfig-host(8)' listed page
}

@test "vmconfig(1) has every command" {
	"$VMCONFIG" help | sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p' | sort >listed
	sed -n '/^The commands are:/,/^\.El/s/^\.It Cm \([a-z]*\).*/\1/p' "$ROOT/man/vmconfig.1" |
		grep -v '^help$' | sort -u >page
	same commands listed page
}

@test "vmconfig(1) has every variable of the environment that is read" {
	grep -ho -e '"\(VMCONFIG\|XDG\)_[A-Z_]*"' -e '"SOURCE_DATE_EPOCH"' "$ROOT"/host/*.c "$ROOT"/image/*.c | tr -d '"' | sort -u >used
	section vmconfig.1 ENVIRONMENT | sed -n 's/^\.It Ev //p' | sort -u >page
	same variables used page
}

@test "the list of fields in vmconfig-config(5) is that of the table" {
	need jq
	"$ROOT/scripts/man-fields" "$VMCONFIG" <"$ROOT/man/vmconfig-config.5" >page
	grep -q '^\.It Cm volume_mounts\[\]\.device ' page
	same 'pages (make it anew with scripts/man-fields)' "$ROOT/man/vmconfig-config.5" page
}

@test "the lists of fields in vmconfig-oci(5) are those of the tables" {
	need jq
	"$ROOT/scripts/man-oci" "$VMCONFIG" <"$ROOT/man/vmconfig-oci.5" >page
	grep -q '^\.It Li /process/rlimits ' page
	grep -q '^\.It Li /config/Labels ' page
	same 'pages (make it anew with scripts/man-oci)' "$ROOT/man/vmconfig-oci.5" page
}

@test "vmconfig-config(5) names every feature" {
	sed -n 's/.*\.feature = "\([a-z_]*\)".*/\1/p' "$ROOT/shared/fields.c" | sort -u >features
	[ -s features ]
	sed -n '/computes the list/,/puts its own name/p' "$ROOT/man/vmconfig-config.5" |
		tr -s ' ,.' '\n' | grep -Fxf features | sort >page
	same features features page
}

@test "the examples in vmconfig-config(5) pass without a warning" {
	sed -n '/example: begin/,/example: end/p' "$ROOT/man/vmconfig-config.5" |
		sed '/^\./d' >example.json
	grep -q '"version"' example.json
	"$VMCONFIG" check --strict example.json
	"$VMCONFIG" build --config example.json -o disk.img
	# It says itself what it requires.
	"$VMCONFIG" show example.json >before
	"$VMCONFIG" show disk.img >after
	same 'the example and its disk' before after

	grep -x '{"cmd": .*}' "$ROOT/man/vmconfig-config.5" >least.json
	"$VMCONFIG" check --strict least.json
}

@test "the limits in vmconfig-config(5) are those of the contract" {
	local name value
	for name in MAX_CONFIG_BYTES MAX_JSON_VALUES MAX_JSON_DEPTH MAX_ARG_BYTES MAX_EXEC_BYTES; do
		value=$(echo "$name" | ${CC:-cc} -E -P -include "$ROOT/shared/contract.h" - | tail -n 1)
		value=$((${value//u/}))
		grep -qw "$value" "$ROOT/man/vmconfig-config.5" || fail "no $value ($name)"
	done
}

# The phases of guest/main.c, as "NAME yes" when required, else "NAME no".
phases() {
	sed -n 's/^    {"\([a-z ]*\)", phase_[a-z_]*, PHASE_\([A-Z]*\)},/\1 \2/p' "$ROOT/guest/main.c" |
		sed 's/REQUIRED$/yes/; s/OPTIONAL$/no/'
}

@test "vmconfig-runner(5) has every family, and what its flags were compared with" {
	sed -n 's/^    {\.name = "\(.*\)",$/\1/p; s/^     \.compared = "\(.*\)",$/\1/p' \
		"$ROOT/host/vmm_kind.c" | paste -d '|' - - >table
	[ "$(wc -l <table)" -eq "$(grep -c '^    {\.name' "$ROOT/host/vmm_kind.c")" ]
	section vmconfig-runner.5 FAMILIES |
		sed -n '/^\.Bl -column/,/^\.El/s/^\.It \([a-z-]*\) Ta .* Ta \(.*\)/\1|\2/p' >page
	[ -s table ]
	same 'families of the table and of vmconfig-runner(5)' table page
	# And each of them with the text that was read.
	cut -d '|' -f 1 table >table.names
	section vmconfig-runner.5 FAMILIES |
		sed -n '/^\.Bl -tag/,/^\.El/s/^\.It \([a-z-]*\)$/\1/p' >page.names
	same 'families and the texts of vmconfig-runner(5)' table.names page.names
}

@test "vmconfig-init(8) and the README have every phase, in order, with its policy" {
	phases >table
	[ -s table ]
	sed -n 's/^| \([a-z ]*\) | \(yes\|no\) |.*/\1 \2/p' "$ROOT/README.md" >readme
	same 'phases of the table and of the README' table readme

	sed 's/ [a-z]*$//' table >names
	sed -n '/^\.Ss Phases/,/^\.El/s/^\.It Cm //p' "$ROOT/man/vmconfig-init.8" >page
	same 'phases of the table and of vmconfig-init(8)' names page
	[ "$(grep ' no$' table)" = 'clock no' ] || fail 'vmconfig-init(8) says that all but the clock are required'
}

@test "vmconfig-init(8) has every code of a failure" {
	cat "$ROOT"/guest/*.c | tr -d '\n' | grep -o 'guest_error_as([^,]*,[^"]*"[a-z-]*"' |
		sed 's/.*"\([a-z-]*\)"$/\1/' | sort -u >codes
	[ "$(wc -l <codes)" -ge 10 ]
	while read -r code; do
		grep -qE "^\.It Cm (.* )?$code( .*)?$" "$ROOT/man/vmconfig-init.8" || fail "no code '$code'"
	done <codes
}

@test "every code of a failure that vmconfig-init(8) has is asserted by a test" {
	section vmconfig-init.8 'REPORT CHANNEL' | sed -n '/^\.Va failure$/,/^\.It the phase/s/^\.It Cm //p' |
		sed 's/ , /\n/g' | sort >page
	grep -qx crash page
	# assert_code of ns.bash and vm.bash compares the whole code.
	sed -n 's/^\t*assert_code \([a-z-]*\).*/\1/p' "$ROOT"/tests/bats/*.bats | sort -u |
		comm -13 - page >unasserted
	[ ! -s unasserted ] || fail "no test asserts: $(cat unasserted)"
}

@test "vmconfig-init(8) has every word, port and mount" {
	sed -n 's/^#define CMDLINE_[A-Z_]* *"\([a-z._]*\)".*/\1/p' "$ROOT/shared/contract.h" | sort >words
	section vmconfig-init.8 'KERNEL COMMAND LINE' |
		sed -n 's/^\.It Cm \([a-z._]*\).*/\1/p' | sort >page
	same 'words of the command line' words page

	sed -n 's/^#define PORT_[A-Z]* *"\([a-z.]*\)".*/\1/p' "$ROOT/shared/contract.h" >ports
	while read -r port; do
		grep -qF "$port" "$ROOT/man/vmconfig-init.8" || fail "no port '$port'"
	done <ports

	sed -n 's/^    {"\([a-z0-9]*\)", "\([a-z/]*\)".*PHASE_\([A-Z]*\)},/\2 \1 \3/p' \
		"$ROOT/guest/phase_early_mounts.c" |
		sed 's/REQUIRED$/yes/; s/OPTIONAL$/no/' | sort >mounts
	[ -s mounts ]
	section vmconfig-init.8 MOUNTS |
		sed -n 's/^\.It Pa \([a-z/]*\) Ta \([a-z0-9]*\) Ta \([a-z]*\)$/\1 \2 \3/p' | sort >page
	same mounts mounts page
}

@test "vmconfig-init(8) has the report channel's lines" {
	# What the head of report.h shows stands in the page.
	grep -o '{"[a-z_]*":[^}]*}' "$ROOT/shared/report.h" | sed 's/N}/12}/' | sed 's/…/.../' >lines
	[ "$(wc -l <lines)" -ge 10 ]
	section vmconfig-init.8 'REPORT CHANNEL' | sed -z 's/,\n /,/g; s/\.It Li //g' >page
	while read -r line; do
		grep -qF "$line" page || fail "no line $line"
	done <lines
}

# The README's blocks in a language.
blocks() {
	sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$ROOT/README.md" | sed '/^```/d'
}

@test "the README's tour works" {
	blocks sh >tour
	[ -s tour ]
	mkdir bin
	ln -s "$VMCONFIG" bin/vmconfig
	PATH=$PWD/bin:$PATH sh -eu tour >shown 2>stderr
	[ ! -s stderr ] || fail "$(cat stderr)"
	grep -q '"cmd":\["--port","8080"\]' shown
	grep -q '"hostname":"web"' shown
	[ -s config.schema.json ]
	cp config.img first.img
	PATH=$PWD/bin:$PATH sh -eu tour >shown
	cmp config.img first.img
}

@test "the commands of README and vmconfig(1) have options that exist" {
	local command option
	{
		blocks console
		sed -n '/^\.Sh EXAMPLES/,/^\.Sh/p' "$ROOT/man/vmconfig.1" | sed 's/\\e$/\\/'
	} | sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' |
		grep -o 'vmconfig \(build\|show\|check\|explain\|run\) .*' >examples
	[ "$(wc -l <examples)" -ge 6 ]
	while read -r _ command rest; do
		rest=${rest%% -- *}
		"$VMCONFIG" help "$command" >listed
		for option in $rest; do
			case $option in
			--*) grep -q -e " $option " listed || fail "$command: no option '$option'" ;;
			-?) grep -q -e "^  $option, " listed || fail "$command: no option '$option'" ;;
			esac
		done
	done <examples
}

@test "files that the documents link to exist" {
	local file target
	for file in README.md CONTRIBUTING.md CHANGELOG.md; do
		grep -o '](\([^)#]*\))' "$ROOT/$file" | sed 's/^](//; s/)$//' | grep -v '^https://' >targets ||
			true
		while read -r target; do
			[ -e "$ROOT/$target" ] || fail "$file: '$target' is missing"
		done <targets
		# shellcheck disable=SC2016 # Markdown's quotes
		grep -o '`\(scripts\|image\|tests\|host\|guest\|shared\|man\)/[a-zA-Z0-9_./-]*`' "$ROOT/$file" |
			tr -d '`' >targets || true
		while read -r target; do
			case $target in *NAME* | *THING*) continue ;; esac
			[ -e "$ROOT/$target" ] || fail "$file: '$target' is missing"
		done <targets
	done
}
