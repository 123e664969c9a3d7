#!/usr/bin/env python3
"""What judges here is judged: each rule is given what it has to refuse."""
import base64
import json
import sys
import unittest

from draws import Draws
from home import Failed, some
from judge import Command, Judge
from powerloss import Record, Renewal, recorded
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


def drawn(candidates, wanted=None, missing=(), **more):
    """Two workers by turns; each of `missing` meets nothing."""
    draws = Draws("x", range(candidates), wanted, **more)
    workers = [iter(draws), iter(draws)]
    while workers:
        worker = workers.pop(0)
        for candidate in worker:
            if candidate in missing:
                draws.miss()
            workers.append(worker)
            break
    return draws


class Met(unittest.TestCase):
    def test_nothing_met_is_a_failure(self):
        for chosen, missed in ((0, 0), (1, 1), (8, 1), (8, 8), (49, 1)):
            with self.subTest(chosen=chosen, missed=missed), self.assertRaises(Failed):
                drawn(chosen, missing=range(missed)).check()
        for chosen, missed in ((8, 0), (50, 1)):
            draws = drawn(chosen, missing=range(missed))
            draws.check()
            self.assertEqual((draws.drawn, draws.met), (chosen, chosen - missed))

    def test_how_many_of_all_may_miss(self):
        drawn(20, missing=(0,), share=20).check()
        for candidates, missing in ((19, (0,)), (20, (0, 1)), (1, (0,))):
            with self.subTest(candidates=candidates, missing=missing), self.assertRaises(Failed):
                drawn(candidates, missing=missing, share=20).check()

    def test_a_sample_is_met_whole(self):
        for missing, took in (((), 8), ((7,), 9), ((0, 3, 8), 11), (range(8), 16)):
            with self.subTest(missing=missing):
                draws = drawn(1000, 8, missing)
                draws.check()
                self.assertEqual((draws.drawn, draws.met), (took, 8))
        # As many as there are.
        drawn(3, 8).check()
        for candidates, missing in ((1000, range(9)), (9, (0, 1)), (0, ()), (3, (0,))):
            with self.subTest(candidates=candidates, missing=missing), self.assertRaises(Failed):
                drawn(candidates, 8, missing).check()

    def test_a_miss_while_others_wait_is_replaced(self):
        draws = Draws("x", range(10), 2)
        first, second = iter(draws), iter(draws)
        self.assertEqual((next(first), next(second)), (0, 1))
        self.assertIsNone(next(second, None))
        draws.miss()
        self.assertEqual(next(first), 2)
        self.assertIsNone(next(first, None))
        draws.check()

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
            judge.run.sent = {}
            if allowed:
                judge._made({}, {})
                self.assertEqual(judge.outcomes, {"received and lost in the window": 1})
            else:
                with self.assertRaises(Failed):
                    judge._made({}, {})

    def test_few_of_many_kills_fall_into_it(self):
        within(3, 10)
        within(0, 0)
        within(9, 27)
        within(140, 1000)
        # All of a few, four of ten, a fifth of many.
        for lost, kills in ((1, 0), (2, 1), (10, 27), (20, 50), (141, 1000), (200, 1000)):
            with self.assertRaises(Failed):
                within(lost, kills)


class PowerLoss(unittest.TestCase):
    def judged(self, renewal, cut, token, **row):
        """Whether a row that is left after so many steps passes; all is spoken of after 12."""
        record = object.__new__(Record)
        record.renewals, record.spoken = {"one": renewal} if renewal else {}, 12
        row = {"state": "ok", "pending": None, "secrets": {"refresh_token": token}} | row
        try:
            record._connection("one", "former", row, cut)
        except Failed:
            return False
        return True

    def test_a_token_is_marked_then_spooled_then_there(self):
        spent = Renewal("new", sent=5, spooled=8)
        for cut, token, pending, passes in ((4, "former", None, True), (5, "former", None, False),
                                            (5, "former", 1, True), (7, "former", 1, True), (8, "former", 1, False),
                                            (8, "new", None, True), (12, "new", None, True), (8, "new", 1, False), (7, "other", 1, False)):
            with self.subTest(cut=cut, token=token, pending=pending):
                self.assertEqual(self.judged(spent, cut, token, pending=pending), passes)

    def test_one_that_no_consent_spent_stays_usable(self):
        replaced = Renewal("new", sent=None, spooled=8)
        for cut, row, passes in ((7, {}, True), (7, {"pending": 1}, False), (7, {"state": "interrupted"}, False), (8, {}, False)):
            with self.subTest(cut=cut, row=row):
                self.assertEqual(self.judged(replaced, cut, "former", **row), passes)

    def test_what_was_said_holds_without_the_spool(self):
        late = Renewal("new", sent=5, spooled=20)
        self.assertTrue(self.judged(late, 11, "former", pending=1))
        self.assertFalse(self.judged(late, 12, "former", pending=1))

    def test_one_that_was_given_nothing_keeps_its_own(self):
        self.assertTrue(self.judged(None, 12, "former"))
        self.assertFalse(self.judged(None, 0, "new"))

    def test_a_record_is_known_by_its_connection(self):
        text = base64.urlsafe_b64encode(json.dumps({"row": {"name": "one", "body": "0" * 2000}}).encode()).rstrip(b"=")
        self.assertEqual(recorded(("write", 3, 4096, bytes(36) + b"ADVAULT-RECOVERY-1 " + text + bytes(9))), "one")
        self.assertIsNone(recorded(("write", 3, 4096, bytes(4000))))
        self.assertIsNone(recorded(("size", 3, 4096)))


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())
