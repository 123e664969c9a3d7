#!/usr/bin/env python3
"""A file system without a free block, filled after the request was sent and filled before (S6).

The vault is moved to a tmpfs. After: the server holds its answer back, the last block is written, the answer is let go;
with space again, the next commands must go on with the token that came; an answer without tokens must be known. Before: nothing may be sent, the sentence names
the full disk, and the exit code is 1. And with a few blocks left, from one up: stored, or unspent.

Needs a mount: it runs as root, or in a user namespace of its own.

usage: full.py --program PATH --server PATH [--rounds 100]
"""
import argparse
import collections
import contextlib
import errno
import os
import subprocess
import sys
import time

from home import Failed, require, some
from judge import Command, Judge, refusals
from stage import Stage
from traced import Run

SIZE = "2m"
# With so many left a refresh has room; with none it has not.
MOST_BLOCKS = 100
FULL = "No space left on device"


@contextlib.contextmanager
def small_disk(stage):
    """The stage's vault on a tmpfs; everything else that it may write to is on the same one."""
    home = stage.home
    disk = home.path("disk")
    os.mkdir(disk, mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "advault-test", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(disk):
    """Takes every block; the file that holds them."""
    path = os.path.join(disk, "filler")
    with open(path, "wb", buffering=0) as file:
        size = 1 << 16
        while size:
            try:
                if file.write(bytes(size)) < size:
                    size //= 2
            except OSError as error:
                require(error.errno == errno.ENOSPC, f"filling: {error}")
                size //= 2
    free = os.statvfs(disk)
    require(free.f_bavail == 0, f"{free.f_bavail} blocks are free")
    return path


def start(stage):
    return subprocess.Popen(stage.home.command(*stage.refreshing("one")), env=stage.home.environment, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def until(condition, process):
    deadline = time.monotonic() + 60
    while not condition():
        require(process.poll() is None, f"ended early: {process.returncode}")
        require(time.monotonic() < deadline, "nothing came within a minute")
        time.sleep(0.005)


def answered_on_a_full_disk(stage, disk):
    """A refresh whose answer the server holds back until the last block is taken."""
    process = start(stage)
    until(lambda: stage.server.held == 1, process)
    filler = fill(disk)
    stage.server.release()
    out, said = process.communicate(timeout=60)
    os.unlink(filler)
    return Run(process.returncode, out, said, "")


def after(stage, disk, command):
    """One round: the disk is filled while the answer is on its way."""
    since = stage.go_back("connected")
    stage.server.hold()
    run = answered_on_a_full_disk(stage, disk)
    said = run.stderr
    # The answer was let go and the program has ended by itself: what the server handed out was received.
    run.received = {token for event, token in stage.server.log(since) if event == "answered"}
    require(len(run.received) == 1, f"{len(run.received)} answers: {said}")
    require(run.status in (0, 9), f"exit {run.status}: {said}")
    if run.status == 9:
        require(FULL in said and "they are kept, sealed, in the spool" in said and "hint: " in said, said)
    outcomes = Judge(stage, command, run, since).judge()
    require(outcomes["received and stored"] == 1, f"{dict(outcomes)}: {said}")
    return f"stored, exit {run.status}"


def refused(stage, disk, command):
    """The same, and the answer says that no token was spent."""
    since = stage.go_back("connected")
    stage.server.fail(command.refused | {"hold": True})
    run = answered_on_a_full_disk(stage, disk)
    said = run.stderr
    require(run.status == command.status, f"exit {run.status}: {said}")
    require("\nhint: " in said and (FULL not in said or "it waits in the spool" in said), said)
    run.began_to_send = True
    outcomes = Judge(stage, command, run, since).judge()
    require(outcomes["refused, and noted"] == 1, f"{dict(outcomes)}: {said}")
    return f"noted, exit {run.status}, {'in the spool till then' if FULL in said else 'at once'}"


def before(stage, disk):
    since = stage.go_back("connected")
    filler = fill(disk)
    done = stage.home.run(*stage.refreshing("one"))
    os.unlink(filler)
    require(not stage.server.log(since), f"something was sent: {done.stderr}")
    require(done.returncode == 1 and FULL in done.stderr and "\nhint: " in done.stderr, f"exit {done.returncode}: {done.stderr}")
    stage.home.must(*stage.refreshing("one"))
    spent = [token for event, token in stage.server.log(since) if event == "spent"]
    require(spent == [stage.live["connected"]["one"]], "the next refresh spent another token")
    return "unspent, exit 1"


def tight(stage, disk, command, blocks):
    """So many blocks are left."""
    since = stage.go_back("connected")
    filler = fill(disk)
    os.truncate(filler, os.path.getsize(filler) - blocks * os.statvfs(disk).f_bsize)
    done = stage.home.run(*stage.refreshing("one"))
    os.unlink(filler)
    run = Run(done.returncode, done.stdout, done.stderr, "")
    run.received = {token for event, token in stage.server.log(since) if event == "answered"}
    require(done.returncode == 0 or FULL in done.stderr and "\nhint: " in done.stderr, f"exit {done.returncode}: {done.stderr}")
    require(done.returncode in ((0, 9) if run.received else (1,)), f"exit {done.returncode}: {done.stderr}")
    outcomes = Judge(stage, command, run, since).judge()
    require(outcomes["received and stored"] == len(run.received), f"{dict(outcomes)}: {done.stderr}")
    return f"{'stored' if run.received else 'unspent'}, exit {done.returncode}"


class OnDisk(Stage):
    """A stage whose vault and whose folders for records are on the small disk."""

    def __init__(self, program, server, stack):
        super().__init__(program, server, names=("one",))
        stack.callback(self.__exit__)
        disk = self.disk = stack.enter_context(small_disk(self))
        home = self.home
        home.move(disk)
        # Else a record could go to another file system, which is not what is asked here.
        home.environment |= {"TMPDIR": disk, "XDG_RUNTIME_DIR": disk}
        self.go_back("connected")
        home.must("verify", *self.key)


def tell(label, rounds, one):
    began, found = time.monotonic(), collections.Counter()
    for number in rounds:
        try:
            found[one(number)] += 1
        except Failed as failure:
            raise Failed(f"{label}, round {number}: {failure}") from failure
    parts = ", ".join(f"{outcome} {count}" for outcome, count in sorted(found.items()))
    print(f"full: {label}: {len(rounds)} rounds, {time.monotonic() - began:.0f} s: {parts}", flush=True)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--rounds", type=some, default=100)
    options = parser.parse_args()
    if os.geteuid() != 0 and "ADVAULT_MOUNTS" not in os.environ:
        os.execvpe("unshare", ["unshare", "-Urm", sys.executable, "-B", *sys.argv], os.environ | {"ADVAULT_MOUNTS": "1"})
    try:
        with contextlib.ExitStack() as stack:
            stage = OnDisk(options.program, options.server, stack)
            command = Command(stage.refreshing("one"), "connected", ["one"])
            rounds = range(1, options.rounds + 1)
            found = tell("filled after the request", rounds, lambda _: after(stage, stage.disk, command))
            require(found["stored, exit 9"] > 0, "filled after the request: the commit was never kept back")
            for label, refusal in refusals(stage).items():
                found = tell(f"{label}, filled after the request", rounds, lambda _, refusal=refusal: refused(stage, stage.disk, refusal))
                require(any("in the spool" in said for said in found), f"{label}: the commit was never kept back")
            tell("full before", rounds, lambda _: before(stage, stage.disk))
            blocks = [MOST_BLOCKS * number // options.rounds for number in rounds]
            found = tell("with so many blocks left", blocks, lambda left: tight(stage, stage.disk, command, left))
            for outcome in ("stored", "unspent"):
                require(any(said.startswith(outcome) for said in found), f"with so many blocks left: none {outcome}")
    except Failed as failure:
        print(f"full: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
