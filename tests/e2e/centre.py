"""naccs-mockserver as the end-to-end tests run it, and senders that share no code with it."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile

RECIPIENT = b"NACCS@MAIL.PROD.NACCS6"


class Server:
    """The program, on a free port. Its ready line has been read when this is made."""

    def __init__(self, build, *options, scenario=None, expect_ready=True):
        self.folder = tempfile.TemporaryDirectory(prefix="naccs-e2e-")
        self.path = self.folder.name
        arguments = [os.path.join(build, "naccs-mockserver"), "--listen", "127.0.0.1:0"]
        if scenario is not None:
            self.write_scenario(scenario)
            arguments += ["--scenario", self.file("scenario.json")]
        self.process = subprocess.Popen(
            arguments + [option.replace("{}", self.path) for option in options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.ready_line = self.process.stdout.readline()
        self.port = json.loads(self.ready_line)["port"] if expect_ready else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.make_end()
        self.process.communicate()
        self.folder.cleanup()

    def make_end(self):
        """By the second signal at the latest: what watches the process from within has its say then."""
        for seconds in (0.2, 5):
            if self.process.poll() is None:
                self.process.terminate()
                try:
                    self.process.wait(seconds)
                except subprocess.TimeoutExpired:
                    pass
        if self.process.poll() is None:
            self.process.kill()

    def file(self, name):
        return os.path.join(self.path, name)

    def write_scenario(self, scenario):
        text = scenario if isinstance(scenario, str) else json.dumps(scenario)
        with open(self.file("scenario.json"), "w", encoding="utf-8") as file:
            file.write(text)

    def connect(self, seconds=20):
        sender = socket.create_connection(("127.0.0.1", self.port), seconds)
        sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Sender(sender)

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        """Lets it end; gives its exit status and what it said on standard error."""
        self.signal(signal.SIGTERM)
        return self.ended()

    def ended(self):
        said = self.process.communicate(timeout=60)[1]
        return self.process.returncode, said.decode()

    def next_word(self):
        """The next line on standard error."""
        return self.process.stderr.readline().decode()

    def journal(self):
        with open(self.file("journal"), encoding="ascii") as file:
            return [json.loads(line) for line in file]

    def spooled(self):
        folder = self.file("mail/new")
        kept = []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                kept.append(file.read())
        return kept


class Sender:
    def __init__(self, stream):
        self.stream = stream
        self.kept = b""

    def reply(self):
        """The last line of the next reply; b"" where the connection ended before it."""
        while True:
            end = self.kept.find(b"\r\n")
            if end < 0:
                octets = self.stream.recv(65536)
                if not octets:
                    return b""
                self.kept += octets
                continue
            line, self.kept = self.kept[:end], self.kept[end + 2:]
            if line[3:4] != b"-":
                return line

    def send(self, octets):
        self.stream.sendall(octets)

    def ask(self, line):
        self.send(line + b"\r\n")
        return self.reply()

    def codes(self, *lines):
        return [self.ask(line)[:3] for line in lines]

    def envelope(self):
        return self.codes(b"MAIL FROM:<a@b>", b"RCPT TO:<" + RECIPIENT + b">", b"DATA")

    def message(self, octets):
        """Sends a whole transaction; gives the code at its end."""
        if self.envelope() != [b"250", b"250", b"354"]:
            return b""
        if octets[:1] == b".":
            octets = b"." + octets
        octets = octets.replace(b"\r\n.", b"\r\n..")
        end = b".\r\n" if not octets or octets.endswith(b"\r\n") else b"\r\n.\r\n"
        self.send(octets + end)
        return self.reply()[:3]

    def close(self):
        self.stream.close()

    def reset(self):
        self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.stream.close()

    def ends_with(self):
        """How the connection ends: "fin" or "rst"."""
        try:
            while self.stream.recv(65536):
                pass
            return "fin"
        except ConnectionResetError:
            return "rst"


class Tests:
    def __init__(self):
        self.number = 0
        self.failed = 0

    def check(self, name, function):
        self.number += 1
        try:
            problem = function()
        except Exception as error:  # a test that breaks off has failed, the others go on
            problem = f"{type(error).__name__}: {error}"
        print(f"{'not ok' if problem else 'ok'} {self.number} - {name}")
        if problem:
            print("\n".join("#   " + line for line in str(problem).splitlines()))
            self.failed += 1
        sys.stdout.flush()

    def done(self):
        print(f"1..{self.number}")
        sys.exit(1 if self.failed or not self.number else 0)


def differ(expected, got):
    """What a test gives back: nothing where both are equal."""
    return None if expected == got else f"expected {expected!r}\ngot      {got!r}"
