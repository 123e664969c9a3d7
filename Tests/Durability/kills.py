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

from home import Failed, require, v
from killed import operations
from stage import Stage
from traced import count, cpu_workers, meet, points, told_count, trace

# Calls of one thread, answers of one connection: at most so many calls in which a kill loses what was received.
WINDOW = 3
# What a kill loses here is a consent that is given again: a new connection has no row that a record could be sealed for,
# and a renewed one keeps its former grant while the account that consented is looked up.
CONSENTS = {"connect", "reconnect"}
LOST = "received and lost in the window"


class Command:
    def __init__(self, arguments, moment, touched, rekeying=None, made=None, replaced=None):
        self.arguments, self.moment, self.rekeying = arguments, moment, rekeying
        # The connections whose tokens it handles.
        self.touched = touched
        # Among them one that it makes, or gives a new grant.
        self.made, self.replaced = made, replaced


def commands(stage):
    rekeyings = operations(stage.home)
    connected = {
        "connect": Command(stage.server.connecting("five"), "connected", ["five"], made="five"),
        "reconnect": Command(("reconnect", "one", "--no-browser", *stage.key), "connected", ["one"], replaced="one"),
        "refresh": Command(stage.refreshing("one"), "connected", ["one"]),
        "refresh --all": Command(stage.refreshing("--all", "--jobs", "4"), "connected", stage.names),
        "recover": Command(("recover", *stage.key), "waiting", ["one"]),
    }
    return connected | {f"key {name}": Command(rekeying.arguments, "waiting", ["one"], rekeying)
                        for name, rekeying in rekeyings.items()}


class Judge:
    """What the server and the files say after one disturbed run."""

    def __init__(self, stage, command, run, since):
        self.stage, self.command, self.run = stage, command, run
        self.before = stage.live[command.moment]
        self.tokens, self.made = successors(stage.server.log(since))
        self.outcomes = collections.Counter()

    def judge(self):
        rows = self.stage.rows()
        require(isinstance(rows, dict), f"the vault as it was left: {rows}")
        self._keys()
        done = self.stage.home.run("verify", *self.stage.key)
        require(done.returncode == 0, f"verify: exit {done.returncode}: {done.stderr}")
        # What waits in the spool is stored by the next command that changes the vault: by this one it is told of.
        done = self.stage.home.run("recover", *self.stage.key)
        require(done.returncode == 0, f"recover: exit {done.returncode}: {done.stderr}")
        again, now, done = self._refresh_all()
        interrupted = [self._connection(name, rows, again, now) for name in self.before].count("interrupted")
        require(done.returncode == (4 if interrupted else 0), f"the next refresh: exit {done.returncode}: {done.stderr}")
        if self.command.made:
            self._made(rows, again)
        return self.outcomes

    def _keys(self):
        if self.command.rekeying:
            tables = v.read_vault(self.stage.home.vault)
            generation = tables["vault"][0]["generation"]
            require(generation in (1, 2), f"generation {generation}")
            for key, opens in self.command.rekeying.holders(generation).items():
                answer = self.stage.home.answer(key, tables)
                require(answer == (True if opens else "wrong key"), f"generation {generation}, {key}: {answer}")
            self.outcomes[f"generation {generation}"] += 1

    def _refresh_all(self):
        since = self.stage.server.log_end
        done = self.stage.home.run(*self.stage.refreshing("--all"))
        log = self.stage.server.log(since)
        require(not [event for event, _ in log if event in ("reused", "revoked")], f"a token was sent twice: {done.stderr}")
        now = self.stage.rows()
        require(isinstance(now, dict), f"after the next refresh: {now}")
        return successors(log)[0], now, done

    def _connection(self, name, rows, again, now):
        """Its live token goes on, or it is interrupted and keeps the one it had."""
        token, row = self.before[name], now[name]
        came = self.tokens.get(token)
        if name == self.command.replaced and self.made in self.run.received:
            came = self.made
        expected = came if came in self.run.received else token
        if row["state"] == "ok":
            spent = next((former for former, new in again.items() if new == row["secrets"]["refresh_token"]), None)
            if spent == expected:
                self._count(name, "received and stored" if came in self.run.received else "no new token: the former lives")
                return "ok"
            # The grant before a new one lives on: nobody is locked out.
            require(name == self.command.replaced and spent == token, f"{name} went on with a token that was not its newest")
            self._lost(name)
            return "ok"
        require(row["state"] == "interrupted", f"{name}: {row['state']}")
        require(row["secrets"]["refresh_token"] == token, f"{name}: interrupted, and its token was not kept")
        if came in self.run.received:
            self._lost(name)
        elif came or self.run.began_to_send:
            self._count(name, "sent, no whole answer: interrupted")
        else:
            require(rows[name]["pending"] is not None, f"{name}: interrupted without a mark")
            self._count(name, "marked, nothing sent: interrupted")
        return "interrupted"

    def _lost(self, name):
        require(not self.run.spooled or self.command.arguments[1] != name, f"{name}: lost after it was in the spool")
        self._count(name, LOST)

    def _count(self, name, outcome):
        if name in self.command.touched:
            self.outcomes[outcome] += 1

    def _made(self, rows, again):
        name = self.command.made
        if name in rows:
            require(self.made in self.run.received, f"{name} is there without an answer")
            require(self.made in again, f"{name} went on with another token")
            self._count(name, "received and stored")
        elif self.made in self.run.received:
            self._count(name, LOST)
        else:
            self._count(name, "sent, no whole answer: nothing stored" if self.run.sent else "nothing sent")
        if name not in rows and self.run.sent:
            self.stage.server.connect(name)


def successors(log):
    """Which token an answer put in another's place, and the one that came for a code."""
    tokens, spent, made = {}, None, None
    for event, token in log:
        if event == "spent":
            spent = token
        elif event == "issued" and spent:
            tokens[spent], spent = token, None
        elif event == "issued":
            made = token
    return tokens, made


def window(run):
    """Calls in which a kill loses an answer, and those until it is on the disk as well: the most of any answer."""
    lines = [line for line in run.trace.splitlines() if re.match(r"\d+ +[a-z_0-9]+\(", line)]
    killed = synced = 0
    for place, line in enumerate(lines):
        if " recvfrom(" in line and "\\x22\\x72\\x65\\x66\\x72\\x65\\x73\\x68\\x5f\\x74\\x6f\\x6b\\x65\\x6e\\x22" in line:
            rest = lines[place + 1:]
            written = next((n for n, after in enumerate(rest) if "pwrite64(" in after and ".spool>" in after), None)
            if written is not None:
                killed = max(killed, written + 1)
                synced = max(synced, next(n for n, after in enumerate(rest) if "fdatasync(" in after and ".spool>" in after) + 1)
    return killed, synced


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
        self.outcomes, self.lost, self.not_reached = collections.Counter(), set(), 0

    def run(self):
        began = time.monotonic()
        stage, known = self.stages[0]
        command = known[self.name]
        counts = told_count(stage.home, command.arguments, lambda: stage.go_back(command.moment))
        every = points(counts)
        chosen = every if self.options.sample is None else self._sample(stage, command, every)
        if self.options.list:
            print(f"kills: {self.name}: " + " ".join(f"{name} {most}" for name, (_, most) in counts.items()), flush=True)
        with concurrent.futures.ThreadPoolExecutor(len(self.stages)) as pool:
            list(pool.map(lambda part: self._part(*part, counts), [
                (worker, chosen[number::len(self.stages)]) for number, worker in enumerate(self.stages)]))
        self._tell(len(every), len(chosen), len(counts), time.monotonic() - began)

    def _sample(self, stage, command, every):
        """From all, and as many again from the calls between the first byte sent and the commit."""
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
        half = self.options.sample // 2
        return self.randoms.sample(every, min(half, len(every))) + self.randoms.sample(near, min(half, len(near)))

    def _part(self, worker, chosen, counts):
        stage, known = worker
        command = known[self.name]
        for point in chosen:
            since = 0

            def prepare():
                nonlocal since
                since = stage.go_back(command.moment)

            run = meet(stage.home, command.arguments, prepare, counts, point, "signal=SIGKILL")
            if run is None:
                self.not_reached += 1
                continue
            try:
                outcomes = Judge(stage, command, run, since).judge()
            except Failed as failure:
                raise Failed(f"{self.name}, killed at {point[0]} number {point[1]}: {failure}") from failure
            self.outcomes += outcomes
            if outcomes[LOST]:
                self.lost.add(point)

    def _tell(self, every, chosen, names, seconds):
        parts = ", ".join(f"{outcome} {number}" for outcome, number in sorted(self.outcomes.items()))
        print(f"kills: {self.name}: {chosen} of {every} calls of {names} names, {chosen - self.not_reached} met, "
              f"{seconds:.0f} s: {parts}", flush=True)
        if self.lost:
            places = ", ".join(f"{name} {n}" for name, n in sorted(self.lost))
            print(f"kills: {self.name}: the window: {places}", flush=True)
        require(len(self.lost) <= WINDOW or self.name in CONSENTS, f"{self.name}: answers are lost at {len(self.lost)} calls")


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
    parser.add_argument("--sample", type=int, help="calls of each command, half of them between request and commit")
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
