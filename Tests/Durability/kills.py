#!/usr/bin/env python3
"""Kills the real program at every system call of the commands that handle tokens and keys, and looks at what is left.

For each command, each name of a call, each n up to its count: SIGKILL at the beginning of the n-th. Then the vault must
open, by the second implementation as it lies there and by the program; and every connection is refreshed once more, so
that the server, which rotates strictly and ends a grant whose spent token comes again, can say which tokens the vault
still had. A refresh token whose answer was received whole has to be spent by that next refresh: it was in the vault or
in the spool. Where the request had left and no whole answer had come, the connection has to be `interrupted` with its
token kept. What is lost between the last byte of an answer and the record in the spool is counted: the stated window.

usage: kills.py --program PATH --server PATH [--command NAME]… [--sample N --seed S] [--workers N]
"""
import argparse
import collections
import concurrent.futures
import random
import re
import statistics
import sys
import time

from draws import Draws
from home import Failed, require, some
from judge import LOST, Judge, commands
from stage import Stage
from traced import count, cpu_workers, meet, points, told_count, trace

# At most so many calls of an answer in which a kill loses it.
WINDOW = 3
# What a kill loses here is a consent that is given again: a new connection has no row that a record could be sealed for,
# and a renewed one keeps its former grant while the account that consented is looked up.
CONSENTS = {"connect", "reconnect"}


def window(run):
    """Calls in which a kill loses an answer, and those until it is on the disk as well: the most of any answer."""
    lines = run.trace.splitlines()
    require(run.whole and len(run.whole) == len(run.records), "answers and records of the spool are not as many")
    killed = max(record - answer for answer, record in zip(run.whole, run.records))
    synced = (next(n for n, line in enumerate(lines) if n > record and "fdatasync(" in line and ".spool>" in line)
              for record in run.records)
    return killed, max(end - answer for answer, end in zip(run.whole, synced))


def milliseconds(stage, command, runs=11):
    """From the answer out of recvfrom to the end of the spool's fdatasync, the median; strace stops at these two alone."""
    taken = []
    for _ in range(runs):
        stage.go_back(command.moment)
        run = trace(stage.home, command.arguments, "--seccomp-bpf", "-ttt", "-T", "-e", "trace=recvfrom,fdatasync")
        received = ended = None
        for line in run.trace.splitlines():
            at = re.match(r"\d+ +([\d.]+) .*<([\d.]+)>$", line)
            if at and " recvfrom(" in line and "\\x72\\x65\\x66\\x72\\x65\\x73\\x68" in line:
                received = float(at[1]) + float(at[2])
            elif at and "fdatasync(" in line and ".spool>" in line and received and not ended:
                ended = float(at[1]) + float(at[2])
        require(received and ended, "no answer, or no record in the spool")
        taken.append((ended - received) * 1000)
    return statistics.median(taken)


class Storm:
    """One command, each of its points; every worker has a stage of its own."""

    def __init__(self, name, stages, options, randoms):
        self.name, self.stages, self.options, self.randoms = name, stages, options, randoms
        self.outcomes, self.lost = collections.Counter(), set()

    def run(self):
        began = time.monotonic()
        stage, known = self.stages[0]
        command = known[self.name]
        counts = told_count(stage.home, command.arguments, lambda: stage.go_back(command.moment))
        every = points(counts)
        candidates = every if self.options.sample is None else self._sample(stage, command, every)
        draws = Draws(self.name, candidates, self.options.sample)
        if self.options.list:
            print(f"kills: {self.name}: " + " ".join(f"{name} {most}" for name, (_, most) in counts.items()), flush=True)
        with concurrent.futures.ThreadPoolExecutor(len(self.stages)) as pool:
            list(pool.map(lambda worker: self._part(worker, draws), self.stages))
        draws.check()
        self._tell(len(every), draws, len(counts), time.monotonic() - began)

    def _sample(self, stage, command, every):
        """By turns one of the calls from the first byte sent, or the first use of the spool, to its last; and one of all."""
        stage.go_back(command.moment)
        run, seen, tail = trace(stage.home, command.arguments), collections.Counter(), []
        for line in run.trace.splitlines():
            found = re.match(r"\d+ +([a-z_0-9]+)\(", line)
            if found:
                seen[found[1]] += 1
                tail.append((found[1], seen[found[1]], line))
        marks = [place for place, (_, _, line) in enumerate(tail) if " sendto(" in line or ".spool>" in line
                 or (command.rekeying and "-wal>" in line)]
        near = [(name, n) for name, n, _ in tail[min(marks):max(marks) + 1]] if marks else every
        lists = self.randoms.sample(near, len(near)), self.randoms.sample(every, len(every))
        return [point for pair in zip(*lists) for point in pair]

    def _part(self, worker, draws):
        stage, known = worker
        command = known[self.name]
        for point in draws:
            since = 0

            def prepare():
                nonlocal since
                since = stage.go_back(command.moment)

            run = meet(stage.home, command.arguments, prepare, point, "signal=SIGKILL")
            if run is None:
                draws.miss()
                continue
            try:
                outcomes = Judge(stage, command, run, since).judge()
            except Failed as failure:
                raise Failed(f"{self.name}, killed at {point[0]} number {point[1]}: {failure}") from failure
            self.outcomes += outcomes
            if outcomes[LOST]:
                self.lost.add(point)

    def _tell(self, every, draws, names, seconds):
        parts = ", ".join(f"{outcome} {number}" for outcome, number in sorted(self.outcomes.items()))
        print(f"kills: {self.name}: {draws.drawn} of {every} calls of {names} names, {draws.met} met, "
              f"{seconds:.0f} s: {parts}", flush=True)
        if self.lost:
            places = ", ".join(f"{name} {n}" for name, n in sorted(self.lost))
            print(f"kills: {self.name}: the window: {places}", flush=True)
        answers = len(self.stages[0][1][self.name].touched)
        # Where a consent is lost the judge has seen that no commit was on the disk.
        require(len(self.lost) <= WINDOW * answers or self.name in CONSENTS, f"{self.name}: answers are lost at {len(self.lost)} calls")


def figures(worker):
    stage, known = worker
    for name in ("refresh", "refresh --all"):
        stage.go_back(known[name].moment)
        run = trace(stage.home, known[name].arguments)
        killed, synced = window(run)
        print(f"kills: {name}: {sum(count(run).values())} calls; from an answer to its record in the spool at most {killed}, "
              f"to the disk at most {synced}", flush=True)
        require(killed <= WINDOW, f"{name}: an answer waits for {killed} calls before it is in the spool")
    print(f"kills: refresh: from the answer to the end of the spool's fdatasync {milliseconds(stage, known['refresh']):.2f} ms", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--command", action="append")
    parser.add_argument("--sample", type=some, help="calls of each command, every other one between request and commit")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--workers", type=int, default=cpu_workers())
    parser.add_argument("--list", action="store_true", help="print the calls of each command with their counts")
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    randoms = random.Random(seed)
    if options.sample is not None:
        print(f"kills: a sample, seed {seed}", flush=True)
    stages = []
    try:
        for _ in range(options.workers):
            stage = Stage(options.program, options.server)
            stages.append((stage, commands(stage)))
        figures(stages[0])
        for name in options.command or stages[0][1]:
            Storm(name, stages, options, randoms).run()
    except Failed as failure:
        print(f"kills: {failure} (seed {seed})", file=sys.stderr)
        return 1
    finally:
        for stage, _ in stages:
            stage.__exit__()
    return 0


if __name__ == "__main__":
    sys.exit(main())
