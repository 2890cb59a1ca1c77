"""What tests/e2e/capture.sh asks of a capture of a live run: the same verdicts.

    capture.py HARNESS LIVE.json MAP CAPTURE OPTION...

MAP has a line for each run of the sender: case, port, helo, from, to (commas between), message files
(commas between), with tabs between. Each case is judged again, from the capture alone, by `check`
with these and the OPTIONs. A line "ok" or "not ok" for each case; then how often each requirement
that was judged live was skipped."""
import json
import subprocess
import sys

# What was held against the sender live, and does not show in a capture.
HIDDEN = {
    "CONN-2": "the name server's packets are not looked at",
    "CODE-1": "takes two runs side by side",
    "LOSS-1": "what the sender reported",
    "LOSS-2": "what the sender reported",
    "LOSS-3": "what the sender reported",
    "QUIT-3": "what was still to be sent",
    "RCPT-2": "how many messages there were",
    "SEQ-1": "how many messages there were",
    "STORM-1": "connects that were refused; how many messages there were",
}
# Or follows from what the case expects of its sender alone.
EXPECTED = "expected"
WORST = ["skip", "pass", "warn", "fail", "error"]


def verdicts(case):
    """{requirement: (worst verdict, its words)}"""
    found = {}
    for check in case["checks"]:
        old = found.get(check["requirement"])
        if old is None or WORST.index(check["verdict"]) > WORST.index(old[0]):
            found[check["requirement"]] = (check["verdict"],
                                           f'{check["expected"]}: {check["actual"]}')
    return found


def judge(harness, capture, entry, options):
    """All checks of the case, from the capture."""
    command = [harness, "check", "--quiet", "--report", "json:-", "--port", entry["port"],
               "--helo", entry["helo"], "--from", entry["from"]]
    for to in entry["to"]:
        command += ["--to", to]
    for message in entry["messages"]:
        command += ["--message", message]
    done = subprocess.run(command + options + [capture], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        return None, done.stderr.strip()
    cases = json.loads(done.stdout)["cases"]
    return {"checks": [check for case in cases for check in case["checks"]]}, ""


def differences(live, field, skipped):
    """What the two do not agree on, in words."""
    for requirement in sorted(set(live) | set(field)):
        was, words = live.get(requirement, ("none", ""))
        now, now_words = field.get(requirement, ("none", ""))
        if was in ("pass", "warn", "fail") and now in ("skip", "none"):
            skipped.setdefault(requirement, []).append(was)
        if now in ("warn", "fail") and now != was:
            yield f"{requirement} is {now}, was {was}: {now_words}"
        elif was in ("warn", "fail") and now == "pass":
            yield f"{requirement} passes, was {was}: {words}"
        elif was in ("warn", "fail") and now != was and requirement not in HIDDEN:
            yield f"{requirement} is {now}, was {was}: {words}"


def main():
    harness, report, map_file, capture = sys.argv[1:5]
    options = sys.argv[5:]
    entries, skipped, judged = {}, {}, 0
    with open(map_file, encoding="utf-8") as lines:
        for line in lines:
            case, port, helo, sender, to, messages = line.rstrip("\n").split("\t")
            entry = entries.setdefault(case, {"port": port, "helo": helo, "from": sender,
                                              "to": to.split(","), "messages": []})
            entry["messages"] += [name for name in messages.split(",")
                                  if name and name not in entry["messages"]]
    with open(report, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    failed = 0
    for case in cases:
        entry = entries.get(case["id"])
        if case["verdict"] in ("skip", "error") or not entry:
            continue
        field, problem = judge(harness, capture, entry, options)
        if field is None and not any(event["kind"] == "opened" for event in case["transcript"]):
            print(f"# {case['id']}: no connection came about")
            continue
        found = [problem] if field is None else \
            list(differences(verdicts(case), verdicts(field), skipped))
        judged += 1
        failed += bool(found)
        print(f"{'not ok' if found else 'ok'} - {case['id']}")
        for words in found:
            print(f"    | {words}")
    for requirement, was in sorted(skipped.items()):
        counts = ", ".join(f"{was.count(verdict)} {verdict}" for verdict in sorted(set(was)))
        print(f"# {requirement} does not show ({counts})")
    print(f"# {judged} cases, {failed} differ")
    return 1 if failed or not judged else 0


sys.exit(main())
