#!/usr/bin/env python3
"""Costs that an attacker chose are refused before anything is paid for them (FORMAT.md P9; SECURITY.md, Opening 1 and 2).

Somebody without a key edits a vault that the program made: every parameter of a key derivation out of its bounds, more
slots than there may be, more scrypt than one passphrase may cost. The real program, with the right passphrase and no
more than 64 MiB of address space, has to refuse each by its exit code, must not have asked libcrypto for scrypt once
(scrypt_watch.c counts), and must not have changed the file. Each edit is tried as it is and with `content` made right
again, for nothing in that is keyed.

usage: costs.py --program PATH
"""
import argparse
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys

from home import Failed, Home, require, v

LIMIT = 64 << 20
HERE = os.path.dirname(os.path.abspath(__file__))
PERSON = "WHERE label = 'passphrase'"
MACHINE = "WHERE label = 'cron'"

# column: values that are out of its bounds. Text and fractions in these columns are refused by STRICT already.
BOUNDS = {
    "kdf": ("", "SCRYPT", "scrypt ", "argon2id", "pbkdf2", "scrypt\0", None),
    "log_n": (-2**63, -1, 0, 1, 14, 21, 30, 31, 32, 62, 63, 64, 2**31, 2**32 + 17, 2**63 - 1, None),
    "r": (-2**63, -8, 0, 1, 7, 9, 16, 1024, 2**20, 2**30, 2**32 + 8, 2**63 - 1, None),
    "p": (-2**63, -1, 0, 2, 16, 2**20, 2**30, 2**32 + 1, 2**63 - 1, None),
    "salt": (b"", b"s", bytes(31), bytes(33), bytes(64), bytes(1 << 19), bytes(2 << 20), None),
    "sealed_identity": (b"", bytes(103), bytes(105), bytes(1 << 19), None),
    "public_key": (b"", bytes(31), bytes(33)),
    "wrapped_root": (b"", bytes(79), bytes(81)),
    "kind": ("machine", "", "Passphrase"),
}
SLOT = """INSERT INTO slot SELECT ?, kind, ?, created_at, ?, kdf, coalesce(?, log_n), r, p, salt, sealed_identity,
          wrapped_root FROM slot """


def fit(path):
    """`content` of whatever stands in the file, out of bounds or not."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        tables = {}
        for table, columns in v.TABLES.items():
            # Numbers below zero count as what their eight bytes say.
            rows = db.execute(f"SELECT * FROM {table} ORDER BY {v.KEY[table]}").fetchall()
            tables[table] = [{c.name: x & 2**64 - 1 if isinstance(x, int) else x for c, x in zip(columns, row)}
                             for row in rows]
        db.execute("UPDATE vault SET content = ?", (v.content(tables),))


def plant(home, count, like, log_n=None):
    rows = [((0xA000 + n).to_bytes(16, "big"), f"planted-{n}", (0xB000 + n).to_bytes(32, "big"), log_n)
            for n in range(count)]
    home.edit(SLOT + like, many=rows)


def edits():
    """A name, what is done to the file, and the exit code that the program must give."""
    for column, values in BOUNDS.items():
        for value in values:
            shown = f"{len(value)} bytes" if isinstance(value, bytes) else repr(value)
            if value is None and column in ("kdf", "log_n", "r", "p", "salt", "sealed_identity") or value is not None:
                yield (f"{column} {shown}", 8,
                       lambda home, c=column, x=value: home.edit(f"UPDATE slot SET {c} = ? {PERSON}", x))
    for column, value in (("kdf", "scrypt"), ("log_n", 17), ("r", 8), ("p", 1), ("salt", bytes(32))):
        yield (f"machine slot with {column}", 8,
               lambda home, c=column, x=value: home.edit(f"UPDATE slot SET {c} = ? {MACHINE}", x))
    yield "1,000 planted passphrase slots", 8, lambda home: plant(home, 1000, PERSON)
    yield "1,000 planted machine slots", 8, lambda home: plant(home, 1000, MACHINE)
    yield "65 slots", 8, lambda home: plant(home, 62, MACHINE)
    yield "nine passphrase slots", 8, lambda home: plant(home, 8, PERSON, 15)
    yield "2^20 and 2^17 to try", 64, lambda home: plant(home, 1, PERSON, 20)
    yield "eight slots of 2^17 and one of them 2^18", 64, lambda home: (
        plant(home, 7, PERSON), home.edit("UPDATE slot SET log_n = 18 WHERE label = 'planted-3'"))


class Watch:
    """Runs the program with its calls of scrypt counted."""

    def __init__(self, home):
        self.home = home
        compiler = shutil.which("clang") or shutil.which("cc")
        require(compiler, "a C compiler is needed; Swift brings clang")
        self.library, self.file = home.path("scrypt_watch.so"), home.path("scrypt-calls")
        source = os.path.join(HERE, "scrypt_watch.c")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self.library, source], check=True)

    def run(self, *arguments, limit=LIMIT):
        """What the program answered and how often it asked for scrypt."""
        with open(self.file, "w", encoding="ascii"):
            pass
        # As a variable of env: prlimit itself is not to be watched.
        before = ["prlimit", f"--as={limit}", "env"] if limit else ["env"]
        before += [f"LD_PRELOAD={self.library}", f"SCRYPT_WATCH={self.file}"]
        done = self.home.run(*arguments, before=before)
        return done, os.path.getsize(self.file)


def controls(home, watch):
    """The watch sees scrypt where there is one, and the limit is one that scrypt does not pass."""
    verify = ("verify", *home.key("passphrase"))
    done, calls = watch.run(*verify, limit=None)
    require((done.returncode, calls) == (0, 1), f"a sound vault: exit {done.returncode}, scrypt {calls}: {done.stderr}")
    done, calls = watch.run(*verify)
    require(done.returncode not in (0, 8, 12, 64) and calls == 1,
            f"a sound vault in 64 MiB: exit {done.returncode}, scrypt {calls}: {done.stderr}")
    done, calls = watch.run("verify", *home.key("cron"))
    require((done.returncode, calls) == (0, 0), f"a machine key in 64 MiB: {done.returncode}, {calls}: {done.stderr}")
    # A parameter within its bounds is paid for: what the others are refused by is their bounds.
    home.edit(f"UPDATE slot SET log_n = 15 {PERSON}")
    fit(home.vault)
    done, calls = watch.run(*verify, limit=None)
    require((done.returncode, calls) == (12, 1), f"log_n 15: exit {done.returncode}, scrypt {calls}: {done.stderr}")


def check(home, watch, name, status, fitted):
    before = home.bytes()
    done, calls = watch.run("verify", *home.key("passphrase"))
    said = f"{name}{', content made right' if fitted else ''}: exit {done.returncode}, scrypt {calls}: {done.stderr}"
    # Without a content that fits the file is damaged, whatever its parameters would have cost.
    require(done.returncode == (status if fitted else 8), said)
    require(calls == 0, said)
    require(done.stdout == "", said)
    require(("damaged" if done.returncode == 8 else "--slot") in done.stderr, said)
    require(home.bytes() == before, f"{name}: the file was changed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    options = parser.parse_args()
    cases = 0
    try:
        with Home(options.program, cost=17) as home:
            watch = Watch(home)
            home.save("sound")
            controls(home, watch)
            for name, status, edit in edits():
                for fitted in (False, True):
                    home.restore("sound")
                    edit(home)
                    if fitted:
                        fit(home.vault)
                    check(home, watch, name, status, fitted)
                    cases += 1
    except Failed as failure:
        print(f"costs: {failure}", file=sys.stderr)
        return 1
    print(f"costs: {cases} cases refused in 64 MiB, scrypt never called")
    return 0


if __name__ == "__main__":
    sys.exit(main())
