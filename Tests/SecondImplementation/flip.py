#!/usr/bin/env python3
"""Flips one bit of one row of a vault, as anybody may who can write to the file and has no key.  A test tool.

The value is looked up by SQLite and changed where it lies in the file.  With --fit, `content` is computed anew, for
nothing in it is keyed; without, the file says that its rows do not add up.
"""
import argparse
import contextlib
import sqlite3

import vault_reader


def value_of(path, table, column, where):
    """The value in the first row that fits; on the way out the -wal is moved into the file."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        order = vault_reader.KEY[table]
        row = db.execute(f"SELECT {column} FROM {table} WHERE {where} ORDER BY {order} LIMIT 1").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return row[0]


def place_of(value, data):
    """Where a byte of the value lies. A long one goes on in other pages: some piece of it lies whole."""
    size = min(32, len(value))
    for start in sorted({0, (len(value) - size) // 2, len(value) - size}):
        piece = value[start : start + size]
        if data.count(piece) == 1:
            return data.index(piece) + size // 2
    return None


def flip(path, table, column, where):
    value = value_of(path, table, column, where)
    with open(path, "rb+") as file:
        data = file.read()
        place = place_of(value, data)
        if place is None:
            raise SystemExit(f"no piece of {table}.{column} stands once in the file")
        file.seek(place)
        file.write(bytes([data[place] ^ 1]))


def fit(path):
    with contextlib.closing(vault_reader.connect(path)) as db:
        tables = {table: vault_reader.read_table(db, table) for table in vault_reader.TABLES}
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE vault SET content = ?", (vault_reader.content(tables),))


def main():
    parser = argparse.ArgumentParser(description="Flips one bit of one row of a vault. A test tool.")
    parser.add_argument("vault")
    parser.add_argument("table", choices=vault_reader.TABLES)
    parser.add_argument("column")
    parser.add_argument("--where", default="TRUE", help="which row; else the first by its key")
    parser.add_argument("--fit", action="store_true", help="compute vault.content anew")
    options = parser.parse_args()
    flip(options.vault, options.table, options.column, options.where)
    if options.fit:
        fit(options.vault)


if __name__ == "__main__":
    main()
