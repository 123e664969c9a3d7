#!/usr/bin/env python3
"""Checks of vault_reader.py: its own primitives on round trips, and the reader on the vault
that ADVAULT_SAMPLE names (made by the tests of CredentialVault).

A forger without a key edits a copy through sqlite3 and may recompute `content`; an insider (who has the root key) may
recompute the manifest as well.  The wanted classes are those of SECURITY.md, "Opening".
"""
import contextlib
import hashlib
import io
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import app_file
import vault_reader as v
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = os.environ["ADVAULT_SAMPLE"]
PAGE = os.path.join(HERE, "..", "..", "SECURITY.md")
SECRET = "ADVAULT-SECRET-KEY-1QURSWPC8QURSWPC8QURSWPC8QURSWPC8QURSWPC8QURSWPC8QURS3HRHZ7"
PUBLIC = "advault1zwlyl6h27gzv0lfntr7fcqrjrzqazap8sy5zylkxwneh7llf0dks6s0d94"
PASSPHRASE = b"correct horse battery staple"
MACHINE = v.bech32_decode(v.SECRET_HRP, SECRET)
COUNTS = {}


def count(name):
    COUNTS[name] = COUNTS.get(name, 0) + 1


def flip(value, at=0):
    value = bytearray(value)
    value[at] ^= 1
    return bytes(value)


class Primitives(unittest.TestCase):
    def test_ctx(self):
        want = b"advault/v1/x\0" + b"\0" + b"\1\0\0\0\x08" + b"\0" * 7 + b"\5" + b"\1\0\0\0\2\xc3\xa9" + b"\1\0\0\0\0"
        self.assertEqual(v.ctx("x", None, 5, "é", b""), want)

    def test_c256_round_trips(self):
        for size in (0, 1, 512, 16383, 16384, 16385, 32768, 40000):
            message = os.urandom(size)
            sealed = v.c256_seal(b"k" * 32, b"context", message)
            self.assertEqual(len(sealed), 56 + size + 16 * (size // 16384 + 1))
            self.assertEqual(v.c256_open(b"k" * 32, b"context", sealed), message)
            for key, context in ((b"j" * 32, b"context"), (b"k" * 32, b"contexu")):
                with self.assertRaises(v.CommitmentDiffers):
                    v.c256_open(key, context, sealed)
            count("c256 messages")

    def test_c256_flips_and_cuts(self):
        sealed = v.c256_seal(b"k" * 32, b"c", b"m" * 20000)
        for at in (0, 23, 24, 55, 56, 16455, 16456, len(sealed) - 1):
            with self.assertRaises(v.CommitmentDiffers if at < 56 else InvalidTag):
                v.c256_open(b"k" * 32, b"c", flip(sealed, at))
        swapped = sealed[:56] + sealed[56 + 16400:] + sealed[56:56 + 16400]
        for bad in (sealed[:56 + 16400], sealed[:-1], sealed[:56], sealed[:57], b"", sealed + b"\0" * 16, swapped):
            with self.assertRaises(InvalidTag):
                v.c256_open(b"k" * 32, b"c", bad)
            count("c256 cuts")

    def test_hpke(self):
        private = X25519PrivateKey.generate()
        secret, public = private.private_bytes_raw(), private.public_key().public_bytes_raw()
        sealed = v.hpke_seal(public, b"info", b"r" * 32)
        self.assertEqual(len(sealed), 80)
        self.assertEqual(v.hpke_open(secret, b"info", sealed), b"r" * 32)
        for at in range(80):
            if at != 31:                                              # X25519 ignores the top bit of byte 31; see below
                with self.assertRaises(InvalidTag):
                    v.hpke_open(secret, b"info", flip(sealed, at))
                count("hpke flips")
        high = sealed[:31] + bytes([sealed[31] ^ 0x80]) + sealed[32:]  # same point, but enc is in the KEM context
        for args in ((secret, b"inf0", sealed), (flip(secret, 9), b"info", sealed), (secret, b"info", high),
                     (secret, b"info", bytes(32) + sealed[32:])):
            with self.assertRaises(InvalidTag):
                v.hpke_open(*args)

    def test_bech32(self):
        self.assertEqual(v.bech32_decode("a", "A12UEL5L"), b"")       # BIP 173
        self.assertEqual(v.bech32_encode(v.SECRET_HRP, MACHINE).upper(), SECRET)
        public = X25519PrivateKey.from_private_bytes(MACHINE).public_key().public_bytes_raw()
        self.assertEqual(v.bech32_encode(v.PUBLIC_HRP, public), PUBLIC)
        self.assertEqual(v.bech32_decode(v.PUBLIC_HRP, PUBLIC), public)
        for size in range(65):
            data = os.urandom(size)
            self.assertEqual(v.bech32_decode("advault", v.bech32_encode("advault", data)), data)
            count("bech32 round trips")

    def test_bech32_refusals(self):
        bad = [SECRET[:-1], SECRET.replace("ADVAULT", "advault"), PUBLIC, "", "1", SECRET[:20], SECRET + "é"]
        bad += [SECRET[:i] + ("Q" if SECRET[i] != "Q" else "P") + SECRET[i + 1:] for i in range(20, len(SECRET))]
        values = v.regroup(MACHINE, 8, 5, True)
        values[-1] |= 1                                               # a padding bit, under a right checksum
        check = v.bech32_polymod(v.bech32_expand(v.SECRET_HRP) + values + [0] * 6) ^ 1
        values += [check >> 5 * (5 - i) & 31 for i in range(6)]
        bad.append(v.SECRET_HRP + "1" + "".join(v.BECH32[x] for x in values))
        for text in bad:
            with self.assertRaises(ValueError):
                v.bech32_decode(v.SECRET_HRP, text)
            count("bech32 refusals")

    def test_schema_is_the_page(self):
        with open(PAGE, encoding="utf-8") as file:
            block = file.read().split("```sql\n")[1].split("```")[0]
        self.assertEqual(block, "".join(v.statement(t) + ";\n" for t in v.TABLES))

    def test_parse_secrets(self):
        def tlv(*pairs):
            return b"".join(bytes([t]) + len(d).to_bytes(4, "big") + d for t, d in pairs)
        good = [("app", b"", 1, {}), ("app", tlv((1, b"x")), 1, {"client_secret": b"x"}),
                ("app", tlv((1, b"x" * 507)), 1, None), ("app", tlv((1, b"x" * 508)), 2, None),
                ("app", tlv((1, b"x" * 7000)), 14, None), ("connection", tlv((2, b"a"), (4, b"b" * 256)), 1, None),
                ("connection", tlv((2, b"a" * 7000), (3, b"b" * 7000), (4, b"c" * 256)), 7, None)]
        for table, data, units, want in good:
            found = v.parse_secrets(table, data.ljust(units * v.UNIT[table], b"\0"))
            self.assertTrue(want is None or found == want)
            count("secrets taken")
        bad = [("app", b"", 2), ("app", tlv((2, b"x")), 1), ("app", tlv((1, b"")), 1), ("app", tlv((1, b"x")), 2),
               ("app", tlv((1, b"x" * 507)), 2), ("app", tlv((1, b"x" * 7001)), 14), ("app", b"\1\0\0\2\0", 1),
               ("app", b"\1\xff\xff\xff\xff", 1), ("app", tlv((1, b"x")) + b"\0\1", 1), ("app", b"\0" * 511 + b"\1", 1),
               ("app", tlv((1, b"x"), (1, b"y")), 1), ("app", b"\1\0\0\1\xf7" + b"x" * 502 + b"\1\0\0\0\1", 1),
               ("connection", tlv((3, b"x"), (2, b"y")), 1), ("connection", tlv((2, b"x"), (2, b"y")), 1),
               ("connection", tlv((1, b"x")), 1), ("connection", tlv((5, b"x")), 1),
               ("connection", tlv((4, b"x" * 257)), 1), ("connection", tlv((2, b"x")), 2)]
        for table, data, units in bad:
            with self.assertRaises(ValueError, msg=data[:20]):
                v.parse_secrets(table, data.ljust(units * v.UNIT[table], b"\0"))
            count("secrets rejected")


class AppFiles(unittest.TestCase):
    PUBLIC_BYTES = v.bech32_decode(v.PUBLIC_HRP, PUBLIC)
    CLEAR = ["ac\"me\\é\n", "linkedin-ads", b"\7" * 32, "77acme", "http://localhost:8765/callback/linkedin-ads", "",
             PUBLIC_BYTES, 1_800_000_000]

    def refused(self, line, secret=MACHINE):
        with self.assertRaises(ValueError):
            app_file.open_app_file(line, secret)
        count("app files refused")

    def test_round_trips(self):
        for secret in (None, b"x", b"x" * 506, b"x" * 507, b"x" * 508, b"x" * 7000):
            line = app_file.make_app_file(self.CLEAR, secret)
            found, opened = app_file.open_app_file(b" \r\n" + line + b"\n", MACHINE)
            self.assertEqual((list(found.values()), opened), (self.CLEAR, secret))
            count("app files opened")
        self.refused(line, os.urandom(32))

    def test_longest(self):
        text = "\1" * 1024
        clear = [text, text, b"\xff" * 32, text, text, text * 4, self.PUBLIC_BYTES, v.MAX]
        line = app_file.make_app_file(clear, b"x" * 7000)
        self.assertLessEqual(len(line), app_file.LIMIT)
        self.assertEqual(app_file.open_app_file(line, MACHINE)[1], b"x" * 7000)
        self.refused(line + b"A" * 1000)

    def test_edits(self):
        clear, sealed = app_file.parse(app_file.make_app_file(self.CLEAR, b"secret"))
        others = ["acme2", "google", b"\x08" * 32, "77acmf", "http://localhost:8766/callback/linkedin-ads", "r_ads",
                  X25519PrivateKey.generate().public_key().public_bytes_raw(), 1_800_000_001]
        self.assertEqual(len(others), len(clear))
        for at, value in enumerate(others):
            self.refused(app_file.line_of(clear[:at] + [value] + clear[at + 1:], sealed))
        for bit in range(8 * len(sealed)):
            edited = bytearray(sealed)
            edited[bit // 8] ^= 1 << bit % 8
            self.refused(app_file.line_of(clear, bytes(edited)))
        for size in (0, 48, 559, 561):
            self.refused(app_file.line_of(clear, sealed.ljust(size, b"x")[:size]))

    def test_spellings(self):
        line = app_file.make_app_file(self.CLEAR, b"secret")
        data = app_file.unbase64url(line[len(app_file.PREFIX):].decode())

        def encoded(data):
            return app_file.PREFIX + app_file.base64url(data).encode()

        self.assertEqual(encoded(data), line)
        bad = [data + b" ", data[:-1], data.replace(b',"provider"', b', "provider"'), b"[]", b"5", b"", b"{}",
               data.replace(b'"scopes":""', b'"scopes":null'), data.replace(b'"scopes":""', b'"scopes":5'),
               data.replace(b'"scopes":"",', b""), data.replace(b'"scopes":""', b'"scopes":"","scopes":""'),
               data.replace(b'"scopes":""', b'"scopes":"","more":""'), data.replace(b"1800000000", b"1800000000.0"),
               data.replace(b"1800000000", b"01800000000"), data.replace(b"1800000000", b"-1"),
               data.replace(b'"77acme"', b'"\\u0037' + b'7acme"'), data.replace(b'"77acme"', b'""'),
               data.replace(b'"77acme"', b'"\\u0000"'), data.replace(b'"77acme"', b'"\xff"'),
               data.replace("é".encode(), b"\\u00e9")]
        for other in bad:
            self.assertNotEqual(other, data)
            self.refused(encoded(other))
        for other in (line + b"=", line.replace(b"APP-1", b"APP-2"), line[len(app_file.PREFIX):], line + b"\n" + line,
                      line.replace(b" ", b"  "), b""):
            self.refused(other)


class Vaults(unittest.TestCase):
    """Everything on copies in a folder of mode 0700."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="vault-selftest-")
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name
        self.path = os.path.join(self.folder, "v.db")
        self.fresh()

    def fresh(self):
        for name in os.listdir(self.folder):
            if name.startswith("v.db"):
                os.unlink(os.path.join(self.folder, name))
        shutil.copy(SAMPLE, self.path)
        os.chmod(self.path, 0o600)

    def answer(self, machine=True, **more):
        try:
            key = {"machine_key": MACHINE} if machine else {"passphrase": PASSPHRASE}
            return v.open_vault(self.path, **(key | more))
        except v.VaultError as error:
            self.reason = str(error)
            return type(error).__name__

    def edit(self, sql, *values, content=False, root=None):
        """One statement on the copy, with foreign types and checks allowed; then content, then the manifest."""
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            changed = db.execute(sql, values).rowcount
        if content or root:
            with contextlib.suppress(v.Damaged, sqlite3.Error):
                self.bless(root)
        os.chmod(self.path, 0o600)
        return changed

    def tables(self):
        """The rows, unchecked against each other and against `content`."""
        with contextlib.closing(v.connect(self.path)) as db:
            return {table: v.read_table(db, table) for table in v.TABLES}

    def bless(self, root=None):
        tables = self.tables()
        vault = tables["vault"][0]
        vault["content"] = v.content(tables)
        if root:
            vault["manifest"] = v.manifest(vault, root)
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            db.execute("UPDATE vault SET content = ?, manifest = ?", (vault["content"], vault["manifest"]))

    def root(self):
        tables = v.read_vault(self.path)
        return v.unlock(tables, *v.choose_slot(tables, MACHINE, None, None))

    # the sample as it is

    def test_sample_content(self):
        for machine in (True, False):
            found = self.answer(machine, verify=True)
            self.assertEqual(found["slot"], "cron" if machine else "owner")
            self.assertEqual([a["name"] for a in found["apps"]], ["agency"])
            self.assertEqual(found["apps"][0]["secrets"], {"client_secret": "client-secret-of-agency"})
            self.assertEqual(sorted(c["name"] for c in found["connections"]), ["member-1", "member-2"])
            for c in found["connections"]:
                want = {n: n.replace("_", "-") + "-of-" + c["name"] for n in ("access_token", "refresh_token", "account")}
                self.assertEqual(c["secrets"], want)

    def test_choice_of_slot_and_pin(self):
        vault_id = self.tables()["vault"][0]["vault_id"]
        cases = [(dict(machine=True, pinned=vault_id), dict), (dict(machine=True, pinned=flip(vault_id)), "Tampered"),
                 (dict(machine=False, label="owner"), dict), (dict(machine=False, label="cron"), "WrongKey"),
                 (dict(machine=False, label="none"), "WrongKey"), (dict(passphrase=b"x", machine_key=None), "WrongKey"),
                 (dict(machine_key=flip(MACHINE, 5)), "WrongKey")]
        for options, want in cases:
            found = self.answer(**options)
            self.assertTrue(isinstance(found, dict) if want is dict else found == want, (options, found))
            count("choices of slot and pin")

    def test_command(self):
        """The program itself: exit codes, the line on stderr, nothing changed beside the vault."""
        def run(kind, line, *more):
            with open(os.path.join(self.folder, "key"), "wb") as file:
                file.write(line)
            before = snapshot(self.path)
            argv = [sys.executable, os.path.join(HERE, "vault_reader.py"), self.path, kind, file.name, *more]
            done = subprocess.run(argv, capture_output=True, text=True, check=False)
            self.assertEqual(snapshot(self.path), before)
            count("command runs")
            return done.returncode, done.stdout, done.stderr
        code, out, err = run("--key-file", SECRET.encode() + b"\n", "--verify")
        self.assertEqual((code, err, json.loads(out)["slot"]), (0, "", "cron"))
        self.assertEqual(run("--passphrase-file", PASSPHRASE)[0], 0)
        self.assertEqual(run("--passphrase-file", PASSPHRASE + b"\n", "--slot", "owner")[0], 0)
        self.assertEqual(run("--passphrase-file", PASSPHRASE + b"\n\n")[0], 64)
        self.assertEqual(run("--passphrase-file", b"wrong\n")[0], 12)
        self.assertEqual(run("--key-file", SECRET.lower().encode())[0], 0)
        self.assertEqual(run("--key-file", SECRET.title().encode())[0], 64)
        code, out, err = run("--key-file", SECRET.encode(), "--vault-id", "00" * 16)
        self.assertTrue((code, out) == (8, "") and err.startswith("tampered:"), err)
        self.edit("UPDATE app SET name = 'x'")
        code, out, err = run("--key-file", SECRET.encode())
        self.assertTrue((code, out) == (8, "") and err.startswith("damaged:"), err)
        self.edit("UPDATE vault SET format = 2")
        self.assertEqual(run("--key-file", SECRET.encode())[0], 14)

    def test_wal_is_read_and_nothing_changes(self):
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            db.execute("PRAGMA wal_autocheckpoint = 0")
            db.execute("UPDATE app SET name = 'in the wal'")
            for suffix in ("", "-wal", "-shm"):
                shutil.copy(self.path + suffix, os.path.join(self.folder, "w.db" + suffix))
                os.chmod(os.path.join(self.folder, "w.db" + suffix), 0o600)
        self.path = os.path.join(self.folder, "w.db")
        self.assertGreater(os.path.getsize(self.path + "-wal"), 0)
        for keep_shm in (True, False):
            if not keep_shm:
                os.unlink(self.path + "-shm")
            before = snapshot(self.path)
            self.assertEqual(self.answer(), "Damaged")                # only the -wal holds the change
            self.assertEqual(snapshot(self.path), before)
        os.unlink(self.path + "-wal")
        self.assertIsInstance(self.answer(verify=True), dict)

    def test_wal_success(self):
        """A commit that stands in the -wal alone (by an insider) is what the reader shows."""
        vault = self.tables()["vault"][0]
        after = dict(vault, epoch=vault["epoch"] + 1)
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            db.execute("PRAGMA wal_autocheckpoint = 0")
            root = self.root()                                        # opened while a writer has the vault open
            db.execute("UPDATE vault SET epoch = ?, manifest = ?", (after["epoch"], v.manifest(after, root)))
            for name in os.listdir(self.folder):
                os.chmod(os.path.join(self.folder, name), 0o600)
            before = snapshot(self.path)
            self.assertGreater(os.path.getsize(self.path + "-wal"), 0)
            self.assertEqual(self.answer(verify=True)["epoch"], after["epoch"])
            self.assertEqual(self.answer(False)["epoch"], after["epoch"])
            self.assertEqual(snapshot(self.path), before)

    # a forger without a key

    def values(self):
        """Every column of every row, with a changed value that is still of its type, size and words."""
        for table, rows in self.tables().items():
            for row in rows:
                for column in v.TABLES[table]:
                    value = row[column.name]
                    if value is None:
                        new = {int: 7, bytes: b"\1" * column.low, str: "x"}[column.type]
                        new = min(column.words) if column.words else new
                    elif isinstance(value, int):
                        new = value + (1000 if column.name == "seq" else 1)
                    elif isinstance(value, bytes):
                        new = flip(value, len(value) // 2)
                    elif column.words:
                        new = min(column.words - {value}, default="x")
                    else:
                        new = value[:-1] + ("y" if value[-1:] != "y" else "z")
                    yield table, row, column, new

    def forge(self, table, row, column, new, content):
        self.fresh()
        key = v.KEY[table]
        changed = self.edit(f"UPDATE {table} SET {column.name} = ? WHERE {key} = ?", new, row[key], content=content)
        self.assertEqual(changed, 1)
        count(f"{'forged content' if content else 'plain flips'}: {table}")

    def test_plain_flips(self):
        newest = self.tables()["event"][-1]["seq"]
        for table, row, column, new in list(self.values()):
            self.forge(table, row, column, new, False)
            quiet = table == "event" and not self.bound_event(row, column, newest)
            want = {("vault", "format"): "NewerFormat", ("vault", "epoch"): "Tampered", ("app", "body"): "Tampered",
                    ("vault", "created_at"): "Tampered", ("vault", "manifest"): "Tampered",
                    ("connection", "body"): "Tampered"}.get((table, column.name), "Tampered" if quiet else "Damaged")
            with self.subTest(table=table, column=column.name):
                self.assertEqual(self.answer(verify=True), want)
                if quiet:                                             # old journal entries: by `verify` alone
                    self.assertIsInstance(self.answer(), dict)

    @staticmethod
    def bound_event(row, column, newest):
        """Whether unlocking looks at it: every seq, the newest event, and the chain that it follows from."""
        return column.name == "seq" or row["seq"] == newest or (column.name, row["seq"]) == ("chain", newest - 1)

    def test_forged_content(self):
        newest = self.tables()["event"][-1]["seq"]
        damaged = {("vault", "generation"), ("vault", "first_seq"), ("vault", "first_chain"), ("lineage", "generation"),
                   ("lineage", "signature"), ("slot", "kind"), ("slot", "kdf"), ("slot", "r"), ("slot", "p"),
                   ("app", "app_id"), ("connection", "app_id"), ("event", "seq")}
        cases = 0
        for table, row, column, new in list(self.values()):
            name = (table, column.name)
            machine = table == "slot" and row["kind"] == "machine"
            if name == ("vault", "content"):
                continue                                              # forging the content undoes the flip
            self.forge(table, row, column, new, True)
            want = "Damaged" if name in damaged else "NewerFormat" if name == ("vault", "format") else "Tampered"
            if table == "slot" and machine and column.null:
                want = "Damaged"                                      # a machine slot with a KDF column
            if name == ("slot", "public_key") and machine:
                want = "WrongKey"
            if table == "event" and self.bound_event(row, column, newest) or name == ("vault", "vault_id"):
                want = "Damaged"                                      # the newest event's chain does not follow
            with self.subTest(table=table, column=column.name):
                self.assertEqual(self.answer(verify=True), want)
            cases += 1
        self.assertGreater(cases, 100)

    def test_forged_passphrase_slot(self):
        row = next(r for r in self.tables()["slot"] if r["kind"] == "passphrase")
        other = bytes(15) + b"\1"
        cases = [("slot_id", other, "WrongKey"), ("salt", flip(row["salt"]), "WrongKey"),
                 ("log_n", row["log_n"] + 1, "WrongKey"), ("public_key", flip(row["public_key"]), "WrongKey"),
                 ("sealed_identity", flip(row["sealed_identity"], 0), "WrongKey"),
                 ("sealed_identity", flip(row["sealed_identity"], 55), "WrongKey"),
                 ("sealed_identity", flip(row["sealed_identity"], 56), "Tampered"),
                 ("sealed_identity", flip(row["sealed_identity"], 103), "Tampered"),
                 ("wrapped_root", flip(row["wrapped_root"], 3), "Tampered"),
                 ("wrapped_root", flip(row["wrapped_root"], 79), "Tampered"),
                 ("wrapped_root", bytes(80), "Tampered"), ("label", "other", "Tampered"),
                 ("created_at", 1, "Tampered"), ("log_n", 14, "Damaged"), ("log_n", 21, "Damaged")]
        for column, value, want in cases:
            self.fresh()
            self.edit(f"UPDATE slot SET {column} = ? WHERE slot_id = ?", value, row["slot_id"], content=True)
            self.assertEqual(self.answer(machine=False), want, column)
            count("forged passphrase slot")

    def test_cost(self):
        copy = """INSERT INTO slot SELECT ?, kind, ?, created_at, ?, kdf, 20, r, p, salt, sealed_identity, wrapped_root
                  FROM slot WHERE label = 'owner'"""
        self.edit(copy, b"\xff" * 16, "dear", b"\1" * 32, content=True)
        self.assertEqual(self.answer(machine=False), "Refused")       # 2^log_n of the owner's + 2^20
        self.assertEqual(self.answer(machine=False, label="owner"), "Tampered")
        self.assertEqual(self.answer(), "Tampered")

    def test_raw_flips(self):
        """Any byte of the file: an answer, or the very same content; never another success, never a traceback."""
        want, randoms = self.answer(verify=True), random.Random(1)
        with open(self.path, "rb") as file:
            clean = file.read()
        places = list(range(100)) + [randoms.randrange(100, len(clean)) for _ in range(400)]
        for place in places:
            with open(self.path, "wb") as file:
                file.write(clean[:place] + bytes([clean[place] ^ 1 << randoms.randrange(8)]) + clean[place + 1:])
            found = self.answer(verify=True)
            with self.subTest(place=place):
                self.assertTrue(found in ("Damaged", "Tampered", "WrongKey", "NewerFormat") or found == want, found)
            count("raw flips: " + (found if isinstance(found, str) else "same content"))
            for name in os.listdir(self.folder):
                self.assertEqual(name, "v.db")

    # keyless checks, even under an insider's content and manifest

    def test_keyless_checks(self):
        root = self.root()
        cases = ["UPDATE app SET name = ''", "UPDATE app SET name = printf('%.*c', 1025, 'x')",
                 "UPDATE app SET scopes = printf('%.*c', 4097, 'x')", "UPDATE app SET name = CAST(x'61ff' AS TEXT)",
                 "UPDATE app SET name = CAST(x'610062' AS TEXT)", "UPDATE app SET version = 0",
                 "UPDATE app SET created_at = -1", "UPDATE app SET profile = x'00'", "UPDATE app SET head = zeroblob(55)",
                 "UPDATE app SET body = zeroblob(527)", "UPDATE app SET body = zeroblob(16)",
                 "UPDATE app SET body = zeroblob(16400)", "UPDATE connection SET body = zeroblob(528)",
                 "UPDATE connection SET state = 'OK'", "UPDATE connection SET last_error = ''",
                 "UPDATE connection SET name = 'same'", "UPDATE connection SET app_id = zeroblob(16)",
                 "UPDATE slot SET label = 'same'", "UPDATE slot SET public_key = zeroblob(32)",
                 "UPDATE slot SET r = 9", "UPDATE slot SET p = 2", "UPDATE slot SET kdf = 'argon2id'",
                 "UPDATE slot SET salt = NULL", "UPDATE slot SET wrapped_root = zeroblob(81)", "DELETE FROM slot",
                 "DELETE FROM lineage", "DELETE FROM vault", "DELETE FROM event WHERE seq = 2",
                 "UPDATE lineage SET generation = 2", "UPDATE vault SET generation = 1001", "UPDATE vault SET epoch = 0",
                 "UPDATE vault SET format = 0", "UPDATE event SET operation = 'peek'", "UPDATE event SET outcome = ''",
                 "UPDATE event SET chain = zeroblob(31)", "UPDATE vault SET first_chain = zeroblob(31)",
                 "INSERT INTO vault SELECT format, zeroblob(16), generation, epoch, created_at, first_seq, first_chain,"
                 " content, manifest FROM vault",
                 "CREATE TABLE more (a)", "CREATE INDEX i ON app (name)", "CREATE VIEW w AS SELECT 1",
                 "CREATE TRIGGER t AFTER UPDATE ON app BEGIN DELETE FROM app; END", "ALTER TABLE app ADD COLUMN x ANY",
                 "DROP TABLE event", "ANALYZE", "PRAGMA journal_mode = DELETE"]
        for sql in cases:
            self.fresh()
            self.edit(sql, root=root)
            self.assertEqual(self.answer(), "Damaged", sql)
            self.assertNotIn("content does not fit", self.reason, sql)  # the rule itself, not the digest
            count("keyless checks")

    def test_types_without_strict(self):
        """Values that STRICT would not let in, through a schema that is loosened for the moment."""
        cases = [("app", "name", b"blob"), ("app", "profile", "x" * 32), ("app", "version", 1.5), ("app", "version", "1"),
                 ("app", "client_id", None), ("vault", "epoch", 2.5), ("vault", "format", "2"), ("event", "at", "now"),
                 ("slot", "label", None), ("connection", "tags", b"x"), ("lineage", "root_public", "x" * 32)]
        for table, column, value in cases:
            self.fresh()
            loose = f"CREATE TABLE {table} (" + ", ".join(
                c.name + (" PRIMARY KEY" if c.name == v.KEY[table] else "") for c in v.TABLES[table]) + ") WITHOUT ROWID"
            self.schema(table, loose)
            self.edit(f"UPDATE {table} SET {column} = ?", value)
            self.schema(table, v.statement(table))
            self.assertEqual(self.answer(), "Damaged", (table, column))
            self.assertIn(f"{table}.{column}", self.reason)
            count("foreign types")

    def schema(self, table, sql):
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            db.execute("PRAGMA writable_schema = ON")
            db.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, table))

    def test_place(self):
        def case(want, do, undo=None, **more):
            do()
            self.assertEqual(self.answer(**more) if want else isinstance(self.answer(**more), dict), want or True)
            (undo or self.fresh)()
            count("place")
        aside = os.path.join(self.folder, "aside")
        case("Damaged", lambda: os.chmod(self.path, 0o640))
        case("Damaged", lambda: os.chmod(self.folder, 0o755), lambda: os.chmod(self.folder, 0o700))
        case(None, lambda: os.chmod(self.folder, 0o755), lambda: os.chmod(self.folder, 0o700), any_place=True)
        for suffix in ("-wal", "-shm", ".lock"):
            case("Damaged", lambda s=suffix: (open(self.path + s, "wb").close(), os.chmod(self.path + s, 0o604)))
        case("Damaged", lambda: open(self.path + "-journal", "wb").close())
        case("Damaged", lambda: os.link(self.path, aside), lambda: os.unlink(aside))
        case("Damaged", lambda: (os.rename(self.path, aside), os.symlink(aside, self.path)),
             lambda: (os.unlink(self.path), os.rename(aside, self.path)))
        case("Damaged", lambda: (os.unlink(self.path), os.mkfifo(self.path, 0o600)))
        case("Refused", lambda: os.unlink(self.path))
        case("Damaged", lambda: open(self.path, "wb").close())

    # an insider: whole vaults that the sample does not show

    def test_insider_rows(self):
        """Sealed rows under the right keys: what opens and what the parser must reject, then a stale context."""
        root, tables = self.root(), self.tables()
        vault, row = tables["vault"][0], tables["app"][0]
        key = v.seal_key(vault, root)
        cases = [(bytes(512), {}), (b"\1\0\0\0\1x".ljust(512, b"\0"), {"client_secret": "x"}),
                 (b"\1\0\0\0\1x".ljust(1024, b"\0"), None), (b"\2\0\0\0\1x".ljust(512, b"\0"), None),
                 (b"\1\0\0\0\0".ljust(512, b"\0"), None)]
        for padded, want in cases:
            sealed = v.c256_seal(key, v.seal_context("app", vault, row), padded)
            self.edit("UPDATE app SET head = ?, body = ?", sealed[:56], sealed[56:], root=root)
            found = self.answer()
            self.assertEqual(found if want is None else found["apps"][0]["secrets"], want if want is not None else "Tampered")
            count("insider rows")
        self.fresh()
        self.edit("UPDATE app SET version = version + 1", root=root)  # not sealed anew
        self.assertEqual(self.answer(), "Tampered")
        self.fresh()
        self.edit("UPDATE vault SET epoch = epoch + 1", root=root)
        self.assertIsInstance(self.answer(verify=True), dict)

    def test_insider_pruned_journal(self):
        """The oldest events gone, first_seq and first_chain moved; then the whole journal."""
        root, events = self.root(), self.tables()["event"]
        for kept in (events[2:], []):
            last = events[len(events) - len(kept) - 1]
            self.edit("DELETE FROM event WHERE seq <= ?", last["seq"])
            self.edit("UPDATE vault SET first_seq = ?, first_chain = ?", last["seq"] + 1, last["chain"], root=root)
            self.assertEqual(len(self.answer(verify=True)["events"]), len(kept))
            count("pruned journals")

    def test_insider_rotation(self):
        """Generation 2: a new root, signed by the old one, everything wrapped, sealed and digested anew."""
        old, new, tables = self.root(), b"\x42" * 32, self.tables()
        vault, slot = tables["vault"][0], next(s for s in tables["slot"] if s["kind"] == "machine")
        opened = {t: [(r, v.open_row(t, vault, v.seal_key(vault, old), r)) for r in tables[t]] for t in v.UNIT}
        public = v.lineage_key(new, 2).public_key().public_bytes_raw()
        signed = v.lineage_key(old, 1).sign(v.ctx("lineage", vault["vault_id"], 2, public))
        vault["generation"] = 2
        wrapped = v.hpke_seal(slot["public_key"], v.ctx("slot-root", vault["vault_id"], 2, slot["slot_id"], "machine",
                                                        slot["public_key"]), new)
        tags = {n: t for names in v.SECRETS.values() for t, n in names.items()}
        for table, rows in opened.items():
            for row, secrets in rows:
                data = b"".join(bytes([tags[n]]) + len(s).to_bytes(4, "big") + s for n, s in secrets.items())
                sealed = v.c256_seal(v.seal_key(vault, new), v.seal_context(table, vault, row),
                                     data.ljust(v.UNIT[table], b"\0"))
                self.edit(f"UPDATE {table} SET head = ?, body = ? WHERE {v.KEY[table]} = ?", sealed[:56], sealed[56:],
                          row[v.KEY[table]])
        self.edit("DELETE FROM slot WHERE kind = 'passphrase'")
        self.edit("UPDATE slot SET wrapped_root = ?", wrapped)
        self.edit("UPDATE vault SET generation = 2")
        self.edit("INSERT INTO lineage VALUES (2, ?, ?)", public, signed, root=new)
        found = self.answer(verify=True, pinned=vault["vault_id"])
        self.assertEqual((found["generation"], found["apps"][0]["secrets"]["client_secret"]),
                         (2, "client-secret-of-agency"))
        for sql, value in (("UPDATE lineage SET signature = ? WHERE generation = 2", flip(signed)),
                           ("UPDATE lineage SET signature = ? WHERE generation = 2", signed),
                           ("UPDATE lineage SET root_public = ? WHERE generation = 1", bytes(32))):
            self.edit(sql, value, root=new)
            self.assertEqual(self.answer() == "Tampered", value != signed, sql)
            count("rotated vaults")
        self.edit("UPDATE lineage SET signature = NULL", root=new)
        self.assertEqual(self.answer(), "Damaged")


def snapshot(path):
    """Names, bytes, modes and times of all that stands beside the vault."""
    folder, found = os.path.dirname(path), {}
    for name in sorted(os.listdir(folder)):
        info = os.lstat(os.path.join(folder, name))
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = (info.st_ino, info.st_mode, info.st_mtime_ns, hashlib.sha256(file.read()).hexdigest())
    return found


if __name__ == "__main__":
    program = unittest.main(exit=False)
    for case in sorted(COUNTS):
        print(f"{COUNTS[case]:5}  {case}")
    sys.exit(not program.result.wasSuccessful())
