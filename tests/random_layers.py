#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Layers that make sense, and no more: usage random_layers.py SEED PREFIX.

PREFIX1, PREFIX2 and so on become lists of entries for tests/make_tar.py. Few names, so that each
layer meets what those below it have left: other types in their place, whiteouts, links to them.
"""
import os
import random
import sys

LAYERS = 5
KINDS = ("file", "file", "dir", "symlink", "link", "whiteout", "opaque")


def within(path, directory):
    return path == directory or path.startswith(directory + "/")


class Layers:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.merged = {}  # path: kind of file, of all layers so far
        self.own = set()  # what this layer has said
        self.lines = []

    def forget(self, path):
        for other in [p for p in self.merged if p != path and within(p, path)]:
            del self.merged[other]

    def add(self, kind, path, words=""):
        mode = self.random.choice((0o755, 0o700, 0o4711))
        self.lines.append(
            "%s %s %s mode=%o uid=%d mtime=%d"
            % (kind, path, words, mode, self.random.randrange(3), self.random.randrange(9999))
        )
        self.own.add(path)
        if kind != "dir" or self.merged.get(path) != "dir":
            self.forget(path)
        self.merged[path] = kind

    def add_parents(self, path):
        parts = path.split("/")[:-1]
        for end in range(1, len(parts) + 1):
            parent = "/".join(parts[:end])
            if parent in self.own:
                if self.merged.get(parent) != "dir":
                    return False
            else:
                self.add("dir", parent)
        return True

    def take_away(self, path):
        directory, name = os.path.split(path)
        self.lines.append("file %s" % os.path.join(directory, ".wh." + name))
        self.own.add(path)
        self.forget(path)
        self.merged.pop(path, None)

    def empty(self, path):
        self.add("dir", path)
        self.lines.append("file %s/.wh..wh..opq" % path)
        self.forget(path)

    def link(self, path):
        files = sorted(p for p, kind in self.merged.items() if kind == "file")
        targets = [p for p in files if not within(p, path)]
        if targets:
            self.add("link", path, self.random.choice(targets))
            self.merged[path] = "file"

    def is_free(self, path):
        return not any(within(p, path) for p in self.own)

    def choose(self, kind):
        """A path for it, of which this layer has said nothing yet; None when there is none."""
        names = ["/".join(self.random.choice("abc") for _ in range(self.random.randrange(1, 4)))]
        if kind == "opaque":
            names = {os.path.dirname(p) for p in self.merged if "/" in p}
        elif kind == "whiteout":
            names = self.merged
        names = [name for name in sorted(names) if self.is_free(name)]
        return self.random.choice(names) if names else None

    def step(self):
        kind = self.random.choice(KINDS)
        path = self.choose(kind)
        if not path or not self.add_parents(path):
            return
        if kind == "link":
            self.link(path)
        elif kind == "whiteout":
            self.take_away(path)
        elif kind == "opaque":
            self.empty(path)
        else:
            self.add(kind, path, "" if kind == "dir" else "text%d" % self.random.randrange(99))

    def layer(self):
        self.own, self.lines = set(), []
        for _ in range(self.random.randrange(4, 16)):
            self.step()
        return "\n".join(self.lines) + "\n"


def main():
    layers = Layers(int(sys.argv[1]))
    for number in range(1, LAYERS + 1):
        with open("%s%d" % (sys.argv[2], number), "w") as out:
            out.write(layers.layer())


main()
