# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Layouts with layers, for tests of `vmconfig rootfs`. Loaded after helper.

LAYER_TYPE=application/vnd.oci.image.layer.v1.tar

# make_tar FILE - an archive of the entries on standard input, one a line, made one by one so that it
# may be as odd as one likes:
#
#   dir|file|symlink|link|char|block|fifo PATH [WORD] [KEY=VALUE]…
#
# WORD is a file's content, a link's target or a device's MAJOR:MINOR. KEY is mode, uid, gid, mtime or
# size, or one of a pax header. \xNN stands for a byte.
make_tar() {
	python3 "$ROOT/tests/make_tar.py" "$1"
}

sha256() {
	sha256sum "$1" | cut -d ' ' -f 1
}

# An mkfs.erofs that is new enough is the one that is found.
need_erofs() {
	[ -x "$ROOT/build/erofs/mkfs.erofs" ] || skip_or_fail 'no mkfs.erofs: make build/erofs/mkfs.erofs'
	PATH=$ROOT/build/erofs:$PATH
}

# put_blob LAYOUT FILE - copy it into the layout, print its digest and size as JSON members.
put_blob() {
	mkdir -p "$1/blobs/sha256"
	cp "$2" "$1/blobs/sha256/$(sha256 "$2")"
	printf '"digest":"sha256:%s","size":%s' "$(sha256 "$2")" "$(stat -c %s "$2")"
}

# put_image LAYOUT DIFF_IDS LAYERS - an image "latest" of what stands in the two lists of JSON.
put_image() {
	local config manifest
	printf '{"architecture":"%s","os":"linux","config":{"Entrypoint":["/probe"]},"rootfs":{"type":"layers","diff_ids":[%s]}}' \
		"$(goarch)" "$2" >config.blob
	config=$(put_blob "$1" config.blob)
	printf '{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",%s},"layers":[%s]}' \
		"$config" "$3" >manifest.blob
	manifest=$(put_blob "$1" manifest.blob)
	printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",%s,"annotations":{"org.opencontainers.image.ref.name":"latest"}}]}' \
		"$manifest" >"$1/index.json"
	echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
}

# make_layout LAYOUT [none|gzip|zstd:]TAR… - an image of layers that are archives, compressed on the way.
make_layout() {
	local layout=$1 layers='' diff_ids='' layer tar type
	shift
	rm -rf "$layout"
	for layer; do
		tar=${layer#*:} type=$LAYER_TYPE
		cp "$tar" layer.blob
		case $layer in
		gzip:*) gzip -n -c "$tar" >layer.blob && type+=+gzip ;;
		zstd:*) zstd -q -c "$tar" >layer.blob && type+=+zstd ;;
		esac
		diff_ids+="${diff_ids:+,}\"sha256:$(sha256 "$tar")\""
		layers+="${layers:+,}{\"mediaType\":\"$type\",$(put_blob "$layout" layer.blob)}"
	done
	put_image "$layout" "$diff_ids" "$layers"
}

# make_image [OPTION…] - root.img of the layout "image", which must be a sound filesystem.
make_image() {
	run_vmconfig rootfs --image image -o root.img "$@"
	assert_status 0
	assert_stderr ''
	assert_sound root.img
}

# assert_sound IMAGE - e2fsck has nothing to say.
assert_sound() {
	e2fsck -fn "$1" >fsck.log 2>&1 || fail "e2fsck finds errors in $1" "$(cat fsck.log)"
	grep -q -i -e fix -e warning fsck.log || return 0
	fail "e2fsck complains of $1" "$(cat fsck.log)"
}

# files IMAGE DIR - the names in a directory, without its own lost+found.
files() {
	debugfs -R "ls -p $2" "$1" 2>/dev/null | cut -d / -f 6 | grep -v -x -e '\.' -e '\.\.' -e 'lost+found' -e '' |
		paste -s -d ' ' -
}

# content IMAGE PATH
content() {
	debugfs -R "cat $2" "$1" 2>/dev/null
}

# inode IMAGE PATH - what debugfs says of it.
inode() {
	debugfs -R "stat $2" "$1" 2>/dev/null
}

# assert_refused TEXT [OPTION…] - no image comes of the layout "image", and nothing is left.
assert_refused() {
	local text=$1
	shift
	mkdir -p out
	run_vmconfig rootfs --image image -o out/root.img "$@"
	assert_failure 1 "$text"
	[ -z "$(ls -A out)" ] || fail "left behind: $(ls -A out)"
}
