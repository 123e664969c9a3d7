#!/usr/bin/env python3
"""What judges here is judged: each rule is given what it has to refuse."""
import sys
import unittest

from home import Failed, met, some
from judge import Command, Judge
from storm import within
from traced import Run

ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n{"refresh_token":"r"}'
WAL, SPOOL = "<vault.db-wal>", "<vault.db.spool>"


def line(call, text="", size=None, result=None):
    shown = "".join(f"\\x{byte:02x}" for byte in text.encode())
    return f'7 {call}, "{shown}", {size or len(text)}, 0) = {len(text) if result is None else result}'


def run(*calls):
    """One that received the refresh token `r`, then made these calls and was killed."""
    return Run(-9, "", "", "\n".join([line("recvfrom(5<socket:[1]>", ANSWER), *calls]))


def pages(result=4096):
    return line(f"pwrite64(4{WAL}", "page", 4096, result)


def header():
    return line(f"pwrite64(4{WAL}", "head", 32, 32)


def sync(result="0", file=WAL):
    return f"7 fdatasync(4{file}) = {result}"


class Met(unittest.TestCase):
    def test_nothing_met_is_a_failure(self):
        for chosen, missed in ((0, 0), (1, 1), (8, 1), (8, 8), (49, 1)):
            with self.subTest(chosen=chosen, missed=missed), self.assertRaises(Failed):
                met("x", chosen, missed)
        met("x", 8)
        met("x", 50, 1)

    def test_none_is_no_number_to_run(self):
        with self.assertRaises(Exception):
            some("0")
        self.assertEqual(some("1"), 1)


class Window(unittest.TestCase):
    def test_a_commit_is_pages_and_their_sync(self):
        self.assertFalse(run().committed_after("r"))
        self.assertFalse(run(header(), sync()).committed_after("r"))
        self.assertFalse(run(header(), sync(), pages()).committed_after("r"))
        self.assertFalse(run(pages(), sync("-1 EIO (Input/output error) (INJECTED)"), sync()).committed_after("r"))
        self.assertFalse(run(pages(), sync("?")).committed_after("r"))
        self.assertFalse(run(pages(), sync(file=SPOOL)).committed_after("r"))
        self.assertTrue(run(header(), sync(), pages(), sync()).committed_after("r"))

    def test_a_consent_that_was_committed_is_not_lost(self):
        for calls, allowed in (((pages(),), True), ((pages(), sync()), False)):
            judge = object.__new__(Judge)
            judge.command = Command(("connect", "five"), "connected", ["five"], made="five")
            judge.run, judge.made, judge.outcomes = run(*calls), "r", {"received and lost in the window": 0}
            judge.stage = None
            judge.run.sent = set()
            if allowed:
                judge._made({}, {})
                self.assertEqual(judge.outcomes, {"received and lost in the window": 1})
            else:
                with self.assertRaises(Failed):
                    judge._made({}, {})

    def test_few_of_many_kills_fall_into_it(self):
        within(3, 10)
        within(50, 1000)
        for lost, kills in ((4, 10), (51, 1000), (1000, 1000)):
            with self.assertRaises(Failed):
                within(lost, kills)


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())
