"""How long `serve` takes from its start, with many pushes waiting, until the window has the first."""

import statistics
import time

from .host import Bound, Result, Site, work

TIMES = 5


def measure(folder, items):
    with Site(folder, "--companies", "100") as site:
        work("push-worker", site.configuration, items, "fill")
        times = []
        for _ in range(TIMES):
            site.ask("/control/effects", method="DELETE")
            begun = time.monotonic()
            with site.serve():
                while not site.ask("/control/effects")["effects"]:
                    time.sleep(0.01)
                times.append(round(time.monotonic() - begun, 2))
    return Result(
        {"queued": items, "seconds": times, "median": statistics.median(times)},
        [Bound(f"start with {items:,} queued pushes until the window has the first, s, the slowest of {TIMES}", max(times), 5)])
