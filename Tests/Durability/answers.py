#!/usr/bin/env python3
"""A provider that takes a spent refresh token for some seconds more (`refresh_grace_s`), and a line that loses, invents and
alters its answers; the server's log is the judge: after the grace no token may come again.

Between the program and the server each refresh meets one fate of `FATES`, or nobody listens. Two scripted rounds begin: the
first answers are all lost, then second requests within the grace end in every way that says nothing of the first, then
the grace is over. Random rounds follow. After each command the vault must hold, of each connection, the newest token that
was handed to the program with a success, and whoever is interrupted must have had an answer that says nothing. A run
without a second request within a grace, or without one that was kept back after it, has failed.

usage: answers.py --program PATH --server PATH [--seconds 20] [--seed S] [--workers N]
"""
import argparse
import collections
import concurrent.futures
import contextlib
import json
import random
import re
import socket
import sys
import threading
import time
import urllib.parse

from home import Failed, Home, require
from relay import message, refresh_token
from sandbox import Sandbox

# Seconds; the server's is longer by what a request is on its way, on a busy machine too, and by the seconds' own length.
GRACE, SERVER_GRACE = 5, 8
NAMES = ("one", "two", "three", "four")
ALLOWED = {0, 4, 5, 6}


def odd(error):
    """A success with an `error` of no meaning, or of any."""
    def change(answer):
        return body(200, json.loads(answer.split(b"\r\n\r\n", 1)[1]) | {"error": error})
    return change


def body(status, content, *headers):
    data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    head = [f"HTTP/1.1 {status} X", "Content-Type: application/json", f"Content-Length: {len(data)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + data


def always(*answer):
    return lambda _: body(*answer)


class Fate:
    """What a refresh meets: whether the server is asked; what the program is handed, None for the end of the line."""

    def __init__(self, asks, change, brings=False, doubt=False):
        self.asks, self.change, self.brings, self.doubt = asks, change, brings, doubt


FATES = {
    "good": Fate(True, lambda answer: answer, brings=True),
    "error null": Fate(True, odd(None), brings=True),
    "error false": Fate(True, odd(False), brings=True),
    "error 0": Fate(True, odd(0), brings=True),
    "error empty": Fate(True, odd(""), brings=True),
    "lost": Fate(True, lambda _: None, doubt=True),
    "half": Fate(True, lambda answer: answer[:-9], doubt=True),
    "error beside tokens": Fate(True, odd("oops"), doubt=True),
    "no JSON": Fate(True, always(200, "<html>"), doubt=True),
    "408": Fate(True, always(408, "<html>"), doubt=True),
    "408 before": Fate(False, always(408, {"message": "timed out"}), doubt=True),
    "499": Fate(True, always(499, ""), doubt=True),
    "524": Fate(True, always(524, "<html>"), doubt=True),
    "429": Fate(False, always(429, {"error": "slow_down"}, "Retry-After: 0")),
    "429 alone": Fate(False, always(429, "")),
    "503": Fate(False, always(503, {"error": "later"})),
    "401": Fate(False, always(401, {"error": "invalid_client"})),
    "400": Fate(False, always(400, {"error": "invalid_request"})),
}
# Half of what is left to chance goes well, or nothing would be left to disturb.
CHANCES = ["good"] * 8 + ["lost"] * 4 + [name for name in FATES if name != "401"]


class Line:
    """Between the program and the token endpoint."""

    def __init__(self, address, plan):
        self._to, self._plan = urllib.parse.urlsplit(address), plan
        self.port, self._listener = 0, None
        self.up()

    def up(self):
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def down(self):
        """Nobody answers at the address."""
        # Closed alone, it would still take the one that its thread waits for.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                client = listener.accept()[0]
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError):
            while request := message(client):
                found = re.search(rb"[&\n]refresh_token=([^&\s]+)", request)
                answer = self._refresh(request, urllib.parse.unquote(found[1].decode())) if found else self._ask(request)
                if answer is None:
                    return
                client.sendall(answer)

    def _ask(self, request):
        with socket.create_connection((self._to.hostname, self._to.port)) as server:
            server.sendall(request)
            return message(server)

    def _refresh(self, request, token):
        fate = self._plan(token)
        answer = self._ask(request) if fate.asks else None
        self._plan(token, fate, refresh_token(answer) if answer else None)
        return fate.change(answer)


class Ground:
    """A vault and a server of its own; put back to their beginning for each round."""

    def __init__(self, options, seed):
        self.randoms, self.lock = random.Random(seed), threading.Lock()
        self.met, self.statuses = collections.Counter(), collections.Counter()
        with contextlib.ExitStack() as stack:
            self.home = stack.enter_context(Home(options.program))
            self.server = stack.enter_context(Sandbox(options.server, self.home))
            self.line = Line(self.server.address, self.plan)
            stack.callback(self.line.down)
            self.server.through(self.line.port, refresh_grace_s=GRACE)
            self.server.control("PUT", "settings", {"refresh_grace": SERVER_GRACE})
            self.server.add_app()
            for name in NAMES:
                self.server.connect(name)
            self.close = stack.pop_all().close
        self.home.save("connected")
        self.server.keep("connected")

    # The line's

    def plan(self, token, fate=None, brought=None):
        with self.lock:
            name = self.name_of.get(token)
            if fate is None:
                self.sent[name] += 1
                self.met["sent again within the grace"] += name in self.doubt
                word = self.script.get(name) or self.randoms.choice(CHANCES)
                self.met[word] += 1
                return FATES[word]
            if brought:
                self.name_of[brought] = name
            if fate.brings and brought:
                self.held[name] = brought
                self.doubt.discard(name)
            elif fate.doubt:
                self.doubt.add(name)
            return None

    # Rounds

    def rows(self):
        found = self.home.read("cron")
        require(isinstance(found, dict), f"the vault: {found}")
        return {row["name"]: row for row in found["connections"]}

    def begin(self):
        self.home.restore("connected")
        self.server.go_back("connected")
        self.since = self.server.log_end
        self.held = {name: row["secrets"]["refresh_token"] for name, row in self.rows().items()}
        self.name_of = {token: name for name, token in self.held.items()}
        self.doubt, self.sent, self.script = set(), collections.Counter(), {}

    def command(self, script=None, down=False):
        """Refreshes all of them; nobody listens where the line is down."""
        self.script, self.sent = script or {}, collections.Counter()
        if down:
            self.line.down()
        done = self.home.run("refresh", "--all", "--force", "--jobs", str(len(NAMES)), *self.home.key("cron"))
        if down:
            self.line.up()
            self.met["nobody listens"] += 1
        self.statuses[done.returncode] += 1
        require(done.returncode in ALLOWED, f"exit {done.returncode}: {done.stderr}")
        self.judge(done.stderr)

    def judge(self, said):
        log = collections.Counter(event for event, _ in self.server.log(self.since))
        require(not log["reused"] and not log["revoked"], f"{log['reused']} tokens came again after their grace: {said}")
        for name, row in self.rows().items():
            require(row["secrets"]["refresh_token"] == self.held[name], f"{name}: not the newest that was handed over: {said}")
            require(row["state"] != "interrupted" or name in self.doubt, f"{name}: interrupted, and nothing was in doubt: {said}")
            require(row["state"] != "reconnect", f"{name}: the grant is over: {said}")

    def outlast(self):
        time.sleep(SERVER_GRACE + 1.2)

    def kept_back(self, fates=None):
        """After the grace: what is in doubt is interrupted, and not sent."""
        doubtful = set(self.doubt)
        self.command(fates)
        rows = self.rows()
        for name in doubtful:
            require(self.sent[name] == 0, f"{name}: sent after the grace")
            require(rows[name]["state"] == "interrupted", f"{name}: sent with an unknown end, and not interrupted")
            self.met["kept back after the grace"] += 1

    def scripted(self, down):
        self.begin()
        self.command(dict.fromkeys(NAMES, "lost"))
        require(self.doubt == set(NAMES), "an answer was not lost")
        if down:
            self.command(down=True)
        else:
            self.command(dict(zip(NAMES, ("429", "401", "408 before", "error 0"))))
        self.outlast()
        self.kept_back(dict.fromkeys(NAMES, "good"))

    def chance(self, end):
        """Until the time is over, or everything is interrupted."""
        self.begin()
        while time.monotonic() < end and any(row["state"] != "interrupted" for row in self.rows().values()):
            late = time.monotonic() + SERVER_GRACE + 1.2 > end
            if self.doubt and not late and self.randoms.random() < 0.25:
                self.outlast()
                self.kept_back()
            else:
                self.command(down=self.randoms.random() < 0.15)


def part(options, seed, number):
    ground = Ground(options, seed)
    try:
        end = time.monotonic() + options.seconds
        ground.scripted(down=number % 2 == 1)
        while time.monotonic() < end:
            ground.chance(end)
    finally:
        ground.close()
    return ground.met, ground.statuses


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    try:
        with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
            parts = list(pool.map(lambda number: part(options, seed + number, number), range(options.workers)))
        met = sum((one for one, _ in parts), collections.Counter())
        exits = sum((one for _, one in parts), collections.Counter())
        print(f"answers: {sum(exits.values())} commands, seed {seed}: " + ", ".join(f"{what} {met[what]}" for what in sorted(met))
              + "; exits " + ", ".join(f"{status}: {number}" for status, number in sorted(exits.items())) + "; reused 0", flush=True)
        for what in ("sent again within the grace", "kept back after the grace", "lost", "429", "408 before", "error 0"):
            require(met[what] > 0, f"met nothing: {what}")
        require(met["nobody listens"] > 0 or options.workers < 2, "met nothing: nobody listens")
    except Failed as failure:
        print(f"answers: {failure} (seed {seed})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
