"""What the journal costs as it grows: to prove it whole, to list it, to try a changed mapping on it."""

import json
import os
import subprocess
import time

from .host import LICENCES, MAPPING, PROGRAM, RECORDS, Bound, Result, fail, say_otherwise, site_with_exchanges, work

SMALL = 10_000
PULLED = 1000


def verify(folder, entries):
    told, = work("verify", entries, folder)
    return Result(told, [Bound(f"{told['entries']:,} entries verified, s", told["verifySeconds"], 30)])


def queries(folder, exchanges):
    """The same lists in a small journal and in a large one."""
    lines = {size: work("queries", size, folder) for size in sorted({min(SMALL, exchanges), exchanges})}
    small, large = min(lines), max(lines)
    steps = {size: {line.pop("step"): line for line in lines[size]} for size in lines}
    lists, ratios = {}, []
    for name, one in steps[large].items():
        if "rows" not in one or "p50" not in one:
            continue
        other = steps[small][name]
        lists[name] = {"rows": [other["rows"], one["rows"]], "p50": [other["p50"], one["p50"]],
                       "p99": [other["p99"], one["p99"]], "ratio": round(one["p50"] / other["p50"], 1)}
        # Where the small journal has as many rows to show, or nearly.
        if abs(one["rows"] - other["rows"]) * 10 <= one["rows"]:
            ratios.append(lists[name]["ratio"])
    others = {name: [steps[size][name] for size in (small, large)] for name in steps[large] if name not in lists}
    return Result(
        {"exchanges": [small, large], "lists": lists, "others": others},
        [Bound(f"a page of as many exchanges among {large:,}, of that among {small:,}, p50, the filter that suffers most",
               max(ratios), 2)])


def mapping_diff(folder, exchanges):
    """A mapping that says one field of each record otherwise, over so many exchanges of five records each: some that were pulled, journaled again and again."""
    site = site_with_exchanges(folder, min(exchanges, PULLED))
    work("repeat", site.configuration, LICENCES, exchanges)
    changed = site.folder / "changed.yaml"
    changed.write_bytes((site.folder / f"share/Mappings/{MAPPING}.yaml").read_bytes())
    say_otherwise(changed)
    begun = time.monotonic()
    process = subprocess.Popen(
        [PROGRAM, "mapping", "diff", MAPPING, changed, "--config", site.configuration, "--show", "0", "--budget", "100",
         "--json"], stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = round(time.monotonic() - begun, 2)
    process.returncode = os.waitstatus_to_exitcode(status)
    told = json.loads(output.splitlines()[-1]) if output else {}
    if process.returncode or told.get("exchanges") != exchanges:
        fail(f"mapping diff ended with {process.returncode}: {output[-2000:]}")
    return Result(
        {"exchanges": exchanges, "records": exchanges * RECORDS, "seconds": seconds,
         "processorSeconds": round(usage.ru_utime + usage.ru_stime, 2), "peakMiB": round(usage.ru_maxrss / 1024, 1),
         "statistics": told},
        [Bound(f"`mapping diff` over {exchanges:,} exchanges of {RECORDS} records, s", seconds, 60)])
