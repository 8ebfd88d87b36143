"""The time that the host of a virtual machine takes from it, and what was measured outside of that time."""

import os
import threading
import time
from bisect import bisect_right

SLICE = 0.5
# Of the processors' time in a slice. Within a slice that lost more, a percentile tells of the host and not of the program.
MOST = 0.01


class StolenTime:
    """Watches while it is open; `spared` tells what happened while the host took (almost) nothing."""

    def __enter__(self):
        self.moments, self.ticks, self.ended = [time.monotonic()], [_stolen()], threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def _watch(self):
        while not self.ended.wait(SLICE):
            self._look()

    def _look(self):
        ticks = _stolen()
        self.moments.append(time.monotonic())
        self.ticks.append(ticks)

    def spared(self, answers):
        """Of `(moment, seconds)`, the seconds of those that lie in slices of which the host left all but a hundredth."""
        self._look()
        return [seconds for moment, seconds in answers if all(map(self._is_spared, self._slices(moment, seconds)))]

    def _slices(self, moment, seconds):
        first, last = (bisect_right(self.moments, at) for at in (moment, moment + seconds))
        return range(first, min(last, len(self.moments) - 1) + 1)

    def _is_spared(self, index):
        if index == 0:
            return False
        span = self.moments[index] - self.moments[index - 1]
        return self.ticks[index] - self.ticks[index - 1] <= MOST * span * os.cpu_count() * os.sysconf("SC_CLK_TCK")


def _stolen():
    """Ticks of all processors since the start; no virtual machine, none."""
    with open("/proc/stat") as file:
        return int(file.readline().split()[8])
