"""Captures become scenarios, and these behave as the captured centre did: see capture.sh.

    replay.py HARNESS CLIENT REPORT MAP PCAP LIMIT

REPORT is the live run's, MAP says which port each case's centre had, PCAP is its capture. Each case is
imported and played again to CLIENT, all of them side by side; what the centre says on each connection,
how it ends it, and how long it takes for each reply, must be what they were: octet for octet, and
within 20 ms or 5 %. What differs is played twice more, fewer at a time: where the two ends act in the same
moment, either may be first; and a machine that has more to do is late itself. Prints what differs, and "# N cases played again, M differ".
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ENDS = ("centre-fin", "centre-half", "centre-rst")
MOST_LATE_S, SHARE = 0.020, 0.05
AT_ONCE = (64, 8, 2)
# In this one the harness fills its own queue, to be silent.
OWN = ("connect/comes-back/silence",)


def read_map(file):
    """{case: ([ports], [message files])} of those that had their ports for themselves."""
    cases, users = {}, {}
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            case, port, _, _, _, messages = line.rstrip("\n").split("\t")
            ports, known = cases.setdefault(case, ([], []))
            if port not in ports:
                ports.append(port)
            known += [name for name in messages.split(",") if name and name not in known]
            users.setdefault(port, set()).add(case)
    return {case: entry for case, entry in cases.items() if all(len(users[port]) == 1 for port in entry[0])}


def behaviour(transcript):
    """{connection: (octets of the centre, its ends, [seconds before each reply])}"""
    seen = {}
    for event in transcript:
        if event["connection"] == 0:
            continue
        octets, ends, waits, last = seen.setdefault(event["connection"], ["", [], [], None])
        entry = seen[event["connection"]]
        if event["kind"] == "sent":
            entry[0] = octets + event.get("octets", "")
            if last is not None:
                waits.append(event["time_s"] - last)
        elif event["kind"] in ENDS:
            ends.append("centre-fin" if event["kind"] == "centre-half" else event["kind"])  # one on the wire
        if event["kind"] in ("sent", "received", "opened"):
            entry[3] = event["time_s"]
    return {connection: entry[:3] for connection, entry in seen.items()}


def differences(then, now):
    """In words."""
    # Behind an RST it is the sender's to come back, or not: by how far it had come when it met it.
    reset = all(ends == ["centre-rst"] for _, ends, _ in then.values())
    if sorted(then) != sorted(now) and not reset:
        yield f"connections: then {sorted(then)}, now {sorted(now)}"
        return
    for number in sorted(set(then) & set(now)):
        octets, ends, waits = then[number]
        if octets != now[number][0]:
            yield f"connection {number}: the centre said {octets!r}, and now {now[number][0]!r}"
        if ends != now[number][1]:
            yield f"connection {number}: it ended with {ends}, and now with {now[number][1]}"
        # Segments may have been put together on the way: the sum tells as much.
        was, is_now = sum(waits), sum(now[number][2])
        if abs(was - is_now) > max(MOST_LATE_S * max(len(waits), 1), SHARE * was):
            yield f"connection {number}: it took {was:.3f} s for its replies, and now {is_now:.3f} s"


def take(harness, capture, folder, name, case, port, messages):
    """The scenario of one case; False where there is nothing to import."""
    file_name = os.path.join(folder, f"{name}.json")
    done = subprocess.run([harness, "import", "--quiet", "--unmasked", "--port", port, capture, "-o",
                           file_name],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"# {case}: {done.stderr.strip()}")
        return False
    with open(file_name, encoding="utf-8") as file:
        scenario = json.load(file)
    # The sender has the same errand, also where nothing of it was seen.
    scenario["messages"] = []
    for index, message in enumerate(messages):
        copy = f"{name}-errand-{index}.eml"
        shutil.copy(message, os.path.join(folder, copy))
        scenario["messages"].append(copy)
    scenario.pop("expect", None)
    with open(file_name, "w", encoding="utf-8") as file:
        json.dump(scenario, file)
    return True


def play(harness, client, limit, folder, taken, at_once):
    """{case: what differs} of those of which something does."""
    again = os.path.join(folder, "again")
    if not taken:
        return {}
    only = [word for _, names in taken.values() for name in names for word in ("--only", name)]
    subprocess.run([harness, "run", "--quiet", "-j", str(at_once), "--timeout", limit, "--report", f"json:{again}",
                    *only, folder, "--", client], stdout=subprocess.DEVNULL, check=False)
    with open(again, encoding="utf-8") as file:
        now = {case["id"]: case for case in json.load(file)["cases"]}
    left = {}
    for case, (then, names) in taken.items():
        for name in names:
            found = list(differences(behaviour(then["transcript"]), behaviour(now[name]["transcript"])))
            if not found:
                break
        if found:
            left[case] = found
    return left


def main():
    harness, client, report, map_file, capture, limit = sys.argv[1:7]
    entries = read_map(map_file)
    with open(report, encoding="utf-8") as file:
        cases = [case for case in json.load(file)["cases"]
                 if case["verdict"] == "pass" and case["id"] in entries and not case["id"].startswith("lookup/")
                 and case["id"] not in OWN
                 and any(event["kind"] == "opened" for event in case["transcript"])]
    with tempfile.TemporaryDirectory() as folder:
        taken = {}
        for number, case in enumerate(cases):
            ports, messages = entries[case["id"]]
            # A case is also played with the plain text, to be compared with: one of the times is its own.
            for port in ports:
                if take(harness, capture, folder, f"{number:04}-{port}", case["id"], port, messages):
                    taken.setdefault(case["id"], (case, []))[1].append(f"{number:04}-{port}")
        left = dict.fromkeys(taken, [])
        for at_once in AT_ONCE:
            left = play(harness, client, limit, folder, {case: taken[case] for case in left}, at_once)
    for case in taken:
        found = left.get(case, [])
        print(f"{'not ok' if found else 'ok'} - {case}, played again")
        for words in found:
            print(f"    | {words[:300]}")
    print(f"# {len(taken)} cases played again, {len(left)} differ")
    return 1 if left or not taken else 0


sys.exit(main())
