"""Runs the steps of the CI templates: see ci-templates.sh."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    print("skipped: no python3-yaml (apt-get install python3-yaml)")
    sys.exit(0)

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
TEMPLATES = ROOT / "examples/ci"
# The whole suite in real time would take minutes.
ONLY = ["rcpt/*", "body/messages/*"]
LIMIT = 300

failed = 0


def judge(name, fault):
    global failed
    print("not ok" if fault else "ok", "-", name)
    if fault:
        print("   ", fault)
    failed += bool(fault)


def github():
    """The scripts of its jobs, how many parts there are, and how a part is named to them."""
    text = yaml.safe_load((TEMPLATES / "github-actions.yml").read_text())
    jobs = text["jobs"]
    step = next(step for step in jobs["judge"]["steps"] if "naccs-harness run" in step.get("run", ""))
    merge = next(step for step in jobs["report"]["steps"] if "report" in step.get("run", ""))
    shards = jobs["judge"]["strategy"]["matrix"]["shard"]
    if shards != list(range(1, len(shards) + 1)) or jobs["report"]["needs"] != "judge":
        raise ValueError(f"the parts are {shards}")
    names = {value: name for name, value in step["env"].items()}
    part, parts = names["${{ matrix.shard }}"], names["${{ strategy.job-total }}"]
    return step["run"], merge["run"], len(shards), part, parts


def gitlab():
    text = yaml.safe_load((TEMPLATES / "gitlab-ci.yml").read_text())
    judging, report = text["naccs-judge"], text["naccs-report"]
    if text["stages"].index(judging["stage"]) >= text["stages"].index(report["stage"]):
        raise ValueError("the parts are put together before they are there")
    return ("\n".join(judging["script"]), "\n".join(report["script"]), judging["parallel"],
            "CI_NODE_INDEX", "CI_NODE_TOTAL")


def prepare(folder):
    (folder / "ci").mkdir()
    shutil.copy(TEMPLATES / "sender.json", folder / "ci")
    (folder / "bin").mkdir()
    only = " ".join(f"--only '{pattern}'" for pattern in ONLY)
    harness = folder / "bin/naccs-harness"
    harness.write_text("#!/bin/sh\ncase $1 in\nrun) shift; set -- run " + only + ' "$@" ;;\nesac\n'
                       f"exec '{BUILD}/naccs-harness' \"$@\"\n")
    harness.chmod(0o755)


def run(script, folder, **variables):
    environment = {**os.environ, "PATH": f"{folder}/bin:{BUILD}:{os.environ['PATH']}",
                   "NACCS_SCENARIOS": str(ROOT / "scenarios"), **variables}
    return subprocess.run(["sh", "-e", "-c", script], cwd=folder, env=environment, timeout=LIMIT,
                          capture_output=True, text=True)


def has_report():
    return subprocess.run([BUILD / "naccs-harness", "report", "--help"], capture_output=True,
                          timeout=LIMIT).returncode == 0


def whole():
    command = [BUILD / "naccs-harness", "run", "--list"]
    for pattern in ONLY:
        command += ["--only", pattern]
    listed = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=True,
                            env={**os.environ, "NACCS_SCENARIOS": str(ROOT / "scenarios")}).stdout
    return sorted(line.split()[0] for line in listed.splitlines())


def try_template(name, read):
    script, merge, count, part, parts = read()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        prepare(folder)
        ids, faults = [], []
        for number in range(1, count + 1):
            result = run(script, folder, **{part: str(number), parts: str(count)})
            report = folder / f"part-{number}.json"
            if result.returncode != 0 or not report.exists():
                faults.append(f"part {number}: status {result.returncode}: {result.stderr[-300:]}")
                continue
            cases = json.loads(report.read_text())["cases"]
            ids += [case["id"] for case in cases]
            faults += [f"{case['id']}: {case['verdict']}" for case in cases
                       if case["verdict"] not in ("pass", "skip")]
        judge(f"{name}: its {count} parts are judged", "; ".join(faults))
        judge(f"{name}: … and are the whole", None if sorted(ids) == whole() else f"they are {ids}")
        if not has_report():
            print(f"skipped: {name}: putting the parts together (no naccs-harness report)")
            return
        result = run(merge, folder)
        made = {"dossier.html", "report.xml", "summary.md"}
        missing = {file for file in made if not (folder / file).exists()}
        judge(f"{name}: … and are put together",
              result.stderr[-500:] if result.returncode != 0 else ", ".join(sorted(missing)))


def fails_where_the_sender_does():
    """The step of a part goes on where the sender does not conform, and stops where nothing ran."""
    script, _, _, part, parts = github()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        prepare(folder)
        sender = folder / "ci/sender.json"
        for command, wanted in ((["true"], 0), (["/nowhere/at-all"], 1)):
            sender.write_text(json.dumps({"command": command, "timeout": "1s"}))
            result = run(script, folder, **{part: "1", parts: "4"})
            if result.returncode != wanted:
                return f"{command}: status {result.returncode}: {result.stderr[-300:]}"
    return None


try_template("GitHub Actions", github)
try_template("GitLab CI", gitlab)
judge("a sender that fails ends no job, a harness that can't work does", fails_where_the_sender_does())
if shutil.which("actionlint"):
    linted = subprocess.run(["actionlint", TEMPLATES / "github-actions.yml"], capture_output=True,
                            text=True, timeout=LIMIT)
    judge("actionlint", linted.stdout)
sys.exit(1 if failed else 0)
