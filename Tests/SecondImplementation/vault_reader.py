#!/usr/bin/env python3
"""Opens an advault vault file; written from SECURITY.md ("Format") alone.

This is a test tool: on success it prints every secret of the vault as one JSON object.

It never changes, locks or creates anything beside the vault.  The file and its -wal are copied (descriptors opened
with O_NOFOLLOW, both checked for not having changed meanwhile) into a private temporary folder, and SQLite is let loose
on the copy only; the -shm is not copied, SQLite builds its own from the -wal.

Exit codes: 0 opened; 2 usage; 8 damaged or tampered; 12 wrong key; 14 newer format; 64 refused (cost, or unusable input).
"""
import argparse
import contextlib
import hashlib
import hmac
import json
import os
import shutil
import sqlite3
import stat
import sys
import tempfile
from collections import namedtuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand


class VaultError(Exception):
    """One of the answers of "Opening"; `code` is the exit code and `word` starts the line on stderr."""
    code, word = 70, "error"


class Damaged(VaultError):
    code, word = 8, "damaged"


class Tampered(VaultError):
    code, word = 8, "tampered"


class WrongKey(VaultError):
    code, word = 12, "wrong key"


class NewerFormat(VaultError):
    code, word = 14, "newer format"


class Refused(VaultError):
    code, word = 64, "refused"


def require(condition, error, message):
    if not condition:
        raise error(message)


# ---- Building blocks ------------------------------------------------------------------------------------------------

def sha256(data):
    """"Format": H."""
    return hashlib.sha256(data).digest()


def ctx(label, *fields):
    """"Building blocks": the one encoding of contexts."""
    return b"advault/v1/" + label.encode() + b"\0" + b"".join(map(ctx_field, fields))


def ctx_field(value):
    if value is None:
        return b"\0"
    if isinstance(value, int):
        value = value.to_bytes(8, "big")
    elif isinstance(value, str):
        value = value.encode()
    return b"\1" + len(value).to_bytes(4, "big") + value


def expand512(key, info, length):
    return HKDFExpand(hashes.SHA512(), length, info).derive(key)


class CommitmentDiffers(Exception):
    """The key or the context is another one; nothing has been decrypted."""


CHUNK, TAG, HEAD = 16384, 16, 56
C256_NAME = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM"


def c256_derive(key, context, salt):
    okm = expand512(key, C256_NAME + b"\0" + salt + context, 76)
    return AESGCM(okm[:32]), okm[32:44], okm[44:]


def c256_nonce(nonce, index):
    return (int.from_bytes(nonce, "big") ^ index).to_bytes(12, "big")


def c256_seal(key, context, message, salt=None):
    """"Building blocks": C256, head ‖ body."""
    salt = os.urandom(24) if salt is None else salt
    aead, nonce, commitment = c256_derive(key, context, salt)
    chunks = [message[i:i + CHUNK] for i in range(0, len(message) + 1, CHUNK)]   # ends in one shorter than CHUNK
    return salt + commitment + b"".join(aead.encrypt(c256_nonce(nonce, i), c, b"") for i, c in enumerate(chunks))


def c256_open(key, context, sealed):
    """"Building blocks": the inverse of C256; CommitmentDiffers, or InvalidTag for a broken body."""
    if len(sealed) < HEAD + TAG:
        raise InvalidTag
    aead, nonce, commitment = c256_derive(key, context, sealed[:24])
    if not hmac.compare_digest(commitment, sealed[24:HEAD]):
        raise CommitmentDiffers
    body, step = sealed[HEAD:], CHUNK + TAG
    chunks = [body[i:i + step] for i in range(0, len(body), step)]
    if not TAG <= len(chunks[-1]) < step:
        raise InvalidTag
    return b"".join(aead.decrypt(c256_nonce(nonce, i), c, b"") for i, c in enumerate(chunks))


KEM_SUITE = b"KEM\x00\x20"
HPKE_SUITE = b"HPKE\x00\x20\x00\x01\x00\x02"


def labeled_extract(suite, salt, label, ikm):
    """RFC 9180, section 4, with HKDF-SHA256."""
    return hmac.digest(salt, b"HPKE-v1" + suite + label + ikm, "sha256")


def labeled_expand(suite, prk, label, info, length):
    """RFC 9180, section 4, with HKDF-SHA256."""
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return HKDFExpand(hashes.SHA256(), length, labeled).derive(prk)


def hpke_aead(private, peer, enc, public, info):
    """RFC 9180: DHKEM (4.1) and KeySchedule in base mode (5.1), the cipher and the nonce of the first message."""
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(peer))       # refuses an all-zero secret
    except ValueError as error:
        raise InvalidTag from error
    require(any(shared), InvalidTag, "all-zero shared secret")
    prk = labeled_extract(KEM_SUITE, b"", b"eae_prk", shared)
    secret = labeled_expand(KEM_SUITE, prk, b"shared_secret", enc + public, 32)
    schedule = (b"\0" + labeled_extract(HPKE_SUITE, b"", b"psk_id_hash", b"")
                + labeled_extract(HPKE_SUITE, b"", b"info_hash", info))
    prk = labeled_extract(HPKE_SUITE, secret, b"secret", b"")
    key = labeled_expand(HPKE_SUITE, prk, b"key", schedule, 32)
    return AESGCM(key), labeled_expand(HPKE_SUITE, prk, b"base_nonce", schedule, 12)


def hpke_seal(public, info, message, ephemeral=None):
    """"Building blocks": HPKE, enc32 ‖ ciphertext ‖ tag16."""
    ephemeral = X25519PrivateKey.generate() if ephemeral is None else ephemeral
    enc = ephemeral.public_key().public_bytes_raw()
    aead, nonce = hpke_aead(ephemeral, public, enc, public, info)
    return enc + aead.encrypt(nonce, message, b"")


def hpke_open(secret, info, sealed):
    """"Building blocks": the inverse of HPKE; InvalidTag on any failure."""
    private = X25519PrivateKey.from_private_bytes(secret)
    aead, nonce = hpke_aead(private, sealed[:32], sealed[:32], private.public_key().public_bytes_raw(), info)
    return aead.decrypt(nonce, sealed[32:], b"")


# ---- Machine keys as text -------------------------------------------------------------------------------------------

BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
SECRET_HRP, PUBLIC_HRP = "advault-secret-key-", "advault"


def bech32_polymod(values):
    checksum = 1
    for value in values:
        top, checksum = checksum >> 25, (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= generator if top >> bit & 1 else 0
    return checksum


def bech32_expand(hrp):
    return [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp]


def regroup(values, width, to, pad):
    """BIP 173: bit groups; without `pad`, left-over bits must be fewer than a source group and zero."""
    bits = "".join(format(v, f"0{width}b") for v in values)
    if pad:
        bits += "0" * (-len(bits) % to)
    whole = len(bits) - len(bits) % to
    require(len(bits) - whole < width and "1" not in bits[whole:], ValueError, "bad padding")
    return [int(bits[i:i + to], 2) for i in range(0, whole, to)]


def bech32_encode(hrp, data):
    values = regroup(data, 8, 5, True)
    check = bech32_polymod(bech32_expand(hrp) + values + [0] * 6) ^ 1
    return hrp + "1" + "".join(BECH32[v] for v in values + [check >> 5 * (5 - i) & 31 for i in range(6)])


def bech32_decode(hrp, text):
    """"Machine keys as text": the bytes; ValueError for anything else.  Either case is taken, mixed case is not."""
    require(text in (text.lower(), text.upper()) and text.isascii(), ValueError, "mixed case or not ASCII")
    found, separator, rest = text.lower().rpartition("1")
    require(separator and found == hrp and len(rest) >= 6 and all(c in BECH32 for c in rest), ValueError, "not a key")
    values = [BECH32.index(c) for c in rest]
    require(bech32_polymod(bech32_expand(hrp) + values) == 1, ValueError, "checksum")
    return bytes(regroup(values[:-6], 5, 8, False))


# ---- Tables ---------------------------------------------------------------------------------------------------------

MAX = 2**63 - 1
Column = namedtuple("Column", "name type low high null words")


def integer(name, low=0, high=MAX, null=False):
    return Column(name, int, low, high, null, None)


def blob(name, low, high=None, null=False):
    return Column(name, bytes, low, low if high is None else high, null, None)


def text(name, low=1, high=1024, null=False):
    return Column(name, str, low, high, null, None)


def word(name, words, null=False):
    return Column(name, str, 1, 1024, null, frozenset(words.split()))


KINDS = "passphrase machine"
STATES = "ok reconnect interrupted app-error"
ERRORS = """invalid-grant client-mismatch invalid-client unauthorized-client redirect-uri invalid-request scope revoked
            expired restricted forbidden quota api-version transient network unreadable interrupted"""
OPERATIONS = """init app-add app-set-secret app-remove app-rename app-trust app-export app-import connect reconnect
                refresh test disconnect rename tag recover restore key-add key-remove key-change key-rotate
                key-rename"""
OUTCOMES = "begun ok reconnect app transient interrupted failed discarded"

TABLES = {   # "Tables": columns in order
    "vault": [integer("format", 1, 1), blob("vault_id", 16), integer("generation", 1, 1000), integer("epoch", 1),
              integer("created_at"), integer("first_seq", 1), blob("first_chain", 32), blob("content", 32),
              blob("manifest", 32)],
    "lineage": [integer("generation", 1, 1000), blob("root_public", 32), blob("signature", 64, null=True)],
    "slot": [blob("slot_id", 16), word("kind", KINDS), text("label"), integer("created_at"), blob("public_key", 32),
             word("kdf", "scrypt", True), integer("log_n", 15, 20, True), integer("r", 8, 8, True),
             integer("p", 1, 1, True), blob("salt", 32, null=True), blob("sealed_identity", 104, null=True),
             blob("wrapped_root", 80)],
    "app": [blob("app_id", 16), integer("version", 1), text("name"), text("provider"), blob("profile", 32),
            text("client_id"), text("redirect_uri"), text("scopes", 0, 4096), integer("created_at"),
            integer("updated_at"), blob("head", HEAD), blob("body", 0, CHUNK - 1 + TAG)],
    "connection": [blob("connection_id", 16), integer("version", 1), text("name"), blob("app_id", 16),
                   text("scopes", 0, 4096), integer("access_expires_at", null=True),
                   integer("refresh_expires_at", null=True), integer("consented_at", null=True),
                   integer("refreshed_at", null=True), word("state", STATES), word("last_error", ERRORS, True),
                   integer("pending", null=True), text("tags", 0, null=True), integer("created_at"),
                   integer("updated_at"), blob("head", HEAD), blob("body", 0, CHUNK - 1 + TAG)],
    "event": [integer("seq", 1), integer("at"), blob("slot_id", 16, null=True), word("operation", OPERATIONS),
              blob("connection_id", 16, null=True), word("outcome", OUTCOMES), blob("chain", 32)],
}
KEY = {"vault": "vault_id", "lineage": "generation", "slot": "slot_id", "app": "app_id",
       "connection": "connection_id", "event": "seq"}
LIMITS = {"vault": (1, 1), "lineage": (1, 1000), "slot": (1, 64), "app": (0, 10_000), "connection": (0, 100_000),
          "event": (0, 100_000)}
UNIQUE = [("slot", "label"), ("slot", "public_key"), ("app", "name"), ("connection", "name")]
UNIT = {"app": 512, "connection": 2048}
SECRETS = {"app": {1: "client_secret"}, "connection": {2: "access_token", 3: "refresh_token", 4: "account"}}
SQL_TYPE = {int: "INTEGER", bytes: "BLOB", str: "TEXT"}


def statement(table):
    """"Tables": the CREATE statement, byte for byte, from the columns."""
    lines = []
    for c in TABLES[table]:
        key = " PRIMARY KEY" if c.name == KEY[table] else ""
        lines.append(f"    {c.name} {SQL_TYPE[c.type]}{'' if c.null else ' NOT NULL'}{key}")
    return f"CREATE TABLE {table} (\n" + ",\n".join(lines) + "\n) STRICT, WITHOUT ROWID"


# ---- SQLite and the file system -------------------------------------------------------------------------------------

NO_LOCKS = ("nfs", "smb", "cifs", "9p", "fuse", "afs", "ceph", "coda", "ncp")


def check_place(path):
    """"SQLite and the file system": owner and mode of the file, its side files and its folder; the file system."""
    folder = os.path.dirname(os.path.abspath(path))
    for name in (folder, path, path + "-wal", path + "-shm", path + ".lock"):
        if os.path.lexists(name):
            info = os.lstat(name)
            require(info.st_uid == os.geteuid(), Damaged, f"another owner: {name}")
            require(not info.st_mode & 0o077, Damaged, f"group or world bits: {name}")
    device = os.lstat(folder).st_dev
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:
        for fields in map(str.split, mounts):
            kind = fields[fields.index("-") + 1]
            bad = fields[2] == f"{os.major(device)}:{os.minor(device)}" and kind.startswith(NO_LOCKS)
            require(not bad, Damaged, f"file system without dependable locks: {kind}")


def open_plain(path):
    """"SQLite and the file system": a descriptor of a regular file with one link, never through a symbolic link."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Damaged(f"cannot open {path}: {error.strerror}") from error
    info = os.fstat(descriptor)
    if not stat.S_ISREG(info.st_mode) or info.st_nlink > 1:
        os.close(descriptor)
        raise Damaged(f"not a regular file with one link: {path}")
    return open(descriptor, "rb")


def copy_vault(path, folder):
    """A stable copy of the vault and its -wal in `folder`, or Refused while another process keeps writing."""
    copy = os.path.join(folder, "vault.db")
    for _ in range(5):
        with contextlib.ExitStack() as stack:
            sources = {}
            for suffix in ("", "-wal"):
                with contextlib.suppress(FileNotFoundError):
                    sources[suffix] = stack.enter_context(open_plain(path + suffix))
            require("" in sources, Refused, f"no such file: {path}")
            require(os.fstat(sources[""].fileno()).st_size <= 1 << 30, Damaged, "more than 1 GiB")
            before = [signature(path + s) for s in ("", "-wal")]
            for suffix, source in sources.items():
                with open(copy + suffix, "wb") as target:
                    shutil.copyfileobj(source, target)
        if before == [signature(path + s) for s in ("", "-wal")]:
            return copy
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
    raise Refused("the vault is being written to")


def signature(path):
    with contextlib.suppress(FileNotFoundError):
        info = os.lstat(path)
        return info.st_ino, info.st_size, info.st_mtime_ns
    return None


class Text(bytes):
    """What SQLite calls TEXT, not yet known to be UTF-8."""


def connect(copy):
    with open(copy, "rb") as file:
        require(file.read(20)[18:20] == b"\2\2", Damaged, "not in journal mode WAL")
    db = sqlite3.connect(copy, isolation_level=None)
    db.text_factory = Text
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 20)
    db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "query_only=ON"):
        db.execute("PRAGMA " + pragma).fetchall()
    require(db.execute("PRAGMA encoding").fetchone() == (b"UTF-8",), Damaged, "encoding is not UTF-8")
    pages, size = (db.execute("PRAGMA " + p).fetchone()[0] for p in ("page_count", "page_size"))
    require(pages * size <= 1 << 30, Damaged, "more than 1 GiB")
    return db


# ---- Opening, step 1 ------------------------------------------------------------------------------------------------

def check_format_and_schema(db):
    """"Opening" 1: format, then schema.  A newer format may have another schema, so it is asked first."""
    schema = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    begin = b"CREATE TABLE vault (\n    format INTEGER NOT NULL,\n"    # a computed column could run for ever
    if any(row[:2] == (b"table", b"vault") and bytes(row[3]).startswith(begin) for row in schema):
        rows = db.execute("SELECT format FROM vault LIMIT 2").fetchall()
        newer = len(rows) == 1 and isinstance(rows[0][0], int) and rows[0][0] > 1
        require(not newer, NewerFormat, "this program knows format 1")
    wanted = {(b"table", t.encode(), t.encode(), statement(t).encode()) for t in TABLES}
    require(len(schema) == len(wanted) and set(schema) == wanted, Damaged, "the schema is not that of format 1")


def check_value(table, column, value):
    """"Tables": type, size, range and words of one value; text comes back as str."""
    where = f"{table}.{column.name}"
    if value is None:
        require(column.null, Damaged, f"{where} is NULL")
        return None
    require(type(value) is {int: int, bytes: bytes, str: Text}[column.type], Damaged, f"{where}: wrong type")
    size = value if column.type is int else len(value)
    require(column.low <= size <= column.high, Damaged, f"{where}: out of range")
    if column.type is not str:
        return value
    try:
        value = bytes(value).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Damaged(f"{where}: not UTF-8") from error
    require("\0" not in value, Damaged, f"{where}: U+0000")
    require(column.words is None or value in column.words, Damaged, f"{where}: unknown word")
    return value


def read_table(db, table):
    """"Tables": every row in the order of the table (the order of its b-tree), which must be that of its keys."""
    columns, (least, most) = TABLES[table], LIMITS[table]
    query = f"SELECT {', '.join(c.name for c in columns)} FROM {table} LIMIT {most + 1}"
    rows = [{c.name: check_value(table, c, v) for c, v in zip(columns, row)} for row in db.execute(query)]
    require(least <= len(rows) <= most, Damaged, f"{table}: number of rows")
    keys = [row[KEY[table]] for row in rows]
    require(all(a < b for a, b in zip(keys, keys[1:])), Damaged, f"{table}: rows out of order")
    return rows


def check_rows(tables):
    """"Tables": what concerns more than one value."""
    vault = tables["vault"][0]
    for table, name in UNIQUE:
        values = [row[name] for row in tables[table]]
        require(len(values) == len(set(values)), Damaged, f"{table}.{name} is not unique")
    for row in tables["slot"]:
        nulls = {row[name] is None for name in ("kdf", "log_n", "r", "p", "salt", "sealed_identity")}
        require(nulls == {row["kind"] == "machine"}, Damaged, "slot: columns do not fit its kind")
    require(sum(row["kind"] == "passphrase" for row in tables["slot"]) <= 8, Damaged, "too many passphrase slots")
    apps = {row["app_id"] for row in tables["app"]}
    require(all(row["app_id"] in apps for row in tables["connection"]), Damaged, "connection of no app")
    for table, unit in UNIT.items():
        sizes = [len(row["body"]) - TAG for row in tables[table]]
        require(all(size >= unit and size % unit == 0 for size in sizes), Damaged, f"{table}.body: size")
    require([row["generation"] for row in tables["lineage"]] == list(range(1, vault["generation"] + 1)), Damaged,
            "lineage has gaps")
    require(all((row["signature"] is None) == (row["generation"] == 1) for row in tables["lineage"]), Damaged,
            "lineage.signature")
    seqs = [row["seq"] for row in tables["event"]]
    require(seqs == list(range(vault["first_seq"], vault["first_seq"] + len(seqs))), Damaged, "event: gaps")
    require(vault["first_seq"] > 1 or vault["first_chain"] == bytes(32), Damaged, "first_chain before event 1")
    if tables["event"]:
        before = tables["event"][-2]["chain"] if len(seqs) > 1 else vault["first_chain"]
        newest = tables["event"][-1]
        require(event_chain(vault["vault_id"], before, newest) == newest["chain"], Damaged, "the newest event's chain")


def digest(table, vault, row):
    """"What holds the rows together": digest(row)."""
    values = [len(row[c.name]) if c.name == "body" else row[c.name] for c in TABLES[table]]
    return sha256(ctx("row/" + table, vault["vault_id"], vault["generation"], *values))


def content(tables):
    """"What holds the rows together": content."""
    vault, events = tables["vault"][0], tables["event"]
    order = ("lineage", "slot", "app", "connection")
    newest = events[-1]["chain"] if events else vault["first_chain"]
    head = ctx("content", vault["first_seq"], vault["first_chain"], newest, *(len(tables[t]) for t in order))
    return sha256(head + b"".join(digest(t, vault, row) for t in order for row in tables[t]))


def read_vault(path, any_place=False):
    """"Opening" 1, all of it: the tables as dictionaries, or Damaged."""
    if not any_place:
        check_place(path)
    require(not os.path.lexists(path + "-journal"), Damaged, "a -journal beside the vault")
    with tempfile.TemporaryDirectory(prefix="vault-reader-") as folder:
        copy = copy_vault(path, folder)
        try:
            with contextlib.closing(connect(copy)) as db:
                db.execute("BEGIN")
                check_format_and_schema(db)
                tables = {table: read_table(db, table) for table in TABLES}
        except (sqlite3.Error, ValueError, OverflowError) as error:   # ValueError: its messages may not be UTF-8
            raise Damaged(f"SQLite: {error!r}") from error
    check_rows(tables)
    require(content(tables) == tables["vault"][0]["content"], Damaged, "content does not fit the rows")
    return tables


# ---- Opening, step 2 ------------------------------------------------------------------------------------------------

def slot_secret(vault_id, slot, passphrase):
    """"Keys": SK and sealed_identity; None when the commitment differs."""
    cost = 1 << slot["log_n"]
    salt = ctx("scrypt", vault_id, slot["slot_id"]) + slot["salt"]
    key = hashlib.scrypt(sha256(ctx("passphrase", passphrase)), salt=salt, n=cost, r=slot["r"], p=slot["p"], dklen=32,
                         maxmem=128 * slot["r"] * (cost + slot["p"] + 2) + (1 << 20))
    names = ("slot_id", "kdf", "log_n", "r", "p", "salt", "public_key")
    try:
        return c256_open(key, ctx("slot-identity", vault_id, *(slot[n] for n in names)), slot["sealed_identity"])
    except CommitmentDiffers:
        return None
    except InvalidTag as error:
        raise Tampered("sealed_identity does not open") from error


def choose_slot(tables, machine_key, passphrase, label):
    """"Opening" 2: the slot that opened and the secret half of its identity, or Refused or WrongKey."""
    vault_id = tables["vault"][0]["vault_id"]
    if machine_key is not None:
        public = X25519PrivateKey.from_private_bytes(machine_key).public_key().public_bytes_raw()
        for slot in tables["slot"]:
            if slot["kind"] == "machine" and slot["public_key"] == public:
                return slot, machine_key
        raise WrongKey("no slot of this machine key")
    slots = [s for s in tables["slot"] if s["kind"] == "passphrase" and label in (None, s["label"])]
    require(sum(1 << s["log_n"] for s in slots) <= 1 << 20, Refused, "the slots cost more scrypt than 2^20; name one")
    for slot in slots:
        secret = slot_secret(vault_id, slot, passphrase)
        if secret is not None:
            return slot, secret
    raise WrongKey("the passphrase opens no slot")


# ---- Opening, step 3 ------------------------------------------------------------------------------------------------

def unwrap_root(vault, slot, identity):
    """"Keys": R_g out of wrapped_root, after the identity's public half has been compared."""
    public = X25519PrivateKey.from_private_bytes(identity).public_key().public_bytes_raw()
    require(public == slot["public_key"], Tampered, "the identity is not that of the slot")
    info = ctx("slot-root", vault["vault_id"], vault["generation"], slot["slot_id"], slot["kind"], public)
    try:
        return hpke_open(identity, info, slot["wrapped_root"])
    except InvalidTag as error:
        raise Tampered("wrapped_root does not open") from error


def lineage_key(root, generation):
    """"Keys": sign_g."""
    return Ed25519PrivateKey.from_private_bytes(expand512(root, ctx("lineage-key", generation), 32))


def check_lineage(tables, root):
    """"Lineage" and "Opening" 3: the root is the last of its line, the vault ID that of the first, each signs the next."""
    vault, lineage = tables["vault"][0], tables["lineage"]
    public = lineage_key(root, vault["generation"]).public_key().public_bytes_raw()
    require(public == lineage[-1]["root_public"], Tampered, "the root is not that of the lineage")
    first = sha256(ctx("vault-id", lineage[0]["root_public"]))[:16]
    require(first == vault["vault_id"], Tampered, "the vault ID is not that of the lineage")
    for before, row in zip(lineage, lineage[1:]):
        message = ctx("lineage", vault["vault_id"], row["generation"], row["root_public"])
        try:
            Ed25519PublicKey.from_public_bytes(before["root_public"]).verify(row["signature"], message)
        except (InvalidSignature, ValueError) as error:
            raise Tampered(f"signature of generation {row['generation']}") from error


def manifest(vault, root):
    """"What holds the rows together": manifest, under K_mac."""
    key = expand512(root, ctx("manifest", vault["vault_id"], vault["generation"]), 32)
    names = ("format", "vault_id", "generation", "epoch", "created_at", "content")
    return hmac.digest(key, ctx("manifest", *(vault[n] for n in names)), "sha256")


def unlock(tables, slot, identity, pinned=None):
    """"Opening" 3, all of it: the root key, or Tampered."""
    vault = tables["vault"][0]
    root = unwrap_root(vault, slot, identity)
    check_lineage(tables, root)
    require(pinned is None or pinned == vault["vault_id"], Tampered, "not the pinned vault ID")
    require(hmac.compare_digest(manifest(vault, root), vault["manifest"]), Tampered, "the manifest differs")
    return root


# ---- Opening, step 4 ------------------------------------------------------------------------------------------------

def parse_secrets(table, padded):
    """"Sealed rows": tags and values; ValueError for everything it says MUST be rejected."""
    found, place = {}, 0
    while place < len(padded) and padded[place]:
        tag, size = padded[place], int.from_bytes(padded[place + 1:place + 5], "big")
        require(tag in SECRETS[table] and tag > max(found, default=0), ValueError, "tag")
        require(1 <= size <= (256 if tag == 4 else 7000) and place + 5 + size <= len(padded), ValueError, "length")
        found[tag] = padded[place + 5:place + 5 + size]
        place += 5 + size
    padding = padded[place:]
    require(not any(padding), ValueError, "padding is not zero")
    whole = not found and len(padding) == UNIT[table]                  # no secret: exactly one unit, all of it padding
    require(whole or len(padding) < UNIT[table], ValueError, "padding of a unit or more")
    return {SECRETS[table][tag]: value for tag, value in found.items()}


def seal_context(table, vault, row):
    """"Sealed rows": the context, every column before head."""
    names = [c.name for c in TABLES[table]]
    return ctx(table, vault["vault_id"], vault["generation"], *(row[n] for n in names[:names.index("head")]))


def seal_key(vault, root):
    """"Keys": K_seal."""
    return expand512(root, ctx("seal", vault["vault_id"], vault["generation"]), 32)


def open_row(table, vault, key, row):
    """"Sealed rows": the secrets of one row, or Tampered."""
    try:
        return parse_secrets(table, c256_open(key, seal_context(table, vault, row), row["head"] + row["body"]))
    except (CommitmentDiffers, InvalidTag, ValueError) as error:
        raise Tampered(f"the secrets of {table} {row[KEY[table]].hex()} do not open") from error


def event_chain(vault_id, before, event):
    """"What holds the rows together": chain."""
    names = ("seq", "at", "slot_id", "operation", "connection_id", "outcome")
    return sha256(before + ctx("event", vault_id, *(event[n] for n in names)))


def check_chain(tables):
    """"Opening" 4: `verify` walks the chain; its newest value is already under the manifest."""
    vault = tables["vault"][0]
    before = vault["first_chain"]
    for event in tables["event"]:
        before = event_chain(vault["vault_id"], before, event)
        require(before == event["chain"], Tampered, f"the chain breaks at event {event['seq']}")


# ---- The tool -------------------------------------------------------------------------------------------------------

def printable(value):
    if isinstance(value, bytes):
        return value.hex()
    return value


def shown(row, secrets=None):
    """A row for the JSON: blobs in hexadecimal, head and body left out, secrets as text (backslashed if not UTF-8)."""
    clear = {name: printable(value) for name, value in row.items() if name not in ("head", "body")}
    if secrets is not None:
        clear["secrets"] = {name: value.decode("utf-8", "backslashreplace") for name, value in secrets.items()}
    return clear


def open_vault(path, machine_key=None, passphrase=None, label=None, pinned=None, verify=False, any_place=False):
    """"Opening", all steps; the JSON object."""
    tables = read_vault(path, any_place)
    slot, identity = choose_slot(tables, machine_key, passphrase, label)
    root, vault = unlock(tables, slot, identity, pinned), tables["vault"][0]
    key = seal_key(vault, root)
    if verify:
        check_chain(tables)
    return {"vault_id": vault["vault_id"].hex(), "generation": vault["generation"], "epoch": vault["epoch"],
            "slot": slot["label"], "verified": verify,
            "apps": [shown(row, open_row("app", vault, key, row)) for row in tables["app"]],
            "connections": [shown(row, open_row("connection", vault, key, row)) for row in tables["connection"]],
            "events": [shown(row) for row in tables["event"]]}


def read_line(path):
    with open(path, "rb") as file:
        return file.read().removesuffix(b"\n")


def parse_machine_key(line):
    """"Machine keys as text"."""
    try:
        key = bech32_decode(SECRET_HRP, line.decode("ascii"))
        require(len(key) == 32, ValueError, "not 32 bytes")
    except ValueError as error:
        raise Refused(f"not a machine key: {error}") from error
    return key


def parse_passphrase(line):
    """"Keys": 1…1,024 bytes, no line end, no U+0000."""
    require(1 <= len(line) <= 1024 and not set(line) & set(b"\0\n\r"), Refused, "not a passphrase")
    return line


def arguments(argv):
    parser = argparse.ArgumentParser(description="Opens an advault vault and prints all of it. A test tool.")
    parser.add_argument("vault")
    keys = parser.add_mutually_exclusive_group(required=True)
    keys.add_argument("--key-file")
    keys.add_argument("--passphrase-file")
    parser.add_argument("--slot", metavar="LABEL", help="the passphrase slot to try; no part with a machine key")
    parser.add_argument("--vault-id", metavar="HEX", type=bytes.fromhex, help="the pinned vault ID")
    parser.add_argument("--verify", action="store_true", help="walk the journal's chain too")
    parser.add_argument("--any-place", action="store_true",
                        help="leave out the rules on owner, mode and file system (for copies outside a 0700 folder)")
    return parser.parse_args(argv)


def main(argv=None):
    options = arguments(argv)
    try:
        key = parse_machine_key(read_line(options.key_file)) if options.key_file else None
        passphrase = parse_passphrase(read_line(options.passphrase_file)) if options.passphrase_file else None
        result = open_vault(options.vault, key, passphrase, options.slot, options.vault_id, options.verify,
                            options.any_place)
    except VaultError as error:
        print(f"{error.word}: {error}", file=sys.stderr)
        return error.code
    except OSError as error:
        print(f"refused: {error}", file=sys.stderr)
        return 64
    print(json.dumps(result, indent=2, ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
