"""Which injections are made, and that they met something."""
import collections
import threading

from home import Failed, require


class Draws:
    """Hands injections out to workers, and counts those that met nothing. Without `wanted` every candidate is tried, and at
    most one in `share` may miss; with it, candidates are tried until `wanted` have met.

    How often a process waits, and how often it asks for memory, is another number each time: the last calls of some names
    are not always there.
    """

    def __init__(self, label, candidates, wanted=None, share=50):
        self.label, self.share = label, share
        self._left = collections.deque(candidates)
        self.wanted = None if wanted is None else min(wanted, len(self._left))
        self.drawn = self.missed = 0
        self._lock = threading.Lock()

    def __iter__(self):
        """What is taken by one worker; several iterate at once. Whoever misses goes on, and so replaces it."""
        while True:
            with self._lock:
                if not self._left or self.met == self.wanted:
                    return
                self.drawn += 1
                candidate = self._left.popleft()
            yield candidate

    def miss(self):
        """What was taken last met nothing."""
        with self._lock:
            self.missed += 1

    @property
    def met(self):
        return self.drawn - self.missed

    def check(self):
        """A run that met nothing has shown nothing. A sample is met whole, and no more often missed than met."""
        require(self.drawn > 0, f"{self.label}: nothing was chosen")
        said = f"{self.label}: {self.missed} of {self.drawn} met nothing"
        if self.wanted is None:
            require(self.missed * self.share <= self.drawn, said)
        elif self.met != self.wanted or self.missed > self.wanted:
            raise Failed(f"{said}, {self.wanted} had to")
