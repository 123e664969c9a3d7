#!/usr/bin/env python3
"""Many processes refresh a few connections in loops and are killed at random, against a server that ends the grant
when a spent refresh token comes again; the server's log is the judge.

Kills come at random moments of a run, and at moments chosen by the relay through which all requests go: before the
server is asked, before, within and after its answer. The relay also tells whether the program had read an answer's last
byte. No token may be spent twice. Where the request had left and no whole answer had come, the connection has to become
`interrupted` with the token kept; then it is connected again, so that the storm goes on. An answer that was received
may be lost where the kill came before its record was in the spool: the stated window, counted. Any other loss fails,
and so does a run in which no kill fell inside a request.

usage: storm.py --program PATH --server PATH [--seconds 20] [--processes 64] [--connections 8] [--seed S]
"""
import argparse
import base64
import collections
import contextlib
import json
import math
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time

from home import Failed, Home, require, v
from relay import Relay, owner, ports_of
from sandbox import Sandbox

# What a process may end with: done, reconnect needed, busy.
ALLOWED = {0, 4, 7}
PHASES = ("inside a request", "received, before the spool or after the commit", "in the spool", "no request")
NEVER = "answers never received, interrupted"
LOST = "received and lost in the window"
# Of the kills after an answer this share may lose it; chance is allowed so many standard deviations beyond.
SHARE, DEVIATIONS = 0.1, 4
# So many times its seconds a storm may last.
PATIENCE = 6
PLACE, FIRST = 77_824, 4_096


class Storm:
    def __init__(self, options, seed, home, server):
        self.options, self.home, self.server = options, home, server
        self.randoms = random.Random(seed)
        self.lock, self.database = threading.Lock(), threading.Lock()
        self.running, self.out = {}, set()
        self.kills, self.statuses, self.ends = collections.Counter(), collections.Counter(), collections.Counter()
        self.runs, self.failure, self.took = 0, None, 0
        self.over = threading.Event()
        self.books = Books(server)
        self.relay = Relay(server.address, self.plan)
        server.through(self.relay.port)
        server.add_app()
        self.names = [f"c{number}" for number in range(1, options.connections + 1)]
        for name in self.names:
            server.connect(name)
        self.learn()
        self.ids = {row["name"]: row["connection_id"] for row in self.look()["connections"]}

    # Processes

    def worker(self, randoms):
        try:
            while not self.over.is_set():
                self.one_run(randoms)
        except Exception as failure:  # pylint: disable=broad-except
            self.fail(failure)

    def fail(self, failure):
        self.failure = self.failure or failure
        self.over.set()

    def one_run(self, randoms):
        names = sorted(set(self.names) - self.out)
        if not names:
            time.sleep(0.05)
            return
        every = randoms.random() < 0.25 and len(names) > len(self.names) // 2
        chosen = ("--all", "--jobs", "4") if every else randoms.sample(names, min(len(names), randoms.randint(1, 3)))
        errors = self.home.path(f"errors-{threading.get_ident()}")
        # Behind the server and whoever connects again.
        command = self.home.command("refresh", *chosen, "--force", *self.home.key("cron"), before=("nice", "-n", "5"))
        with open(errors, "wb") as said:
            process = subprocess.Popen(command, env=self.home.environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=said)
        running = Running(process.pid)
        with self.lock:
            self.running[process.pid] = running
            self.runs += 1
        if randoms.random() < 0.3:
            self.later(randoms.uniform(0, self.options.slowness), running)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            self.kill(process.pid)
            _, status = os.waitpid(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        with self.lock:
            del self.running[process.pid]
        running.close()
        self.statuses[process.returncode] += 1
        if process.returncode not in ALLOWED | {-signal.SIGKILL}:
            with open(errors, encoding="utf-8", errors="replace") as said:
                raise Failed(f"refresh {' '.join(chosen)}: exit {process.returncode}: {said.read()}")

    def later(self, seconds, running):
        timer = threading.Timer(seconds, lambda: self.over.is_set() or running.stop())
        timer.daemon = True
        timer.start()

    def kill(self, pid):
        """It stands still: what it has sent, received and put into the spool is what it dies with."""
        waiting = spooled(self.home.vault + ".spool")
        found = self.relay.on_ports(ports_of(pid))
        exchanges = [exchange for exchange in found if not exchange.ended.is_set()]
        for exchange in exchanges:
            exchange.stopped = True
            exchange.spooled = exchange.brought is not None and self.ids[self.name_of(exchange)] in waiting
        os.kill(pid, signal.SIGKILL)
        with self.lock:
            self.kills["all"] += 1
            self.kills["no request"] += not exchanges

    def plan(self, exchange):
        """The relay's: at which phase the request's process is to be killed, if at all."""
        with self.lock:
            chance, pause = self.randoms.random(), self.randoms.uniform(0, 0.02)
            # Connections that wait to be connected again are of no use to the storm.
            few = len(self.out) > self.options.connections // 2
            running = dict(self.running)
        phase = "whole" if few or chance < 0.25 else Relay.PHASES[int(chance * 1000) % 3]
        if chance > 0.4 or self.over.is_set() or (pid := owner(exchange.port, running)) is None:
            return None

        def strike():
            if phase == "whole":
                time.sleep(pause)
            running[pid].stop()

        return phase, strike

    # Connections

    def name_of(self, exchange):
        self.books.read()
        family = self.books.issued[exchange.token]
        if family not in self.books.names:
            self.learn()
        return self.books.names[family]

    def look(self):
        """All rows and their secrets as one moment of the vault has them."""
        path = self.home.path("look.db")
        with self.database:
            for name in (path, path + "-wal", path + "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name)
            with contextlib.closing(sqlite3.connect(self.home.vault, timeout=60)) as live, \
                    contextlib.closing(sqlite3.connect(path)) as copy:
                live.backup(copy)
            os.chmod(path, 0o600)
            found = v.open_vault(path, self.home.machine("cron"), verify=True, any_place=True)
        return found

    def states(self):
        with self.database, contextlib.closing(sqlite3.connect(self.home.vault, timeout=60)) as live:
            return dict(live.execute("SELECT name, state FROM connection").fetchall())

    def heal(self):
        """Interrupted connections are judged and connected again, one after the other."""
        try:
            while not self.over.is_set():
                found = [name for name, state in self.states().items() if state != "ok"]
                self.out = set(found)
                for name in found:
                    self.judge(name)
                    self.again(name)
                    self.out.discard(name)
                time.sleep(0.1)
        except Exception as failure:  # pylint: disable=broad-except
            self.fail(failure)

    def again(self, name):
        self.server.walk(("reconnect", name, "--no-browser", *self.home.key("cron")))
        self.learn()

    def learn(self):
        """Whose grants there are."""
        rows = self.look()["connections"]
        self.books.read()
        for row in rows:
            self.books.names[self.books.issued[row["secrets"]["refresh_token"]]] = row["name"]

    def judge(self, name):
        """Interrupted: the token that it keeps is the newest, or the one whose answer never came whole."""
        row = next(row for row in self.look()["connections"] if row["name"] == name)
        token = row["secrets"]["refresh_token"]
        require(row["state"] == "interrupted", f"{name}: {row['state']}")
        self.books.read()
        successor = self.books.after.get(token)
        asked = self.relay.exchanges.get(token, [])
        for exchange in asked:
            require(exchange.ended.wait(30), f"{name}: a request that does not end")
        require(len(asked) <= 1, f"{name}: its token was sent {len(asked)} times")
        if successor is None:
            self.ends["interrupted, the server never asked"] += 1
            return
        require(successor not in self.books.after, f"{name}: keeps an older token than its last but one")
        exchange = asked[0]
        if not exchange.whole:
            self.ends[NEVER] += 1
        else:
            require(not exchange.spooled, f"{name}: LOST: a received answer, and it was in the spool")
            require(exchange.stopped, f"{name}: LOST: a received answer, by a process that was not killed")
            self.ends[LOST] += 1

    # The whole

    def run(self):
        threads = [threading.Thread(target=self.worker, args=(random.Random(self.randoms.random()),))
                   for _ in range(self.options.processes)]
        healer = threading.Thread(target=self.heal)
        for thread in [*threads, healer]:
            thread.start()
        began = time.monotonic()
        self.over.wait(self.options.seconds)
        # A slow machine is given time until kills have fallen where they must.
        while not self.has_met() and time.monotonic() - began < self.options.seconds * PATIENCE and not self.over.wait(1):
            pass
        self.over.set()
        self.took = time.monotonic() - began
        for thread in [*threads, healer]:
            thread.join()
        if self.failure:
            raise self.failure
        self.settle()
        self.tell()

    def settle(self):
        """Every connection goes on, or is interrupted as it should be; the vault verifies."""
        key = self.home.key("cron")
        self.home.must("recover", *key)
        done = self.home.run("refresh", "--all", "--force", *key)
        require(done.returncode in (0, 4), f"the last refresh: exit {done.returncode}: {done.stderr}")
        found = self.look()
        self.books.read()
        for row in found["connections"]:
            if row["state"] != "ok":
                self.judge(row["name"])
                continue
            token = row["secrets"]["refresh_token"]
            newest = token in self.books.issued and token not in self.books.after
            require(newest, f"{row['name']}: not its newest token")
        self.home.must("verify", *key)
        never = len([exchange for exchange in self.all_exchanges() if exchange.brought and not exchange.whole])
        require(never == self.ends[NEVER], f"{never} answers never received, {self.ends[NEVER]} interrupted by one")

    def all_exchanges(self):
        return [exchange for exchanges in list(self.relay.exchanges.values()) for exchange in list(exchanges)]

    def has_met(self):
        found = self.all_exchanges()
        return any(exchange.ended.is_set() and not exchange.whole for exchange in found) and any(
            exchange.spooled for exchange in found)

    def tell(self):
        for exchange in self.all_exchanges():
            if not exchange.whole:
                self.kills[PHASES[0]] += 1
                # The relay read the request after the kill.
                self.kills[PHASES[3]] -= not exchange.stopped
            elif exchange.stopped:
                self.kills[PHASES[2 if exchange.spooled else 1]] += 1
        ends = ", ".join(f"{what} {number}" for what, number in sorted(self.ends.items()))
        kills = ", ".join(f"{phase} {self.kills[phase]}" for phase in PHASES)
        options = self.options
        print(f"storm: {options.processes} processes, {options.connections} connections, "
              f"{self.took:.0f} s: {self.runs} runs, {len(self.books.after)} refreshes answered, "
              f"{self.kills['all']} kills: {kills}; {ends}; lost beyond the window 0, sent twice 0", flush=True)
        exits = ", ".join(f"{status}: {number}" for status, number in sorted(self.statuses.items()))
        print(f"storm: exits {exits}", flush=True)
        for phase in (PHASES[0], PHASES[2]):
            require(self.kills[phase] > 0, f"no kill fell {phase}")
        within(self.ends[LOST], self.kills[PHASES[1]] + self.kills[PHASES[2]])


class Books:
    """The server's log, read as it grows."""

    def __init__(self, server):
        self.server = server
        self.offset, self.names, self.lock = 0, {}, threading.Lock()
        # By token: the one that came for it; its grant.
        self.after, self.issued = {}, {}
        self.spent = {}

    def read(self):
        with self.lock:
            with open(self.server.log_file, "rb") as file:
                file.seek(self.offset)
                data = file.read()
            data = data[:data.rfind(b"\n") + 1]
            self.offset += len(data)
            for line in map(json.loads, data.splitlines()):
                if line["kind"] == "refresh":
                    self._take(line["event"], line["token"], line["family"])

    def _take(self, event, token, family):
        require(event not in ("reused", "revoked"), f"a token was {event}: it was sent twice")
        if event == "spent":
            require(token not in self.after, "a token was spent twice")
            self.spent[family] = token
        elif event == "issued":
            self.issued[token] = family
            if family in self.spent:
                self.after[self.spent.pop(family)] = token


def within(lost, kills):
    """The window is short: of the kills that come when an answer has been received, few fall into it."""
    most = kills * SHARE + DEVIATIONS * math.sqrt(kills * SHARE)
    require(lost <= most, f"{lost} answers were received and lost by {kills} kills after one: the window is too wide")


class Running:
    """A process of the storm. Its descriptor is closed when it has ended: whoever would stop it later stops nobody else."""

    def __init__(self, pid):
        self._pidfd, self._lock = os.pidfd_open(pid), threading.Lock()

    def stop(self):
        with self._lock, contextlib.suppress(OSError):
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, signal.SIGSTOP)

    def close(self):
        with self._lock:
            os.close(self._pidfd)
            self._pidfd = None


def spooled(path):
    """The connections that have a record in the spool, in hexadecimal (SECURITY.md, Spool)."""
    found = set()
    with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        for offset in range(FIRST, size, PLACE):
            file.seek(offset)
            head = file.read(36)
            length = int.from_bytes(head[:4], "big")
            text = file.read(length)
            if length and v.sha256(head[:4] + text) == head[4:]:
                coded = text.decode().split(" ")[1]
                row = json.loads(base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)))["row"]
                coded = row["connection_id"]
                found.add(base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).hex())
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--processes", type=int, default=64)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--slowness", type=float, default=4, help="seconds after which a kill comes at the latest")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    try:
        with Home(options.program) as home, Sandbox(options.server, home) as server:
            Storm(options, seed, home, server).run()
    except Failed as failure:
        print(f"storm: {failure} (seed {seed})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
