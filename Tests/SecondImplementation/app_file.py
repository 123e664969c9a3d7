#!/usr/bin/env python3
"""Opens and makes app files; written from SECURITY.md ("Format", "App file") alone.

This is a test tool: it prints the client secret, and takes the one that it seals from a file of a test.

usage: app_file.py open FILE --key-file KEY
       app_file.py open FILE --vault VAULT --passphrase-file FILE
       app_file.py make --to advault1… --secret-file FILE NAME PROVIDER PROFILE-HEX CLIENT_ID REDIRECT_URI SCOPES CREATED_AT
"""
import argparse
import base64
import json
import sys

import vault_reader as v
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

PREFIX = b"ADVAULT-APP-1 "
LIMIT = 79_000
MEMBERS = [next(c for c in v.TABLES["app"] if c.name == name)
           for name in ("name", "provider", "profile", "client_id", "redirect_uri", "scopes")]
MEMBERS += [v.blob("receiver", 32), v.integer("created_at")]
SIZES = {48 + 512 * n for n in range(1, 15)}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64url(text):
    """The one text of some bytes, or ValueError."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    v.require(base64url(data) == text, ValueError, "another spelling of base64url")
    return data


def spell(value):
    """"Recovery record": how N, B and a text are written."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f'"{base64url(value)}"'
    escapes = {'"': '\\"', "\\": "\\\\"} | {chr(c): f"\\u{c:04x}" for c in range(1, 0x20)}
    return '"' + "".join(escapes.get(c, c) for c in value) + '"'


def spelling(clear, sealed):
    members = [f'"{c.name}":{spell(value)}' for c, value in zip(MEMBERS, clear)]
    return ("{" + ",".join(members) + f',"sealed":{spell(sealed)}}}').encode()


def line_of(clear, sealed):
    return PREFIX + base64url(spelling(clear, sealed)).encode()


def check_clear(clear):
    for column, value in zip(MEMBERS, clear):
        try:
            v.check_value("app file", column, v.Text(value.encode()) if isinstance(value, str) else value)
        except v.Damaged as error:
            raise ValueError(str(error)) from error


def parse(line):
    """The clear members in their order, and the sealed part; ValueError for all that MUST be rejected."""
    line = line.strip(b" \t\r\n")
    v.require(len(line) <= LIMIT, ValueError, "too long")
    v.require(line.startswith(PREFIX), ValueError, "another beginning")
    data = unbase64url(line[len(PREFIX):].decode("ascii"))
    found = json.loads(data.decode())
    v.require(isinstance(found, dict) and list(found) == [c.name for c in MEMBERS] + ["sealed"], ValueError, "members")
    clear = [unbase64url(found[c.name]) if c.type is bytes else found[c.name] for c in MEMBERS]
    sealed = unbase64url(found["sealed"])
    check_clear(clear)
    v.require(spelling(clear, sealed) == data, ValueError, "another spelling")
    v.require(len(sealed) in SIZES, ValueError, "sealed: size")
    return clear, sealed


def open_app_file(line, secret):
    """The clear members by name and the client secret (None where there is none); ValueError for anything else.

    - secret: the 32 bytes of the receiver's secret half.
    """
    try:
        clear, sealed = parse(line)
    except (TypeError, RecursionError) as error:                     # a member of another type
        raise ValueError(str(error)) from error
    found = {c.name: value for c, value in zip(MEMBERS, clear)}
    public = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    v.require(public == found["receiver"], ValueError, "sealed to another key")
    try:
        secrets = v.parse_secrets("app", v.hpke_open(secret, v.ctx("app-export", *clear), sealed))
    except InvalidTag as error:
        raise ValueError("does not open") from error
    return found, secrets.get("client_secret")


def pad(secrets):
    """"Sealed rows": to the next multiple of 512, one unit when there is nothing."""
    return secrets + b"\0" * (-len(secrets) % 512 if secrets else 512)


def make_app_file(clear, client_secret):
    """The line; `clear` holds the members in their order."""
    check_clear(clear)
    framed = b"" if client_secret is None else b"\1" + len(client_secret).to_bytes(4, "big") + client_secret
    receiver = clear[[c.name for c in MEMBERS].index("receiver")]
    return line_of(clear, v.hpke_seal(receiver, v.ctx("app-export", *clear), pad(framed)))


def secret_of(options):
    if options.key_file:
        return v.parse_machine_key(v.read_line(options.key_file))
    passphrase = v.parse_passphrase(v.read_line(options.passphrase_file))
    return v.choose_slot(v.read_vault(options.vault), None, passphrase, None)[1]


def arguments(argv):
    parser = argparse.ArgumentParser(description="Opens and makes app files. A test tool.")
    commands = parser.add_subparsers(dest="command", required=True)
    opening = commands.add_parser("open")
    opening.add_argument("file")
    opening.add_argument("--key-file")
    opening.add_argument("--vault")
    opening.add_argument("--passphrase-file")
    making = commands.add_parser("make")
    making.add_argument("--to", required=True, type=lambda text: v.bech32_decode(v.PUBLIC_HRP, text))
    making.add_argument("--secret-file", required=True)
    for column in MEMBERS:
        if column.name != "receiver":
            kind = bytes.fromhex if column.type is bytes else column.type
            making.add_argument(column.name, type=kind)
    return parser.parse_args(argv)


def main(argv=None):
    options = arguments(argv)
    if options.command == "make":
        clear = [options.to if c.name == "receiver" else getattr(options, c.name) for c in MEMBERS]
        print(make_app_file(clear, v.read_line(options.secret_file)).decode())
        return 0
    with open(options.file, "rb") as file:
        line = file.read()
    try:
        found, secret = open_app_file(line, secret_of(options))
    except (ValueError, v.VaultError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    found = {name: v.printable(value) for name, value in found.items()}
    print(json.dumps(found | {"client_secret": secret and secret.decode("utf-8", "backslashreplace")}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
