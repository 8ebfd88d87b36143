"""What it costs to wait while no platform works: 200 pushes are due, and everything that is pulled is due each minute."""

import time

from .host import Bound, Result, Site, fail, work

PUSHES = 200
EVERY_MINUTE = 'schedule: {cron: "* * * * *"}'
# At the beginning, and each minute: what breakers that stay open for longer and longer let through, of eleven operations and their probes.
CALLS = (100, 10)
LINES = (200, 20)


def measure(folder, minutes):
    schedules = [("hangzhou/public-data.yaml", 'schedule: {cron: "*/10 * * * *", jitter: 60s}', EVERY_MINUTE),
                 ("hangzhou/public-data.yaml", 'schedule: {cron: "5-55/10 * * * *", jitter: 60s}', EVERY_MINUTE),
                 ("hangzhou/investment.yaml", 'schedule: {cron: "*/5 * * * *", jitter: 30s}', EVERY_MINUTE),
                 ("hangzhou/investment.yaml", 'schedule: {cron: "2-57/5 * * * *", jitter: 30s}', EVERY_MINUTE),
                 ("changzhou/real-estate.yaml", 'schedule: {cron: "*/10 * * * *", jitter: 60s}', EVERY_MINUTE),
                 ("national/data-sharing.yaml", 'schedule: {cron: "15 * * * *", jitter: 120s}', EVERY_MINUTE),
                 ("national/data-sharing.yaml", 'schedule: {cron: "25 * * * *", jitter: 120s}', EVERY_MINUTE)]
    with Site(folder, "--records", "100", changes=schedules) as site:
        work("push-worker", site.configuration, PUSHES, "fill")
        site.ask("/control/faults", {"fault": "reset"})
        with site.serve() as serving:
            serving.port()
            begun, before = time.monotonic(), serving.processor_seconds()
            end = begun + minutes * 60
            while (left := end - time.monotonic()) > 0:
                time.sleep(min(left, 10))
                if serving.process.poll() is not None:
                    fail(f"serve ended in the outage:\n{serving.log.read_text()[-2000:]}")
            seconds = time.monotonic() - begun
            # What it took to start counts too.
            processor = serving.processor_seconds()
            lines = serving.log_lines()
            calls = calls_made(site)
        effects, pushes = site.ask("/control/effects")["effects"], site.pushes()
    share = round(processor * 100 / seconds, 2)
    name = f"an outage of {minutes:g} min: "
    return Result(
        {"minutes": minutes, "processorSeconds": round(processor, 2), "startSeconds": round(before, 2),
         "processorPercent": share, "calls": sum(calls.values()), "callsByOperation": calls, "logLines": lines},
        [Bound(name + "processor, % of one core", share, 5),
         Bound(name + "calls", sum(calls.values()), round(CALLS[0] + CALLS[1] * minutes)),
         Bound(name + "log lines", lines, round(LINES[0] + LINES[1] * minutes)),
         Bound(name + "pushes lost, or there although nothing arrived", abs(PUSHES - len(pushes)) + len(effects), 0),
         Bound(name + "no call was made at all", int(not calls), 0)])


def calls_made(site):
    """How often each operation was called, as the platforms count it; those that were."""
    return {f"{platform}/{operation}": count["calls"]
            for platform, operations in site.ask("/control/calls").items()
            for operation, count in operations.items() if count["calls"]}
