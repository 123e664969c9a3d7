#!/usr/bin/env python3
"""Stops one refresh at its system calls and runs another on the same connection.

At every call from the first lock on: SIGSTOP, then a competitor. Where the stopped process holds the connection, the
competitor waits, and after a bounded time ends with 7 and the holder's pid; else it does the work. Continued, the first
must end well: the server's log has no token twice, and the vault has the newest.

usage: stops.py --program PATH --server PATH [--sample N --seed S] [--whole-waits N] [--workers N]
"""
import argparse
import collections
import contextlib
import concurrent.futures
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

from draws import Draws
from home import Failed, require, some
from judge import Command, Judge
from stage import Stage
from traced import LINE, PATH, Run, text_of, trace

# What a competitor needs that waits for nobody, in seconds.
PROMPT = 2
# The program waits a minute.
BOUND = 60
MISSED = "not reached"


def held_points(stage, command):
    """(name, n) of every call from the first lock of the vault to the end; and those at which the connection is surely held,
    of two runs: an answer comes in one piece or in two."""
    found, sure = held_in_one(stage, command)
    return found, [point for point in held_in_one(stage, command)[1] if point in sure]


def held_in_one(stage, command):
    stage.go_back(command.moment)
    seen, found, sure, held, sending = collections.Counter(), [], [], False, False
    for line in trace(stage.home, command.arguments).trace.splitlines():
        call = LINE.match(line)
        if call and "resumed>" not in line:
            seen[call[3]] += 1
            held |= "F_OFD_SETLK" in line
            # Where it waits, how often is another number each time.
            if held and call[3] not in ("poll", "exit_group"):
                found.append((call[3], seen[call[3]]))
                sending |= call[3] == "sendto"
                if sending:
                    sure.append(found[-1])
            # With the record in the spool it is held still, though not for long.
            sending &= ".spool>" not in line
    return found, sure


class Stopped:
    """A process of the program that stands still at one of its calls."""

    def __init__(self, home, command, point):
        self.file = home.path("stopped.out")
        # A former process's would be taken for this one's.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.file)
        name, n = point
        before = ["strace", "-f", "-y", "-xx", "-s", "9000", "-o", self.file, "-e", f"trace=sendto,recvfrom,pwrite64,{name}",
                  "-e", f"inject={name}:signal=SIGSTOP:when={n}"]
        self.process = subprocess.Popen(home.command(*command.arguments, before=before), env=home.environment, text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.pid = None
        while self.pid is None and self.process.poll() is None:
            time.sleep(0.01)
            found = re.search(r"(\d+) +--- stopped by SIGSTOP ---", self.trace())
            self.pid = found and int(found[1])

    def trace(self):
        try:
            with open(self.file, encoding="ascii", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def go_on(self):
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGCONT)
        out, said = self.process.communicate(timeout=120)
        text = PATH.sub(lambda path: f"<{text_of(path[1])}>", self.trace())
        return Run(self.process.returncode, out, said, text)


def duel(stage, command, point, whole):
    """What the competitor met."""
    for _ in range(5):
        since = stage.go_back(command.moment)
        first = Stopped(stage.home, command, point)
        if first.pid is not None:
            break
        first.go_on()
    else:
        return MISSED
    began = time.monotonic()
    with subprocess.Popen(stage.home.command(*command.arguments), env=stage.home.environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as second:
        try:
            out, said = second.communicate(timeout=BOUND * 2 if whole else PROMPT)
            met = "went ahead"
        except subprocess.TimeoutExpired:
            met = "waited"
            run = first.go_on()
            out, said = second.communicate(timeout=120)
        waited = time.monotonic() - began
    if met == "went ahead":
        run = first.go_on()
    if second.returncode == 7:
        require(waited >= BOUND * 0.9, f"exit 7 after {waited:.0f} s: {said}")
        require(f"by process {first.pid}" in said, f"the holder is {first.pid}, and: {said}")
        met = "exit 7 with the holder's pid"
    else:
        require(second.returncode == 0, f"the competitor: exit {second.returncode}: {said}{out}")
    log = stage.server.log(since)
    # A minute in the middle of a request: its time is over, no answer is read, and it is interrupted with its token kept.
    late = second.returncode == 7 and run.status == 4 and not run.received
    if not late:
        run.received = {token for event, token in log if event == "answered"}
    require(run.status == 0 or late, f"the first, continued: exit {run.status}: {run.stderr}")
    spent = [token for event, token in log if event == "spent"]
    # Where the first had let go of the connection, the competitor refreshes once more.
    require(len(spent) == len(set(spent)) and len(spent) <= 2, f"{len(spent)} times a token was spent")
    outcomes = Judge(stage, command, run, since).judge()
    require(outcomes["received and stored"] == 1 or late, f"{dict(outcomes)}")
    return met


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--sample", type=some)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--whole-waits", type=some, help="points at which the competitor's time is waited for; all that there are")
    parser.add_argument("--workers", type=int, default=8)
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    randoms = random.Random(seed)
    stages, found, began = [], collections.Counter(), time.monotonic()
    try:
        for _ in range(options.workers):
            stages.append(Stage(options.program, options.server, names=("one",)))
        command = Command(stages[0].refreshing("one"), "connected", ["one"])
        every, sure = held_points(stages[0], command)
        require(sure, "no call is found at which the connection is surely held")
        randoms.shuffle(sure)
        # The long ones first, so that they wait together.
        whole = Draws("stops, whole waits", sure, options.whole_waits, share=5)
        others = [point for point in every if point not in sure]
        if options.sample is not None:
            randoms.shuffle(others)
        prompt, lock = Draws("stops", others, options.sample, share=20), threading.Lock()

        def part(number):
            stage = stages[number]
            own = Command(stage.refreshing("one"), "connected", ["one"])
            for draws in (whole, prompt):
                for point in draws:
                    try:
                        what = duel(stage, own, point, draws is whole)
                    except Failed as failure:
                        raise Failed(f"stopped at {point[0]} number {point[1]}: {failure}") from failure
                    if what == MISSED:
                        draws.miss()
                    with lock:
                        found[what] += 1

        with concurrent.futures.ThreadPoolExecutor(len(stages)) as pool:
            list(pool.map(part, range(len(stages))))
        parts = ", ".join(f"{met} {count}" for met, count in sorted(found.items()))
        print(f"stops: {whole.drawn} and {prompt.drawn} of {len(every)} calls, seed {seed}, {time.monotonic() - began:.0f} s: the competitor: {parts}", flush=True)
        whole.check()
        prompt.check()
        require(found["exit 7 with the holder's pid"] == whole.met, f"{whole.met} had to end with 7")
    except Failed as failure:
        print(f"stops: {failure} (seed {seed})", file=sys.stderr)
        return 1
    finally:
        for stage in stages:
            stage.__exit__()
    return 0


if __name__ == "__main__":
    sys.exit(main())
