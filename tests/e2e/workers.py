"""Several processes that are one centre: what is counted, drawn and written is as if it were one."""

import os
import signal
import subprocess
import sys
import tempfile

from centre import RECIPIENT, Server, Tests, differ

build = sys.argv[1]
tests = Tests()

BODY = b"A: b\r\n\r\n" + b"\xa4\xa2" * 30000 + b"\r\n"  # its line of the journal is a long one
BODY = b"\r\n".join(BODY[i:i + 900] for i in range(0, len(BODY), 900)) + b"\r\n"
WORKERS = 3


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def holding_connections(pid):
    """Which workers hold a connection now."""
    holding = set()
    for child in children(pid):
        links = (os.path.join(f"/proc/{child}/fd", name) for name in os.listdir(f"/proc/{child}/fd"))
        sockets = sum(os.readlink(link).startswith("socket:") for link in links)
        holding |= {child} if sockets > 1 else set()  # more than its listener
    return holding


def counted_together():
    scenario = {"version": 1, "rules": [
        {"at": "HELO", "connection": 7, "reply": "250 seven ${connection}"},
        {"at": "MAIL", "message": 9, "reply": "451 nine"},
        {"at": "NOOP", "times": 4, "reply": "450 again"}]}
    with Server(build, "--workers", str(WORKERS), "--journal", "{}/journal", "--spool", "{}/mail",
                scenario=scenario) as server:
        senders = [server.connect() for _ in range(60)]
        greeted = sum(sender.reply()[:3] == b"220" for sender in senders)
        holding = len(holding_connections(server.process.pid))
        helos = [sender.ask(b"HELO a") for sender in senders]
        noops = [sender.ask(b"NOOP")[:3] for sender in senders]
        mails = [sender.ask(b"MAIL FROM:<a@b>")[:3] for sender in senders]
        for sender in senders:
            sender.ask(b"RSET")
        ends = [sender.message(BODY) for sender in senders]
        for sender in senders:
            sender.ask(b"QUIT")
            sender.close()
        status, said = server.end()
        events = server.journal()
        numbers = sorted(event["connection"] for event in events if event["event"] == "opened")
        return differ((60, True, 1, 4, 1, 60, 60, list(range(1, 61)), 0, True),
                      (greeted, holding > 1, sum(b"seven 7" in line for line in helos),
                       noops.count(b"450"), mails.count(b"451"), ends.count(b"250"),
                       len(server.spooled()), numbers, status,
                       "60 connections, 60 messages kept" in said))


def drawn_by_number():
    """What a connection meets depends on its number, not on who has it."""
    scenario = {"version": 1, "rules": [{"at": "HELO", "probability": 0.5, "reply": "250 drawn"}]}

    def drawn(workers):
        with Server(build, "--workers", str(workers), "--seed", "3", scenario=scenario) as server:
            found = []
            for _ in range(40):
                sender = server.connect()
                sender.reply()
                found.append(sender.ask(b"HELO a"))
                sender.close()
            return found

    alone = drawn(1)
    return differ((alone, True), (drawn(WORKERS), 5 < alone.count(b"250 drawn") < 35))


def read_again():
    def rules(word):
        return {"version": 1, "rules": [{"at": "HELO", "times": 1, "reply": f"250 {word}"}]}

    def meet(server):
        words = []
        for _ in range(20):
            sender = server.connect()
            sender.reply()
            words.append(sender.ask(b"HELO a"))
            sender.close()
        return words

    with Server(build, "--workers", str(WORKERS), scenario=rules("one")) as server:
        first = meet(server)
        server.write_scenario(rules("two"))
        server.signal(signal.SIGHUP)
        word = server.next_word()
        seen = []
        for _ in range(100):  # each worker takes it up when it comes to it
            seen += meet(server)
            if b"250 two" in seen:
                break
        server.write_scenario({"version": 1, "rules": [{"at": "connect", "refuse": "rst"}]})
        server.signal(signal.SIGHUP)
        refused = server.next_word()
        status = server.end()[0]
        return differ((1, 1, True, True, 0),
                      (first.count(b"250 one"), seen.count(b"250 two"), "read again" in word,
                       "rule 1 refuses connects" in refused, status))


def refused():
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "s.json")
        with open(file, "w", encoding="ascii") as stream:
            stream.write('{"version": 1, "rules": [{"at": "connect", "refuse": "silence"}]}')
        fifo = os.path.join(folder, "fifo")
        os.mkfifo(fifo)
        found = []
        for options in (["--scenario", file], ["--dns", "127.0.0.1:0"], ["--journal", "-"],
                        ["--journal", fifo], ["--spool", "/dev/null"]):
            run = subprocess.run(
                [os.path.join(build, "naccs-mockserver"), "--listen", "127.0.0.1:0", "--workers", "2",
                 *options], capture_output=True, timeout=60, check=False)
            found.append((run.returncode, run.stdout, bool(run.stderr)))
        return differ([(2, b"", True)] * 4 + [(3, b"", True)], found)


def port_is_taken():
    with Server(build, "--workers", "2") as server:
        run = subprocess.run(
            [os.path.join(build, "naccs-mockserver"), "--workers", "2", "--listen",
             f"127.0.0.1:{server.port}"], capture_output=True, timeout=60, check=False)
        return differ((3, b"", True), (run.returncode, run.stdout, b"cannot bind" in run.stderr))


def one_dies():
    with Server(build, "--workers", str(WORKERS)) as server:
        workers = children(server.process.pid)
        os.kill(workers[0], signal.SIGKILL)
        status = server.ended()[0]
        left = [pid for pid in workers if os.path.exists(f"/proc/{pid}")]
        return differ((WORKERS, 3, []), (len(workers), status, left))


tests.check("counted over all workers", counted_together)
tests.check("random numbers go by the connection's number", drawn_by_number)
tests.check("SIGHUP counts anew in all of them", read_again)
tests.check("what several processes can't do", refused)
tests.check("a port that others share is taken", port_is_taken)
tests.check("one that dies takes the others with it", one_dies)
tests.done()
