"""What it costs to make the clocks of all open permit cases anew."""

from .host import ROOT, Bound, Result, work


def measure(folder, cases):
    told, = work("permits", cases, folder, ROOT / "Adapters")
    return Result(
        told, [Bound(f"the clocks of {told['cases']:,} open permit cases ({told['items']:,} items, {told['events']:,} events) made anew, s, "
                     "median", told["recomputeSeconds"], 1)])
