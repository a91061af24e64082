#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# OCI documents: what the golden cases cannot say, because it is about files around the document.

load helper

# bundle [ROOT-PATH] - a bundle in ./bundle; its root directory is not made.
bundle() {
	mkdir -p bundle
	cat >bundle/config.json <<-EOF2
		{"ociVersion":"1.0.2","process":{"args":["sh"],"cwd":"/"},"root":{"path":"${1:-rootfs}"}}
	EOF2
}

# layout DIR CONFIG REF - an image layout with one image and no layers.
layout() {
	local config manifest
	mkdir -p "$1/blobs/sha256"
	echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
	config=$(blob "$1" "$2")
	manifest=$(blob "$1" "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",$config},\"layers\":[]}")
	echo "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",$manifest,\"annotations\":{\"org.opencontainers.image.ref.name\":\"$3\"}}]}" >"$1/index.json"
}

# blob DIR TEXT - store it; prints its descriptor's digest and size.
blob() {
	local digest
	digest=$(printf %s "$2" | sha256sum | cut -d ' ' -f 1)
	printf %s "$2" >"$1/blobs/sha256/$digest"
	printf '"digest":"sha256:%s","size":%d' "$digest" "$(printf %s "$2" | wc -c)"
}

IMAGE='{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{"Cmd":["/srv"]}}'

@test "root.path is a directory beside the bundle or anywhere" {
	bundle
	run_vmconfig build --bundle bundle -o disk.img
	assert_failure 1 "bundle/config.json: /root/path: 'bundle/rootfs': No such file or directory"
	touch bundle/rootfs
	run_vmconfig build --bundle bundle -o disk.img
	assert_failure 1 "/root/path: 'bundle/rootfs' is no directory"
	rm bundle/rootfs
	mkdir bundle/rootfs
	run_vmconfig build --bundle bundle -o disk.img
	assert_status 0
	bundle "$PWD/bundle/rootfs"
	run_vmconfig build --bundle "$PWD/bundle" -o disk.img
	assert_status 0
	[ -z "$stderr" ]
	mkdir elsewhere
	bundle ../elsewhere
	run_vmconfig build --bundle bundle -o disk.img
	assert_status 0
	assert_stderr_contains "/root/path: '../elsewhere' may lead out of the bundle"
}

@test "check looks at root.path in a bundle, and not for a document alone" {
	bundle
	run_vmconfig check bundle
	assert_failure 1 '/root/path'
	run_vmconfig check bundle/config.json
	assert_status 0
	[ -z "$stderr" ]
}

@test "a bundle without config.json is named by the file" {
	mkdir empty
	run_vmconfig build --bundle empty -o disk.img
	assert_failure 1 "cannot open 'empty/config.json'"
	run_vmconfig check empty
	assert_failure 1 "'empty' holds neither config.json"
}

@test "an image in a layout gives what its config alone gives" {
	layout image "$IMAGE" v1
	printf %s "$IMAGE" >image.json
	"$VMCONFIG" build --image-config image.json -o alone.img
	"$VMCONFIG" build --image image -o all.img
	"$VMCONFIG" build --image image:v1 -o ref.img
	cmp alone.img all.img
	cmp alone.img ref.img
	run_vmconfig build --image image:v2 -o disk.img
	assert_status 1
	assert_stderr_contains v2
	[ ! -e disk.img ]
}

@test "check tells bundles, layouts and documents apart by what they hold" {
	local broken='{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{"Cmd":["/srv"],"User":":"}}'
	layout image "$broken" v1
	run_vmconfig check image
	assert_status 1
	assert_stderr_contains "/config/User: ':' has an empty part"
	run_vmconfig check image:v1
	assert_status 1
	assert_stderr_contains "/config/User: ':' has an empty part"
	printf %s "$broken" >image.json
	run_vmconfig check image.json
	assert_failure 1 "image.json: /config/User"
	echo '{"ociVersion":"1.0.0","root":{"path":"/"},"process":{"cwd":"x","args":["a"]}}' >runtime.json
	run_vmconfig check runtime.json
	assert_failure 1 "runtime.json: /process/cwd: 'x' is not an absolute path"
	echo '{"cmd":["a"],"workdir":"x"}' >config.json
	run_vmconfig check config.json
	assert_failure 1 "config.json: /workdir: 'x' is not an absolute path"
	echo '{"cmd":["a"]}' >config.json
	"$VMCONFIG" build --config config.json -o disk.img
	run_vmconfig check disk.img
	assert_status 0
	[ -z "$stderr" ]
}

@test "documents come from standard input too" {
	need jq
	printf %s "$IMAGE" | "$VMCONFIG" build --image-config - -o disk.img
	[ "$(disk_json disk.img .cmd)" = '["/srv"]' ]
	echo '{"cmd":["b"]}' | "$VMCONFIG" build --config - -o disk.img
	[ "$(disk_json disk.img .cmd)" = '["b"]' ]
}

@test "every form of User reaches the disk as numbers and names" {
	need jq
	local row form expected
	for row in 'app {"name":"app"}' '1000 {"uid":1000}' 'app:staff {"name":"app","group":"staff"}' \
		'1000:100 {"uid":1000,"gid":100}' '1000:staff {"uid":1000,"group":"staff"}' \
		'app:100 {"gid":100,"name":"app"}' '0 {"uid":0}'; do
		form=${row%% *}
		expected=${row#* }
		printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{"Cmd":["x"],"User":"%s"}}' \
			"$form" >image.json
		"$VMCONFIG" build --image-config image.json -o disk.img
		[ "$(disk_json disk.img .user)" = "$expected" ]
		printf %s "$IMAGE" >other.json
		"$VMCONFIG" build --image-config other.json -u "$form" -o disk.img
		[ "$(disk_json disk.img .user)" = "$expected" ]
	done
}

@test "names are left to the guest: the host's passwd plays no part" {
	need jq
	printf %s "$IMAGE" >image.json
	"$VMCONFIG" build --image-config image.json -u root:daemon -o disk.img
	[ "$(disk_json disk.img .user)" = '{"name":"root","group":"daemon"}' ]
}

@test "a config that was built says the same when it is built again" {
	cd "$ROOT/tests/cases"
	local case
	for case in */expect.json; do
		"$VMCONFIG" build --config "$case" -o "$BATS_TEST_TMPDIR/one.img"
		"$VMCONFIG" show "$BATS_TEST_TMPDIR/one.img" >"$BATS_TEST_TMPDIR/one.json"
		"$VMCONFIG" build --config "$BATS_TEST_TMPDIR/one.json" -o "$BATS_TEST_TMPDIR/two.img"
		cmp "$BATS_TEST_TMPDIR/one.img" "$BATS_TEST_TMPDIR/two.img"
		diff <(jq . "$case") <(jq . "$BATS_TEST_TMPDIR/one.json")
	done
}
