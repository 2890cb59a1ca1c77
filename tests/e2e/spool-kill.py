"""Several senders at once, and kill -9 as soon as so many messages have been acknowledged: no clock
decides when. Messages differ in size, so that they are cut off at every point of their way."""

import hashlib
import signal
import sys
import threading

from centre import Server, Tests

build = sys.argv[1]
tests = Tests()

SENDERS = 8
SIZES = (0, 10, 3000, 70000, 400000)


def message(sender, number):
    size = SIZES[(sender + number) % len(SIZES)]
    begin = b"X-Number: %d-%d\r\n\r\n" % (sender, number)
    line = b"%d %d " % (sender, number) + b"\xa4\xa2" * 200 + b"\r\n"
    return begin + line * (size // len(line))


def number_of(octets):
    """Sender and number of a spooled message."""
    words = octets.split(b"\r\n", 1)[0].removeprefix(b"X-Number: ").split(b"-")
    return tuple(int(word) for word in words)


class Load:
    def __init__(self, server, kill_at):
        self.server = server
        self.kill_at = kill_at
        self.lock = threading.Lock()
        self.acknowledged = {}

    def acknowledge(self, sender, number, octets):
        with self.lock:
            self.acknowledged[hashlib.sha256(octets).digest()] = (sender, number)
            if len(self.acknowledged) == self.kill_at:
                self.server.signal(signal.SIGKILL)

    def run(self, sender):
        try:
            stream = self.server.connect()
            stream.reply()
            stream.codes(b"HELO a")
            for number in range(1000):
                octets = message(sender, number)
                if stream.message(octets) != b"250":
                    break
                self.acknowledge(sender, number, octets)
            stream.close()
        except OSError:
            pass  # the server is gone


def killed_after(count):
    with Server(build, "--spool", "{}/mail", "--quiet") as server:
        load = Load(server, count)
        threads = [threading.Thread(target=load.run, args=(sender,)) for sender in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        status = server.process.wait(timeout=60)
        if status != -signal.SIGKILL:
            return f"the server ended with {status}"
        spooled = server.spooled()
        kept = {hashlib.sha256(octets).digest() for octets in spooled}
        lost = [numbers for digest, numbers in load.acknowledged.items() if digest not in kept]
        if lost:
            return f"acknowledged, not kept whole: {lost}"
        if len(kept) != len(spooled):
            return "a message is kept twice"
        whole = {hashlib.sha256(message(*number_of(octets))).digest() for octets in spooled}
        torn = len(kept - whole)
        return f"{torn} messages in new/ are not whole" if torn else None


for acknowledged in (1, 7, 40, 120):
    tests.check(f"killed after {acknowledged} acknowledged messages",
                lambda: killed_after(acknowledged))
tests.done()
