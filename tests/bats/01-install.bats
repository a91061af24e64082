#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What `make install` puts in place, and that it is taken away again.

load helper

# make_here WORD… - the project's make, not one that is at work and has run this test.
make_here() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$ROOT" --no-print-directory "$@"
}

setup() {
	need make
	make_here -q all || skip_or_fail 'not all is built: make all'
	cd "$BATS_TEST_TMPDIR" || return
}

@test "the programs, the manual pages and the completion are installed, and taken away" {
	local page
	make_here -s install DESTDIR="$PWD/to" prefix=/usr/local
	{
		printf '%s\n' bin/vmconfig lib/vmconfig/vmconfig-image lib/vmconfig/init \
			share/bash-completion/completions/vmconfig
		for page in "$ROOT"/man/*.[158]; do
			echo "share/man/man${page##*.}/${page##*/}"
		done
	} | sort >expected
	(cd to/usr/local && find . -type f -printf '%P\n') | sort >installed
	diff -u expected installed
	[ "$(to/usr/local/bin/vmconfig --version)" = "$("$VMCONFIG" --version)" ]
	make_here -s uninstall DESTDIR="$PWD/to" prefix=/usr/local
	[ -z "$(find to -type f)" ]
	[ ! -e to/usr/local/lib/vmconfig ]
}

@test "with another prefix the programs look for each other there, with the same nothing is built" {
	make_here -n install DESTDIR=/to >said
	! grep -q LIBDIR said || fail "$(cat said)"
	make_here -n install DESTDIR=/to prefix=/opt/v >said
	grep -F -e "-DVMCONFIG_LIBDIR='\"/opt/v/lib/vmconfig\"'" said >compiled
	grep -q image_tool.c compiled
	grep -q boot_files.c compiled
	grep -q init_file.c compiled
	grep -q "^install .* /to/opt/v/lib/vmconfig/vmconfig-image\$" said
}
