#!/usr/bin/env python3
"""Takes the power away from the real program at any of its writes, truncations, renames and syncs.

Each command runs once under strace, which records what it did to its files with the data. Then for many moments the
disk is built as it may have been left: what was not synced is there, or is not, sector by sector (`disk.py`); SQLite's
index of the -wal is left out. The program and the second implementation must open it. Of each connection the new tokens
are in the vault after the next unlock, if they were in the spool after its sync, or the program had spoken of them (by
exit 0, or by saying that a consent is stored). Before that the former ones are, marked as pending once their request had
left; those that a new consent is to replace are not marked, since it spends none of them. The mark goes with the former
tokens. A new root key is there wholly or not at all.

Of the commands that put tokens into the spool the sync of each record there is taken out in turn, and then those of the
-wal: where nothing is found missing, the harness has failed.

usage: powerloss.py --program PATH --server PATH [--states 12 | --every N] [--command NAME]… [--seed S]
"""
import argparse
import base64
import collections
import json
import os
import random
import re
import sys
import time

from disk import CALLS, Disk
from home import STATE, Failed, require, some, v
from judge import commands, successors
from stage import Stage
from traced import trace

NAMES = ("connect", "reconnect", "refresh", "refresh --all", "recover", "key rotate", "key change")
RECORD = re.compile(rb"ADVAULT-RECOVERY-1 ([\w-]{1000,})")


class Renewal:
    """The new token that a connection was given. After how many steps its former one had left, None where none was
    spent; and the record of it was in the spool, its sync over."""

    def __init__(self, new, sent, spooled):
        self.new, self.sent, self.spooled = new, sent, spooled


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
        tokens, self.made = successors(stage.server.log(since))
        self.renewals = self._renewals(run, tokens)
        # Steps until it had spoken of what it had done.
        self.spoken = self._spoken(run)

    def _kept(self, path):
        inside = path.startswith(self.home.vault) or path.startswith(self.home.path(STATE))
        return inside and not path.endswith("-shm")

    def _renewals(self, run, tokens):
        found, spooled = {}, self._spooled()
        for name, former in self.former.items():
            if name == self.command.replaced:
                found[name] = Renewal(self.made, None, spooled.get(name))
            elif former in tokens:
                require(former in run.sent, f"{self.name}: the token of {name} was not seen to leave")
                found[name] = Renewal(tokens[former], self.disk.until(run.sent[former]), spooled.get(name))
            require(name not in found or spooled.get(name), f"{self.name}: no record of {name} was synced in the spool")
        renewed = set() if self.command.moment == "waiting" else {*self.command.touched} - {self.command.made}
        require(found.keys() == renewed, f"{self.name}: new tokens for {', '.join(found)}")
        return found

    def _spooled(self):
        """By connection."""
        found = {}
        for place, step in enumerate(self.disk.steps):
            if name := recorded(step):
                found.setdefault(name, next((place + 1 + after for after, sync in enumerate(self.disk.steps[place:])
                                             if sync[0] == "sync" and sync[1] == step[1]), None))
        return found

    def _spoken(self, run):
        consented = self.command.made or self.command.replaced
        if not consented:
            return len(self.disk.steps)
        place = run.told(f'"{consented}" is stored')
        require(place, f"{self.name}: nothing was said of {consented}")
        return self.disk.until(place)

    def has_record(self, cut):
        """Whether there may be one in the spool; in the moment `waiting` one is there from the start."""
        return self.command.moment == "waiting" or any(map(recorded, self.disk.steps[:cut]))

    def syncs(self, suffix):
        return {place for place, step in enumerate(self.disk.steps) if step[0] == "sync" and step[2].endswith(suffix)}

    def without(self, syncs):
        """The same, as if these steps were not in the program."""
        changed = object.__new__(Record)
        changed.__dict__ |= self.__dict__
        changed.disk = object.__new__(Disk)
        changed.disk.__dict__ |= self.disk.__dict__
        changed.disk.steps = [("nothing",) if place in syncs else step for place, step in enumerate(self.disk.steps)]
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

    def judge(self, cut):
        before = self.stage.rows()
        require(isinstance(before, dict), f"the vault as it lies: {before}")
        if self.command.rekeying:
            self._keys(cut)
        done = self.home.run("recover", *self.stage.key)
        # A record that was not whole on the disk, or not wholly cleared, is kept and said.
        torn = done.returncode == 1 and "this is no whole recovery record" in done.stderr
        if torn:
            require(self.has_record(cut), "a torn record before any was written")
            done = self.home.run("recover", "--discard", *self.stage.key)
        require(done.returncode == 0, f"recover: exit {done.returncode}: {done.stderr}")
        self.home.must("verify", *self.stage.key)
        rows = self.stage.rows()
        require(isinstance(rows, dict), f"after recover: {rows}")
        for name, former in self.former.items():
            require(name in rows, f"{name} is gone")
            self._connection(name, former, rows[name], cut)
        if self.command.made and cut >= self.spoken:
            row = rows.get(self.command.made)
            require(row and row["secrets"]["refresh_token"] == self.made, f"{self.command.made}: the program spoke of it, and it is not there")
        return torn

    def _connection(self, name, former, row, cut):
        found, renewal = row["secrets"]["refresh_token"], self.renewals.get(name)
        if not renewal or found != former:
            require(found == (renewal.new if renewal else former), f"{name}: a token of nobody")
            require(row["state"] == "ok" and row["pending"] is None, f"{name}: its newest token is not to be used")
            return
        require(cut < self.spoken, f"{name}: the program spoke of its new token, and it is not there")
        require(cut < renewal.spooled, f"{name}: its new token was in the spool, and is not there")
        if renewal.sent is None:
            require(row["state"] == "ok" and row["pending"] is None, f"{name}: its former grant lives, and is not to be used")
        else:
            require(cut < renewal.sent or row["pending"] is not None, f"{name}: sent, and no mark is left")

    def _keys(self, cut):
        tables = v.read_vault(self.home.vault)
        generation = tables["vault"][0]["generation"]
        require(generation == 2 or (generation == 1 and cut < self.spoken), f"generation {generation}")
        for key, opens in self.command.rekeying.holders(generation).items():
            answer = self.home.answer(key, tables)
            require(answer == (True if opens else "wrong key"), f"generation {generation}, {key}: {answer}")


def recorded(step):
    """Whose recovery record the step writes, if it does."""
    found = RECORD.search(step[3]) if step[0] == "write" else None
    return json.loads(base64.urlsafe_b64decode(found[1] + b"=="))["row"]["name"] if found else None


def states(record, options, randoms):
    """Cuts and what is left at each: all, nothing but what was synced, and at random."""
    steps = len(record.disk.steps)
    cuts = range(steps + 1) if options.every else sorted(randoms.choices(range(steps + 1), k=options.states))
    for cut in cuts:
        for share in ([0, 1] + [0.5] * options.every if options.every else [randoms.choice((0, 0, 1, 0.5, 0.5, 0.9))]):
            yield cut, share, randoms.choice((512, 4096)), randoms.randrange(2**32)


def run(record, options, randoms):
    number = torn = 0
    for cut, share, sector, seed in states(record, options, randoms):
        chance = random.Random(seed)
        try:
            record.build(cut, lambda: chance.random() < share, sector)
            torn += record.judge(cut)
        except Failed as failure:
            raise Failed(f"{record.name}: {cut} steps, {share} of what was not synced, sectors of {sector}, "
                         f"{seed}: {failure}") from failure
        number += 1
    return number, torn


def control(record, what, syncs, randoms):
    """Without these syncs something is found missing."""
    weak = record.without(syncs)
    moments = {len(record.disk.steps), record.spoken}
    moments |= {step for renewal in record.renewals.values() for step in (renewal.sent, renewal.spooled) if step is not None}
    for cut in sorted(moments):
        # Where the spool's clearing was lost as well its record is stored after all; half of a clearing leaves none.
        for share in (0, *[0.5] * 4):
            try:
                chance = random.Random(randoms.randrange(2**32))
                weak.build(cut, lambda: chance.random() < share, 512)
                weak.judge(cut)
            except Failed as failure:
                # Not anything else, as a vault that does not open.
                require("is not there" in str(failure) or "no mark is left" in str(failure), f"without {what}: {failure}")
                print(f"powerloss: {record.name} without {what}: found: {failure}", flush=True)
                return
    raise Failed(f"{record.name} without {what}: nothing was found")


def controls(record, randoms):
    for name, renewal in record.renewals.items():
        control(record, f"the sync of the spool for {name}", {renewal.spooled - 1}, randoms)
    control(record, "the syncs of the -wal", record.syncs("-wal"), randoms)


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
                number, torn = run(record, options, randoms)
                steps = collections.Counter(step[0] for step in record.disk.steps)
                print(f"powerloss: {name}: {number} disks after {len(record.disk.steps)} steps "
                      f"({steps['write']} writes, {steps['sync']} syncs), torn records kept {torn}, "
                      f"{time.monotonic() - began:.0f} s", flush=True)
                require(steps["write"] and steps["sync"], f"{name}: nothing was recorded")
                if record.renewals:
                    controls(record, randoms)
    except Failed as failure:
        print(f"powerloss: {failure} (seed {seed})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
