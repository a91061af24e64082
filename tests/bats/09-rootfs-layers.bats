#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `vmconfig rootfs --image`: what layers may be, format by format and case by case.

load helper
load rootfs

setup() {
	need python3 debugfs e2fsck zstd
	cd "$BATS_TEST_TMPDIR" || return
}

# put_typed TYPE FILE TAR - the image "image" of one layer: a blob that unpacks to TAR.
put_typed() {
	rm -rf image
	put_image image "\"sha256:$(sha256 "$3")\"" "{\"mediaType\":\"$1\",$(put_blob image "$2")}"
}

@test "every media type of OCI and of Docker" {
	local type
	echo 'file f text' | make_tar 1.tar
	gzip -n -c 1.tar >1.gz
	zstd -q -c 1.tar >1.zst
	while read -r type file; do
		put_typed "application/vnd.$type" "$file" 1.tar
		make_image
		[ "$(content root.img /f)" = text ] || fail "$type"
		cmp root.img first.img 2>/dev/null || [ ! -e first.img ] || fail "$type makes something else"
		cp root.img first.img
	done <<-'END'
		oci.image.layer.v1.tar 1.tar
		oci.image.layer.v1.tar+gzip 1.gz
		oci.image.layer.v1.tar+zstd 1.zst
		oci.image.layer.nondistributable.v1.tar 1.tar
		oci.image.layer.nondistributable.v1.tar+gzip 1.gz
		oci.image.layer.nondistributable.v1.tar+zstd 1.zst
		docker.image.rootfs.diff.tar 1.tar
		docker.image.rootfs.diff.tar.gzip 1.gz
		docker.image.rootfs.diff.tar.zstd 1.zst
		docker.image.rootfs.foreign.diff.tar.gzip 1.gz
	END
	# The type says what it is, not the bytes.
	put_typed "$LAYER_TYPE+gzip" 1.zst 1.tar
	assert_refused 'layer 1: gzip: incorrect header check'
	put_typed "$LAYER_TYPE+zstd" 1.gz 1.tar
	assert_refused 'layer 1: zstd: '
}

@test "an image as Docker describes it" {
	printf 'file f text\n' | make_tar 1.tar
	gzip -n -c 1.tar >1.gz
	put_typed application/vnd.docker.image.rootfs.diff.tar.gzip 1.gz 1.tar
	# The same with Docker's own types for the manifest and the config.
	sed 's|application/vnd.oci.image.config.v1+json|application/vnd.docker.container.image.v1+json|
		s|"schemaVersion":2,|&"mediaType":"application/vnd.docker.distribution.manifest.v2+json",|' \
		manifest.blob >docker.blob
	printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.docker.distribution.manifest.v2+json",%s}]}' \
		"$(put_blob image docker.blob)" >image/index.json
	make_image
	[ "$(content root.img /f)" = text ]
}

@test "members of gzip and frames of zstd one after the other, and digests of SHA-512" {
	echo 'file f text' | make_tar 1.tar
	{ head -c 700 1.tar | gzip -n && tail -c +701 1.tar | gzip -n; } >1.gz
	put_typed "$LAYER_TYPE+gzip" 1.gz 1.tar
	make_image
	[ "$(content root.img /f)" = text ]
	# A frame that is skipped, as pzstd and zstd:chunked have them.
	{ printf '\x50\x2a\x4d\x18\x04\x00\x00\x00skip' && head -c 700 1.tar | zstd -q && tail -c +701 1.tar | zstd -q; } >1.zst
	put_typed "$LAYER_TYPE+zstd" 1.zst 1.tar
	make_image
	[ "$(content root.img /f)" = text ]

	local blob diff
	blob=$(sha512sum 1.gz | cut -d ' ' -f 1) diff=$(sha512sum 1.tar | cut -d ' ' -f 1)
	rm -rf image
	mkdir -p image/blobs/sha512
	cp 1.gz "image/blobs/sha512/$blob"
	put_image image "\"sha512:$diff\"" "{\"mediaType\":\"$LAYER_TYPE+gzip\",\"digest\":\"sha512:$blob\",\"size\":$(stat -c %s 1.gz)}"
	make_image
	[ "$(content root.img /f)" = text ]
	put_image image "\"sha512:${diff/[0-9]/a}\"" "{\"mediaType\":\"$LAYER_TYPE+gzip\",\"digest\":\"sha512:$blob\",\"size\":$(stat -c %s 1.gz)}"
	assert_refused 'has another digest than its diff_id'
}

@test "sparse files in every form that GNU tar has had" {
	local form
	truncate -s 9M sparse
	for at in 0 1000 3000 4095 8000 9215; do
		printf 'piece at %s' $at | dd of=sparse bs=1K seek=$at conv=notrunc status=none
	done
	truncate -s 9437184 sparse
	# More pieces than a header of the old form has room for.
	for form in --format={gnu,oldgnu} --sparse-version={0.0,0.1,1.0}; do
		case $form in
		--format=*) tar -S "$form" -cf 1.tar sparse ;;
		*) tar -S --format=pax "$form" -cf 1.tar sparse ;;
		esac
		make_layout image 1.tar
		make_image
		debugfs -R 'dump /sparse copy' root.img 2>/dev/null
		cmp sparse copy || fail "$form"
		inode root.img /sparse | grep -q 'Blockcount: [1-9][0-9]$' || fail "$form" "$(inode root.img /sparse)"
	done
}

@test "hard links across layers lead to what they led to, whatever becomes of the other name" {
	make_tar 1.tar <<-'END'
		file replaced below mode=0600 uid=7
		file removed kept mode=0711
		dir d
		file d/inside deep
		file first 1
	END
	make_tar 2.tar <<-'END'
		link r2 replaced
		link x2 removed
		link d2 d/inside
	END
	make_tar 3.tar <<-'END'
		file replaced above
		file .wh.removed
		file .wh.d
		link x3 x2
		link first r2
	END
	make_layout image 1.tar gzip:2.tar zstd:3.tar
	make_image
	[ "$(files root.img /)" = 'd2 first r2 replaced x2 x3' ] || fail "$(files root.img /)"
	[ "$(content root.img /replaced)" = above ]
	[ "$(content root.img /r2)" = below ]
	[ "$(content root.img /first)" = below ]
	[ "$(content root.img /x3)" = kept ]
	[ "$(content root.img /d2)" = deep ]
	inode root.img /r2 | grep -q 'Links: 2 '
	inode root.img /r2 | grep -q 'Mode:  0600'
	inode root.img /r2 | grep -q 'User:     7'
	inode root.img /x3 | grep -q 'Links: 2 '
	inode root.img /replaced | grep -q 'Links: 1 '
}

@test "a path of 4095 bytes, a name of 255 and a target of 4095" {
	local deep name target
	name=$(printf '%0255d' 7)
	deep=$(printf "$name/%.0s" {1..15})$(printf '%0255d' 8)
	[ ${#deep} = 4095 ]
	target=$(printf '%04095d' 9)
	printf 'file %s text\nsymlink link %s\n' "$deep" "$target" | make_tar 1.tar
	make_layout image 1.tar
	make_image
	[ "$(content root.img "/$deep")" = text ]
	inode root.img /link | grep -q 'Size: 4095'
	printf 'file %s text\n' "x$deep" | make_tar 1.tar
	make_layout image 1.tar
	assert_refused '(MAX_'
	printf 'symlink link %sx\n' "$target" | make_tar 1.tar
	make_layout image 1.tar
	assert_refused 'it leads to 4096 bytes, of 1 to 4095 (MAX_TARGET_BYTES)'
}

@test "what a pax header says is right, or an error" {
	local record
	# libarchive takes the first for a file of root, and keeps what stands before a NUL.
	for record in uid=x gid=-1 size=1x mtime=soon 'path=a\x00b' 'linkpath=a\x00b' uid=99999999999999999999 \
		SCHILY.acl.access=nonsense GNU.sparse.major=x; do
		python3 - "$record" <<-'END'
			import re, sys, tarfile
			text = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), sys.argv[1].encode())
			def record(text):
			    n = len(text) + 2
			    while len(b"%d %s\n" % (n, text)) != n:
			        n = len(b"%d %s\n" % (n, text))
			    return b"%d %s\n" % (n, text)
			body = record(text)
			header = tarfile.TarInfo("pax")
			header.type, header.size = tarfile.XHDTYPE, len(body)
			file = tarfile.TarInfo("f")
			file.uid = 1000
			with open("1.tar", "wb") as out:
			    out.write(header.tobuf(tarfile.USTAR_FORMAT) + body + b"\0" * (-len(body) % 512))
			    out.write(file.tobuf(tarfile.USTAR_FORMAT) + b"\0" * 1024)
		END
		make_layout image 1.tar
		assert_refused "layer 1: entry "
		assert_stderr_contains "${record%%=*}"
	done
}

# written COMMAND… - bytes that a command and its children have written.
written() {
	# shellcheck disable=SC2016 # expanded by that shell
	sh -c '"$@" && cat /proc/$$/io' sh "$@" | awk '/^wchar:/ { print $2 }'
}

@test "each file is written once, and what an upper layer replaces not at all" {
	local bytes
	head -c 8000000 /dev/urandom >f
	tar -cf 1.tar f
	head -c 8000000 /dev/urandom >f
	tar -cf 2.tar f
	make_layout image gzip:1.tar zstd:2.tar
	bytes=$(written "$VMCONFIG" rootfs --image image -o root.img)
	[ "$bytes" -gt 8000000 ]
	[ "$bytes" -lt 8400000 ] || fail "$bytes bytes are written"
	mkdir tree
	cp f tree/f
	ln tree/f tree/link
	bytes=$(written "$VMCONFIG" rootfs --dir tree -o root.img)
	[ "$bytes" -lt 8400000 ] || fail "$bytes bytes are written of a directory"
}
