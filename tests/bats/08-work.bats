#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# That twice the document is twice the work: instructions are counted, by callgrind, never time.

load helper
load layout

OCI='"ociVersion":"1.2.0","root":{"path":"r"}'
PROCESS='"process":{"cwd":"/","args":["x"],"user":{"uid":0,"gid":0}'
IMAGE='"architecture":"a","os":"linux"'
ROOTFS='"rootfs":{"type":"layers","diff_ids":[]}'

# repeat COUNT TEXT - TEXT so many times with commas between; & in it counts.
repeat() {
	seq "$1" | sed "s|.*|$2|" | paste -sd ,
}

# fill COUNT CHARACTER
fill() {
	head -c "$1" /dev/zero | tr '\0' "$2"
}

# count COMMAND… - how many instructions it takes.
count() {
	local said
	said=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
		sed -n 's/.*Collected : \([0-9]*\).*/\1/p')
	[ -n "$said" ] || fail "valgrind counted nothing for $*"
	echo "$said"
}

# work FILE - how many instructions `vmconfig check` takes for it.
work() {
	count "$VMCONFIG" check "$1"
}

# image_work OPTION SOURCE - how many `vmconfig rootfs` takes, which another program does.
image_work() {
	count "$(dirname "$VMCONFIG")/vmconfig-image" rootfs "$1" "$2" -o made.img
	# That it was done to the end.
	[ -s made.img ] || fail "no image of $2"
	mv made.img "${2##*/}.img"
}

# twice NAME LEAST ONE TWO - what one takes and what twice as much takes, beyond what the least does.
twice() {
	# What is refused at its beginning costs the same however long it is, and proves nothing.
	[ $((($4 - $2) * 100)) -ge $((($3 - $2) * 150)) ] ||
		fail "$1: $3 instructions, and only $4 for twice as much: it is not read to its end"
	# n log n is 2.15.
	[ $((($4 - $2) * 100)) -le $((($3 - $2) * 220)) ] ||
		fail "$1: $3 instructions, and $4 for twice as much"
}

# linear NAME COMMAND… - COMMAND prints a document of so many parts as it is told by its last argument.
linear() {
	local name=$1 one two
	shift
	"$@" 5000 >one.json
	"$@" 10000 >two.json
	one=$(work one.json)
	two=$(work two.json)
	twice "$name" "$least" "$one" "$two"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	need valgrind
	echo '{}' >least.json
	least=$(work least.json)
}

# many BEFORE ITEM AFTER COUNT
many() {
	printf '%s%s%s' "$1" "$(repeat "$4" "$2")" "$3"
}

@test "objects of many members, right and wrong" {
	linear annotations many "{$OCI,\"annotations\":{" '"k&":"v"' '}}'
	linear 'unknown keys' many "{$OCI," '"k&":1' '}'
	linear 'keys that stand twice' many '{' '"k":1' '}'
	linear sysctl many "{$OCI,\"linux\":{\"sysctl\":{" '"a.k&":"v"' '}}}'
	linear unified many "{$OCI,\"linux\":{\"resources\":{\"unified\":{" '"k&":"v"' '}}}}'
	linear rdma many "{$OCI,\"linux\":{\"resources\":{\"rdma\":{" '"k&":{}' '}}}}'
	linear labels many "{$IMAGE,$ROOTFS,\"config\":{\"Labels\":{" '"k&":"v"' '}}}'
	linear volumes many "{$IMAGE,$ROOTFS,\"config\":{\"Volumes\":{" '"/k&":{}' '}}}'
	linear 'own variables' many '{"cmd":["x"],"env":{' '"k&":"v"' '}}'
}

@test "lists of many entries, right and wrong" {
	linear variables many "{$OCI,$PROCESS,\"env\":[" '"K&=v"' ']}}'
	linear 'one variable' many "{$OCI,$PROCESS,\"env\":[" '"K=&"' ']}}'
	linear 'no variables' many "{$OCI,$PROCESS,\"env\":[" '"K"' ']}}'
	linear arguments many "{$OCI,\"process\":{\"cwd\":\"/\",\"args\":[" '"a&"' ']}}'
	linear groups many "{$OCI,\"process\":{\"cwd\":\"/\",\"args\":[\"x\"],\"user\":{\"additionalGids\":[" '&' ']}}}'
	linear 'unknown capabilities' many "{$OCI,$PROCESS,\"capabilities\":{\"effective\":[" '"CAP_&"' ']}}}'
	linear 'masked paths' many "{$OCI,\"linux\":{\"maskedPaths\":[" '"/k&"' ']}}'
	linear 'system calls' many "{$OCI,\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{
		\"action\":\"SCMP_ACT_ERRNO\",\"names\":[" '"c&"' ']}]}}}'
	linear 'device rules' many "{$OCI,\"linux\":{\"resources\":{\"devices\":[" '{"allow":true,"access":"q"}' ']}}}'
	linear layers many "{$IMAGE,\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" '"x:&"' ']}}'
	linear history many "{$IMAGE,$ROOTFS,\"history\":[" '{"created":"x"}' ']}'
	linear 'own hosts' many '{"cmd":["x"],"hosts":[{"ip":"192.0.2.1","names":[' '"k&"' ']}]}'
}

# The document is as long as the count says, ten times and more.
brackets() {
	fill $((10 * $1)) '['
}

a_string() {
	printf '{"cmd":["%s"]}' "$(fill $((10 * $1)) x)"
}

a_deep_path() {
	printf '{"cmd":["x"],"volume_mounts":[{"device":"label=a","path":"%s"}]}' "$(repeat "$1" /a)"
}

escapes() {
	printf '{"cmd":["%s"]}' "$(repeat "$1" '\\u0041')"
}

digits() {
	printf '{"stop_timeout":%s}' "$(fill $((10 * $1)) 9)"
}

spaces() {
	printf '{"cmd":["x"]%s}' "$(fill $((10 * $1)) ' ')"
}

lines() {
	printf '{"cmd":["x"]'
	fill $((10 * $1)) '\n'
	printf ',"cmd":1}'
}

@test "long strings, numbers, spaces and brackets" {
	linear brackets brackets
	linear string a_string
	linear 'a deep path' a_deep_path
	linear escapes escapes
	linear digits digits
	linear spaces spaces
	linear lines lines
}

@test "a layout of many entries" {
	mkdir -p one/blobs/sha256 two/blobs/sha256
	local dir entry one two
	entry='{"mediaType":"a/b","digest":"sha256:'$(fill 58 0)'&","size":1}'
	for dir in one two; do
		echo '{"imageLayoutVersion":"1.0.0"}' >$dir/oci-layout
	done
	# Digests that are well-formed and all different, and no blobs.
	printf '{"schemaVersion":2,"manifests":[%s]}' "$(seq -f %06.0f 2000 | sed "s|.*|$entry|" | paste -sd ,)" >one/index.json
	printf '{"schemaVersion":2,"manifests":[%s]}' "$(seq -f %06.0f 4000 | sed "s|.*|$entry|" | paste -sd ,)" >two/index.json
	one=$(work one)
	two=$(work two)
	twice 'entries of a layout' "$least" "$one" "$two"
}

# names COUNT - a directory "COUNT" of so many empty files, and the image "image-COUNT" that has it as
# its layer.
names() {
	local layer document
	mkdir "$1"
	(cd "$1" && seq -f 'name-%g' "$1" | xargs -r touch)
	tar -cf layer.tar --sort=name -C "$1" .
	new_layout "image-$1"
	layer=$(put_blob "image-$1" application/vnd.oci.image.layer.v1.tar <layer.tar)
	document=$(jq -nc --arg id "sha256:$(sha256sum <layer.tar | cut -d ' ' -f 1)" \
		'{architecture: "amd64", os: "linux", rootfs: {type: "layers", diff_ids: [$id]}}' |
		put_blob "image-$1" "$CONFIG")
	put_index "image-$1" "$(printf '{"schemaVersion":2,"config":%s,"layers":[%s]}' "$document" "$layer" |
		put_blob "image-$1" "$MANIFEST" "$(platform "$(goarch)")")"
}

@test "root filesystems of many names, from a directory and from a layer" {
	local count
	for count in 0 2000 4000; do
		names "$count"
	done
	twice 'a directory' "$(image_work --dir 0)" "$(image_work --dir 2000)" "$(image_work --dir 4000)"
	twice 'a layer' "$(image_work --image image-0)" "$(image_work --image image-2000)" \
		"$(image_work --image image-4000)"
	# They have all the names.
	debugfs -R 'stat /name-4000' image-4000.img 2>/dev/null | grep -q 'Type: regular'
	debugfs -R 'stat /name-4000' 4000.img 2>/dev/null | grep -q 'Type: regular'
}
