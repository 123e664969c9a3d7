#!/usr/bin/env python3
"""Adds connections to a vault in one transaction, as whoever holds a key of it can: large vaults for benchmarks and for
programs that are killed.  A test tool; the vault needs an app, and nobody may be using it.

usage: grow.py VAULT --connections N --key-file FILE [--grants FILE]
"""
import argparse
import contextlib
import json
import os
import sqlite3

import vault_reader as v

TAGS = {name: tag for tag, name in v.SECRETS["connection"].items()}


def secrets_of(name):
    """What stands in a grown connection: as long as LinkedIn's tokens, and different for each."""
    return {"access_token": f"access-{name}-".ljust(350, "a"), "refresh_token": f"refresh-{name}-".ljust(350, "r"),
            "account": f"account of {name}"}


def padded(secrets):
    """"Sealed rows": tags ascending, then zeros to the unit."""
    data = b"".join(bytes([TAGS[n]]) + len(s).to_bytes(4, "big") + s.encode() for n, s in secrets.items())
    return data.ljust(-(-len(data) // v.UNIT["connection"]) * v.UNIT["connection"], b"\0")


def connection(name, app, vault, key, grant=None):
    now = app["created_at"]
    row = {c.name: None for c in v.TABLES["connection"]}
    row.update(connection_id=os.urandom(16), version=1, name=name, app_id=app["app_id"], scopes="r_ads",
               access_expires_at=now + 5_184_000, refresh_expires_at=now + 31_536_000, consented_at=now,
               refreshed_at=now, state="ok", created_at=now, updated_at=now)
    sealed = v.c256_seal(key, v.seal_context("connection", vault, row), padded(grant or secrets_of(name)))
    row["head"], row["body"] = sealed[:v.HEAD], sealed[v.HEAD:]
    return row


def grow(path, machine_key, count, grants=()):
    """Names are grown-1…grown-COUNT; to be called once for a vault.  `grants`: secrets that a server knows."""
    tables = v.read_vault(path)
    root = v.unlock(tables, *v.choose_slot(tables, machine_key, None, None))
    vault, app = tables["vault"][0], tables["app"][0]
    key = v.seal_key(vault, root)
    grants = list(grants) + [None] * (count - len(grants))
    new = [connection(f"grown-{number}", app, vault, key, grants[number - 1]) for number in range(1, count + 1)]
    tables["connection"] = sorted(tables["connection"] + new, key=lambda row: row["connection_id"])
    vault["epoch"] += 1
    vault["content"] = v.content(tables)
    vault["manifest"] = v.manifest(vault, root)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        places = ", ".join("?" * len(v.TABLES["connection"]))
        db.executemany(f"INSERT INTO connection VALUES ({places})", (tuple(row.values()) for row in new))
        db.execute("UPDATE vault SET epoch = ?, content = ?, manifest = ?",
                   (vault["epoch"], vault["content"], vault["manifest"]))
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def main():
    parser = argparse.ArgumentParser(description="Adds connections to a vault. A test tool.")
    parser.add_argument("vault")
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--key-file", required=True)
    parser.add_argument("--grants", help="the sandbox's answer to POST /sandbox/grants")
    options = parser.parse_args()
    grants = []
    if options.grants:
        with open(options.grants, encoding="utf-8") as file:
            grants = [{name: grant[name] for name in ("access_token", "refresh_token")}
                      for grant in json.load(file)["grants"]]
    grow(options.vault, v.parse_machine_key(v.read_line(options.key_file)), options.connections, grants)


if __name__ == "__main__":
    main()
