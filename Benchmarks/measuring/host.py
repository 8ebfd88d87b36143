"""What the measurements stand on: the programs, this machine, simulated platforms with a site that uses them, and a gateway that serves."""

import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent
PROGRAM = ROOT / ".build/release/zhengdian"
WORKLOAD = ROOT / ".build/release/workload"
ASK = ROOT / ".build/benchmarks/ask"


@dataclass
class Bound:
    """What must hold: `measured` is at most `most`."""

    what: str
    measured: float
    most: float

    @property
    def holds(self):
        return self.measured <= self.most


@dataclass
class Result:
    figures: dict
    bounds: list = field(default_factory=list)


def fail(message):
    sys.exit(f"Benchmarks: {message}")


def build():
    for product in ["zhengdian", "workload"]:
        subprocess.run(
            ["swift", "build", "--package-path", ROOT, "-c", "release", "--product", product], check=True,
            stdout=sys.stderr, env=os.environ | {"ZHENGDIAN_BENCHMARKS": "1"})
    subprocess.run([ROOT / "deploy/install-packages", HERE / "packages.txt"], check=True, stdout=sys.stderr)
    ASK.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["g++", "-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", ASK,
                    HERE / "measuring/ask.cpp", "-lcurl"], check=True, stdout=sys.stderr)


def machine():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    return {"processor": cpu, "cores": os.cpu_count(), "memoryGiB": memory, "system": platform.platform(),
            "load": round(os.getloadavg()[0], 1)}


def commit():
    """What is measured."""
    return subprocess.run(
        ["git", "-C", ROOT, "describe", "--always", "--dirty", "--abbrev=8"], check=True, capture_output=True, text=True).stdout.strip()


def machine_line(result):
    host = result["machine"]
    return (f"{result['date']}, {host['processor']}, {host['cores']} cores, {host['memoryGiB']} GiB, {host['system']}, "
            f"load {host['load']} before the first run.")


def put_into_readme(text, start, end):
    """Puts the text between two lines of README.md."""
    readme = HERE / "README.md"
    whole = readme.read_text()
    if start not in whole or end not in whole:
        fail(f"README.md has no place for the table: {start.strip()}")
    readme.write_text(whole[: whole.index(start) + len(start)] + "\n" + text + "\n\n" + whole[whole.index(end):])


def percentile(times, share):
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def ask(port, key, file, rate, seconds, connections=4):
    """Asks what the file says over some connections; of each answer the moment of the question and the seconds it took."""
    result = subprocess.run(
        [str(word) for word in [ASK, port, key, file, rate, connections, seconds]], capture_output=True, text=True)
    answers = [tuple(map(float, line.split())) for line in result.stdout.splitlines()]
    if result.returncode or len(answers) < seconds * rate:
        fail(f"{len(answers)} of {seconds * rate} questions were answered: {result.stderr.strip()}")
    return answers


def work(*words):
    """Runs the workload program; the JSON lines it wrote."""
    result = subprocess.run([WORKLOAD, *map(str, words)], capture_output=True, text=True)
    if result.returncode:
        fail(f"workload {words[0]} ended with {result.returncode}:\n{result.stderr}{result.stdout[-2000:]}")
    return [json.loads(line) for line in result.stdout.splitlines()]


class Site:
    """Simulated platforms, and a site whose gateway uses them on ports that the system chooses.

    changes: of adapters, `(file, old, new)`; the rates of real platforms are lifted that way.
    """

    def __init__(self, folder, *options, changes=()):
        self.folder = Path(folder)
        self.sandbox = subprocess.Popen(
            [PROGRAM, "sandbox", "--json", "--write-config", self.folder, *options], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        line = self.sandbox.stdout.readline()
        if not line:
            fail("the sandbox did not start")
        told = json.loads(line)
        self.control, self.consumer_key = told["control"], Path(told["consumerKey"]).read_text().strip()
        share = self.folder / "share"
        for name in ["Adapters", "Mappings"]:
            shutil.copytree(ROOT / name, share / name)
        for file, old, new in changes:
            replace(share / "Adapters" / file, old, new)
        # Written anew by the next sandbox in this folder, so under a name of its own.
        self.configuration = self.folder / "site.yaml"
        text = Path(told["configuration"]).read_text()
        self.configuration.write_text(f"adapters: {share}/Adapters\nmappings: {share}/Mappings\n" + text)
        replace(self.configuration, "port: 8080", "port: 0")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop_sandbox()

    def stop_sandbox(self):
        if self.sandbox.poll() is None:
            self.sandbox.send_signal(signal.SIGTERM)
            self.sandbox.wait()

    def ask(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.control + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def run(self, *words, allow=(0,)):
        """Runs a command of the gateway's program; its output."""
        result = subprocess.run(
            [PROGRAM, *map(str, words), "--config", self.configuration], capture_output=True, text=True)
        if result.returncode not in allow:
            fail(f"{' '.join(map(str, words))} ended with {result.returncode}:\n{result.stderr}{result.stdout[-2000:]}")
        return result.stdout

    def json(self, *words, allow=(0,)):
        return [json.loads(line) for line in self.run(*words, "--json", allow=allow).splitlines()]

    def pushes(self):
        found, after = [], []
        while page := self.json("push", "list", "--limit", 100_000, *after):
            found += page
            after = ["--after", page[-1]["id"]]
        return found

    def keep_platforms(self, *names):
        """Leaves the others out of the configuration: a gateway would begin with pulling everything they have."""
        head, rest = self.configuration.read_text().split("platforms:\n", 1)
        blocks, tail = rest.split("\n\n", 1)
        kept = [block for block in re.split(r"^(?=  \S)", blocks + "\n", flags=re.M) if block.split(":")[0].strip() in names]
        if len(kept) != len(names):
            fail(f"the configuration has not all of {names}")
        tail = re.sub(r"(#.*\n)?^precedence:\n(  .*\n)+", "", tail, flags=re.M)
        self.configuration.write_text(f"{head}platforms:\n{''.join(kept)}\n{tail}")

    def serve(self):
        return Serving(self)


class Serving:
    """A gateway that serves: its port, its log, and what it has cost."""

    def __init__(self, site):
        self.log = site.folder / "serve.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--config", site.configuration, "--json"], stdout=subprocess.PIPE, stderr=log,
                text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait():
            fail(f"serve ended with {self.process.returncode}:\n{self.log.read_text()[-2000:]}")

    def port(self):
        """Once it answers."""
        line = self.process.stdout.readline()
        if not line:
            fail(f"serve did not start:\n{self.log.read_text()[-2000:]}")
        return json.loads(line)["port"]

    def processor_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def log_lines(self):
        return len(self.log.read_text().splitlines())


LICENCES = "hangzhou-data/business-licence"
MAPPING = "zhejiang-public-data/business-licence"
RECORDS = 5


def site_with_exchanges(folder, exchanges):
    """A site that has pulled so many pages of five business licences; its platforms have ended."""
    family = "families/zhejiang-public-data.yaml"
    site = Site(folder, "--companies", str(exchanges * RECORDS), changes=[
        (family, "size: 500", f"size: {RECORDS}"), (family, "rate: 50/s", "rate: 100000/s")])
    with site:
        site.run("sync", "--once", LICENCES)
    return site


def replace(file, old, new):
    text = file.read_text()
    if old not in text:
        fail(f"{file} does not say '{old}' any more")
    file.write_text(text.replace(old, new))


def say_otherwise(mapping):
    """Changes a mapping of business licences so that it says one field of each record otherwise."""
    replace(mapping, "basic.issuerName: $.regOrgName", "basic.issuerName: $.regOrg")
