#!/usr/bin/env python3
"""Refreshes, a rotation and a change of a key begun at once, round after round, against a server that ends the grant when
a spent refresh token comes again.

In each round four processes of the real program start in any order: `refresh --all` with one machine's key, `refresh` of
one connection with the key that is being changed, `key rotate`, and `key change` of that key. Then the vault is two
generations on, opens with every key but the changed one, holds exactly the refresh tokens that the server last issued,
and its journal says what happened. The process whose key was changed has refreshed before, or was refused with 12 and
spent nothing.

usage: rounds.py --program PATH --server PATH [--rounds 20]
"""
import argparse
import collections
import random
import subprocess
import sys

from home import Failed, Home, require, some, v
from sandbox import Sandbox

NAMES = ("one", "two", "three")
# A vault has 1,000 generations, and each round takes two.
ROUNDS_OF_A_VAULT = 450


class Round:
    """One of them: `laptop` is the file of the key that the slot of this name has, `new` the one that it gets."""

    def __init__(self, home, server, laptop, new):
        self.home, self.server, self.laptop, self.new = home, server, laptop, new

    def commands(self):
        cron = self.home.key("cron")
        return {
            "refresh": ("refresh", "--all", "--force", *cron),
            "refresh by the changed key": ("refresh", "one", "--force", *self.home.key(self.laptop)),
            "rotate": ("key", "rotate", *cron),
            "change": ("key", "change", "laptop", "--public-key", self.home.new_key(self.new), *cron),
        }

    def run(self, randoms):
        """The exit status of each, by name."""
        before = v.read_vault(self.home.vault)
        commands = list(self.commands().items())
        randoms.shuffle(commands)
        running = {name: subprocess.Popen(self.home.command(*arguments), env=self.home.environment,
                                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                   for name, arguments in commands}
        said = {name: process.communicate(timeout=300)[1].decode() for name, process in running.items()}
        statuses = {name: process.returncode for name, process in running.items()}
        for name, status in statuses.items():
            allowed = (0, 12) if name == "refresh by the changed key" else (0,)
            require(status in allowed, f"{name}: exit {status}: {said[name]}")
        self.check(before)
        return statuses

    def check(self, before):
        found = self.home.read("cron")
        require(isinstance(found, dict), f"the vault: {found}")
        generation = before["vault"][0]["generation"]
        require(found["generation"] == generation + 2, f"generation {found['generation']} after {generation}")
        tables = v.read_vault(self.home.vault)
        for key, opens in {"passphrase": True, self.new: True, self.laptop: False}.items():
            answer = self.home.answer(key, tables)
            require(answer == (True if opens else "wrong key"), f"{key}: {answer}")
        log = self.server.log()
        require(not [event for event, _ in log if event in ("reused", "revoked")], "a token was sent twice")
        live = {token for event, token in log if event == "issued"} - {token for event, token in log if event == "spent"}
        stored = {row["name"]: row["secrets"]["refresh_token"] for row in found["connections"]}
        require(set(stored.values()) == live and len(stored) == len(NAMES), "a token was lost, or is not the newest")
        require(all(row["state"] == "ok" and row["pending"] is None for row in found["connections"]), "a state")
        events = tables["event"][len(before["event"]):]
        count = collections.Counter((event["operation"], event["outcome"]) for event in events)
        require(count["key-rotate", "ok"] == count["key-change", "ok"] == 1, f"the journal: {count}")


def vault(options, rounds, randoms, outcomes):
    with Home(options.program) as home, Sandbox(options.server, home) as server:
        server.add_app()
        for name in NAMES:
            server.connect(name)
        laptop = "laptop"
        for number in range(rounds):
            new = f"laptop-{number}"
            try:
                statuses = Round(home, server, laptop, new).run(randoms)
            except Failed as failure:
                raise Failed(f"round {number + 1}: {failure}") from failure
            laptop = new
            outcomes["refused" if statuses["refresh by the changed key"] else "in time"] += 1
        home.must("verify", *home.key(laptop))
        outcomes["tokens"] += len([1 for event, _ in server.log() if event == "spent"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--rounds", type=some, default=20)
    options = parser.parse_args()
    randoms, outcomes = random.Random(), collections.Counter()
    try:
        for first in range(0, options.rounds, ROUNDS_OF_A_VAULT):
            vault(options, min(ROUNDS_OF_A_VAULT, options.rounds - first), randoms, outcomes)
    except Failed as failure:
        print(f"rounds: {failure}", file=sys.stderr)
        return 1
    print(f"rounds: {options.rounds}, {outcomes['tokens']} tokens spent, none lost, none twice; the process whose key was "
          f"changed came in time {outcomes['in time']} times and was refused {outcomes['refused']} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
