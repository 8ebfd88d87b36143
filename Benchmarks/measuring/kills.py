"""Kills a gateway under load, again and again at random moments, and looks at what came of it.

The gateway takes in permit applications as fast as it can and hands them in at the simulated permit window, which counts what it gets and misbehaves: answers
get lost after they had their effect, connections break before, gateways in between answer with errors.
"""

import random
import signal
import subprocess
import sys
import time
from collections import Counter

from .host import WORKLOAD, Bound, Result, Site, fail

# Each strikes some calls to the window's operations; the rest is answered as it should be.
FAULTS = {"reset-after": 0.03, "reset": 0.03, "bad-gateway": 0.02, "half-body": 0.02, "quota": 0.01}
# What nobody can be asked about.
NEITHER = "greening"
SEED = 20260301
# The rate that protects real windows, and a window that knows sooner what it has.
CHANGES = [("hangzhou/permits.yaml", "rate: 20/s", "rate: 2000/s"),
           ("hangzhou/permits.yaml", "probe: status}", "probe: status, settle: 2s}")]


def measure(folder, kills):
    chance = random.Random(SEED)
    acknowledged, start = {}, time.monotonic()
    with Site(folder, "--companies", "100", changes=CHANGES) as site:
        for fault, probability in FAULTS.items():
            site.ask("/control/faults", {"fault": fault, "probability": probability, "platform": "hangzhou-permits"})
        for life in range(kills):
            acknowledged |= live(site, life, chance.uniform(0.05, 0.6))
            if (life + 1) % 100 == 0:
                print(f"{life + 1} kills, {len(acknowledged)} acknowledged", file=sys.stderr, flush=True)
        live(site, kills, None)
        return judge(site, kills, acknowledged, round(time.monotonic() - start))


def live(site, number, seconds):
    """One life; what was acknowledged before it ended."""
    process = subprocess.Popen(
        [WORKLOAD, "push-worker", site.configuration, str(number), "load" if seconds else "drain"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if seconds:
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
    output, errors = process.communicate(timeout=900)
    if errors.strip() or b"!" in output or not seconds and process.returncode:
        fail(f"life {number}: {errors.decode()}{output.decode()[-500:]}")
    # A line that the kill cut off was not acknowledged.
    return dict(line.split(" ") for line in output.decode().split("\n")[:-1])


def judge(site, kills, acknowledged, seconds):
    pushes, effects = site.pushes(), Counter(case["key"] for case in site.ask("/control/effects")["effects"])
    known = {str(push["id"]) for push in pushes}
    states, wrong = Counter(), []
    for push in pushes:
        count, word = effects[push["key"]], push["state"]
        states[f"{push['item']}: {word}, there {count} times"] += 1
        is_doubt = push["item"] == NEITHER and word == "unknown" and count <= 1
        if not is_doubt and not (word == "accepted" and count == 1):
            wrong.append(push)
    for push in wrong[:10]:
        print(f"push {push['id']} ({push['item']}) is {push['state']}, there {effects[push['key']]} times", file=sys.stderr)
    verdict, = site.json("journal", "verify", allow=(0, 1))
    return Result(
        {"kills": kills, "seconds": seconds, "acknowledged": len(acknowledged), "pushes": len(pushes),
         "outcomes": dict(sorted(states.items())), "verify": verdict},
        [Bound(f"{kills:,} kills: of {len(acknowledged):,} acknowledged applications, lost",
               sum(push not in known for push in acknowledged.values()), 0),
         Bound(f"{kills:,} kills: of {len(pushes):,} pushes, not there exactly once, nor `unknown` where nobody can be asked",
               len(wrong), 0),
         Bound(f"{kills:,} kills: findings of `journal verify`", int(not verdict["holds"]), 0),
         Bound(f"{kills:,} kills: applications acknowledged by no life", int(not acknowledged), 0)])
