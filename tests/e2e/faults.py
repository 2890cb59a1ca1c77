"""What the machine and the peers do wrong: signals in every state, a full disk that comes back, readers
that are slow or gone, floods, crowds."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from centre import Server, Tests, differ

build = sys.argv[1]
tests = Tests()

MESSAGE = b"A: b\r\n\r\n" + b"line\r\n" * 200
MEMORY_MOST = 64 * 1024  # KiB that the server may ever have had
GROWN_MOST = 4096  # … and that it may have grown by in a crowd
with open(os.path.join(build, "naccs-mockserver"), "rb") as program:
    if b"__asan_init" in program.read():  # which gives nothing back for a while
        MEMORY_MOST = GROWN_MOST = 1 << 30


def rules(*given):
    return {"version": 1, "rules": list(given)}


def begin(server):
    sender = server.connect()
    sender.reply()
    sender.codes(b"HELO a")
    return sender


def serves(server, octets=MESSAGE):
    sender = begin(server)
    code = sender.message(octets)
    sender.codes(b"QUIT")
    sender.close()
    return code


def status_of(server, name):
    """A number of /proc/PID/status."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


# --- SIGTERM in every state: each gives what the spool must hold in the end ---


def before_the_greeting(server):
    return server.connect(), []


def greeted(server):
    sender = server.connect()
    sender.reply()
    return sender, []


def in_a_command(server):
    sender = begin(server)
    sender.send(b"MAIL FROM:<a")
    return sender, []


def in_a_transaction(server):
    sender = begin(server)
    sender.codes(b"MAIL FROM:<a@b>")
    return sender, []


def in_the_body(server):
    sender = begin(server)
    sender.envelope()
    sender.send(b"A: b\r\n\r\n" + b"x" * 60 + b"\r\n" * 60000)
    return sender, []


def in_a_delay(server):
    sender = begin(server)
    sender.send(b"NOOP\r\n")
    return sender, []


def in_the_delay_behind_the_body(server):
    sender = begin(server)
    sender.envelope()
    sender.send(MESSAGE + b".\r\n")
    return sender, [MESSAGE]


def window_is_closed(server):
    sender = begin(server)
    sender.envelope()
    sender.stream.settimeout(1)
    with contextlib.suppress(TimeoutError):
        while True:
            sender.send(b"x" * 70 + b"\r\n")
    return sender, []


def replies_are_not_read(server):
    sender = begin(server)
    sender.stream.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            sender.stream.send(b"NOOP\r\n" * 1000)
    return sender, []


def half_closed(server):
    sender = begin(server)
    sender.codes(b"NOOP")
    return sender, []


STATES = (
    (before_the_greeting, {"at": "banner", "delay": "1h"}),
    (greeted, None),
    (in_a_command, None),
    (in_a_transaction, None),
    (in_the_body, None),
    (in_a_delay, {"at": "NOOP", "delay": "1h"}),
    (in_a_delay, {"at": "NOOP", "stall": True}),
    (in_the_delay_behind_the_body, {"at": "end-of-data", "delay": "1h"}),
    (window_is_closed, {"at": "body", "after": {"octets": 10}, "stop_reading": True}),
    (replies_are_not_read, None),
    (half_closed, {"at": "NOOP", "reply": "250 ok", "close": "half"}),
)


def sigterm_in_every_state():
    """The grace of ten seconds passes for all of them at once."""
    with contextlib.ExitStack() as stack:
        under_way = []
        for state, rule in STATES:
            server = stack.enter_context(
                Server(build, "--spool", "{}/mail", "--quiet", scenario=rules(*[rule] if rule else [])))
            sender, expected = state(server)
            if state is not before_the_greeting:
                begin(server).close()  # what was sent before has been read
            under_way.append((state, rule, server, sender, expected))
        for _, _, server, _, _ in under_way:
            server.signal(signal.SIGTERM)
        wrong = []
        for state, rule, server, sender, expected in under_way:
            found = server.ended()[0], server.spooled(), os.listdir(server.file("mail/tmp"))
            sender.close()
            if found != (0, expected, []):
                wrong.append((state.__name__, rule, found))
        return wrong


# --- pipes ---


def sigpipe_kills_nothing():
    with Server(build, "--journal", "{}/journal") as server:
        server.signal(signal.SIGPIPE)
        server.process.stderr.close()
        server.signal(signal.SIGHUP)  # which it says something about
        codes = []
        for _ in range(20):
            sender = server.connect()
            sender.send(b"HELO a\r\n" + b"NOOP\r\n" * 1000)
            sender.reset()
        codes.append(serves(server))
        server.signal(signal.SIGTERM)
        return differ(([b"250"], 0), (codes, server.process.wait(timeout=60)))


def reader_of_the_journal_is_gone():
    with Server(build, "--journal", "-", "--quiet") as server:
        server.process.stdout.close()
        codes = [serves(server)]
        told = server.next_word()
        codes.append(serves(server))
        server.signal(signal.SIGTERM)
        return differ(([b"250", b"250"], True, 3),
                      (codes, "Broken pipe" in told, server.process.wait(timeout=60)))


def reader_of_the_journal_is_slow():
    """More than the pipe holds waits for it, and nothing is lost."""
    count = 1000
    with Server(build, "--journal", "-", "--quiet") as server:
        sender = begin(server)
        for _ in range(count):
            if sender.ask(b"NOOP " + b"x" * 400) != b"250 ok":
                return "no reply"
        sender.close()
        server.signal(signal.SIGTERM)
        lines = server.process.stdout.read().splitlines()
        events = [json.loads(line) for line in lines]
        received = sum(event.get("octets", "").startswith("NOOP") for event in events)
        return differ((count, 0), (received, server.ended()[0]))


def reader_of_the_journal_stands_still():
    with Server(build, "--journal", "-", "--quiet") as server:
        sender = begin(server)
        for _ in range(8000):
            if sender.ask(b"NOOP " + b"x" * 400) != b"250 ok":
                return "no reply"
        sender.close()
        told = server.next_word()
        code = serves(server)
        server.signal(signal.SIGTERM)
        return differ((b"250", 3, True),
                      (code, server.process.wait(timeout=60), "reader is too slow" in told))


# --- a full disk ---


@contextlib.contextmanager
def small_disk(folder, size="512k"):
    os.mkdir(folder)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", folder],
                   check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def can_mount():
    try:
        with tempfile.TemporaryDirectory() as place, small_disk(os.path.join(place, "disk")):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def fill(folder):
    with open(os.path.join(folder, "filler"), "wb", buffering=0) as file, \
            contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)


def full_disk_comes_back():
    large = b"A: b\r\n\r\n" + b"y" * 70 + b"\r\n" + (b"z" * 70 + b"\r\n") * 2000
    with Server(build, expect_ready=False) as place, small_disk(place.file("disk")) as disk:
        with Server(build, "--spool", f"{disk}/mail", "--quiet") as server:
            sender = begin(server)
            codes = [sender.message(MESSAGE)]
            fill(disk)
            codes += [sender.message(MESSAGE), sender.message(large), sender.message(large)]
            os.remove(os.path.join(disk, "filler"))
            codes += [sender.message(large), sender.message(MESSAGE)]
            sender.close()
            kept = sorted(read_all(f"{disk}/mail/new"))
            left = os.listdir(f"{disk}/mail/tmp")
            return differ(([b"250", b"452", b"452", b"452", b"250", b"250"],
                           sorted([MESSAGE, MESSAGE, large]), [], 0),
                          (codes, kept, left, server.end()[0]))


def disk_is_full_for_the_journal():
    with Server(build, expect_ready=False) as place, small_disk(place.file("disk")) as disk:
        with Server(build, "--spool", "{}/mail", "--journal", f"{disk}/journal", "--quiet") as server:
            fill(disk)
            codes = []
            sender = begin(server)
            while len(codes) < 40:
                codes.append(sender.message(MESSAGE))
            sender.close()
            told = server.next_word()
            status, said = server.end()
            return differ(({b"250"}, 40, True, 3, ""),
                          (set(codes), len(server.spooled()), "No space left" in told, status, said))


def read_all(folder):
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            yield file.read()


# --- peers that want too much ---


def half_a_gigabyte_without_a_line_end():
    with Server(build, "--spool", "{}/mail", "--quiet") as server:
        problems = []

        def flood(sender, in_message):
            if in_message:
                sender.envelope()
            piece = b"x" * (1 << 20)
            for _ in range(256):
                sender.send(piece)
            sender.send(b"\r\n.\r\n" if in_message else b"\r\n")
            code = sender.reply()[:3]
            if code != (b"552" if in_message else b"500"):
                problems.append(code)
            sender.close()

        floods = [threading.Thread(target=flood, args=(begin(server), in_message))
                  for in_message in (False, True)]
        for thread in floods:
            thread.start()
        served = 0
        while any(thread.is_alive() for thread in floods) or served == 0:
            if serves(server) != b"250":
                problems.append("another one is not served")
            served += 1
        for thread in floods:
            thread.join()
        most = status_of(server, "VmHWM")
        print(f"# {served} messages of others meanwhile; the server's memory at its peak: {most} KiB")
        return differ(([], True, served, 0),
                      (problems, most < MEMORY_MOST, len(server.spooled()), server.end()[0]))


def replies_that_nobody_reads():
    with Server(build, "--quiet") as server:
        deaf = []
        for _ in range(20):
            deaf.append(replies_are_not_read(server)[0])
        code = serves(server)
        most = status_of(server, "VmHWM")
        print(f"# the server's memory at its peak: {most} KiB")
        for sender in deaf:
            sender.reset()
        return differ((b"250", True, 0), (code, most < MEMORY_MOST, server.end()[0]))


def opened_and_abandoned():
    count = 50000
    with Server(build, "--quiet") as server:
        serves(server)
        before = descriptors(server)
        resident = 0
        for number in range(count):
            stream = socket.create_connection(("127.0.0.1", server.port), 20)
            if number % 3 == 1:
                stream.send(b"HELO a\r\nMAIL FR")
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            stream.close()
            if number == count // 10:
                resident = status_of(server, "VmRSS")
        code = serves(server)
        while descriptors(server) > before:
            serves(server)
        grown = status_of(server, "VmRSS") - resident
        return differ((b"250", True, 0), (code, grown < GROWN_MOST, server.end()[0]))


for function in (sigterm_in_every_state, sigpipe_kills_nothing, reader_of_the_journal_is_gone,
                 reader_of_the_journal_is_slow, reader_of_the_journal_stands_still,
                 half_a_gigabyte_without_a_line_end, replies_that_nobody_reads, opened_and_abandoned):
    tests.check(function.__name__.replace("_", " "), function)
if can_mount():
    for function in (full_disk_comes_back, disk_is_full_for_the_journal):
        tests.check(function.__name__.replace("_", " "), function)
else:
    print("skipped: a full disk: file systems can't be mounted here")
tests.done()
