"""Senders, the reference client, the harness; and what files cost by themselves."""

import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

from peers import ENVELOPE, HERE, find, processor_time_of
from table import spread

SENDERS = {"Net::SMTP": ["perl", "net-smtp.pl"], "PHPMailer": ["php", "phpmailer.php"],
           "PEAR Net_SMTP": ["php", "pear.php"]}
A_SECOND, VIRTUAL, OVERHEAD_MS = 2000, 20, 1.0
CLIENT = {"1 kB, 50 at once": 0.9, "700 kB, all on one processor": 1.0}


def own_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def cost_of_appending(folder, octets, messages):
    """Microseconds of processor time of writing so many octets to the end of a file, 64 KiB at once
    where there are so many: what a journal can't do without."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        piece = b"x" * 65536
        begun = own_time()
        left = octets * messages
        while left > 0:
            os.write(file.fileno(), piece[:left])
            left -= len(piece)
        return (own_time() - begun) / messages * 1e6


def cost_of_files(folder, octets, messages):
    """The same of making a file, writing it in such pieces, and moving it where it is looked for."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        os.mkdir(os.path.join(place, "tmp"))
        os.mkdir(os.path.join(place, "new"))
        piece = b"x" * min(octets, 262144)
        begun = own_time()
        for number in range(messages):
            name = os.path.join(place, "tmp", str(number))
            file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            for at in range(0, octets, len(piece)):
                os.write(file, piece[:octets - at])
            os.close(file)
            os.rename(name, os.path.join(place, "new", str(number)))
        return (own_time() - begun) / messages * 1e6


def run_senders(table, peers, rounds, smoke):
    table.head("Libraries that write the final dot by itself, one connection: messages a second")
    others = [peer for peer in (peers.plain(), peers.sink()) if peer]
    for name, (interpreter, script) in SENDERS.items():
        for peer in others:
            count = 20 if peer.name == "smtp-sink" or smoke else 2000
            found = []
            for _ in range(rounds if peer.name == "ours" else 1):
                run = subprocess.run(
                    [shutil.which(interpreter) or "/nonexistent",
                     os.path.join(HERE, "senders", script), "127.0.0.1", str(peer.port), str(count)],
                    capture_output=True, text=True, check=False) if shutil.which(interpreter) else None
                if not run or run.returncode != 0:
                    break
                found.append(float(run.stdout.split()[-1]))
            if not found:
                table.row(f"{name} to {peer.name}", "skipped: it does not run here")
            elif peer.name == "ours" and not smoke:
                table.least(f"{name} to {peer.name}", max(found), A_SECOND, spread(found, 0))
            else:
                table.row(f"{name} to {peer.name}", f"{max(found):.0f}")
    for peer in others:
        peer.end()


def message_file(folder, octets):
    path = os.path.join(folder, f"{octets}.eml")
    with open(path, "wb") as file:
        file.write(b"From: a@b.example\r\nSubject: load\r\n\r\n")
        file.write((b"X" * 78 + b"\r\n") * (octets // 80))
    return path


def run_client(table, peers, rounds, smoke):
    """The client's code with so many sessions in one process, as smtp-source has them. The start of a
    process drops out: n messages against 3n."""
    if not find("smtp-source"):
        table.row("client", "skipped: smtp-source is not installed")
        return
    table.head("Client: microseconds of processor time a message, against the bare loop")
    server = peers.bare()
    to = f"127.0.0.1:{server.port}"
    sessions = [os.path.join(peers.build, "tests/bench/sessions"), str(server.port)]
    theirs = [find("smtp-source"), *ENVELOPE, "-d"]
    with tempfile.TemporaryDirectory() as folder:
        anywhere = os.sched_getaffinity(0)
        for name, octets, at_once, each, where in (
                ("1 kB, 50 at once", 1000, 50, 100, anywhere),
                ("1 kB, one", 1000, 1, 3000, anywhere),
                ("700 kB", 690000, 1, 600, anywhere),
                ("700 kB, all on one processor", 690000, 1, 600, {min(anywhere)})):
            file = message_file(folder, octets)
            os.sched_setaffinity(server.process.pid, where)
            os.sched_setaffinity(0, where)  # which the senders inherit
            each = max(int(each * (0.1 if smoke else 1)), 2)

            def by_ours(count):
                return processor_time_of([sessions + [str(at_once), str(count), file]])

            def by_theirs(count):
                return processor_time_of([theirs + ["-s", str(at_once), "-l", str(octets), "-m",
                                                    str(count * at_once), to]])

            found = {"our client": [], "smtp-source": []}
            for turn in range(rounds):
                ways = [("our client", by_ours), ("smtp-source", by_theirs)]
                for who, way in ways[::-1] if turn % 2 else ways:
                    found[who].append((way(3 * each) - way(each)) / (2 * each * at_once) * 1e6)
            for who, times in found.items():
                table.row(f"{who}, {name}", spread(times, 1))
            pairs = [a / b for a, b in zip(*found.values())]
            if name in CLIENT and not smoke:
                table.bar(f"our client : smtp-source, {name}", statistics.median(pairs),
                          CLIENT[name], spread(pairs))
            elif not smoke:
                table.row(f"our client : smtp-source, {name}", spread(pairs))
        os.sched_setaffinity(0, anywhere)
    server.end()


def scenarios_beside():
    return {**os.environ, "NACCS_SCENARIOS": os.path.join(HERE, "../../scenarios")}


def run_virtual(table, peers, rounds, smoke):
    table.head("A session in virtual time, HELO to QUIT, judged: microseconds of processor time")
    found = []
    for _ in range(rounds):
        run = subprocess.run([os.path.join(peers.build, "tests/bench/virtual"),
                              os.path.join(HERE, "one-message.json"), "200" if smoke else "20000"],
                             capture_output=True, text=True, check=True,
                             env=scenarios_beside())
        found.append(float(run.stdout))
    if smoke:
        table.row("a session", spread(found))
    else:
        table.bar("a session", statistics.median(found), VIRTUAL, spread(found))


def write_cases(folder, count, rules):
    """The same case so many times."""
    scenario = {"version": 1, "title": {"en": "The same again"}, "requirements": ["LOSS-1"],
                "messages": ["plain"], "expect": {"accepted": [1]}, "rules": rules}
    for number in range(count):
        with open(os.path.join(folder, f"case-{number:04}.json"), "w", encoding="utf-8") as file:
            json.dump(scenario, file)


def harness(peers, count, rules, *options):
    """Seconds, and the report, of so many real-time cases."""
    with tempfile.TemporaryDirectory() as folder:
        write_cases(folder, count, rules)
        report = os.path.join(folder, "report")
        begun = time.monotonic()
        subprocess.run([os.path.join(peers.build, "naccs-harness"), "run", "-q", *options,
                        "--report", f"json:{report}", folder, "--",
                        os.path.join(peers.build, "naccs-client")],
                       stdout=subprocess.DEVNULL, check=False, env=scenarios_beside())
        took = time.monotonic() - begun
        with open(report, encoding="utf-8") as file:
            return took, json.load(file)


def run_harness(table, peers, rounds, smoke):
    """One case after another; what its report says of the time that a case took is taken away."""
    table.head("Harness: milliseconds a real-time case beyond the case itself")
    count = 4 if smoke else 50
    found = []
    for _ in range(rounds):
        times = []
        for cases in (count, 3 * count):
            took, report = harness(peers, cases, [], "-j", "1")
            if report["summary"]["pass"] != cases:
                raise RuntimeError("a case did not pass")
            times.append(took - sum(case["duration_s"] for case in report["cases"]))
        found.append((times[1] - times[0]) / (2 * count) * 1000)
    if smoke:
        table.row("overhead", spread(found))
    else:
        table.bar("overhead", statistics.median(found), OVERHEAD_MS, spread(found))


def run_crowd(table, peers, smoke):
    """Each case waits, so all are under way at once; their limits leave no room for being late."""
    count = 20 if smoke else 1000
    table.head(f"{count} senders at once, on cases whose end-of-data reply takes 4 s of 5")
    took, report = harness(peers, count, [{"at": "end-of-data", "delay": "1s" if smoke else "4s"}],
                           "-j", str(count))
    passed = report["summary"]["pass"]
    table.row("", f"{took:.1f} s in all, the harness {report['harness_late_s'] * 1000:.0f} ms late "
                  "at most")
    table.least("cases that pass", passed, count)
