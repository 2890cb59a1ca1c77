"""What tests/e2e/capture.sh asks of a capture of a live run: the same verdicts.

    capture.py NAME HARNESS LIVE.json MAP CAPTURE OPTION...

MAP has a line for each run of the sender: case, port, helo, from, to (commas between), message files
(commas between), with tabs between. Each case is judged again, from the capture alone, by `check`
with these and the OPTIONs. A line "ok" or "not ok" for each case; then how often each requirement
that was judged live was skipped."""
import json
import re
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
# Or follows from what the case expects of its sender, from how many messages there were, or from what
# the sender reported alone; or would show only to one on the sender's own machine.
EXPECTED = re.compile("every message delivered that this centre accepts|after this reply only|"
                      "transactions for|reported as|to take more of the message")
# Whether the sender left before the 221 is told by the order on the wire; the centre sees its own.
BY_ORDER = "QUIT-5"
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


def judge(harness, capture, entry, port, options):
    """All checks of what the case's sender did at that port, from the capture."""
    command = [harness, "check", "--quiet", "--report", "json:-", "--port", port,
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


# Senders of which a capture tells something else: they change a message so much that it may as well be
# another one; or what they say crosses what the centre says, and the order on the wire is not the
# centre's own.
# Or it closes behind a command whose reply is on its way; or what it did shows by the harness ending it
# alone.
CHANGED = {"short-lines": ("QUIT-4", "TIME-2"), "scans-digits": ("TIME-2",), "off-by-one": ("CONN-1", "SEQ-2"),
           "keeps-stuffer": ("BODY-3", "BODY-4", "LOSS-2"), "stops-at-dot-line": ("BODY-4",),
           "resends-last": ("LOSS-2",), "never-ends": ("TIME-1",), "noop-for-ever": ("QUIT-1",),
           "tries-for-ever": ("QUIT-1", "TIME-2"),
           "no-greeting-wait": ("CONN-1", "SEQ-2", "CODE-2", "CODE-3", "QUIT-4", "TIME-2"),
           "resends-all": ("LOSS-2",),
           "end-is-silence": ("TIME-1",),  # a half close and a whole one look the same to the end
           "stuffs-every-dot": ("BODY-3",), "strips-dots": ("BODY-3", "BODY-4", "SEQ-2", "SEQ-3")}
# What shows in a capture wherever anything does.
SHOWN = {"CONN-1", "HELO-1", "MAIL-1", "RCPT-1", "DATA-1", "BODY-1", "BODY-2", "BODY-5", "SEQ-2",
         "SEQ-3", "CODE-2", "QUIT-2"}
# Cases in which the harness itself fills its queue with a connection of its own, to be silent.
OWN = {"connect/comes-back/silence": "TIME-2"}


def differences(name, live, field, skipped, waived, sound):
    """What the two do not agree on, in words."""
    for requirement in sorted(set(live) | set(field)):
        was, words = live.get(requirement, ("none", ""))
        now, now_words = field.get(requirement, ("none", ""))
        if was in ("pass", "warn", "fail") and now in ("skip", "none"):
            skipped.setdefault(requirement, []).append((was, name))
        if OWN.get(name) == requirement or requirement in waived:
            continue
        if requirement == BY_ORDER and was == "pass" and now == "warn" and not sound:
            continue
        if now in ("warn", "fail") and was not in ("warn", "fail"):
            yield f"{requirement} is {now}, was {was}: {now_words}"
        elif was in ("warn", "fail") and now == "pass" and not EXPECTED.search(words):
            yield f"{requirement} passes, was {was}: {words}"
        elif was == "pass" and now == "skip" and requirement in SHOWN:
            yield f"{requirement} is skipped, and passed: {now_words}"
        elif was in ("warn", "fail") and now != was and requirement not in HIDDEN and \
                not EXPECTED.search(words) and \
                now != "warn":
            yield f"{requirement} is {now}, was {was}: {words}"


def main():
    run, harness, report, map_file, capture = sys.argv[1:6]
    options = sys.argv[6:]
    entries, users, skipped, judged = {}, {}, {}, 0
    with open(map_file, encoding="utf-8") as lines:
        for line in lines:
            case, port, helo, sender, to, messages = line.rstrip("\n").split("\t")
            entry = entries.setdefault(case, {"ports": [], "helo": helo, "from": sender,
                                              "to": to.split(","), "messages": []})
            if port not in entry["ports"]:
                entry["ports"].append(port)
            users.setdefault(port, set()).add(case)
            entry["messages"] += [name for name in messages.split(",")
                                  if name and name not in entry["messages"]]
    with open(report, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    failed = shared = 0
    for case in cases:
        entry = entries.get(case["id"])
        if case["verdict"] in ("skip", "error") or not entry:
            continue
        if any(len(users[port]) > 1 for port in entry["ports"]):  # it may serve several cases in turn
            shared += 1
            continue
        if not any(event["kind"] == "opened" for event in case["transcript"]):
            print(f"# {case['id']}: no connection came about")
            continue
        # A case is also played with the plain text, to be compared with, and again where the machine was
        # busy: one of the times is the one that was judged.
        for port in reversed(entry["ports"]):
            field, problem = judge(harness, capture, entry, port, options)
            hidden = {}
            found = [problem] if field is None else \
                list(differences(case["id"], verdicts(case), verdicts(field), hidden,
                                 CHANGED.get(run, ()), run == "client"))
            if not found:
                break
        for requirement, was in hidden.items():
            skipped.setdefault(requirement, []).extend(was)
        judged += 1
        failed += bool(found)
        print(f"{'not ok' if found else 'ok'} - {case['id']}")
        for words in found:
            print(f"    | {words}")
    for requirement, was in sorted(skipped.items()):
        kinds = [verdict for verdict, _ in was]
        counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
        names = " ".join(name for _, name in was[:6])
        print(f"# {requirement} does not show ({counts}): {names}")
    if shared:
        print(f"# {shared} cases shared a port, and can't be told apart")
    print(f"# {judged} cases, {failed} differ")
    return 1 if failed or not judged else 0


sys.exit(main())
