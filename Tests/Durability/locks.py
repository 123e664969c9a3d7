#!/usr/bin/env python3
"""File systems without working locks: the program refuses them, and nothing is sent.

ENOLCK at every call of fcntl; locks that are granted and keep out nobody; the statfs types of network file systems.

usage: locks.py --program PATH --server PATH
"""
import argparse
import struct
import sys

from draws import Draws
from home import Failed, require, some
from judge import Command, Judge
from stage import Stage
from traced import LINE, meet, trace

NETWORK = {"NFS": 0x6969, "SMB": 0x517B, "CIFS": 0xFF534D42, "SMB2": 0xFE534D42, "9p": 0x01021997, "FUSE": 0x65735546}
NO_LOCK = "the file system has no lock for"
NO_EFFECT = "to two holders at once"
REMOTE = "is on a network file system, whose locks cannot be relied on"


def calls(stage, arguments):
    """Every fcntl of an undisturbed run, in order."""
    stage.go_back("connected")
    lines = trace(stage.home, arguments, only={"fcntl"}).trace.splitlines()
    return [line for line in lines if (found := LINE.match(line)) and found[3] == "fcntl"]


def is_ours(line):
    return "F_OFD_SETLK" in line and ".lock>" in line and "F_UNLCK" not in line


def refused(stage, arguments, words, *options):
    since = stage.go_back("connected")
    run = trace(stage.home, arguments, *options, only={"fcntl", "statfs"})
    require(run.injected, f"nothing was met: {options}")
    said = f"{' '.join(options)}: exit {run.status}: {run.stderr}"
    require(run.status == 1 and words in run.stderr and "\nhint: put the vault on a local disk" in run.stderr, said)
    require(not stage.server.log(since), f"something was sent: {said}")
    require(stage.untouched("connected", since), f"the vault was changed: {said}")


def no_locks(stage, command, sample):
    every = calls(stage, command.arguments)
    ours = [n for n, line in enumerate(every, 1) if is_ours(line)]
    require(len(ours) >= 2, "the program takes no locks")
    numbers = range(1, len(every) + 1) if sample is None else sorted({*ours, *range(1, len(every) + 1, max(1, len(every) // sample))})
    draws, stopped = Draws("ENOLCK", numbers, share=10), 0
    for n in draws:
        since = 0

        def prepare():
            nonlocal since
            since = stage.go_back("connected")

        run = meet(stage.home, command.arguments, prepare, ("fcntl", n), "error=ENOLCK")
        if run is None:
            draws.miss()
            continue
        Judge(stage, command, run, since).judge()
        said = f"ENOLCK at fcntl number {n}: exit {run.status}: {run.stderr}"
        # SQLite calls it busy when one of its own locks fails.
        require(run.status in (0, 1, 9) or (run.status == 7 and not is_ours(every[n - 1])), said)
        require(run.status == 0 or "\nhint: " in run.stderr, said)
        if n == ours[0]:
            require(run.status == 1 and NO_LOCK in run.stderr, said)
        if run.status in (1, 7):
            require(not run.received, f"received, and {said}")
        stopped += run.status != 0
    draws.check()
    print(f"locks: ENOLCK at {draws.met} calls of {len(every)}: {stopped} refused, none lost, none spent twice", flush=True)
    return ours


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--sample", type=some)
    options = parser.parse_args()
    try:
        with Stage(options.program, options.server, names=("one",)) as stage:
            command = Command(stage.refreshing("one"), "connected", ["one"])
            ours = no_locks(stage, command, options.sample)
            refused(stage, command.arguments, NO_LOCK, "-e", f"inject=fcntl:error=ENOLCK:when={ours[0]}+")
            refused(stage, command.arguments, NO_EFFECT, "-e", f"inject=fcntl:retval=0:when={ours[0]}")
            refused(stage, command.arguments, NO_EFFECT, "-e", f"inject=fcntl:retval=0:when={ours[0]}..{ours[0] + 1}")
            for type_number in NETWORK.values():
                poked = struct.pack("<q", type_number).hex()
                refused(stage, command.arguments, REMOTE, "-e", f"inject=statfs:poke_exit=@arg2={poked}")
            print(f"locks: no lock at all, locks without effect, {', '.join(NETWORK)}: refused, nothing sent", flush=True)
    except Failed as failure:
        print(f"locks: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
