"""How queries fare while exchanges are mapped again: certificates are asked for over HTTP at a steady rate, in quiet and during a replay by turns."""

import json
from concurrent.futures import ThreadPoolExecutor

from .host import LICENCES, MAPPING, RECORDS, Bound, Result, ask, fail, percentile, say_otherwise, site_with_exchanges
from .stolen import StolenTime

QUERIES_A_SECOND = 100
# Items a second: what a plan asks for that says nothing, which the bound is for, and what an operator in a hurry might say.
USUAL, HURRIED = 20, 100
# By turns, since what a flush of the disk takes changes within minutes by more than the bound.
ROUNDS = 10
# Answers that a percentile needs: with so many, chance alone moves the ratio of two by some 6 %.
FEWEST = 5000
# Seconds for which rounds of quiet are made longer at most, however much the host takes.
PATIENCE = 30


def measure(folder, items):
    hurried = items // 2
    site = site_with_exchanges(folder, items + hurried)
    ids = [json.loads(line)["id"] for line in site.run(
        "certificate", "export", "--kind", "business-licence", "--purpose", "supply-application", "--operator",
        "bench").splitlines()[:2000]]
    listed = site.folder / "paths"
    listed.write_text("".join(f"/v1/certificates/{id}\n" for id in ids))
    platform, operation = LICENCES.split("/")
    exchanges = [
        one["id"] for one in site.json(
            "exchange", "list", "--platform", platform, "--operation", operation, "--limit", items + hurried)]
    if len(exchanges) != items + hurried:
        fail(f"{len(exchanges)} exchanges are listed, not {items + hurried}")
    # Each record is written anew, as after a mapping was mended.
    say_otherwise(site.folder / f"share/Mappings/{MAPPING}.yaml")
    site.keep_platforms(platform)
    quiet, planning, usually, hurriedly = [], [], [], []
    with site.serve() as serving, StolenTime() as stolen:
        port = serving.port()

        def load(seconds):
            return ask(port, site.consumer_key, listed, QUERIES_A_SECOND, seconds)

        def quiet_load(seconds):
            answers, left = load(seconds), PATIENCE
            while len(stolen.spared(answers)) < min(FEWEST // ROUNDS, seconds * QUERIES_A_SECOND // 2) and left > 0:
                answers += load(1)
                left -= 1
            return answers

        def plan(some, rate, *which):
            made, = site.json("replay", "plan", LICENCES, "--depth", "re-map", "--reason", "benchmark", *rate, *which)
            if made["items"] != len(some):
                fail(f"the plan has {made['items']} of {len(some)} exchanges")
            return made["id"]

        def replay(some, *rate):
            """Asks while these are mapped again."""
            id = plan(some, rate, *(word for one in some for word in ("--id", one)))
            site.json("replay", "start", id, "--reason", "benchmark")
            # Nobody looks at it before it is nearly over: each look is a process of its own.
            answers = load(max(1, len(some) // (HURRIED if rate else USUAL) - 1))
            while (status := site.json("replay", "status", id)[0])["state"] in ("canary", "running"):
                load(1)
            if status["state"] != "completed":
                fail(f"the replay is {status['state']}")
            return answers

        load(5)
        # One plan of all shows what planning costs; it is never started.
        with ThreadPoolExecutor(1) as beside:
            planned = beside.submit(plan, exchanges, ())
            while not planned.done():
                # Short, so that little of it lies behind the plan.
                planning += load(1)
            planned.result()
        for number in range(ROUNDS):
            quiet += quiet_load(max(2, items // ROUNDS // USUAL // 2))
            usually += replay(exchanges[:items][number::ROUNDS])
            hurriedly += replay(exchanges[items:][number::ROUNDS], "--rate", HURRIED)
        usually += planning
        asked = [len(quiet), len(usually), len(hurriedly)]
        quiet, planning, usually, hurriedly = map(stolen.spared, (quiet, planning, usually, hurriedly))
    # What the replay was for has happened.
    told, = site.json("certificate", "show", ids[0])
    if told["version"] != 2:
        fail(f"a certificate has version {told['version']} after the replay")
    counts = [len(quiet), len(usually), len(hurriedly)]
    figures = {
        "items": [items, hurried], "rate": [USUAL, HURRIED], "queries": counts, "asked": asked, "queriesWhilePlanning": len(planning)}
    if min(counts[:2]) < min(FEWEST, items // 4):
        fail(f"the host leaves the machine too little: {counts} of {asked} answers can be told from its doing")
    if planning:
        figures["p99WhilePlanning"] = round(percentile(planning, 99) * 1000, 3)
    for share in (50, 99):
        all = [round(percentile(times, share) * 1000, 3) for times in (quiet, usually, hurriedly)]
        figures[f"p{share}"] = all
        figures[f"p{share}Ratio"], figures[f"p{share}RatioHurried"] = (round(one / all[0], 3) for one in all[1:])
    return Result(figures, [Bound(
        f"p99 of live queries while {items:,} exchanges of {RECORDS} records are mapped otherwise, {USUAL} a second, of that in quiet",
        figures["p99Ratio"], 1.1)])
