#!/usr/bin/env python3
"""Takes the power away from the real program at any of its writes, truncations, renames and syncs.

Each command runs once under strace, which records what it did to its files with the data. Then for many moments the
disk is built as it may have been left: what was not synced is there, or is not, sector by sector (`disk.py`); SQLite's
index of the -wal is left out. The program and the second implementation must open it. New tokens that were in the spool
after its sync, or of which the program had spoken with exit 0, are in the vault after the next unlock; before that the
former ones, marked as pending once the request had left; and a new root key is there wholly or not at all.

At the end the syncs of the -wal and of the spool are taken out of the record, each in turn: where nothing is found
missing then, the harness has failed.

usage: powerloss.py --program PATH --server PATH [--states 12 | --every N] [--command NAME]… [--seed S]
"""
import argparse
import collections
import os
import random
import sys
import time

from disk import CALLS, Disk
from home import STATE, Failed, require, some, v
from judge import commands, successors
from stage import Stage
from traced import trace

NAMES = ("connect", "refresh", "recover", "key rotate", "key change")


class Record:
    """One command, run whole, and what it did to the disk."""

    def __init__(self, stage, name, command):
        self.stage, self.name, self.command = stage, name, command
        self.home = stage.home
        since = stage.go_back(command.moment)
        self.disk = Disk(self.home.folder, self._kept)
        run = trace(self.home, command.arguments, "-s", "200000", only=CALLS)
        require(run.status == 0, f"{name}: exit {run.status}: {run.stderr}")
        self.disk.record(run.trace)
        self.former = stage.live[command.moment]
        self.after, self.made = successors(stage.server.log(since))

    def _kept(self, path):
        inside = path.startswith(self.home.vault) or path.startswith(self.home.path(STATE))
        return inside and not path.endswith("-shm")

    def marked(self, word):
        """The number of steps at the first mark of this word; beyond all where there is none."""
        return min((step for step, found, _ in self.disk.marks if found == word), default=sys.maxsize)

    def spool_written(self):
        """Steps until a record was written into the spool; in the moment `waiting` one is there from the start."""
        if self.command.moment == "waiting":
            return 0
        return next((place for place, step in enumerate(self.disk.steps) if step[0] == "write" and len(step[3]) > 1000
                     and b"ADVAULT-RECOVERY-1" in step[3]), sys.maxsize)

    def spooled(self):
        """Steps until the spool's first sync with a record in it was over."""
        for place, step in enumerate(self.disk.steps):
            if step[0] == "write" and len(step[3]) > 1000 and b"ADVAULT-RECOVERY-1" in step[3]:
                return next((place + 1 + after for after, sync in enumerate(self.disk.steps[place:])
                             if sync[0] == "sync" and sync[1] == step[1]), sys.maxsize)
        return sys.maxsize

    def without(self, suffix):
        """The same, as if these syncs were not in the program."""
        changed = object.__new__(Record)
        changed.__dict__ |= self.__dict__
        changed.disk = object.__new__(Disk)
        changed.disk.__dict__ |= self.disk.__dict__
        changed.disk.steps = [("nothing",) if step[0] == "sync" and step[2].endswith(suffix) else step
                              for step in self.disk.steps]
        return changed

    def build(self, cut, choose, sector):
        files = self.disk.lose(cut, choose, sector)
        for path in self._there():
            os.unlink(path)
        for path, data in files.items():
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)

    def _there(self):
        for place, _, files in os.walk(self.home.folder):
            for file in files:
                path = os.path.join(place, file)
                if self._kept(path) or path == self.home.vault + "-shm":
                    yield path

    # Judging

    def judge(self, cut, spooled):
        before = self.stage.rows()
        require(isinstance(before, dict), f"the vault as it lies: {before}")
        if self.command.rekeying:
            self._keys(cut)
        done = self.home.run("recover", *self.stage.key)
        # A record that was not whole on the disk, or not wholly cleared, is kept and said.
        torn = done.returncode == 1 and "this is no whole recovery record" in done.stderr
        if torn:
            require(cut >= self.spool_written(), "a torn record before any was written")
            done = self.home.run("recover", "--discard", *self.stage.key)
        require(done.returncode == 0, f"recover: exit {done.returncode}: {done.stderr}")
        self.home.must("verify", *self.stage.key)
        rows = self.stage.rows()
        require(isinstance(rows, dict), f"after recover: {rows}")
        ended = cut >= self.marked("exit")
        for name, token in self.former.items():
            row, new = rows.get(name), self.after.get(token)
            require(row is not None, f"{name} is gone")
            found = row["secrets"]["refresh_token"]
            require(found in (token, new), f"{name}: a token of nobody")
            if new and found == token:
                require(not ended, f"{name}: the program ended with 0, and its new token is not there")
                require(cut < spooled, f"{name}: its new token was in the spool, and is not there")
                require(cut < self.marked("sent") or row["pending"] is not None, f"{name}: sent, and no mark is left")
        if self.command.made and ended:
            row = rows.get(self.command.made)
            require(row and row["secrets"]["refresh_token"] == self.made, "connected with 0, and it is not there")
        return torn

    def _keys(self, cut):
        tables = v.read_vault(self.home.vault)
        generation = tables["vault"][0]["generation"]
        require(generation == 2 or (generation == 1 and cut < self.marked("exit")), f"generation {generation}")
        for key, opens in self.command.rekeying.holders(generation).items():
            answer = self.home.answer(key, tables)
            require(answer == (True if opens else "wrong key"), f"generation {generation}, {key}: {answer}")


def states(record, options, randoms):
    """Cuts and what is left at each: all, nothing but what was synced, and at random."""
    steps = len(record.disk.steps)
    cuts = range(steps + 1) if options.every else sorted(randoms.choices(range(steps + 1), k=options.states))
    for cut in cuts:
        for share in ([0, 1] + [0.5] * options.every if options.every else [randoms.choice((0, 0, 1, 0.5, 0.5, 0.9))]):
            yield cut, share, randoms.choice((512, 4096)), randoms.randrange(2**32)


def run(record, options, randoms, spooled):
    number = torn = 0
    for cut, share, sector, seed in states(record, options, randoms):
        chance = random.Random(seed)
        try:
            record.build(cut, lambda: chance.random() < share, sector)
            torn += record.judge(cut, spooled)
        except Failed as failure:
            raise Failed(f"{record.name}: {cut} steps, {share} of what was not synced, sectors of {sector}, "
                         f"{seed}: {failure}") from failure
        number += 1
    return number, torn


def control(record, suffix, randoms):
    """Without these syncs something is found missing."""
    weak = record.without(suffix)
    spooled = record.spooled()
    last = len(weak.disk.steps)
    for cut in sorted({last, *(step for step in (spooled, record.marked("sent")) if step <= last)}):
        for share in (0, 0.5):
            try:
                chance = random.Random(randoms.randrange(2**32))
                weak.build(cut, lambda: chance.random() < share, 512)
                weak.judge(cut, spooled)
            except Failed as failure:
                print(f"powerloss: {record.name} without the syncs of {suffix}: found: {failure}", flush=True)
                return
    raise Failed(f"{record.name} without the syncs of {suffix}: nothing was found")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--command", action="append", choices=NAMES)
    parser.add_argument("--states", type=some, default=12, help="of each command, at random moments")
    parser.add_argument("--every", type=int, default=0, metavar="N", help="every moment: all, nothing, N at random")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    randoms = random.Random(seed)
    try:
        with Stage(options.program, options.server) as stage:
            known = commands(stage)
            for name in options.command or NAMES:
                began = time.monotonic()
                record = Record(stage, name, known[name])
                number, torn = run(record, options, randoms, record.spooled())
                steps = collections.Counter(step[0] for step in record.disk.steps)
                print(f"powerloss: {name}: {number} disks after {len(record.disk.steps)} steps "
                      f"({steps['write']} writes, {steps['sync']} syncs), torn records kept {torn}, "
                      f"{time.monotonic() - began:.0f} s", flush=True)
                require(steps["write"] and steps["sync"], f"{name}: nothing was recorded")
                if name == "refresh":
                    control(record, ".spool", randoms)
                    control(record, "-wal", randoms)
    except Failed as failure:
        print(f"powerloss: {failure} (seed {seed})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
