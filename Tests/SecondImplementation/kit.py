#!/usr/bin/env python3
"""Runs the second implementation over the test kit: every vector of FOLDER/index.json, in one process.

usage: kit.py FOLDER

Prints one line for each vector that gives another answer than the index says, then how many were run; exits 1 if there
was such a line.
"""
import json
import os
import sys

import vault_reader as reader

ANSWERS = {reader.Damaged: "damaged", reader.Tampered: "tampered", reader.WrongKey: "wrong-key",
           reader.NewerFormat: "newer-format", reader.Refused: "too-costly"}
OPENED = ("vault_id", "generation", "apps", "connections")


def names_and_secrets(rows):
    """What the index says of rows, in an order of its own."""
    return sorted(([row["name"], row["secrets"]] for row in rows), key=lambda row: row[0])


def run(folder, vector):
    """The answer, the exit code, and what was found in a vault that opened."""
    key = reader.parse_machine_key(vector["machine_key"].encode()) if "machine_key" in vector else None
    passphrase = reader.parse_passphrase(vector["passphrase"].encode()) if "passphrase" in vector else None
    pinned = bytes.fromhex(vector["pinned_vault_id"]) if "pinned_vault_id" in vector else None
    try:
        found = reader.open_vault(os.path.join(folder, vector["file"]), key, passphrase, vector.get("slot"), pinned,
                                  verify=True, any_place=True)
    except reader.VaultError as error:
        return ANSWERS[type(error)], error.code, str(error)
    return "success", 0, {name: found[name] for name in OPENED}


def agrees(vector, answer, code, found):
    if (answer, code) != (vector["answer"], vector["exit_code"]):
        return False
    if answer != "success":
        return True
    rows = all(names_and_secrets(found[table]) == names_and_secrets(vector[table]) for table in OPENED[2:])
    return rows and all(found[name] == vector[name] for name in OPENED[:2])


def main(folder):
    with open(os.path.join(folder, "index.json"), encoding="ascii") as file:
        vectors = json.load(file)["vectors"]
    wrong = 0
    for vector in vectors:
        answer, code, found = run(folder, vector)
        if not agrees(vector, answer, code, found):
            wrong += 1
            print(f"{vector['name']}: {answer} ({code}), expected {vector['answer']}: {found}")
    print(f"kit: {len(vectors) - wrong} of {len(vectors)} as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
