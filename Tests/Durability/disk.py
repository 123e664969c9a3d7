"""What a program did to its files, with the data, and what a loss of power may leave of it.

Model: what was written and not synced reached the disk sector by sector or did not, in any order, the last writing of a
sector or an earlier one; a file's size likewise. A name that was given, moved or removed is so on the disk when its
folder was synced, else it may be. Bytes that never reached the disk read as zeros.
"""
import bisect
import os
import re

from traced import BYTES, LINE, RESULT

CALLS = {"openat", "pwrite64", "write", "ftruncate", "fallocate", "rename", "renameat", "renameat2", "link", "linkat",
         "unlink", "unlinkat", "fsync", "fdatasync", "mkdir", "mkdirat",
         "copy_file_range", "pwritev", "writev"}
UNKNOWN = {"copy_file_range", "pwritev", "writev"}
DESCRIPTOR = re.compile(r"(\d+)<([^>]*)>")


class Disk:
    """The files of a folder as they stand, all of it synced; `record` adds steps, `lose` makes what is left."""

    def __init__(self, folder, kept):
        self.folder, self.kept = folder, kept
        self.names, self.contents, self.steps = {}, [], []
        # Of each step, where in the trace it ended.
        self.places = []
        self.open = {}
        for place, _, files in os.walk(folder):
            for file in files:
                path = os.path.join(place, file)
                if kept(path):
                    with open(path, "rb") as opened:
                        self.names[path] = len(self.contents)
                        self.contents.append(opened.read())

    # Recording

    def record(self, trace):
        """Reads a whole trace: every call that changes a file, in the order in which they ended."""
        current, begun = dict(self.names), {}
        for place, line in enumerate(trace.splitlines()):
            if " <unfinished ...>" in line:
                begun[line.split()[0]] = line.split(" <unfinished")[0]
                continue
            if " resumed>" in line and line.split()[0] in begun:
                line = begun.pop(line.split()[0]) + line.split(" resumed>")[1]
            found, result = LINE.match(line), RESULT.search(line.split(" (")[0])
            if found and result and int(result[1]) >= 0 and found[3] in CALLS:
                self._take(found[3], found[4], int(result[1]), current)
                self.places += [place] * (len(self.steps) - len(self.places))

    def until(self, place):
        """The number of steps that had ended before this line of the trace."""
        return bisect.bisect_left(self.places, place)

    def _take(self, name, arguments, result, current):
        texts = [bytes.fromhex(data.replace("\\x", "")) for data in BYTES.findall(arguments)]
        if name == "openat":
            path = self._path(arguments, texts[0])
            if self.kept(path) and (path in current or "O_CREAT" in arguments):
                if path not in current:
                    current[path] = self._new_file()
                    self.steps.append(("name", path, current[path]))
                if "O_TRUNC" in arguments:
                    self.steps.append(("size", current[path], 0))
                self.open[result_descriptor(arguments)] = (current[path], 0)
        elif name in ("rename", "renameat", "renameat2", "link", "linkat"):
            former, path = (text.decode() for text in texts[:2])
            if former in current:
                if "EXCHANGE" in arguments:
                    current[former], current[path] = current[path], current[former]
                    self.steps.append(("exchange", former, path, current[former], current[path]))
                else:
                    current[path] = current[former]
                    gone = None if name.startswith("link") else former
                    self.steps.append(("name", path, current[path], gone))
                    if gone:
                        del current[gone]
        elif name in ("unlink", "unlinkat"):
            path = self._path(arguments, texts[0])
            if current.pop(path, None) is not None:
                self.steps.append(("gone", path))
        else:
            self._to_descriptor(name, arguments, result, texts, current)

    def _to_descriptor(self, name, arguments, result, texts, current):
        found = DESCRIPTOR.match(arguments)
        if not found:
            return
        number, path = int(found[1]), found[2]
        if name in ("fsync", "fdatasync") and os.path.isdir(path):
            self.steps.append(("sync folder", path))
            return
        if not self.kept(path.removesuffix(" (deleted)")) or number not in self.open:
            return
        file, offset = self.open[number]
        if name in ("fsync", "fdatasync"):
            self.steps.append(("sync", file, path))
        elif name == "pwrite64":
            self.steps.append(("write", file, int(arguments.rsplit(",", 1)[1].split(")")[0]), texts[0][:result]))
        elif name == "write":
            self.steps.append(("write", file, offset, texts[0][:result]))
            self.open[number] = (file, offset + result)
        elif name == "ftruncate":
            self.steps.append(("size", file, int(arguments.rsplit(",", 1)[1].split(")")[0])))
        elif name == "fallocate":
            start, count = (int(part) for part in arguments.split(")")[0].split(",")[2:4])
            self.steps.append(("at least", file, start + count))
        elif name in UNKNOWN:
            raise ValueError(f"a call that the recorder does not know: {name}")

    def _new_file(self):
        self.contents.append(b"")
        return len(self.contents) - 1

    @staticmethod
    def _path(arguments, text):
        folder = re.match(r"(?:AT_FDCWD|\d+)<([^>]*)>", arguments)
        return os.path.join(folder[1] if folder else "", text.decode())

    # Losing

    def lose(self, cut, choose, sector):
        """The files by path after the first `cut` steps. `choose()` says of each unsynced thing whether it is there."""
        names, pending_names = dict(self.names), []
        files = {file: (bytearray(data), []) for file, data in enumerate(self.contents)}
        for step in self.steps[:cut]:
            kind = step[0]
            if kind in ("name", "gone", "exchange"):
                pending_names.append(step)
            elif kind == "sync folder":
                rest = []
                for waiting in pending_names:
                    if os.path.dirname(waiting[1]) == step[1]:
                        named(names, waiting)
                    else:
                        rest.append(waiting)
                pending_names = rest
            elif kind == "nothing":
                pass
            elif kind == "sync":
                data, waiting = files[step[1]]
                for change in waiting:
                    changed(data, change, lambda: True, 1 << 30)
                waiting.clear()
            else:
                files[step[1]][1].append(step)
        for waiting in pending_names:
            if choose():
                named(names, waiting)
        for data, waiting in files.values():
            for change in waiting:
                changed(data, change, choose, sector)
        return {path: bytes(files[file][0]) for path, file in names.items()}


def named(names, step):
    if step[0] == "gone":
        names.pop(step[1], None)
    elif step[0] == "exchange":
        names[step[1]], names[step[2]] = step[3], step[4]
    else:
        names[step[1]] = step[2]
        if len(step) > 3 and step[3]:
            names.pop(step[3], None)


def changed(data, change, choose, sector):
    """One write, sector by sector, or one size."""
    kind = change[0]
    if kind == "size":
        if choose():
            del data[change[2]:]
            data.extend(bytes(change[2] - len(data)))
    elif kind == "at least":
        if choose():
            data.extend(bytes(max(0, change[2] - len(data))))
    else:
        _, _, offset, written = change
        place = 0
        while place < len(written):
            end = min(len(written), (offset + place) // sector * sector + sector - offset)
            if choose():
                data.extend(bytes(max(0, offset + end - len(data))))
                data[offset + place:offset + end] = written[place:end]
            place = end


def result_descriptor(arguments):
    return int(re.search(r"= (\d+)<", arguments)[1])
