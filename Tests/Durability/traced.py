"""The program under strace: its system calls counted, one of them met by a signal or an error, its answers read.

What the process sent and what it received is taken from its own system calls, so that a token counts as received when
the last byte of its answer had come out of recvfrom, and not a moment earlier or later.
"""
import collections
import contextlib
import json
import os
import re
import subprocess
import urllib.parse

from home import Failed, require
from sandbox import visit

LINE = re.compile(r"(\d+) +(?:([\d.]+) )?([a-z_0-9]+)\((.*)")
BYTES = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
PATH = re.compile(r"<((?:\\x[0-9a-f]{2})+)>")
# What is recorded of every run: what was sent and received, and what became of it.
ALWAYS = ("sendto", "recvfrom", "pwrite64", "fdatasync")
# Bytes of a page, the least that SQLite writes of one; the headers in a -wal are smaller.
PAGE = 512
RESULT = re.compile(r"= (-?\d+)[^=]*$")


class Run:
    """What one run did: its exit status, its words, its trace."""

    def __init__(self, status, stdout, stderr, trace):
        self.status, self.stdout, self.stderr, self.trace = status, stdout, stderr, trace
        self.killed = "+++ killed by SIGKILL +++" in trace
        self.injected = trace.count("(INJECTED")
        # Refresh tokens and codes that left whole, and where in the trace; refresh tokens whose answers came whole.
        self.sent, self.received, self.began_to_send = {}, set(), False
        # Where in the trace each such answer was whole, and each record was written into the spool.
        self.whole, self.records = [], []
        # The same by the refresh token that the answer brought.
        self.places = {}
        self._read()

    def _read(self):
        streams, requests = collections.defaultdict(bytearray), collections.defaultdict(bytearray)
        for place, line in enumerate(self.trace.splitlines()):
            if " sendto(" not in line and " recvfrom(" not in line and " pwrite64(" not in line:
                continue
            found, result, data = LINE.match(line), RESULT.search(line), BYTES.search(line)
            if not (found and result and data) or int(result[1]) <= 0:
                continue
            name, descriptor = found[3], found[4].split(",")[0]
            got = bytes.fromhex(data[1].replace("\\x", ""))[:int(result[1])]
            if name == "sendto" and "socket:" in descriptor:
                requests[descriptor] += got
                self.began_to_send |= requests[descriptor].startswith(b"POST ") and b"/accessToken" in requests[descriptor]
                for key in (b"refresh_token", b"code"):
                    for value in re.findall(rb"[&=\n]" + key + rb"=([^&\s]+)", b"&" + bytes(requests[descriptor])):
                        self.sent.setdefault(urllib.parse.unquote(value.decode()), place)
            elif name == "recvfrom" and "socket:" in descriptor:
                streams[descriptor] += got
                # What the listener for the browser is sent is no answer.
                if streams[descriptor].startswith(b"HTTP/"):
                    self._answers(streams[descriptor], place)
            elif name == "pwrite64" and descriptor.endswith(".spool>") and b"ADVAULT-RECOVERY-1" in got:
                self.records.append(place)

    @property
    def spooled(self):
        """Whether a record was written into the spool."""
        return bool(self.records)

    def told(self, words):
        """Where in the trace they were printed on stderr, by one write; None: nowhere."""
        return next((place for place, line in enumerate(self.trace.splitlines()) if " write(2<" in line
                     and words in "".join(text_of(data) for data in BYTES.findall(line))), None)

    def committed_after(self, token):
        """Whether, after the answer that brought the token, pages were written into the -wal and synced: what a commit
        is. The header of a -wal that begins anew is synced before them."""
        pages = False
        for line in self.trace.splitlines()[self.places[token] + 1:]:
            result = RESULT.search(line)
            if "-wal>" not in line or not result:
                continue
            if " pwrite64(" in line:
                pages |= int(result[1]) >= PAGE
            elif " fdatasync(" in line:
                if pages and result[1] == "0":
                    return True
                # Pages whose sync failed are no commit, whatever is synced after them.
                pages = False
        return False

    def _answers(self, stream, place):
        while b"\r\n\r\n" in stream:
            head, rest = bytes(stream).split(b"\r\n\r\n", 1)
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            require(length, "an answer without its length")
            if len(rest) < int(length[1]):
                return
            with contextlib.suppress(ValueError):
                body = json.loads(rest[:int(length[1])])
                if isinstance(body, dict) and "refresh_token" in body:
                    self.received.add(body["refresh_token"])
                    self.places[body["refresh_token"]] = place
                    self.whole.append(place)
            del stream[:len(head) + 4 + int(length[1])]


def trace(home, arguments, *options, only=None):
    """Runs the program to its end under strace. `only`: the calls that are recorded; None: all."""
    file = home.path("strace.out")
    names = [] if only is None else ["-e", "trace=" + ",".join(sorted({*ALWAYS, *only}))]
    before = ["strace", "-f", "-y", "-xx", "-s", "9000", "-o", file, *names, *options]
    with subprocess.Popen(home.command(*arguments, before=before), env=home.environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        said = visit(process.stderr)
        out = process.stdout.read()
    with open(file, encoding="ascii", errors="replace") as opened:
        text = PATH.sub(lambda path: f"<{text_of(path[1])}>", opened.read())
    return Run(process.returncode, out, said, text)


def text_of(hexadecimal):
    return bytes.fromhex(hexadecimal.replace("\\x", "")).decode(errors="replace")


def inject(home, arguments, name, what):
    """One call met by something: `inject(…, "fsync", "error=EIO:when=2")`."""
    return trace(home, arguments, "-e", f"inject={name}:{what}", only={name})


def count(run):
    """Calls by name. Where there are threads it is the most of one of them: strace counts each apart."""
    counts = collections.Counter()
    for line in run.trace.splitlines():
        found = LINE.match(line)
        if found and "resumed>" not in line:
            counts[found[1], found[3]] += 1
    most = collections.Counter()
    for (_, name), number in counts.items():
        most[name] = max(most[name], number)
    return most


def told_count(home, arguments, prepare):
    """The counts of two runs, each from the same beginning: the least and the most of each name."""
    runs = []
    for _ in range(2):
        prepare()
        run = trace(home, arguments)
        require(run.status == 0, f"{' '.join(arguments)}, not disturbed: exit {run.status}: {run.stderr}")
        runs.append(count(run))
    names = runs[0].keys() | runs[1].keys()
    return {name: (min(run[name] for run in runs), max(run[name] for run in runs)) for name in sorted(names)}


def points(counts, wanted=None):
    """Every (name, n), those of the given names alone where there are some."""
    # The first execve is strace's own: before it there is no program.
    return [(name, n) for name, (_, most) in counts.items() if wanted is None or name in wanted
            for n in range(1, most + 1) if (name, n) != ("execve", 1)]


class Missed(Failed):
    """An injection that met nothing, where the call is known to be there."""


def meet(home, arguments, prepare, point, what, more=""):
    """Runs until the injection meets its call; None where five runs had fewer calls of the name (how often a process
    waits or asks for memory is another number each time). `more`: "+" for every later one too."""
    name, n = point
    for _ in range(5):
        prepare()
        run = inject(home, arguments, name, f"{what}:when={n}{more}")
        if run.killed if "SIGKILL" in what else run.injected:
            return run
        there = count(run)[name]
        if n <= max(there, 1):
            raise Missed(f"{' '.join(arguments[:2])}: {what} met no {name} number {n}, and there were {there}")
    return None


def cpu_workers():
    return min(4, os.cpu_count() or 1)
