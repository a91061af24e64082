#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Print all that a directory holds, a line for each name: what two trees must have in common."""
import hashlib
import os
import stat
import sys


def content(path, info):
    if stat.S_ISLNK(info.st_mode):
        return os.readlink(path)
    if stat.S_ISREG(info.st_mode):
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    if stat.S_ISCHR(info.st_mode) or stat.S_ISBLK(info.st_mode):
        return "%d:%d" % (os.major(info.st_rdev), os.minor(info.st_rdev))
    return ""


def xattrs(path):
    try:
        return [
            (name, os.getxattr(path, name, follow_symlinks=False))
            for name in sorted(os.listxattr(path, follow_symlinks=False))
        ]
    except OSError:
        return []


def main():
    top = os.fsencode(sys.argv[1])
    first_names = {}
    for where, dirs, files in os.walk(top):
        dirs.sort()
        if where == top and b"lost+found" in dirs:
            dirs.remove(b"lost+found")
        for name in sorted(dirs + files):
            path = os.path.join(where, name)
            info = os.lstat(path)
            links = 0 if stat.S_ISDIR(info.st_mode) else info.st_nlink
            size = 0 if stat.S_ISDIR(info.st_mode) else info.st_size
            first = first_names.setdefault(info.st_ino, path)
            print(
                os.path.relpath(path, top),
                oct(info.st_mode),
                info.st_uid,
                info.st_gid,
                links,
                size,
                info.st_mtime_ns,
                os.path.relpath(first, top) if links > 1 else "",
                content(path, info),
                xattrs(path),
            )


main()
