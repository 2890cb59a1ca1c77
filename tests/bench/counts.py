"""Counts that repeat on any machine: user instructions (callgrind) and system calls (strace)."""

import os
import shutil
import tempfile

from peers import find, send

FEW = {"1 kB, a connection each": (["-s", "50", "-l", "1000"], 300),
       "1 kB": (["-d", "-s", "50", "-l", "1000"], 500),
       "50 kB": (["-d", "-s", "10", "-l", "50000"], 60),
       "700 kB": (["-d", "-s", "4", "-l", "699000"], 15)}

SYSTEM_CALLS, INSTRUCTIONS, WITH_RULES, AGAINST_BARE = 9, 12000, 20000, 1.3


def between(count):
    """Two runs, of n and 3n messages: what starts and ends a server drops out."""
    def difference(make, load, messages):
        return (count(make, load, 3 * messages) - count(make, load, messages)) / (2 * messages)
    return difference


@between
def instructions(make, load, messages):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        peer = make(wrap=("valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"))
        send(peer.port, load, messages)
        peer.end()
        with open(out, encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file
                        if line.startswith(("summary:", "totals:")))


@between
def system_calls(make, load, messages):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        peer = make(wrap=("strace", "-f", "-c", "-o", out))
        send(peer.port, load, messages)
        peer.end()
        with open(out, encoding="ascii") as file:
            return next(int(line.split()[-2 if len(line.split()) == 4 else -3])
                        for line in file if line.rstrip().endswith("total"))


def is_sanitized(program):
    with open(program, "rb") as file:
        return b"__asan_init" in file.read()


def run(table, peers, smoke):
    if is_sanitized(os.path.join(peers.build, "naccs-mockserver")):
        table.row("counts", "skipped: valgrind does not run what is sanitized")
        return
    if not find("smtp-source") or not shutil.which("valgrind") or not shutil.which("strace"):
        table.row("counts", "skipped: smtp-source, valgrind or strace is not installed")
        return
    table.head("Counts a message: user instructions, system calls")
    found = {}
    for name, (load, messages) in FEW.items():
        if smoke and name != "1 kB":
            continue
        for peer, make in (("bare loop", peers.bare), ("ours", peers.plain),
                           ("ours, 50 rules", peers.rules)):
            counted = instructions(make, load, messages), system_calls(make, load, messages)
            found[peer, name] = counted
            table.row(f"{peer}, {name}", f"{counted[0]:9.0f} {counted[1]:6.2f}")
    table.bar("system calls, 1 kB", found["ours", "1 kB"][1], SYSTEM_CALLS, gate=True)
    table.bar("instructions, 1 kB", found["ours", "1 kB"][0], INSTRUCTIONS, gate=True)
    table.bar("instructions, 1 kB, 50 rules", found["ours, 50 rules", "1 kB"][0], WITH_RULES,
              gate=True)
    if not smoke:
        table.bar("instructions, 700 kB, ours : bare loop",
                  found["ours", "700 kB"][0] / found["bare loop", "700 kB"][0], AGAINST_BARE,
                  gate=True)
