#!/usr/bin/env python3
"""A year in the life of one connection, run as an operator runs it: `refresh --all --due` and `status` once a day, the
program itself with a clock that libfaketime sets, against the sandbox with the same clock. Prints what happened as a table.

Held to: refreshed when it was due and not more; the access token lives on every day of the consent; warned 30 days before
the consent ends and not earlier; told on the day that it ends; all is well again after `reconnect`. The same for a provider that
gives no refresh token.

usage: year.py --program PATH --server PATH
"""
import argparse
import glob
import json
import sys

from home import Failed, Home, require
from sandbox import BROWSER, Sandbox

DAY = 86400
# Swift finds its arguments on the stack, and with libfaketime there and addresses at random it finds none.
FIXED = ("setarch", "-R")
OK, WARNING, CRITICAL = 0, 1, 2


class Life:
    """One connection, and what happened to it."""

    def __init__(self, home, server):
        self.home, self.server, self.rows = home, server, []
        self.began = self.requests
        self.plain = dict(home.environment)

    @property
    def requests(self):
        """That the token endpoint has taken."""
        return self.server.control("GET", "state")["requests"].get("token", 0)

    def dawn(self, day):
        """Both clocks go so many days ahead. What was done at the dawn of another day lies whole days back, and the
        seconds that its commands took."""
        seconds = day * DAY
        self.server.control("POST", "clock", {"offset": seconds})
        self.home.environment = self.plain | {"LD_PRELOAD": faketime(), "FAKETIME": f"+{seconds}s",
                                              "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def live(self, day, refresh, status, state):
        """One day; the exit codes that are right on it."""
        self.dawn(day)
        before = self.requests
        refreshed = self.home.run("refresh", "--all", "--due", *self.home.key("cron"), before=FIXED)
        require(refreshed.returncode == refresh, f"day {day}: refresh: exit {refreshed.returncode}: {refreshed.stderr}")
        asked = self.requests - before
        seen = self.home.run("status", "--json", before=FIXED)
        require(seen.returncode == status, f"day {day}: status: exit {seen.returncode}: {seen.stdout}{seen.stderr}")
        report = json.loads(seen.stdout)["connections"][0]
        require(report["state"] in state, f"day {day}: {report['state']}")
        left = [report[clock] for clock in ("access_seconds_left", "consent_seconds_left")]
        if status != CRITICAL:
            require(left[0] > 0, f"day {day}: the access token is over")
        self._tell(day, asked, left, report["state"], [report["status"], *report["reasons"]])
        return asked

    def _tell(self, day, asked, left, state, seen):
        days = ["-" if seconds is None else str(round(seconds / DAY)) for seconds in left]
        row = (state, " ".join(seen))
        # A day on which nothing happened is no row.
        if asked or not self.rows or self.rows[-1][-2:] != row:
            self.rows.append((day, "refresh" if asked else "", *days, *row))

    def table(self, title):
        print(f"{title}\n  day  request  access  consent  state      status")
        for day, done, access, consent, state, said in self.rows:
            print(f"  {day:3}  {done:7}  {access:>6}  {consent:>7}  {state:9}  {said}")
        self.rows = []


def faketime():
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    require(found, "libfaketime is not installed: apt-get install faketime")
    return found[0]


def automatic(program, server):
    with Home(program) as home, Sandbox(server, home, "--refresh", "stable") as sandbox:
        sandbox.add_app()
        sandbox.connect("one")
        life = Life(home, sandbox)
        refreshed = []
        for day in range(365):
            warned = WARNING if day >= 335 else OK
            state = ("ok", "due") if day < 335 else ("expiring",)
            if life.live(day, 0, warned, state):
                refreshed.append(day)
        # Of 60 days a quarter is left after 45; the last token is cut to the consent's end, and no refresh mends that.
        require(refreshed == [45, 90, 135, 180, 225, 270, 315], f"refreshed on {refreshed}")
        require(life.requests - life.began == len(refreshed), "the provider was asked more often than that")
        # The day on which the consent ends: said by both, and the provider's own words are what counts.
        life.live(365, 4, CRITICAL, ("reconnect",))
        life.live(366, 4, CRITICAL, ("reconnect",))
        life.dawn(367)
        sandbox.walk(("reconnect", "one", *BROWSER, *home.key("cron")), before=FIXED)
        life.live(367, 0, OK, ("ok",))
        require(life.live(367 + 46, 0, OK, ("ok",)) == 1, "the new consent is not refreshed when it is due")
        life.table("A year with a refresh token, and its end")
        return len(refreshed)


def by_hand(program, server):
    with Home(program) as home, Sandbox(server, home, "--refresh", "none") as sandbox:
        sandbox.add_app()
        sandbox.connect("one")
        life = Life(home, sandbox)
        for day in range(60):
            # Warned while a quarter of the token's life is left.
            life.live(day, 0, WARNING if day >= 45 else OK, ("ok",) if day < 45 else ("due",))
        life.live(60, 4, CRITICAL, ("reconnect",))
        require(life.requests == life.began, "a provider without refresh tokens was asked for one")
        life.table("Without a refresh token")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--server", required=True)
    options = parser.parse_args()
    requests = automatic(options.program, options.server)
    by_hand(options.program, options.server)
    print(f"year: 365 days, {requests} refreshes, warned 30 days before the end, never surprised")


try:
    main()
except Failed as failure:
    sys.exit(f"year: {failure}")
