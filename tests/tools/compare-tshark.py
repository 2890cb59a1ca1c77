#!/usr/bin/env python3
"""Holds the streams that we put together from a capture against those of tshark.

    compare-tshark.py CAPTURE-DUMP FILE...

Each connection's octets, in both directions, must be the same; those with gaps (ours, or tshark's
"[N bytes missing in capture file]") are counted, and compared up to the first one. The last line is
"N passed, M failed", in connections."""
import re
import subprocess
import sys


def ours(dump, file):
    """{(end, end): [(octets, whole) of the first end, of the second end]} in order of number."""
    lines = subprocess.run([dump, file], check=True, capture_output=True, text=True).stdout.splitlines()
    found = {}
    connection = None
    for line in lines:
        word, rest = line.split(" ", 1)
        if word in ("S", "C"):
            head = rest.split("<", 1)[0]
            connection[word] = (bytes.fromhex(head), "<" not in rest)
        else:
            sender, centre = rest.split(" ")
            connection = {"sender": sender, "centre": centre,
                          "S": (b"", True), "C": (b"", True)}
            found[int(word)] = connection
    return [found[number] for number in sorted(found)]


def streams(file):
    """The ends of each TCP stream, by its first packet, in tshark's numbers."""
    fields = ["tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport"]
    command = ["tshark", "-r", file, "-o", "tcp.analyze_sequence_numbers:TRUE", "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    seen = {}
    for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
        cells = line.split("\t")
        if cells[0] and cells[0] not in seen:
            seen[cells[0]] = (cells[1] or cells[2], cells[3], cells[4] or cells[5], cells[6])
    return seen


def end(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def follow(file, numbers):
    """{number: {end: octets}}; the octets of the second node are those that are indented."""
    command = ["tshark", "-r", file, "-q"]
    for number in numbers:
        command += ["-z", f"follow,tcp,raw,{number}"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = {}
    for part in text.split("Follow: tcp,raw")[1:]:
        number = re.search(r"tcp\.stream eq (\d+)", part).group(1)
        nodes = re.findall(r"Node \d: (\S+)", part)
        data = {nodes[0]: "", nodes[1]: ""}
        for line in part.splitlines():
            if re.fullmatch(r"\t?[0-9a-f]+", line):
                data[nodes[1] if line.startswith("\t") else nodes[0]] += line.strip()
        found[number] = {node: bytes.fromhex(octets) for node, octets in data.items()}
    return found


def main():
    passed = failed = gaps = 0
    for file in sys.argv[2:]:
        mine, theirs = ours(sys.argv[1], file), streams(file)
        numbers = list(theirs)
        followed = {}
        for i in range(0, len(numbers), 100):
            followed.update(follow(file, numbers[i:i + 100]))
        waiting = {}
        for number in numbers:
            a, aport, b, bport = theirs[number]
            waiting.setdefault(frozenset((end(a, aport), end(b, bport))), []).append(number)
        for connection in mine:
            queue = waiting.get(frozenset((connection["sender"], connection["centre"])), [])
            if not queue:
                print(f"not ok - {file}: tshark knows no {connection['sender']}")
                failed += 1
                continue
            data = followed.get(queue.pop(0), {})
            good = True
            for name, who in (("S", "sender"), ("C", "centre")):
                octets, whole = connection[name]
                their = data.get(connection[who], b"")
                missing = re.search(rb"\[\d+ bytes missing in capture file\]", their)
                gaps += not whole
                if missing or not whole:
                    least = min(missing.start() if missing else len(their), len(octets))
                    same = octets[:least] == their[:least]
                else:
                    same = octets == their
                if not same:
                    print(f"not ok - {file}: {connection[who]} sent {len(octets)} octets, "
                          f"by tshark {len(their)}")
                    good = False
            passed += good
            failed += not good
    print(f"# {gaps} streams have gaps")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
