#!/usr/bin/env python3
"""What judges here is judged: each rule is given what it has to refuse."""
import sys
import unittest

from home import Failed, met, some

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


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())
