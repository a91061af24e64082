#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Layers that somebody has been at: `vmconfig rootfs` says which layer and entry, and leaves nothing.

load helper
load rootfs

setup() {
	need python3 e2fsck zstd
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[ -z "${crowd:-}" ] || rm -rf "$crowd"
}

# refuse TEXT - an image whose second layer has the entries on standard input.
refuse() {
	printf 'dir etc\nfile etc/below 1\nsymlink link etc\n' | make_tar lower.tar
	make_tar upper.tar
	make_layout image lower.tar gzip:upper.tar
	assert_refused "$1"
	assert_stderr_contains 'layer 2: entry '
}

@test "names that lead out, or are too long or too deep" {
	local name deep
	refuse "entry 'a/../../x': its name has a '..'" <<<'file a/../../x 1'
	refuse "entry '../': its name has a '..'" <<<'dir ..'
	refuse "entry 'etc/../': its name has a '..'" <<<'dir etc/..'
	name=$(printf '%0256d' 0)
	refuse 'a component of its name is longer than 255 bytes (MAX_NAME_BYTES)' <<<"file $name 1"
	deep=$(printf 'a/%.0s' {1..1025})
	refuse 'it is within more than 1024 directories (MAX_TREE_DEPTH)' <<<"file ${deep}f 1"
	deep=$(printf 'abcdefghi/%.0s' {1..410})
	refuse 'its name is longer than 4095 bytes (MAX_PATH_BYTES)' <<<"file ${deep}f 1"
}

@test "parents that are no directories, and circles of symbolic links" {
	refuse "entry 'etc/below/x': 'below' on its way is no directory" <<<'file etc/below/x 1'
	refuse "more than 40 symbolic links on its way: they lead in circles" <<-'END'
		symlink a b
		symlink b a
		file a/x 1
	END
	refuse "more than 40 symbolic links on its way: they lead in circles" <<-'END'
		symlink self self/x
		file self/y 1
	END
}

@test "links out of the tree stay in it" {
	mkdir out
	printf 'symlink out /../../..%s/out\nfile out/written 1\n' "$PWD" | make_tar upper.tar
	make_layout image upper.tar
	make_image
	[ -z "$(ls -A out)" ]
	[ "$(content root.img "$PWD/out/written")" = 1 ]
}

@test "hard links to what is missing, outside, a directory, or themselves" {
	refuse "entry 'x': it is a hard link to 'nothing', which is missing" <<<'link x nothing'
	refuse "entry 'x': it is a hard link to '../../etc/passwd', of which: its name has a '..'" \
		<<<'link x ../../etc/passwd'
	refuse "entry 'x': it is a hard link to the directory 'etc'" <<<'link x etc'
	refuse "entry 'etc/below': it is a hard link to itself" <<<'link etc/below etc/below'
	refuse "entry 'x': it is a hard link to 'none/x', which is missing" <<<'link x none/x'
	# What makes room for the link is what holds its target.
	printf 'dir d\nfile d/f text\n' | make_tar lower.tar
	echo 'link d d/f' | make_tar upper.tar
	make_layout image lower.tar upper.tar
	make_image
	[ "$(content root.img /d)" = text ]
	inode root.img /d | grep -q 'Links: 1 '
}

@test "an entry twice, a root that is no directory, whiteouts of nothing, unknown types" {
	refuse "entry 'x': the layer has it twice" <<-'END'
		file x 1
		file x 2
	END
	refuse "entry 'link/x': the layer has it twice" <<-'END'
		file etc/x 1
		file link/x 2
	END
	refuse "the root can only be a directory" <<<'file ./ 1'
	refuse "a whiteout of no file" <<<'file .wh. 1'
	refuse "a whiteout of no file" <<<'file etc/.wh... 1'
	echo 'file x 1' | make_tar odd.tar
	python3 - <<-'END'
		block = bytearray(open("odd.tar", "rb").read())
		block[156] = ord("Z")
		block[148:156] = b" " * 8
		block[148:156] = b"%06o\0 " % sum(block[:512])
		open("odd.tar", "wb").write(block)
	END
	make_layout image odd.tar
	assert_refused "layer 1: entry 'x': it is of a type that is not known, 'Z'"
}

@test "owners, devices, attributes and links that ext4 has no place for" {
	refuse "owner 4294967295:0 is out of range" <<<'file x 1 uid=4294967295'
	refuse "device 1:2000000 is out of range" <<<'char x 1:2000000'
	refuse "'system.posix_acl_access' is no ACL" <<<'file x 1 SCHILY.xattr.system.posix_acl_access=abc'
	printf 'file x 1 SCHILY.xattr.user.large=%05000d\n' 7 | make_tar upper.tar
	make_layout image upper.tar
	assert_refused "'x': attribute 'user.large' of 5000 bytes has no place in ext4"
}

@test "archives that are damaged, end early, or are followed by something" {
	head -c 100000 /dev/urandom >f
	tar -cf good.tar f
	head -c 50000 good.tar >short.tar
	make_layout image gzip:short.tar
	assert_refused "layer 1: entry 'f': the archive ends in the middle of it"
	{ cat good.tar && echo garbage; } >long.tar
	make_layout image zstd:long.tar
	assert_refused "layer 1: entry 2: something other than zeros follows the end of the archive"
	head -c 2000 /dev/urandom >noise.tar
	make_layout image noise.tar
	assert_refused "layer 1: entry 1: here is no header of a tar archive: its checksum is wrong"
	printf '%s' 30 | dd of=good.tar bs=1 seek=126 conv=notrunc status=none
	make_layout image good.tar
	assert_refused "its checksum is wrong"
}

# damage FILTER CODEC - the layer's blob goes through a filter after the image was made of it, and
# the image agrees with what came out.
damage() {
	head -c 100000 /dev/urandom >f
	tar -cf good.tar f
	case $2 in
	gzip) gzip -n -c good.tar | sh -c "$1" >layer.blob ;;
	zstd) zstd -q -c good.tar | sh -c "$1" >layer.blob ;;
	esac
	rm -rf image
	put_image image "\"sha256:$(sha256 good.tar)\"" \
		"{\"mediaType\":\"$LAYER_TYPE+$2\",$(put_blob image layer.blob)}"
}

@test "compression that ends early, is followed by something, or is none" {
	for codec in gzip zstd; do
		damage 'head -c 5000' $codec
		assert_refused "layer 1: $codec: it ends in the middle"
		damage 'cat && echo garbage' $codec
		assert_refused "layer 1: $codec: "
		damage 'tail -c +9' $codec
		assert_refused "layer 1: $codec: "
		damage : $codec
		assert_refused "layer 1: $codec: it ends in the middle"
	done
	# Several parts are allowed, and an empty one.
	head -c 100000 /dev/urandom >f
	tar -cf good.tar f
	{ head -c 5000 good.tar | gzip -n; tail -c +5001 good.tar | gzip -n; gzip -n </dev/null; } >layer.blob
	put_image image "\"sha256:$(sha256 good.tar)\"" \
		"{\"mediaType\":\"$LAYER_TYPE+gzip\",$(put_blob image layer.blob)}"
	make_image
}

@test "digests, sizes, media types and diff_ids that are not right" {
	local blob
	echo 'file x 1' | make_tar 1.tar
	make_layout image gzip:1.tar
	blob=image/blobs/sha256/$(sha256 layer.blob)
	cp "$blob" kept
	printf x | dd of="$blob" bs=1 seek=30 conv=notrunc status=none
	assert_refused "$blob: layer 1: it has other content, its digest differs"
	echo >>"$blob"
	assert_refused "$blob: layer 1: it has "
	rm "$blob"
	assert_refused "$blob: layer 1: cannot open it: No such file"
	ln -s "$PWD/kept" "$blob"
	assert_refused "$blob: layer 1: cannot open it: "

	put_image image '"sha256:0123"' "{\"mediaType\":\"$LAYER_TYPE\",$(put_blob image 1.tar)}"
	assert_refused "/rootfs/diff_ids/0: 'sha256:0123' is neither 'sha256:' nor 'sha512:'"
	put_image image "\"sha256:$(sha256 kept)\"" "{\"mediaType\":\"$LAYER_TYPE\",$(put_blob image 1.tar)}"
	assert_refused "layer 1: what it unpacks to has another digest than its diff_id"
	put_image image '' "{\"mediaType\":\"$LAYER_TYPE\",$(put_blob image 1.tar)}"
	assert_refused '/rootfs/diff_ids: are 0, but'
	put_image image "\"sha256:$(sha256 1.tar)\"" "{\"mediaType\":\"$LAYER_TYPE+encrypted\",$(put_blob image 1.tar)}"
	assert_refused "media type '$LAYER_TYPE+encrypted' is no layer that can be read"
}

@test "bombs: bytes, entries, expansion, claims" {
	printf 'file x 1\nfile y 22\n' | make_tar 1.tar
	make_layout image 1.tar
	assert_refused "entry 'y': there are more than 1 entries (--max-entries)" --max-entries 1
	assert_refused "entry 'y': files have more than 2 bytes (--max-bytes)" --max-bytes 2
	head -c 80000000 /dev/zero >zeros
	tar -cf 1.tar zeros
	make_layout image zstd:1.tar
	assert_refused "it unpacks to more than 1000 times its size (MAX_LAYER_EXPANSION)"
	# A size without the bytes takes neither memory nor time.
	refuse "files have more than 68719476736 bytes (--max-bytes)" <<<'file x 1 size=1099511627776'
	refuse "entry 'x': the archive ends in the middle of it" <<<'file x 1 size=8589934591'
	refuse "it is larger than a file can be (16 TiB)" <<<'file x 0 size=0 GNU.sparse.realsize=9223372036854775807'
	refuse "its sparse map does not match its size" <<<'file x 1 GNU.sparse.realsize=1099511627776 GNU.sparse.map=0,1099511627776'
}

@test "pieces between holes cost what they have, and count as the blocks that they take" {
	# A file of 60 GiB with 60,000 pieces, each the last byte of a MiB.
	python3 - >pieces.map <<-'END'
		print(",".join("%d,1" % ((i << 20) + (1 << 20) - 1) for i in range(60000)))
	END
	head -c 60000 /dev/zero | tr '\0' x >data
	python3 - <<-'END'
		import tarfile
		info = tarfile.TarInfo("pieces")
		info.size = 60000
		info.pax_headers = {
		    "GNU.sparse.map": open("pieces.map").read().strip(),
		    "GNU.sparse.size": str(60000 << 20),
		}
		with tarfile.open("1.tar", "w", format=tarfile.PAX_FORMAT) as tar:
		    tar.addfile(info, open("data", "rb"))
	END
	make_layout image gzip:1.tar
	make_image --max-bytes 245760000
	inode root.img /pieces | grep -q 'Size: 62914560000'
	assert_refused "entry 'pieces': files have more than 245759999 bytes (--max-bytes)" --max-bytes 245759999
}

@test "attributes take memory: those of all layers together have a limit" {
	python3 - <<-'END'
		import tarfile
		record = b"1048576 SCHILY.xattr.user.x="
		body = record + b"y" * (1048576 - len(record) - 1) + b"\n"
		header = tarfile.TarInfo("pax")
		header.type, header.size = tarfile.XHDTYPE, len(body)
		with open("1.tar", "wb") as out:
		    for number in range(60):
		        out.write(header.tobuf(tarfile.USTAR_FORMAT) + body)
		        out.write(tarfile.TarInfo("f%d" % number).tobuf(tarfile.USTAR_FORMAT))
		    out.write(b"\0" * 1024)
	END
	# The same blob, nine times.
	local id layer
	id="\"sha256:$(sha256 1.tar)\"" layer="{\"mediaType\":\"$LAYER_TYPE\",$(put_blob image 1.tar)}"
	put_image image "$id$(printf ",$id%.0s" {2..9})" "$layer$(printf ',%s' "$layer"{,,,,,,,})"
	assert_refused "layer 9: entry 33: there are headers of more than 536870912 bytes (MAX_TAR_HEADERS)"
}

@test "a directory of 1024 levels, and one of more" {
	nest() {
		mkdir tree
		python3 - "$1" <<-'END'
			import os, sys
			at = os.open("tree", os.O_RDONLY)
			for level in range(int(sys.argv[1])):
			    os.mkdir("d", dir_fd=at)
			    below = os.open("d", os.O_RDONLY, dir_fd=at)
			    os.close(at)
			    at = below
		END
	}
	nest 1024
	(
		ulimit -S -n 64
		run_vmconfig rootfs --dir tree -o root.img
		assert_status 0
	)
	assert_sound root.img
	rm -rf tree
	nest 1025
	run_vmconfig rootfs --dir tree -o out.img
	assert_failure 1 'it is within more than 1024 directories (MAX_TREE_DEPTH)'
	rm -rf tree
}

@test "a file of more names than can be counted" {
	# Where a filesystem can count further than ext4, which the one of this directory may be.
	crowd=$(mktemp -d /dev/shm/vmconfig.XXXXXX)
	python3 - "$crowd" <<-'END'
		import os, sys
		os.chdir(sys.argv[1])
		open("f", "w").close()
		for number in range(65000):
		    os.link("f", "l%d" % number)
	END
	run_vmconfig rootfs --dir "$crowd" -o root.img
	assert_failure 1 'it has more than 65000 names (MAX_HARD_LINKS)'
	tar -cf 1.tar -C "$crowd" .
	make_layout image zstd:1.tar
	assert_refused 'has more than 65000 names (MAX_HARD_LINKS)'
	rm "$crowd/l7"
	tar -cf 1.tar -C "$crowd" .
	make_layout image zstd:1.tar
	make_image
	inode root.img /f | grep -q 'Links: 65000 '
}

@test "nothing is left behind by a signal, and an older image stays" {
	head -c 20000000 /dev/urandom >f
	tar -cf 1.tar f
	make_layout image gzip:1.tar
	mkdir out
	echo older >out/root.img
	begun() {
		[ -n "$(find out -name '.vmconfig-*')" ]
	}
	for signal in INT TERM HUP; do
		# A shell lets what it has in the background ignore some signals.
		env --default-signal=INT "$VMCONFIG" rootfs --image image -o out/root.img 2>/dev/null &
		pid=$!
		# Or all is over already.
		wait_until $pid begun 2>/dev/null || true
		kill -s $signal $pid 2>/dev/null || true
		wait $pid || true
		[ "$(ls -A out)" = root.img ] || fail "left behind: $(ls -A out)"
	done
	(
		ulimit -f 1024
		run_vmconfig rootfs --image image -o out/root.img
		assert_failure 1 "cannot write 'out/root.img': File too large"
	)
	[ "$(ls -A out)" = root.img ]
}
