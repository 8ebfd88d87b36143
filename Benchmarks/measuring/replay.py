"""How queries fare while a replay is planned and runs: certificates are asked for over HTTP at a steady rate, before, meanwhile and afterwards."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

from .host import ASK, LICENCES, MAPPING, RECORDS, Bound, Result, fail, percentile, say_otherwise, site_with_exchanges

QUERIES_A_SECOND = 100
CONNECTIONS = 4
# Items a second.
RATE = 100
SECONDS = 30


def measure(folder, items):
    site = site_with_exchanges(folder, items)
    ids = [json.loads(line)["id"] for line in site.run(
        "certificate", "export", "--kind", "business-licence", "--purpose", "supply-application", "--operator",
        "bench").splitlines()[:2000]]
    listed = site.folder / "ids"
    listed.write_text("".join(f"{id}\n" for id in ids))
    # Each record is written anew, as after a mapping was mended.
    say_otherwise(site.folder / f"share/Mappings/{MAPPING}.yaml")
    with site.serve() as serving:
        port = serving.port()
        seconds = min(SECONDS, max(5, items // RATE))

        def load(seconds):
            return ask(port, site.consumer_key, listed, seconds)

        load(5)
        quiet, planning = load(seconds), []
        with ThreadPoolExecutor(1) as beside:
            planned = beside.submit(
                site.json, "replay", "plan", LICENCES, "--depth", "re-map", "--rate", RATE, "--reason", "benchmark")
            while not planned.done():
                # Short, so that little of it lies behind the plan.
                planning += load(1)
            plan, = planned.result()
        meanwhile = list(planning)
        if plan["items"] != items:
            fail(f"the plan has {plan['items']} of {items} exchanges")
        site.json("replay", "start", plan["id"], "--reason", "benchmark")
        while True:
            before = len(meanwhile)
            meanwhile += load(min(5, seconds))
            status, = site.json("replay", "status", plan["id"])
            if status["state"] not in ("canary", "running"):
                # It ended at some moment of these.
                del meanwhile[before:]
                break
        if status["state"] != "completed":
            fail(f"the replay is {status['state']}")
        quiet += load(seconds)
    # What the replay was for has happened.
    told, = site.json("certificate", "show", ids[0])
    if told["version"] != 2:
        fail(f"a certificate has version {told['version']} after the replay")
    figures = {
        "items": items, "rate": RATE, "queries": [len(quiet), len(meanwhile)], "queriesWhilePlanning": len(planning),
        "p99WhilePlanning": round(percentile(planning, 99) * 1000, 3)}
    for share in (50, 99):
        both = [round(percentile(times, share) * 1000, 3) for times in (quiet, meanwhile)]
        figures[f"p{share}"], figures[f"p{share}Ratio"] = both, round(both[1] / both[0], 3)
    return Result(figures, [Bound(
        f"p99 of live queries while {items:,} exchanges of {RECORDS} records are mapped otherwise, of that in quiet", figures["p99Ratio"], 1.1)])


def ask(port, key, ids, seconds):
    """Asks over some connections; seconds of each answer."""
    result = subprocess.run(
        [str(word) for word in [ASK, port, key, ids, QUERIES_A_SECOND, CONNECTIONS, seconds]], capture_output=True,
        text=True)
    times = [float(line) for line in result.stdout.split()]
    if result.returncode or len(times) < seconds * QUERIES_A_SECOND:
        fail(f"{len(times)} of {seconds * QUERIES_A_SECOND} queries were answered: {result.stderr.strip()}")
    return times
