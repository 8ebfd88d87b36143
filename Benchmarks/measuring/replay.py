"""How queries fare while a replay is planned and runs: certificates are asked for over HTTP at a steady rate, before, meanwhile and afterwards."""

import json
from concurrent.futures import ThreadPoolExecutor

from .host import LICENCES, MAPPING, RECORDS, Bound, Result, ask, fail, percentile, say_otherwise, site_with_exchanges
from .stolen import StolenTime

QUERIES_A_SECOND = 100
# Items a second.
RATE = 100
SECONDS = 60
# Answers that a percentile needs: with so many, chance alone moves the ratio of two by some 6 %.
FEWEST = 5000
# Seconds in which so many are to be found, however much the host takes.
PATIENCE = 300


def measure(folder, items):
    site = site_with_exchanges(folder, items)
    ids = [json.loads(line)["id"] for line in site.run(
        "certificate", "export", "--kind", "business-licence", "--purpose", "supply-application", "--operator",
        "bench").splitlines()[:2000]]
    listed = site.folder / "paths"
    listed.write_text("".join(f"/v1/certificates/{id}\n" for id in ids))
    # Each record is written anew, as after a mapping was mended.
    say_otherwise(site.folder / f"share/Mappings/{MAPPING}.yaml")
    site.keep_platforms(LICENCES.split("/")[0])
    with site.serve() as serving, StolenTime() as stolen:
        port = serving.port()
        seconds = min(SECONDS, max(5, items // RATE))

        def load(seconds):
            return ask(port, site.consumer_key, listed, QUERIES_A_SECOND, seconds)

        def quiet_load():
            answers, left = load(seconds), PATIENCE - seconds
            while len(stolen.spared(answers)) < min(FEWEST, items) // 2 and left > 0:
                answers += load(5)
                left -= 5
            return answers

        load(5)
        quiet, planning = quiet_load(), []
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
        # Nobody looks at it before it can be over: each look is a process of its own.
        portion = max(5, items // RATE - 5)
        while True:
            before = len(meanwhile)
            meanwhile += load(portion)
            portion = 5
            status, = site.json("replay", "status", plan["id"])
            if status["state"] not in ("canary", "running"):
                # It ended at some moment of these.
                del meanwhile[before:]
                break
        if status["state"] != "completed":
            fail(f"the replay is {status['state']}")
        quiet += quiet_load()
        asked = [len(quiet), len(meanwhile)]
        quiet, meanwhile, planning = map(stolen.spared, (quiet, meanwhile, planning))
    # What the replay was for has happened.
    told, = site.json("certificate", "show", ids[0])
    if told["version"] != 2:
        fail(f"a certificate has version {told['version']} after the replay")
    figures = {
        "items": items, "rate": RATE, "queries": [len(quiet), len(meanwhile)], "asked": asked, "queriesWhilePlanning": len(planning)}
    if min(len(quiet), len(meanwhile)) < min(FEWEST, items // 4):
        fail(f"the host leaves the machine too little: {figures['queries']} of {asked} answers can be told from its doing")
    if planning:
        figures["p99WhilePlanning"] = round(percentile(planning, 99) * 1000, 3)
    for share in (50, 99):
        both = [round(percentile(times, share) * 1000, 3) for times in (quiet, meanwhile)]
        figures[f"p{share}"], figures[f"p{share}Ratio"] = both, round(both[1] / both[0], 3)
    return Result(figures, [Bound(
        f"p99 of live queries while {items:,} exchanges of {RECORDS} records are mapped otherwise, of that in quiet", figures["p99Ratio"], 1.1)])
