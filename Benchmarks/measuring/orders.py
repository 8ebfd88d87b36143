"""What it costs to count all orders of a year, and to look for those behind a figure."""

from .host import ROOT, Bound, Result, work


def measure(folder, orders):
    told, = work("orders", orders, folder, ROOT / "Adapters")
    return Result(
        told, [
            Bound(f"the figures of {told['orders']:,} orders with {told['cases']:,} permit cases, s, median", told["figuresSeconds"], 2),
            Bound(f"those behind a figure looked for among {told['orders']:,} orders, s, the slowest figure", told["searchSeconds"], 2)])
