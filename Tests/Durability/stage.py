"""A vault with connections to a strictly rotating server, and moments to which both can be put back together."""
import contextlib
import glob
import os

from home import STATE, Home, require
from sandbox import Sandbox
from traced import inject, trace

WAITING = "one"


class Stage:
    """Connections `one`, `two`, … through the app `sand`. Moments: `connected`; `waiting`, in which the new tokens of
    `one` are in the spool alone.

    `with Stage(program, server) as stage:`
    """

    def __init__(self, program, server, names=("one", "two", "three", "four"), options=()):
        with contextlib.ExitStack() as stack:
            self.home = stack.enter_context(Home(program))
            self.server = stack.enter_context(Sandbox(server, self.home, *options))
            self.server.add_app()
            for name in names:
                self.server.connect(name)
            self._stack = stack.pop_all()
        self.names = names
        self.key = self.home.key("cron")
        self.live = {}
        self.keep("connected", self.tokens())
        self._keep_waiting()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    def keep(self, moment, live):
        self.home.save(moment)
        self.server.keep(moment)
        self.live[moment] = live

    def go_back(self, moment):
        """Returns where the server's log ends now."""
        self.home.restore(moment)
        self.server.go_back(moment)
        return self.server.log_end

    def prepare(self, command):
        """The moment that a command begins from, and the answer that it is to get. Returns where the server's log ends now."""
        since = self.go_back(command.moment)
        if command.refused:
            self.server.fail(command.refused)
        return since

    def untouched(self, moment, since):
        """Whether the files are those of the moment, byte for byte, and the server has heard of no token."""
        return not self.server.log(since) and contents(self.home.place, self.home.files(), self.home.state) == contents(
            self.home.path(moment), self.home.files(self.home.path(moment)), os.path.join(self.home.path(moment), STATE))

    def rows(self):
        """By the second implementation, from the files as they are; the word of the answer where they do not open."""
        found = self.home.read("cron")
        return {row["name"]: row for row in found["connections"]} if isinstance(found, dict) else found

    def tokens(self):
        rows = self.rows()
        require(isinstance(rows, dict), f"the vault does not open: {rows}")
        return {name: row["secrets"]["refresh_token"] for name, row in rows.items()}

    def refreshing(self, *names):
        return "refresh", *names, "--force", *self.key

    def _keep_waiting(self):
        """A refresh that dies between the spool and the vault."""
        arguments = self.refreshing(WAITING)
        order = [line for line in trace(self.home, arguments, only={"pwrite64"}).trace.splitlines() if "pwrite64(" in line]
        spooled = next(n for n, line in enumerate(order) if ".spool>" in line)
        self.go_back("connected")
        run = inject(self.home, arguments, "pwrite64", f"signal=SIGKILL:when={spooled + 2}")
        require(run.killed and run.spooled and len(run.received) == 1, "no record was left in the spool")
        live = self.live["connected"] | {WAITING: run.received.pop()}
        require(self.tokens()[WAITING] == self.live["connected"][WAITING], "the record was stored already")
        self.keep("waiting", live)


def contents(folder, files, state):
    """Of a vault's files, and of what is remembered of it elsewhere."""
    found = {}
    remembered = [path for path in glob.glob(os.path.join(state, "**"), recursive=True) if os.path.isfile(path)]
    for base, path in [(folder, os.path.join(folder, file)) for file in files] + [(state, path) for path in remembered]:
        with open(path, "rb") as file:
            found[os.path.relpath(path, base)] = file.read()
    return found
