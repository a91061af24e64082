#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make a tar archive of the entries on standard input; tests/bats/rootfs.bash says how."""
import os
import re
import sys
import tarfile

TYPES = {
    "dir": tarfile.DIRTYPE,
    "file": tarfile.REGTYPE,
    "symlink": tarfile.SYMTYPE,
    "link": tarfile.LNKTYPE,
    "char": tarfile.CHRTYPE,
    "block": tarfile.BLKTYPE,
    "fifo": tarfile.FIFOTYPE,
}


def unescape(word):
    """\\xNN as that byte, in a string as tarfile wants it."""
    raw = re.sub(
        rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), word.encode()
    )
    return raw.decode("utf-8", "surrogateescape")


def make_entry(words):
    kind, path, *rest = [unescape(word) for word in words]
    info = tarfile.TarInfo(path)
    info.type = TYPES[kind]
    info.mode = 0o755 if kind == "dir" else 0o644
    data = b""
    for word in rest:
        key, equals, value = word.partition("=")
        if equals and key in ("mode", "uid", "gid", "mtime", "size") and "." not in value:
            setattr(info, key, int(value, 8 if key == "mode" else 10))
        elif equals:
            info.pax_headers[key] = value
        elif kind in ("symlink", "link"):
            info.linkname = word
        elif kind in ("char", "block"):
            info.devmajor, info.devminor = (int(n) for n in word.split(":"))
        else:
            data = os.fsencode(word)
            info.size = len(data)
    return info, data


def main():
    with open(sys.argv[1], "wb") as out:
        for line in sys.stdin:
            if not line.strip():
                continue
            info, data = make_entry(line.split())
            out.write(info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))
            out.write(data + b"\0" * (-len(data) % 512))
        out.write(b"\0" * 1024)


main()
