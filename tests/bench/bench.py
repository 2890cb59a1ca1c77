"""Side by side: our server with others, our client with another, the suite in virtual time.

Each figure of time is a ratio to what ran beside it in the same round; the rounds alternate. What
does not depend on the machine (system calls, instructions) is counted and gates the run."""

import os
import statistics
import sys

import captures
import counts
import idle
import programs
from peers import LOADS, Peers, find, more_descriptors, send
from table import Table, spread

build = os.path.abspath(sys.argv[1])
parts = sys.argv[2:]
smoke = "smoke" in parts
rounds = 1 if smoke else int(os.environ.get("BENCH_ROUNDS", "7"))
scale = 0.02 if smoke else 1.0

table = Table()
folder = os.environ.get("BENCH_FOLDER", "/tmp")
peers = Peers(build, folder)

# Processor time of the server, ours against others.
AGAINST_BARE = 1.25
AGAINST_SINK = {"1 kB, a connection each": 0.85, "1 kB": 0.8, "50 kB": 0.25, "700 kB": 0.2}
WITH_RULES, WITH_JOURNAL, WITH_SPOOL = 1.1, 1.5, 2.0


# The system calls that files cost by themselves, made here with the same octets.
FILES = {"ours, journal": programs.cost_of_appending, "ours, spool": programs.cost_of_files}


def measure(running, load, times):
    """Microseconds a message, by name: one figure a round for each, in an order that turns."""
    found = {peer.name: [] for peer in running}
    arguments, count, octets = load
    for turn in range(times + 1):  # the first warms up
        for peer in running[turn % len(running):] + running[:turn % len(running)]:
            few = count if peer.name != "aiosmtpd" else count // 10
            few = max(int(few * scale), 50)
            peer.empty_folder()
            before = peer.processor_time()
            send(peer.port, arguments, few)
            took = peer.processor_time() - before
            if turn == 0 and times > 1:
                continue
            found[peer.name].append(took / few / 1000)
            if peer.folder and peer.name in FILES:
                found.setdefault(f"{peer.name}, the kernel's part", []).append(
                    FILES[peer.name](peer.folder.name, octets, few))
    return found


def ratios(found, name, to):
    return [a / b for a, b in zip(found[name], found[to])]


def bar_of(found, name, to, most, extra=None):
    pairs = ratios(found, name, to)
    table.bar(f"{name} : {to}", statistics.median(pairs) - (extra or 0), most, spread(pairs))


def servers():
    if not find("smtp-source"):
        table.row("servers", "skipped: smtp-source (postfix) is not installed")
        return
    made = (peers.plain, peers.rules, peers.journal, peers.spool, peers.bare, peers.sink,
            peers.aiosmtpd)
    running = [peer for peer in (make() for make in made) if peer]
    for name, load in LOADS.items():
        table.head(f"Server, {name}: microseconds of processor time a message")
        found = measure(running, load, rounds)
        for who, times in found.items():
            table.row(who, spread(times, 1))
        bar_of(found, "ours", "bare loop", AGAINST_BARE)
        if "smtp-sink" in found:
            bar_of(found, "ours", "smtp-sink", AGAINST_SINK[name])
        bar_of(found, "ours, 50 rules", "ours", WITH_RULES)
        files_bar(found, "ours, journal", WITH_JOURNAL)
        files_bar(found, "ours, spool", WITH_SPOOL)
    for peer in running:
        peer.end()


def files_bar(found, name, most):
    """What is ours: without the kernel's own part of writing files, taken beside it each round."""
    kernel = found[f"{name}, the kernel's part"]
    without = [(a - c) / b for a, b, c in zip(found[name], found["ours"], kernel)]
    table.bar(f"{name} : ours, the files left out", statistics.median(without), most,
              f"{spread(without)}; with them {statistics.median(ratios(found, name, 'ours')):.2f}")


PARTS = {
    "counts": lambda: counts.run(table, peers, smoke),
    "servers": servers,
    "idle": lambda: idle.run(table, peers, smoke),
    "cut": lambda: idle.run_cut(table, peers, smoke),
    "senders": lambda: programs.run_senders(table, peers, rounds, smoke),
    "client": lambda: programs.run_client(table, peers, rounds, smoke),
    "virtual": lambda: programs.run_virtual(table, peers, rounds, smoke),
    "harness": lambda: programs.run_harness(table, peers, rounds, smoke),
    "crowd": lambda: programs.run_crowd(table, peers, smoke),
    "captures": lambda: captures.run(table, build, folder, smoke),
}

more_descriptors()
unknown = [part for part in parts if part not in PARTS and part != "smoke"]
if unknown:
    sys.exit(f"bench: {unknown[0]}: no such part; there are {' '.join(PARTS)}, and smoke")
print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {rounds} rounds")
for part in [part for part in parts if part != "smoke"] or PARTS:
    PARTS[part]()
status = table.end()
sys.exit(status)
