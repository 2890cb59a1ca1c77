"""What was seen in the field, as a scenario: read from journals and dialogues, recorded in between a
sender and a server, played again."""

import base64
import json
import os
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading

from centre import Server, Tests, differ

from jsonschema import Draft202012Validator

build = sys.argv[1]
tests = Tests()
work = tempfile.TemporaryDirectory(prefix="naccs-e2e-")
schema = Draft202012Validator(json.load(open("scenarios/scenario.schema.json", encoding="utf-8")))

ITEMS = (b"A" * 37 + b"SECRET-7" + b"B" * 353)
MESSAGE = (b"From: taro@gw01.example\r\nSubject: declaration\r\n\r\n" + ITEMS +
           b"\r\n.\r\n..dots\r\nlast line\r\n")


def file(name):
    return os.path.join(work.name, name)


def harness(*arguments):
    return subprocess.run([os.path.join(build, "naccs-harness"), *arguments],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)


def send(port, *messages, timeout="2s"):
    return subprocess.run([os.path.join(build, "naccs-client"), "--server", f"127.0.0.1:{port}",
                           "--timeout", timeout, *messages],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)


def written(name):
    """The scenario, which must be valid by both judges."""
    with open(file(name), encoding="utf-8") as stream:
        scenario = json.load(stream)
    schema.validate(scenario)
    said = harness("validate", file(name))
    if said.returncode != 0:
        raise ValueError(said.stderr.decode())
    return scenario


def imported(source, name, *options):
    said = harness("import", *options, source, "-o", file(name))
    if said.returncode != 0:
        raise ValueError(said.stderr.decode())
    return written(name)


def octets(event):
    if "base64" in event:
        return base64.b64decode(event["base64"])
    return event.get("octets", "").encode("latin-1")


def centre_did(journal):
    """Of each connection: the centre's octets, and how it ended it."""
    connections = {}
    for line in open(journal, encoding="utf-8"):
        event = json.loads(line)
        if not event.get("connection"):
            continue
        said, ends = connections.setdefault(event["connection"], [b"", []])
        if event["event"] == "sent":
            connections[event["connection"]][0] = said + octets(event)
        if event["event"].startswith("sender-"):
            ends.append("sender")
        if event["event"].startswith("centre-") and "sender" not in ends:
            ends.append(event["event"])
    return connections


with open(file("message.eml"), "wb") as stream:
    stream.write(MESSAGE)


# The journal of a run, and the run again.

FAULTS = {
    "a text, a delay and a refusal": [
        {"at": "banner", "reply": "220 gw.example ESMTP \u65e5\u672c", "delay": "30ms"},
        {"at": "RCPT", "message": 1, "reply": {"code": 450, "text": ["4.2.1 busy", "later"]}}],
    "octets that are no reply": [{"at": "MAIL", "reply": {"octets": "2\u00ff0 \u0000\r\n"}}],
    "in pieces": [{"at": "HELO", "reply": "250 hello there", "split": [3, 5],
                   "pauses": ["20ms", "30ms"]}],
    "an RST at the end of data": [{"at": "end-of-data", "close": "rst"}],
    "a FIN inside of the message": [{"at": "body", "after": 100, "close": "fin"}],
    "a refusal, and an RST": [{"at": "HELO", "reply": "554 5.7.1 not you", "close": "rst"}],
}


def plays_again(rules):
    def run():
        with Server(build, "--journal", "{}/j", scenario={"version": 1, "rules": rules}) as server:
            send(server.port, file("message.eml"))
            server.end()
            shutil.copy(server.file("j"), file("then.jsonl"))
        imported(file("then.jsonl"), "again.json", "--unmasked")
        with open(file("again.json"), encoding="utf-8") as stream:
            scenario = stream.read()
        for name in os.listdir(work.name):
            if name.startswith("again-"):
                shutil.copy(file(name), file("kept.eml"))
        with Server(build, "--journal", "{}/j", scenario=json.dumps(
                {**json.loads(scenario), "messages": []})) as server:
            send(server.port, file("message.eml"))
            server.end()
            return differ(centre_did(file("then.jsonl")), centre_did(server.file("j")))
    return run


for name, rules in FAULTS.items():
    tests.check(f"journal, import, again: {name}", plays_again(rules))


def handful_of_rules():
    with Server(build, "--journal", "{}/j", scenario={"version": 1, "rules": [
            {"at": "banner", "reply": "220 other.example"}, {"at": "QUIT", "reply": "221 so long"},
            {"at": "end-of-data", "connection": [7, 9], "reply": "554 no"}]}) as server:
        for _ in range(20):
            send(server.port, file("message.eml"))
        server.end()
        scenario = imported(server.file("j"), "many.json", "--min-delay", "1s")
    return differ([{"at": "banner", "reply": "220 other.example"},
                   {"at": "end-of-data", "connection": [7, 9], "reply": "554 no"},
                   {"at": "QUIT", "reply": "221 so long"}], scenario["rules"])


tests.check("twenty sessions make a handful of rules", handful_of_rules)


# Masks, files.

DIALOGUE = (b"S: 220 x\nC: HELO a\nS: 250 x\nC: MAIL FROM:<taro@gw01.example>\nS: 250 ok\n"
            b"C: RCPT TO:<NACCS@MAIL.PROD.NACCS6>\nS: 250 ok\nC: DATA\nS: 354 go\n" +
            b"".join(b"C: " + (b"." if line.startswith(b".") else b"") + line + b"\n"
                     for line in MESSAGE.split(b"\r\n")[:-1]) +
            b"C: .\nS: 554 taro@gw01.example: wrong password SECRET-7\nC: QUIT\nS: 221 bye\n")


def masks(*options, secret, address, mode):
    def run():
        with open(file("d.txt"), "wb") as stream:
            stream.write(DIALOGUE)
        scenario = imported(file("d.txt"), "d.json", *options)
        with open(file("d-1.eml"), "rb") as stream:
            message = stream.read()
        everything = message
        for name in ("d.json", "d.trace.jsonl"):
            with open(file(name), "rb") as stream:
                everything += stream.read()
        reply = [rule["reply"] for rule in scenario["rules"] if rule["at"] == "end-of-data"][0]
        return differ((len(MESSAGE), secret, address, mode, len("554 taro@gw01.example: wrong "
                                                                "password SECRET-7")),
                      (len(message), b"SECRET-7" in everything, b"taro@gw01" in everything,
                       stat.S_IMODE(os.stat(file("d-1.eml")).st_mode), len(reply)))
    return run


tests.check("passwords and addresses are masked, in texts too",
            masks(secret=False, address=False, mode=0o644))
tests.check("addresses are kept where they are wanted",
            masks("--keep-addresses", secret=False, address=True, mode=0o600))
tests.check("nothing is masked where it is not wanted",
            masks("--unmasked", secret=True, address=True, mode=0o600))


def message_file():
    imported(file("d.txt"), "m.json", "--unmasked")
    with open(file("m-1.eml"), "rb") as stream:
        return differ(MESSAGE, stream.read())


tests.check("the message comes out un-stuffed", message_file)


def nothing_half_written():
    with open(file("no.txt"), "w", encoding="utf-8") as stream:
        stream.write("Dear all,\nit failed.\n")
    before = sorted(os.listdir(work.name))
    none = harness("import", file("no.txt"), "-o", file("no.json"))
    nowhere = harness("import", file("d.txt"), "-o", file("no/where.json"))
    os.mkdir(file("taken.json"))
    taken = harness("import", file("d.txt"), "-o", file("taken.json"))
    os.rmdir(file("taken.json"))
    usage = harness("import", file("d.txt"))
    return differ((2, True, 3, 3, 2, before),
                  (none.returncode, b"no.txt:1:" in none.stderr, nowhere.returncode,
                   taken.returncode, usage.returncode, sorted(os.listdir(work.name))))


tests.check("bad input: a status, words, and nothing half written", nothing_half_written)


# In between.

class Centre:
    """A server that does what it is told, once for each connection."""

    def __init__(self, *acts):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.seen = []
        self.thread = threading.Thread(target=self.serve, args=(acts,), daemon=True)
        self.thread.start()

    def serve(self, acts):
        for act in acts:
            stream, _ = self.listener.accept()
            stream.settimeout(20)
            with stream:
                self.seen.append(act(stream))

    def end(self):
        self.thread.join(20)
        self.listener.close()


def until(stream, ending):
    got = b""
    while not got.endswith(ending):
        piece = stream.recv(65536)
        if not piece:
            break
        got += piece
    return got


def reset(stream):
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def says(*steps, rst=False, half=False):
    """Each step: what to wait for, what to say then."""
    def act(stream):
        got = b""
        for ending, octets_ in steps:
            got += until(stream, ending) if ending else b""
            for piece in octets_ if isinstance(octets_, list) else [octets_]:
                stream.sendall(piece)
        if half:
            stream.shutdown(socket.SHUT_WR)
            got += until(stream, b"\0never")
        if rst:
            reset(stream)
        return got
    return act


def talk(port, *steps, shut=False):
    """What the sender sees: octets, and how it ended."""
    got = b""
    try:
        # An RST may come before Python has looked whether it is connected.
        with socket.create_connection(("127.0.0.1", port), 20) as stream:
            for octets_, ending in steps:
                stream.sendall(octets_)
                got += until(stream, ending)
            if shut:
                stream.shutdown(socket.SHUT_WR)
            rest = b"-"
            while rest:
                rest = stream.recv(65536)
                got += rest
            return got, "fin"
    except ConnectionResetError:
        return got, "rst"


def recorded(centre, *options):
    return Server(build, "--record", f"127.0.0.1:{centre.port}", "--scenario-out", "{}/seen.json",
                  "--journal", "{}/j", *options)


BIG = b"x" * 70000 + b"\r\n.\r\n"


def through():
    centre = Centre(
        says((b"", [b"220 \xff\x00odd", b"\r\n"]), (b"\n", b"250-a\r\n250 b\r\n"),
             (b"\n", b""), rst=True),
        says((b"", b"220 x\r\n"), half=True),
        says((b"", b"220 x\r\n"), (b"\r\n.\r\n", b"250 kept\r\n")))
    with recorded(centre, "--keep-addresses") as server:
        saw = [talk(server.port, (b"", b"\r\n"), (b"EHLO a\r\n", b"b\r\n"), (b"NOOP\r\n", b"\n")),
               talk(server.port, (b"", b"\r\n"), (b"after the FIN\r\n", b"\n"), shut=True),
               talk(server.port, (b"", b"\r\n"), (BIG, b"kept\r\n"), shut=True)]
        centre.end()
        status, said = server.end()
        rules = json.load(open(server.file("seen.json"), encoding="utf-8"))["rules"]
        schema.validate(json.load(open(server.file("seen.json"), encoding="utf-8")))
        ends = [event for event in map(json.loads, open(server.file("j"), encoding="utf-8"))
                if event["event"] in ("centre-rst", "centre-fin", "sender-fin")]
    return differ(
        ([(b"220 \xff\x00odd\r\n250-a\r\n250 b\r\n", "rst"), (b"220 x\r\n", "fin"),
          (b"220 x\r\n250 kept\r\n", "fin")],
         [b"EHLO a\r\nNOOP\r\n", b"after the FIN\r\n", BIG], 0, True, "rst", ["centre-rst"]),
        (saw, centre.seen, status, "3 connections" in said,
         [rule.get("close") for rule in rules if rule["at"] == "NOOP"][0],
         [event["event"] for event in ends if event["connection"] == 1]))


tests.check("octets pass unchanged, an RST as an RST, a FIN as a FIN", through)


def refused():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    centre = Centre()
    centre.port = port
    with recorded(centre) as server:
        saw = talk(server.port, (b"", b"\r\n"))
        server.end()
        scenario = json.load(open(server.file("seen.json"), encoding="utf-8"))
    return differ((( b"", "rst"), [{"at": "connect", "connection": 1, "refuse": "rst"}]),
                  (saw, scenario["rules"]))


tests.check("a centre that refuses is recorded as one", refused)


def not_written():
    """There is no such folder: that is told once, the relay goes on, and the status says it."""
    centre = Centre(says((b"", b"220 x\r\n")), says((b"", b"220 x\r\n")))
    with recorded(centre, "--scenario-out", "{}/none/seen.json") as server:
        saw = [talk(server.port, (b"", b"\r\n"), shut=True)[0] for _ in range(2)]
        centre.end()
        status, said = server.end()
    return differ(([b"220 x\r\n"] * 2, 3, 1), (saw, status, said.count("can't be written")))


tests.check("a scenario that can't be written is told", not_written)


def on_demand():
    act = says((b"", b"220 x\r\n"), (b"QUIT\r\n", b"221 y\r\n"))
    centre = Centre(act, act)
    with recorded(centre) as server:
        for name in ("seen.json", "seen-r2.json"):
            talk(server.port, (b"", b"\r\n"), (b"QUIT\r\n", b"y\r\n"), shut=True)
            server.signal(signal.SIGHUP)
            said = "-"
            while said and "connections" not in said:  # behind the notes
                said = server.process.stderr.readline().decode()
                if "no connection has come to its end" in said:  # it was asked too early
                    server.signal(signal.SIGHUP)
            if name not in said or not os.path.exists(server.file(name)):
                return f"{name}: {said}"
        centre.end()
        return differ(0, server.end()[0])


tests.check("SIGHUP writes what was seen, and begins anew", on_demand)


def wrong_options():
    program = os.path.join(build, "naccs-mockserver")
    return differ([2, 2, 2], [subprocess.run([program, *options], capture_output=True, timeout=20,
                                             check=False).returncode for options in (
        ["--record", "nonsense"], ["--scenario-out", "x.json"],
        ["--record", "127.0.0.1:1", "--scenario", "x.json"])])


tests.check("options that contradict each other", wrong_options)


# Programs that others wrote.

def smtp_sink():
    """A server of Postfix's, on a free port; it says nothing when it is ready, so it is asked."""
    for port in range(20000 + os.getpid() % 10000, 65000):
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        sink = subprocess.Popen(["smtp-sink", *user, f"127.0.0.1:{port}", "10"],
                                stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while sink.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", port), 20) as stream:
                    if stream.recv(4).startswith(b"220"):
                        return sink, port
            except ConnectionRefusedError:
                continue
        sink.communicate()
    raise OSError("no port")


SENDERS = {
    "swaks": ["swaks", "--server", "{host}:{port}", "--from", "a@b.example", "--to",
              "NACCS@MAIL.PROD.NACCS6", "--data", "@{message}"],
    "curl": ["curl", "-s", "--url", "smtp://{host}:{port}/gw.example", "--mail-from", "a@b.example",
             "--mail-rcpt", "NACCS@MAIL.PROD.NACCS6", "-T", "{message}"],
}


def same_path(command):
    def run():
        sink, port = smtp_sink()
        try:
            centre = Centre()
            centre.port = port
            with recorded(centre, "--unmasked") as server:
                words = [word.format(host="127.0.0.1", port=server.port,
                                     message=file("message.eml")) for word in command]
                subprocess.run(words, capture_output=True, timeout=60, check=False)
                server.end()
                for name in os.listdir(server.path):
                    if name.startswith("seen"):
                        shutil.copy(server.file(name), file(name))
        finally:
            sink.kill()
            sink.communicate()
        written("seen.json")
        # It sends what it sent then: what it puts behind the message, it has put there before.
        again = [word.replace("{message}", file("message.eml")) for word in command]
        said = harness("run", file("seen.json"), "--client-trace", "--ehlo", "--report",
                       "json:" + file("report.json"), "--", "sh", "-c", 'shift; "$@"', "sh",
                       "{message}", *again)
        case = json.load(open(file("report.json"), encoding="utf-8"))["cases"][0]
        if not case.get("client_trace", {}).get("same"):
            return said.stdout.decode()
        return None if case["client_trace"]["steps"] >= 5 else str(case["client_trace"])
    return run


for name, command in SENDERS.items():
    if shutil.which(command[0]) and shutil.which("smtp-sink"):
        tests.check(f"{name} takes the same path again", same_path(command))
    else:
        print(f"skipped: {name} or smtp-sink is not installed")


def other_path():
    """Another sender is not taken for the one that was seen."""
    imported(file("d.txt"), "path.json")
    said = harness("run", file("path.json"), "--client-trace").stdout.decode()
    none = harness("run", "scenarios/connect", "--client-trace")
    return differ(True, bool(re.search(r"client trace of path: the (same path|first)", said)) and
                  b"no scenario here" in none.stderr)


tests.check("the reference client is compared too", other_path)

tests.done()
