#!/usr/bin/env python3
"""Holds every operation on keys to what the format says of it: the second implementation opens a vault of the program's
with three slots of both kinds before and after each of add, rename, rotate, change (a machine's key and a passphrase) and
remove, with every key that ever was, and compares all that may have changed and all that may not.

usage: operations.py --program PATH
"""
import argparse
import os
import sys

import vault_reader as v

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Durability"))
from home import Failed, Home, grow, require  # noqa: E402

CONNECTIONS = 40
COUNTS = {"openings": 0, "refusals": 0, "rows": 0}


class Seen:
    """A vault at one time: its rows as they stand, and what each key made of it."""

    def __init__(self, home, keys):
        self.tables = v.read_vault(home.vault)
        self.vault = self.tables["vault"][0]
        self.roots = {}
        for key, opens in keys.items():
            slot_root(home, key, opens, self)

    def slot(self, label):
        return next(row for row in self.tables["slot"] if row["label"] == label)

    def labels(self):
        return sorted(row["label"] for row in self.tables["slot"])


def slot_root(home, key, opens, seen):
    """Opens the vault with the key, or is refused, as it must be."""
    answer = home.answer(key, seen.tables)
    require(answer == (True if opens else "wrong key"), f"{key}: {answer}")
    COUNTS["openings" if opens else "refusals"] += 1
    if opens:
        slot, identity = v.choose_slot(seen.tables, *home.secret(key), None)
        seen.roots[key] = v.unlock(seen.tables, slot, identity)


def check_secrets(seen):
    """Every row opens under the one root that all keys lead to, and holds what it held; the journal's chain is whole."""
    require(len(set(seen.roots.values())) == 1, "the keys lead to different roots")
    key = v.seal_key(seen.vault, next(iter(seen.roots.values())))
    for table in ("app", "connection"):
        for row in seen.tables[table]:
            found = {name: value.decode() for name, value in v.open_row(table, seen.vault, key, row).items()}
            want = grow.secrets_of(row["name"]) if table == "connection" else {"client_secret": "client-secret-of-acme"}
            require(found == want, f"{table} {row['name']}: other secrets")
            COUNTS["rows"] += 1
    v.check_chain(seen.tables)


def same(before, after, but=()):
    return all(before[name] == after[name] for name in before if name not in but)


def check_journal(before, after, operation, slot):
    """One more event, linked to the chain as it was: a rotation launders no history."""
    events = after.tables["event"]
    require(events[:-1] == before.tables["event"], "the journal's past changed")
    newest = events[-1]
    said = (newest["operation"], newest["outcome"], newest["slot_id"], newest["connection_id"])
    require(said == (operation, "ok", before.slot(slot)["slot_id"], None), f"the journal says {said}")
    require(after.vault["epoch"] == before.vault["epoch"] + 1, "epoch")
    kept = ("format", "vault_id", "created_at", "first_seq", "first_chain")
    require(all(before.vault[name] == after.vault[name] for name in kept), "a column of vault changed")


def check_small(before, after, operation, slot):
    """add and rename: nothing is sealed anew."""
    check_journal(before, after, operation, slot)
    for table in ("lineage", "app", "connection"):
        require(before.tables[table] == after.tables[table], f"{table} changed")
    require(before.vault["generation"] == after.vault["generation"], "generation")


def check_rows_sealed_anew(before, after):
    """Every row: other head, other body of the same size, all else as it was; no former root opens it."""
    former = v.seal_key(before.vault, next(iter(before.roots.values())))
    crossed = v.seal_key(after.vault, next(iter(before.roots.values())))
    for table in ("app", "connection"):
        for old, new in zip(before.tables[table], after.tables[table], strict=True):
            require(same(old, new, ("head", "body")), f"{table}: a clear column changed")
            require(old["head"] != new["head"] and old["head"][:24] != new["head"][:24], f"{table}: the same head")
            require(old["body"] != new["body"] and len(old["body"]) == len(new["body"]), f"{table}: body")
            for key in (former, crossed):
                for vault in (before.vault, after.vault):
                    try:
                        v.open_row(table, vault, key, new)
                    except v.Tampered:
                        COUNTS["refusals"] += 1
                    else:
                        raise Failed(f"{table}: the former root opens the new row")


def check_slots(before, after, gone, changed):
    """Every slot that stays is wrapped to anew; only a changed one gets another key."""
    labels = [label for label in before.labels() if label != gone]
    require(after.labels() == labels, f"slots: {after.labels()}")
    for label in labels:
        old, new = before.slot(label), after.slot(label)
        require(old["wrapped_root"] != new["wrapped_root"], f"slot {label}: the same wrapped_root")
        if label != changed:
            require(same(old, new, ("wrapped_root",)), f"slot {label} changed")
            continue
        require(old["slot_id"] == new["slot_id"] and old["label"] == new["label"], f"slot {label}: another slot")
        require(old["public_key"] != new["public_key"], f"slot {label}: the same identity")
        for name in ("salt", "sealed_identity"):
            require(new[name] is None or old[name] != new[name], f"slot {label}: the same {name}")


def check_rekeyed(before, after, operation, slot, gone=None, changed=None):
    check_journal(before, after, operation, slot)
    require(after.vault["generation"] == before.vault["generation"] + 1, "generation")
    require(after.tables["lineage"][:-1] == before.tables["lineage"], "a former generation's row changed")
    require(len(after.tables["lineage"]) == after.vault["generation"], "lineage")
    require(set(before.roots.values()).isdisjoint(after.roots.values()), "the same root")
    check_rows_sealed_anew(before, after)
    check_slots(before, after, gone, changed)


def steps(home):
    """What is run, of every key whether it opens the vault then, and how the vault is held to the one before it."""
    keys = {"cron": True, "laptop": True, "passphrase": True, "passphrase-2": False, "laptop-2": False, "third": False}
    home.write("passphrase-2", "another passphrase of the same owner")
    publics = {name: home.new_key(name) for name in ("laptop-2", "third")}
    cron = home.key("cron")
    yield (), keys, None
    yield (("key", "rotate", *home.key("passphrase")), keys,
           lambda b, a: check_rekeyed(b, a, "key-rotate", "passphrase"))
    keys = keys | {"third": True}
    yield (("key", "add", "third", "--public-key", publics["third"], *home.key("laptop")), keys,
           lambda b, a: check_small(b, a, "key-add", "laptop"))
    yield ("key", "rename", "third", "spare", *cron), keys, lambda b, a: check_small(b, a, "key-rename", "cron")
    yield ("key", "rotate", *home.key("third")), keys, lambda b, a: check_rekeyed(b, a, "key-rotate", "spare")
    keys = keys | {"third": False}
    yield ("key", "remove", "spare", *cron), keys, lambda b, a: check_rekeyed(b, a, "key-remove", "cron", gone="spare")
    keys = keys | {"laptop": False, "laptop-2": True}
    yield (("key", "change", "laptop", "--public-key", publics["laptop-2"], *cron), keys,
           lambda b, a: check_rekeyed(b, a, "key-change", "cron", changed="laptop"))
    keys = keys | {"passphrase": False, "passphrase-2": True}
    yield (("key", "change", "passphrase", "--new-passphrase-file", home.path("passphrase-2"), "--kdf-cost", "15",
            *home.key("passphrase")), keys,
           lambda b, a: check_rekeyed(b, a, "key-change", "passphrase", changed="passphrase"))
    yield ("key", "rotate", *home.key("laptop-2")), keys, lambda b, a: check_rekeyed(b, a, "key-rotate", "laptop")


def run(home):
    before, former = None, []
    for arguments, keys, check in steps(home):
        if arguments:
            home.must(*arguments)
        name = " ".join(arguments[:3])
        try:
            after = Seen(home, keys)
            check_secrets(after)
            if check:
                check(before, after)
            # The stated limit: an older copy still opens with the keys that it had.
            for copy, had in former:
                require(all(home.answer(key, copy.tables) == (True if opens else "wrong key")
                            for key, opens in had.items() if not key.startswith("passphrase")), "an older copy")
        except (Failed, v.VaultError) as failure:
            raise Failed(f"after {name or 'the beginning'}: {failure}") from failure
        before = after
        former.append((after, dict(keys)))
    return len(former) - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", required=True)
    options = parser.parse_args()
    try:
        with Home(options.program, CONNECTIONS) as home:
            count = run(home)
            home.must("verify", *home.key("cron"))
    except Failed as failure:
        print(f"operations: {failure}", file=sys.stderr)
        return 1
    print(f"operations: {count} on keys, " + ", ".join(f"{number} {name}" for name, number in COUNTS.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
