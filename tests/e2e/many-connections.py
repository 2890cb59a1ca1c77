"""Ten thousand connections at once: all are greeted, all send a message, all are open until the last
one has sent its own. One thread, one step of the dialogue after another for all of them."""

import resource
import selectors
import socket
import sys

from centre import RECIPIENT, Server, Tests, differ

build = sys.argv[1]
wanted = int(sys.argv[2])
tests = Tests()

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
count = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard - 200)
if count < wanted:
    print(f"# {count} connections: the system allows no more descriptors")

BODY = b"A: b\r\n\r\n" + b"\xa4\xa2" * 100 + b"\r\n.\r\n"


def connect_all(port):
    streams = []
    for _ in range(count):
        stream = socket.create_connection(("127.0.0.1", port), 60)
        stream.setblocking(False)
        streams.append(stream)
    return streams


def step(streams, line, code):
    """Sends to all, then waits for the reply of all; how many answered otherwise."""
    wrong = 0
    selector = selectors.DefaultSelector()
    for stream in streams:
        selector.register(stream, selectors.EVENT_READ)
        if line:
            stream.send(line)
    kept = dict.fromkeys(streams, b"")
    while kept:
        ready = selector.select(60)
        if not ready:
            return len(kept)
        for key, _ in ready:
            stream = key.fileobj
            octets = stream.recv(4096)
            kept[stream] += octets
            if kept[stream].endswith(b"\r\n") or not octets:
                wrong += kept.pop(stream)[:3] != code
                selector.unregister(stream)
    selector.close()
    return wrong


def all_at_once():
    with Server(build, "--spool", "{}/mail") as server:
        streams = connect_all(server.port)
        wrong = [step(streams, line, code) for line, code in (
            (b"", b"220"), (b"HELO a\r\n", b"250"), (b"MAIL FROM:<a@b>\r\n", b"250"),
            (b"RCPT TO:<" + RECIPIENT + b">\r\n", b"250"), (b"DATA\r\n", b"354"),
            (BODY, b"250"), (b"QUIT\r\n", b"221"))]
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
            peak = next(line.split()[1] for line in file if line.startswith("VmHWM"))
        print(f"# the server's memory at its peak: {int(peak) // 1024} MiB")
        for stream in streams:
            stream.close()
        spooled = len(server.spooled())
        status, said = server.end()
        return differ(([0] * 7, count, 0, True),
                      (wrong, spooled, status, f"{count} messages kept" in said))


tests.check(f"{count} connections at once", all_at_once)
tests.done()
