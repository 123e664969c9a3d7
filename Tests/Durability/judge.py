"""What the server and the files say after one disturbed run: which tokens the vault still has, and which keys open it."""
import collections
import glob
import json
import os
import re

from home import require, v
from killed import operations
from sandbox import BROWSER

LOST = "received and lost in the window"
NOWHERE = "takes this one for one that got no answer"


class Command:
    def __init__(self, arguments, moment, touched, rekeying=None, made=None, replaced=None, refused=None):
        self.arguments, self.moment, self.rekeying = arguments, moment, rekeying
        # The server's answer is this failure, and no tokens; it spends none. How the command ends undisturbed then.
        self.refused = refused
        self.status = {None: 0, 400: 4, 429: 6}[refused and refused["status"]]
        self.word = {None: None, 400: ("reconnect", "invalid-grant"), 429: ("ok", "transient")}[refused and refused["status"]]
        # The connections whose tokens it handles.
        self.touched = touched
        # Among them one that it makes, or gives a new grant.
        self.made, self.replaced = made, replaced


def commands(stage):
    rekeyings = operations(stage.home)
    connected = {
        "connect": Command(stage.server.connecting("five"), "connected", ["five"], made="five"),
        "reconnect": Command(("reconnect", "one", *BROWSER, *stage.key), "connected", ["one"], replaced="one"),
        "refresh": Command(stage.refreshing("one"), "connected", ["one"]),
        # Fewer at once than there are: the commit that stores one's tokens marks the next one.
        "refresh --all": Command(stage.refreshing("--all", "--jobs", "2"), "connected", stage.names),
        "recover": Command(("recover", *stage.key), "waiting", ["one"]),
    }
    return connected | {f"key {name}": Command(rekeying.arguments, "waiting", ["one"], rekeying)
                        for name, rekeying in rekeyings.items()}


def refusals(stage):
    """Refreshes of which the provider says that they spent no token."""
    def one(label, status, word):
        # For longer than a command waits: it is not tried again.
        answer = {"endpoint": "token", "status": status, "body": json.dumps({"error": word}), "headers": {"Retry-After": "120"}}
        return label, Command(stage.refreshing("one"), "connected", ["one"], refused=answer)

    return dict([one("refresh, asked for patience", 429, "slow_down"), one("refresh, grant over", 400, "invalid_grant")])


class Judge:
    """Refreshes every connection once more, and reads in the server's log with which tokens that was done."""

    def __init__(self, stage, command, run, since):
        self.stage, self.command, self.run, self.since = stage, command, run, since
        self.before = stage.live[command.moment]
        self.tokens, self.made = successors(stage.server.log(since))
        self.outcomes = collections.Counter()

    def judge(self):
        self.stage.server.fail_no_more()
        if self.run.status != 0 and self.stage.untouched(self.command.moment, self.since):
            self.outcomes["files and server untouched"] += 1
            return self.outcomes
        rows = self.stage.rows()
        require(isinstance(rows, dict), f"the vault as it was left: {rows}")
        self._keys()
        done = self.stage.home.run("verify", *self.stage.key)
        require(done.returncode == 0, f"verify: exit {done.returncode}: {done.stderr}")
        self._records()
        # What waits in the spool and in files is stored by the next command that changes the vault: by this one it is told of.
        files = self._files()
        done = self.stage.home.run("recover", *self.stage.key)
        require(done.returncode == 0, f"recover: exit {done.returncode}: {done.stderr}")
        require(not self._files(), f"recover left files behind: {done.stdout}")
        self.outcomes["in a file of its own, and restored from that"] += len(files)
        if self.command.refused:
            self._refused()
        again, now, done = self._refresh(rows)
        results = [self._connection(name, rows, again, now) for name in self.before if name in self.command.touched]
        interrupted = results.count("interrupted")
        expected = 4 if interrupted else 0
        require(done is None or done.returncode == expected, f"the next refresh: {done}")
        if self.command.made:
            self._made(rows, again)
        return self.outcomes

    def _files(self):
        folders = (self.stage.home.place, os.path.join(self.stage.home.state, "advault"))
        return [path for folder in folders for path in glob.glob(os.path.join(folder, "advault-*.recovery"))]

    def _records(self):
        """Those that were printed."""
        home = self.stage.home
        for record in re.findall(r"^ADVAULT-RECOVERY-1 \S+$", self.run.stderr, re.MULTILINE):
            home.write("printed", record)
            done = home.run("recover", home.path("printed"), *self.stage.key)
            require(done.returncode == 0, f"recover: exit {done.returncode}: {done.stderr}")
            os.unlink(home.path("printed"))
            self.outcomes["printed, and restored from that"] += 1

    def _keys(self):
        if self.command.rekeying:
            tables = v.read_vault(self.stage.home.vault)
            generation = tables["vault"][0]["generation"]
            require(generation in (1, 2), f"generation {generation}")
            for key, opens in self.command.rekeying.holders(generation).items():
                answer = self.stage.home.answer(key, tables)
                require(answer == (True if opens else "wrong key"), f"generation {generation}, {key}: {answer}")
            self.outcomes[f"generation {generation}"] += 1

    def _refresh(self, rows):
        for name in self.before:
            if name not in self.command.touched:
                require(rows[name]["secrets"]["refresh_token"] == self.before[name], f"{name} has another token")
        names = [name for name in self.command.touched if name in rows]
        if not names:
            return {}, rows, None
        since = self.stage.server.log_end
        done = self.stage.home.run(*self.stage.refreshing(*names))
        log = self.stage.server.log(since)
        require(not [event for event, _ in log if event in ("reused", "revoked")], f"a token was sent twice: {done.stderr}")
        now = self.stage.rows()
        require(isinstance(now, dict), f"after the next refresh: {now}")
        return successors(log)[0], now, done

    def _connection(self, name, rows, again, now):
        """Its live token goes on, or it is interrupted and keeps the one it had."""
        token, row = self.before[name], now[name]
        came = self.tokens.get(token)
        # Two processes may have refreshed, one after the other.
        while self.tokens.get(came) in self.run.received:
            came = self.tokens[came]
        if name == self.command.replaced and self.made in self.run.received:
            came = self.made
        expected = came if came in self.run.received else token
        if row["state"] == "ok":
            spent = next((former for former, new in again.items() if new == row["secrets"]["refresh_token"]), None)
            if spent == expected:
                self._count("received and stored" if came in self.run.received else "no new token: the former lives")
                return "ok"
            # The grant before a new one lives on: nobody is locked out.
            require(name == self.command.replaced and spent == token, f"{name} went on with a token that was not its newest")
            self._consent_lost(name)
            return "ok"
        require(row["state"] == "interrupted", f"{name}: {row['state']}")
        require(row["secrets"]["refresh_token"] == token, f"{name}: interrupted, and its token was not kept")
        # A word that this token is unspent must not be lost as easily as none.
        require(not self.command.refused or not self.run.began_to_send or NOWHERE in self.run.stderr,
                f"{name}: what the provider said is lost: exit {self.run.status}: {self.run.stderr}")
        if came in self.run.received:
            self._lost(name)
        elif came or self.run.began_to_send:
            self._count("sent, no whole answer: interrupted")
        else:
            require(rows[name]["pending"] is not None, f"{name}: interrupted without a mark")
            self._count("marked, nothing sent: interrupted")
        return "interrupted"

    def _refused(self):
        """What the provider said stands in the vault, unless it was said that it does not."""
        (name,), said = self.command.touched, f"exit {self.run.status}: {self.run.stderr}"
        row = self.stage.rows()[name]
        require(self.run.status == self.command.status or not self.run.began_to_send, f"not what the provider said: {said}")
        if self.run.status != self.command.status:
            return
        if NOWHERE in self.run.stderr:
            # One write alone that fails leaves other places.
            require(self.run.injected > 1, f"one fault, and noted nowhere: {said}")
            return
        require(row["pending"] is None and (row["state"], row["last_error"]) == self.command.word,
                f"what the provider said is not in the vault: {said}")
        self.outcomes["refused, and noted"] += 1

    def _lost(self, name):
        require(not self.run.spooled or self.command.arguments[1] != name, f"{name}: lost after it was in the spool")
        self._count(LOST)

    def _consent_lost(self, name):
        """A new grant is not in the spool before its commit: it is lost until then, and not after it."""
        require(not self.run.committed_after(self.made), f"{name}: lost after its commit was on the disk")
        self._lost(name)

    def _count(self, outcome):
        self.outcomes[outcome] += 1

    def _made(self, rows, again):
        name = self.command.made
        if name in rows:
            require(self.made in self.run.received, f"{name} is there without an answer")
            require(self.made in again, f"{name} went on with another token")
            self._count("received and stored")
        elif self.made in self.run.received:
            self._consent_lost(name)
        else:
            self._count("sent, no whole answer: nothing stored" if self.run.sent else "nothing sent")
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
