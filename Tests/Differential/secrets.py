#!/usr/bin/env python3
"""Scoreboard S2: Cobblestone-256 and HPKE against an independent implementation, both ways.

usage: Tests/Differential/secrets.py [--cases 10000] [--seed N]

Needs a test build (swift build --build-tests) and pyca/cryptography 48. Each batch is sealed here and opened by
the Swift tests, which seal the same messages for themselves; those are opened here. Any difference is fatal.
"""

import argparse
import os
import random
import struct
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM"
CHUNK = 16384
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
BATCH = 20000


def schedule(key, salt, context):
    """Key, first nonce and commitment."""
    out = HKDFExpand(hashes.SHA512(), 76, LABEL + b"\0" + salt + context).derive(key)
    return AESGCM(out[:32]), int.from_bytes(out[32:44], "big"), out[44:]


def nonce(first, index):
    return (first ^ index).to_bytes(12, "big")


def cobblestone_seal(key, context, message, salt):
    cipher, first, commitment = schedule(key, salt, context)
    chunks = [message[i : i + CHUNK] for i in range(0, len(message) + 1, CHUNK)]
    body = b"".join(cipher.encrypt(nonce(first, i), c, None) for i, c in enumerate(chunks))
    return salt + commitment, body


def cobblestone_open(key, context, head, body):
    cipher, first, commitment = schedule(key, head[:24], context)
    assert head[24:] == commitment, "commitment"
    size = CHUNK + 16
    chunks = [body[i : i + size] for i in range(0, len(body), size)]
    assert len(chunks[-1]) < size, "no short chunk"
    return b"".join(cipher.decrypt(nonce(first, i), c, None) for i, c in enumerate(chunks))


def size_of_message(rng):
    """Mostly a vault's sizes, with the chunk's edges among them."""
    kind = rng.random()
    if kind < 0.005:
        return rng.choice([CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1])
    return rng.choice([0, 1, 32, 512, 2048]) if kind < 0.2 else rng.randrange(0, 600)


def cases(rng, count):
    for _ in range(count):
        message = rng.randbytes(size_of_message(rng))
        context = rng.randbytes(rng.choice([0, 1, 30, 200, 2000]))
        if rng.random() < 0.7:
            key = rng.randbytes(32)
            head, body = cobblestone_seal(key, context, message, rng.randbytes(24))
            yield [b"C", key, context, message, head, body]
        else:
            private = X25519PrivateKey.from_private_bytes(rng.randbytes(32))
            public = private.public_key()
            sealed = SUITE.encrypt(message, public, info=context)
            yield [b"H", private.private_bytes_raw(), context, message, public.public_bytes_raw(), sealed]


def write(path, records):
    with open(path, "wb") as file:
        for record in records:
            for field in record:
                file.write(struct.pack(">I", len(field)) + field)


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    place = 0
    while place < len(data):
        record = []
        for _ in range(2):
            (size,) = struct.unpack_from(">I", data, place)
            record.append(data[place + 4 : place + 4 + size])
            place += 4 + size
        yield record


def check(theirs, ours):
    kind, key, context, message = theirs[:4]
    if kind == b"C":
        opened = cobblestone_open(key, context, ours[0], ours[1])
    else:
        opened = SUITE.decrypt(ours[0], X25519PrivateKey.from_private_bytes(key), info=context)
    assert opened == message, "another message"


def batch(rng, count, folder):
    records = list(cases(rng, count))
    write(os.path.join(folder, "theirs"), records)
    command = ["swift", "test", "--skip-build", "--filter", "SecretsTests.Differential"]
    environment = dict(os.environ, ADVAULT_DIFFERENTIAL=folder, SWIFT_BACKTRACE="enable=no")
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        sys.stdout.write(done.stdout.decode(errors="replace"))
        sys.exit("differential: the Swift side refused")
    answers = list(read(os.path.join(folder, "ours")))
    if len(answers) != len(records):
        sys.exit(f"differential: {len(answers)} answers to {len(records)} cases")
    for number, (theirs, ours) in enumerate(zip(records, answers)):
        try:
            check(theirs, ours)
        except Exception as error:  # any refusal is the finding
            sys.exit(f"differential: case {number}: {type(error).__name__} {error}")


def main():
    parser = argparse.ArgumentParser(description="Cobblestone and HPKE, ours against pyca/cryptography's")
    parser.add_argument("--cases", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().getrandbits(32)
    rng = random.Random(seed)
    left = options.cases
    with tempfile.TemporaryDirectory() as folder:
        while left > 0:
            batch(rng, min(BATCH, left), folder)
            left -= BATCH
    print(f"differential: {options.cases} cases both ways, seed {seed}, no difference")


if __name__ == "__main__":
    main()
