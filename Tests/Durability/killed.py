#!/usr/bin/env python3
"""Kills the real program while it makes a new root key for a vault of 1,000 connections, and looks at what is left.

At moments spread over the whole of an uninterrupted run the program is stopped, its locks are looked at, and it is
killed. Then the vault must open with exactly the old keys or with exactly the new ones, by the second implementation
and by the program, hold every connection with its secrets, and take another rotation. Printed is where the kills fell:
before the write transaction, inside it, after its COMMIT (while the pages of the former generation go), after the end.
A run that hit nothing inside the transaction has failed; so has one of 100 kills and more that hit nothing after its
COMMIT.

usage: killed.py --program PATH [--kills 20] [--connections 1000] [--operation rotate|remove|change]…
"""
import argparse
import collections
import os
import random
import signal
import statistics
import subprocess
import sys
import time

from home import Failed, Home, grow, require, some, v

# SQLite's byte of the -shm that is locked by whoever writes (WAL file format, "WAL locks"): 120 is WAL_WRITE_LOCK.
WRITE_LOCK = 120


class Operation:
    """What is run, whose key is gone when it is done, and whose has come."""

    def __init__(self, arguments, gone=None, come=None):
        self.arguments, self.gone, self.come = arguments, gone, come

    def holders(self, generation):
        """Of every key whether it opens the vault."""
        new = generation == 2
        keys = {"cron": True, "laptop": True, "passphrase": True}
        if self.gone:
            keys[self.gone] = not new
        if self.come:
            keys[self.come] = new
        return keys


def operations(home):
    with_cron = home.key("cron")
    return {
        "rotate": Operation(("key", "rotate", *with_cron)),
        "remove": Operation(("key", "remove", "laptop", *with_cron), gone="laptop"),
        "change": Operation(("key", "change", "laptop", "--public-key", home.new_key("new"), *with_cron),
                            gone="laptop", come="new"),
    }


def writes(pid, shm):
    """Whether the process holds SQLite's write lock."""
    try:
        inode = os.stat(shm).st_ino
    except FileNotFoundError:
        return False
    with open("/proc/locks", encoding="ascii") as table:
        for fields in map(str.split, table):
            if fields[1] == "POSIX" and fields[3] == "WRITE" and fields[4] == str(pid):
                if fields[5].endswith(f":{inode}") and int(fields[6]) <= WRITE_LOCK <= int(fields[7]):
                    return True
    return False


def start(home, operation):
    return subprocess.Popen(home.command(*operation.arguments), env=home.environment, stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def uninterrupted(home, operation):
    """Seconds from start to end."""
    home.restore("old")
    begun = time.monotonic()
    process = start(home, operation)
    said = process.communicate()[1]
    require(process.returncode == 0, f"uninterrupted: exit {process.returncode}: {said}")
    return time.monotonic() - begun


def kill(home, operation, moment):
    """Starts it and kills it after so many seconds; whether it had ended, and whether it was writing."""
    process = start(home, operation)
    time.sleep(moment)
    # Stopped first, so that what is seen of its locks is what they are when it dies.
    os.kill(process.pid, signal.SIGSTOP)
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        process.returncode = os.waitstatus_to_exitcode(status)
        require(process.returncode == 0, f"ended by itself: {process.returncode}: {process.stderr.read()}")
        process.stderr.close()
        return True, False
    writing = writes(process.pid, home.vault + "-shm")
    process.kill()
    process.communicate()
    return False, writing


def judge(home, operation, connections):
    """What is left: the generation."""
    # SQLite's copy of the vault that VACUUM makes has no name: nobody would clear it away.
    stray = [name for name in os.listdir(home.folder) if "etilqs" in name]
    require(not stray, f"left behind: {stray}")
    found = home.read("cron")
    require(isinstance(found, dict), f"the key in hand: {found}")
    generation = found["generation"]
    require(generation in (1, 2), f"generation {generation}")
    secrets = {row["name"]: row["secrets"] for row in found["connections"]}
    require(secrets == {f"grown-{n}": grow.secrets_of(f"grown-{n}") for n in range(1, connections + 1)},
            "connections or their secrets are missing or others")
    require([row["secrets"] for row in found["apps"]] == [{"client_secret": "client-secret-of-acme"}], "the app's secret")
    tables = v.read_vault(home.vault)
    for key, opens in operation.holders(generation).items():
        answer = home.answer(key, tables)
        require(answer == (True if opens else "wrong key"), f"generation {generation}, {key}: {answer}")
    # The program itself, which finds and moves what is in the -wal.
    for key, opens in operation.holders(generation).items():
        if not key.startswith("passphrase"):
            done = home.run("verify", *home.key(key))
            require(done.returncode == (0 if opens else 12),
                    f"generation {generation}, verify with {key}: exit {done.returncode}: {done.stderr}")
    home.must("key", "rotate", *home.key("cron"))
    again = home.read("cron")
    require(isinstance(again, dict) and again["generation"] == generation + 1, "the rotation after it")
    require(len(again["connections"]) == connections, "the rotation after it lost rows")
    return generation


def run(home, name, operation, options, randoms):
    split = collections.Counter()
    durations = []
    # One kill in each of as many equal parts of a run and a little beyond, in any order.
    parts = randoms.sample(range(options.kills), options.kills)
    for part in parts:
        # Measured before each: a machine that gets busier would take all later kills to the beginning of a run.
        durations.append(uninterrupted(home, operation))
        moment = (part + randoms.random()) / options.kills * durations[-1] * 1.05
        home.restore("old")
        ended, writing = kill(home, operation, moment)
        try:
            generation = judge(home, operation, options.connections)
        except Failed as failure:
            raise Failed(f"{name}, killed after {moment * 1000:.1f} ms, writing: {writing}: {failure}") from failure
        if ended:
            require(generation == 2, f"{name}: ended with success at generation {generation}")
            split["after its end"] += 1
        elif generation == 2:
            split["after COMMIT"] += 1
        else:
            split["inside" if writing else "before"] += 1
    places = ", ".join(f"{place} {split[place]}" for place in ("before", "inside", "after COMMIT", "after its end"))
    print(f"killed: {name}, {options.connections} connections, {statistics.median(durations) * 1000:.0f} ms, {options.kills} kills: {places}",
          flush=True)
    require(split["inside"] > 0, f"{name}: no kill fell inside the transaction")
    require(split["after COMMIT"] > 0 or options.kills < 100, f"{name}: no kill fell after COMMIT")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--kills", type=some, default=20)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--operation", action="append", choices=("rotate", "remove", "change"))
    parser.add_argument("--seed", type=int, default=None, help="for the moments; else other ones at every run")
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    randoms = random.Random(seed)
    try:
        with Home(options.program, options.connections) as home:
            known = operations(home)
            home.save("old")
            for name in options.operation or known:
                run(home, name, known[name], options, randoms)
    except Failed as failure:
        print(f"killed: {failure} (seed {seed})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
