"""A capture of many connections is imported in one pass, in memory that those open at once determine."""

import os
import struct
import subprocess
import time

AT_ONCE = 50
MEMORY, SECONDS = 1.3, 1.3  # ten times as many connections: so much more memory at most, and time for each
FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10
SENDER, CENTRE = 0, 1
BEGAN = 1764000000
TURN_US = 100  # from packet to packet

CONTENT = (b"From: a@gw.example\r\nTo: b@mail.example\r\nSubject: x\r\n\r\n"
           + b"".join(b"%06d " % line + b"x" * 70 + b"\r\n" for line in range(120)))
SESSION = [
    (CENTRE, b"220 mail.example SMTP ready\r\n"),
    (SENDER, b"HELO gw.example\r\n"), (CENTRE, b"250 mail.example\r\n"),
    (SENDER, b"MAIL FROM:<a@gw.example>\r\n"), (CENTRE, b"250 sender ok\r\n"),
    (SENDER, b"RCPT TO:<b@mail.example>\r\n"), (CENTRE, b"250 recipient ok\r\n"),
    (SENDER, b"DATA\r\n"), (CENTRE, b"354 send the message, a lone dot ends it\r\n"),
    *((SENDER, CONTENT[at:at + 1460]) for at in range(0, len(CONTENT), 1460)),
    (SENDER, b".\r\n"), (CENTRE, b"250 accepted\r\n"),
    (SENDER, b"QUIT\r\n"), (CENTRE, b"221 mail.example closing\r\n"),
]


def packets():
    """Those of one connection: end, flags, sequence, acknowledgement, octets."""
    at = [1000, 5000]
    yield SENDER, SYN, at[SENDER], 0, b""
    yield CENTRE, SYN | ACK, at[CENTRE], at[SENDER] + 1, b""
    at = [one + 1 for one in at]
    for end, octets in SESSION:
        yield end, PSH | ACK, at[end], at[1 - end], octets
        at[end] += len(octets)
    yield CENTRE, FIN | ACK, at[CENTRE], at[SENDER], b""
    yield SENDER, FIN | ACK, at[SENDER], at[CENTRE] + 1, b""
    yield CENTRE, ACK, at[CENTRE] + 1, at[SENDER] + 1, b""


def packet(end, flags, sequence, acknowledged, octets, address, port):
    hosts, ports = (b"\x0a" + struct.pack("!I", address)[1:], b"\xc0\x00\x02\x02"), (port, 25)
    tcp = struct.pack("!HHIIBBHHH", ports[end], ports[1 - end], sequence, acknowledged, 5 << 4, flags,
                      65535, 0, 0) + octets
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + hosts[end] + hosts[1 - end]
    return b"\0" * 12 + b"\x08\0" + ip + tcp


def write(path, connections):
    """So many of them, some at a time, as tcpdump would have written it; its size."""
    session = list(packets())
    with open(path, "wb", 1 << 20) as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        now = 0
        for first in range(0, connections, AT_ONCE):
            for step in session:
                for number in range(first, min(first + AT_ONCE, connections)):
                    octets = packet(*step, 1 + number // 20000, 10000 + number % 20000)
                    now += TURN_US
                    file.write(struct.pack("<IIII", BEGAN + now // 1000000, now % 1000000,
                                           len(octets), len(octets)))
                    file.write(octets)
    return os.path.getsize(path)


def take(build, capture, *options):
    """Imports it: what was said, seconds, octets of memory at most."""
    scenario = capture + ".json"
    began = time.monotonic()
    process = subprocess.Popen(
        [os.path.join(build, "naccs-harness"), "import", capture, "-o", scenario, *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(said)
    return said, time.monotonic() - began, usage.ru_maxrss * 1024


def run(table, build, folder, smoke):
    many = 1000 if smoke else 100000
    table.head("A capture, imported")
    measured = []
    for connections in (many // 10, many):
        capture = os.path.join(folder, f"bench-{os.getpid()}.pcap")
        try:
            size = write(capture, connections)
            said, seconds, memory = take(build, capture)
            if f"{connections} connections, 1 message" not in said:
                raise RuntimeError(f"of {connections} connections: {said}")
            few, _, _ = take(build, capture, "--connection", "7-9")
            if "3 connections, 1 message" not in few:
                raise RuntimeError(f"of three connections: {few}")
        finally:
            for name in os.listdir(folder):
                if name.startswith(os.path.basename(capture)):
                    os.unlink(os.path.join(folder, name))
        measured.append((seconds / connections, memory))
        table.row(f"{connections} connections, {size / 1e6:.0f} MB",
                  f"{seconds:.1f} s, {memory / 1e6:.0f} MB of memory")
    (few_seconds, few_memory), (many_seconds, many_memory) = measured
    if not smoke:
        table.bar("ten times as many: memory", many_memory / few_memory, MEMORY, gate=True)
        table.bar("… time for each", many_seconds / few_seconds, SECONDS)
