#!/usr/bin/env python3
"""Meets every writing system call of the commands that handle tokens and keys with ENOSPC and with EIO.

Each call of write, pwrite64, fsync, fdatasync, ftruncate, fallocate, rename, link, unlink, mkdir and of openat that may
make a file: once alone, and once with every later one of its name, as on a disk that stays full. Then the vault must
open, and the server's log, after one more refresh, must say that every token that was received is there: in the vault, in
the spool, in a file of its own, or in the line on stderr that `recover` was given; or that nothing was spent. What the
program said and its exit code must fit: 0 only when the vault has it, 9 when it was received and the vault has it not,
1 with the system's words before anything was sent. What else the provider said than tokens is in the vault by the next
command, and its exit code is the program's.

usage: errors.py --program PATH --server PATH [--command NAME]… [--sample N --seed S] [--workers N]
"""
import argparse
import collections
import concurrent.futures
import random
import re
import sys
import time

from draws import Draws
from home import Failed, require, some
from judge import LOST, Judge, commands, refusals
from stage import Stage
from traced import LINE, cpu_workers, inject, meet, trace

CLASS = {"write", "pwrite64", "writev", "pwritev", "pwritev2", "fsync", "fdatasync", "sync_file_range", "ftruncate",
         "fallocate", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat"}
WORDS = {"ENOSPC": "No space left on device", "EIO": "Input/output error"}
# What was received for a consent and could not be stored is said to be lost: there is no row for a record yet.
NO_RECORD = {"connect"}


def writing(stage, command):
    """The points of two undisturbed runs: calls of the class, and each openat that may make a file."""
    found = []
    for _ in range(2):
        stage.prepare(command)
        run, seen, places = trace(stage.home, command.arguments), collections.Counter(), set()
        stage.server.fail_no_more()
        require(run.status == command.status, f"not disturbed: exit {run.status}: {run.stderr}")
        for line in run.trace.splitlines():
            call = LINE.match(line)
            if call and "resumed>" not in line:
                seen[call[3]] += 1
                if call[3] in CLASS or (call[3] == "openat" and "O_CREAT" in line):
                    places.add((call[3], seen[call[3]]))
        found.append(places)
    # Each of these commands writes, syncs and makes a file; one that seems not to is not looked at rightly.
    names = {name for name, _ in found[0]}
    require({"pwrite64", "fdatasync", "openat"} <= names, f"writing calls are not found: {sorted(names)}")
    return sorted(found[0] | found[1])


def check_words(run, error, name, outcomes, command):
    """What it said and its exit code; `outcomes` is what was found."""
    said = f"exit {run.status}: {run.stderr}"
    stored = outcomes["received and stored"]
    # Nobody visits an address that could not be printed.
    unseen = name == "write" and (command.made or command.replaced) and not run.sent
    require(run.status in (0, 1, 9, command.status) or unseen, said)
    # The words themselves may have been what could not be written.
    if run.status and name != "write":
        require(re.search(r"^advault: .+\n(?s:.*)^hint: .+\n(advault: \d+ connections: .+\n)?\Z", run.stderr, re.MULTILINE), said)
    if run.status == 9 and command.moment == "waiting":
        require("waits and could not be stored" in run.stderr, said)
    elif run.status == 9:
        require(stored + outcomes["lost, as was said"] > 0, f"nothing was received, and {said}")
        require(name == "write" or "they are kept" in run.stderr or "is all there is" in run.stderr or "are lost" in run.stderr, said)
    if run.status == 1 and name != "write":
        # Of a sync SQLite tells no more than that it failed; a file that it may not open for writing it opens for reading.
        known = [WORDS[error]] + [WORDS["EIO"]] * ("sync" in name or name == "openat") + ["Permission denied"] * (name == "openat")
        require(any(words in run.stderr for words in known), said)
    if run.status == 0 and not command.rekeying:
        require(not outcomes["printed, and restored from that"], said)


def judge(stage, command, run, since, error, name):
    kept = {row: value["secrets"]["refresh_token"] for row, value in stage.rows().items()} if isinstance(stage.rows(), dict) else {}
    outcomes = Judge(stage, command, run, since).judge()
    missing = [token for token in run.received if token not in kept.values()]
    if missing:
        require(run.status == 9 or name == "write", f"the vault has not what was received, and exit {run.status}: {run.stderr}")
    elif run.status == 9 and run.received:
        outcomes["in the vault, though it said 9"] += 1
    if outcomes[LOST]:
        require(command.made or command.replaced, f"received and not stored: exit {run.status}: {run.stderr}")
        require(run.status == 9 and "they are lost" in run.stderr, f"lost, and not said: exit {run.status}: {run.stderr}")
        outcomes["lost, as was said"] = outcomes.pop(LOST)
    check_words(run, error, name, outcomes, command)
    return outcomes


class Storm:
    def __init__(self, label, stages, options, randoms):
        self.label, self.stages, self.options, self.randoms = label, stages, options, randoms
        self.outcomes, self.statuses = collections.Counter(), collections.Counter()

    def run(self):
        began = time.monotonic()
        stage, known = self.stages[0]
        places = writing(stage, known[self.label])
        every = [(place, error, more) for place in places for error in WORDS for more in ("", "+")]
        candidates = every if self.options.sample is None else self.randoms.sample(every, len(every))
        draws = Draws(self.label, candidates, self.options.sample)
        with concurrent.futures.ThreadPoolExecutor(len(self.stages)) as pool:
            list(pool.map(lambda worker: self._part(worker, draws), self.stages))
        draws.check()
        exits = ", ".join(f"exit {status} {number}" for status, number in sorted(self.statuses.items()))
        parts = ", ".join(f"{outcome} {number}" for outcome, number in sorted(self.outcomes.items()) if number)
        print(f"errors: {self.label}: {draws.drawn} of {len(every)} at {len(places)} calls, {draws.met} met, "
              f"{time.monotonic() - began:.0f} s: {exits}; {parts}", flush=True)

    def _part(self, worker, draws):
        stage, known = worker
        command = known[self.label]
        for (name, n), error, more in draws:
            since = 0

            def prepare():
                nonlocal since
                since = stage.prepare(command)

            try:
                run = meet(stage.home, command.arguments, prepare, (name, n), f"error={error}", more)
                if run is None:
                    draws.miss()
                    continue
                self.outcomes += judge(stage, command, run, since, error, name)
                self.statuses[run.status] += 1
            except Failed as failure:
                raise Failed(f"{self.label}, {error} at {name} number {n}{more}: {failure}") from failure


def nowhere_to_write(stage, command):
    """The spool, every file and the vault refuse: the record is printed, and that is enough."""
    stage.go_back(command.moment)
    order = [line for line in trace(stage.home, command.arguments, only={"fchmod"}).trace.splitlines()]
    spooled = next(n for n, line in enumerate(order) if "pwrite64(" in line and ".spool>" in line)
    made, written = (sum(f" {name}(" in line for line in order[:spooled]) for name in ("fchmod", "pwrite64"))
    for error in WORDS:
        since = stage.go_back(command.moment)
        run = trace(stage.home, command.arguments, "-e", f"inject=pwrite64:error={error}:when={written + 1}+",
                    "-e", f"inject=fchmod:error={error}:when={made + 1}+", only={"fchmod"})
        require(run.injected > 2, "nothing was met")
        outcomes = judge(stage, command, run, since, error, "pwrite64")
        require(run.status == 9 and outcomes["printed, and restored from that"] == len(command.touched), f"exit {run.status}: {run.stderr}")
    print(f"errors: {len(WORDS)} times nowhere to write: the printed record restored what was received", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--command", action="append")
    parser.add_argument("--sample", type=some)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--workers", type=int, default=cpu_workers())
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    randoms = random.Random(seed)
    if options.sample is not None:
        print(f"errors: a sample, seed {seed}", flush=True)
    stages = []
    try:
        for _ in range(options.workers):
            stage = Stage(options.program, options.server)
            stages.append((stage, commands(stage) | refusals(stage)))
        nowhere_to_write(stages[0][0], stages[0][1]["refresh"])
        for label in options.command or stages[0][1]:
            Storm(label, stages, options, randoms).run()
    except Failed as failure:
        print(f"errors: {failure} (seed {seed})", file=sys.stderr)
        return 1
    finally:
        for stage, _ in stages:
            stage.__exit__()
    return 0


if __name__ == "__main__":
    sys.exit(main())
