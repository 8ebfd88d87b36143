"""How long a verdict on an application for electricity takes over HTTP: with everything in the registry, and with two platforms that hang."""

import json
import re
import subprocess
import urllib.request

from .host import PROGRAM, Bound, Result, Site, ask, fail, percentile, replace
from .stolen import StolenTime

PLATFORM = "hangzhou-data"
# What the sandbox calls it.
SIMULATED = "zhejiang-public-data"
OPERATIONS = ["business-licence", "identity-card", "property-deed"]
# The same platform once more, so that two are asked for the same papers; nothing is pulled from it.
TWIN = "hangzhou-data-twin"
VERDICTS_A_SECOND = 20
SECONDS = 60
APPLICANTS = 1500
# What platforms are waited for by default, and what is allowed besides, in milliseconds.
BUDGET, BESIDE = 3000, 100
HANGING = 20


def measure(folder, certificates):
    site = Site(
        folder, "--records", "100", "--companies", str(certificates // 4), "--persons", str(certificates // 4),
        "--houses", str(certificates // 2))
    family = site.folder / "share/Adapters/families/zhejiang-public-data.yaml"
    family.write_text(re.sub(r"rate: \d+/s", "rate: 1000000/s", family.read_text()))
    replace(site.configuration, "pushes:read,", "supply:evaluate, supply:read, pushes:read,")
    text = site.configuration.read_text()
    platform = re.search(rf"  {PLATFORM}:\n(    .*\n)+", text)[0]
    asked_only = "    operations: {%s}\n" % ", ".join(f"{operation}: {{enabled: false}}" for operation in OPERATIONS)
    site.configuration.write_text(text.replace(platform, platform + platform.replace(PLATFORM, TWIN, 1) + asked_only, 1))
    site.keep_platforms(PLATFORM, TWIN)
    with site:
        for operation in OPERATIONS:
            site.run("sync", "--once", f"{PLATFORM}/{operation}")
        known = applications(site, min(APPLICANTS, certificates // 10))
        file = site.folder / "forms"
        with site.serve() as serving, StolenTime() as stolen:
            port = serving.port()
            file.write_text("".join(f"/v1/supply-applications\t{line(form)}\n" for form in known))
            ask(port, site.consumer_key, file, VERDICTS_A_SECOND, 5)
            answers = ask(port, site.consumer_key, file, VERDICTS_A_SECOND, min(SECONDS, max(5, certificates // 1000)))
            times = stolen.spared(answers)
            states = judged(site, port, known[0])
            if states != {"subject": "certificate", "property": "certificate"}:
                fail(f"an application of which everything is known is judged {states}")
            site.ask("/control/faults", {"fault": "stall", "platform": SIMULATED})
            file.write_text("".join(f"/v1/supply-applications\t{line(form)}\n" for form in unknown(known)))
            slow = [seconds for _, seconds in ask(port, site.consumer_key, file, 1, HANGING, connections=HANGING)]
    if not times:
        fail("the host leaves the machine too little to measure anything")
    figures = {
        "certificates": certificates, "verdicts": len(times), "asked": len(answers),
        "p50": ms(times, 50), "p99": ms(times, 99), "hanging": len(slow), "hangingSlowest": round(max(slow) * 1000, 1)}
    return Result(figures, [
        Bound(f"a verdict with everything among {certificates:,} certificates, p99, ms", figures["p99"], 20),
        Bound("a verdict while two platforms hang, ms, the slowest", figures["hangingSlowest"], BUDGET + BESIDE)])


def ms(times, share):
    return round(percentile(times, share) * 1000, 1)


def line(form):
    return json.dumps(form, ensure_ascii=False)


def exported(site, kind):
    """Records of a kind, one after the other."""
    process = subprocess.Popen(
        [PROGRAM, "certificate", "export", "--kind", kind, "--purpose", "supply-application", "--operator", "bench",
         "--config", site.configuration], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield from map(json.loads, process.stdout)
    finally:
        # Nobody wants the rest.
        process.kill()
        process.stdout.close()
        process.wait()


def applications(site, count):
    """Of people who own a house alone and whose identity card is known too."""
    cards = {}
    for told in exported(site, "identity-card"):
        record = told["record"]
        cards[record["holders"][0]["code"]] = record["holders"][0]["name"]
    found = []
    for told in exported(site, "property-deed"):
        record = told["record"]
        owners = record["holders"]
        owner = owners[0]
        isKnown = len(owners) == 1 and cards.get(owner.get("code")) == owner.get("name")
        if not isKnown or record["basic"].get("state") not in (None, "valid"):
            continue
        found.append(form(len(found), owner["name"], owner["code"], record["specific"]["location"]))
        if len(found) == count:
            return found
    fail(f"only {len(found)} houses belong to one person with an identity card")


def form(number, name, code, address):
    return {
        "number": f"GD-{number}", "region": "330100",
        "facts": {"voltage": 0.22, "capacity": 8, "customer": "resident", "business": "new", "stage": "application"},
        "applicant": {"type": "person", "name": name, "code": code}, "place": {"address": address},
        "authorisation": {"means": "counter", "given": "2026-01-01T00:00:00Z"}}


def unknown(known):
    """The same people at places of which nothing is known."""
    return [
        one | {"number": f"U-{index}", "place": {"address": f"拟州市拟无路{index + 1}号"}}
        for index, one in enumerate(known[:HANGING])]


def judged(site, port, form):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/supply-applications", line(form).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {site.consumer_key}",
         "X-Purpose": "supply-application", "X-Operator": "bench"})
    with urllib.request.urlopen(request) as answer:
        verdict = json.load(answer)["statement"]["verdict"]
    return {one["requirement"]: one["state"] for one in verdict["requirements"] if one["state"] != "not-required"}
