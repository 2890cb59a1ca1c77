"""naccs-mockserver over TCP: what its command line, files and signals promise, and what only a real
network shows (RST, refused and silent connects, half-closed streams)."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys

from centre import RECIPIENT, Sender, Server, Tests, differ

build = sys.argv[1]
tests = Tests()


def program(*options, **keywords):
    return subprocess.run([os.path.join(build, "naccs-mockserver"), *options],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                          check=False, **keywords)


def rules(*list_of_rules, **others):
    return {"version": 1, "rules": list(list_of_rules), **others}


MESSAGES = [
    b"From: a\r\n\r\n.\r\n..\r\n...x\r\n\r\n.last",
    b".first\r\n",
    b"",
    b"A: b\r\n\r\n" + bytes(octet for octet in range(256) if octet not in (10, 13)) + b" \t\r\n",
    b"A: b\r\n\r\n" + (b"\xa4\xa2" * 499 + b"\r\n") * 699,
]


def received(message):
    return message if not message or message.endswith(b"\r\n") else message + b"\r\n"


def ready_line():
    with Server(build, "--ready-file", "{}/ready") as server:
        ready = json.loads(server.ready_line)
        with open(server.file("ready"), "rb") as file:
            same = file.read() == server.ready_line
        return differ(("ready", "127.0.0.1", server.process.pid, True, True, ["ready"]),
                      (ready["event"], ready["address"], ready["pid"], ready["port"] > 0, same,
                       os.listdir(server.path)))


def messages_are_spooled():
    with Server(build, "--spool", "{}/mail", "--quiet") as server:
        sender = server.connect()
        codes = [sender.reply()[:3], *sender.codes(b"HELO a")]
        codes += [sender.message(message) for message in MESSAGES]
        codes += sender.codes(b"QUIT")
        sender.close()
        status = server.end()
        return (differ([b"220"] + [b"250"] * 6 + [b"221"], codes) or
                differ(sorted(map(received, MESSAGES)), sorted(server.spooled())) or
                differ((0, ""), status))


def journal_holds_the_wire():
    with Server(build, "--journal", "{}/journal", "--unmasked") as server:
        sender = server.connect()
        sender.reply()
        sender.codes(b"HELO a")
        for message in MESSAGES:
            sender.message(message)
        sender.codes(b"QUIT")
        sender.close()
        server.end()
        wire = {"in": b"", "out": b""}
        last = None
        for event in server.journal():
            if "direction" in event:
                octets = (base64.b64decode(event["base64"]) if "base64" in event
                          else event["octets"].encode())
                wire[event["direction"]] += octets
            last = event["event"]
        sent = b"HELO a\r\n"
        for message in MESSAGES:
            stuffed = received(b"\r\n" + message)[2:].replace(b"\r\n.", b"\r\n..")
            stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
            sent += b"MAIL FROM:<a@b>\r\nRCPT TO:<" + RECIPIENT + b">\r\nDATA\r\n"
            sent += stuffed + b".\r\n"
        return (differ(sent + b"QUIT\r\n", wire["in"]) or differ("closed", last) or
                differ(1 + 1 + 4 * len(MESSAGES) + 1, wire["out"].count(b"\r\n")))


def journal_on_standard_output_is_masked():
    with Server(build, "--journal", "-") as server:
        sender = server.connect()
        sender.reply()
        sender.codes(b"HELO a")
        items = b"a" * 37 + b"PASSWORD" + b"b" * 353
        sender.message(b"A: b\r\n\r\n" + items + b"\r\n")
        sender.close()
        server.signal(signal.SIGTERM)
        said = server.process.communicate(timeout=60)[0]
        return differ((False, True), (b"PASSWORD" in said, b"a********b" in said))


def wrong_usage():
    for options in (["--listen", "nowhere"], ["--pace", "0"], ["--pace", "x"], ["--seed", "-1"],
                    ["--timeout", "5"], ["--workers", "0"], ["--no-such"], ["--spool"], ["file"],
                    ["--max-connections", "0"], ["--variant", "x"], ["--domain", "a b"],
                    ["--scenario", "/nowhere/at/all.json"]):
        result = program(*options)
        if result.returncode != 2 or not result.stderr or result.stdout:
            return f"{options}: {result}"
    result = program("--help")
    if result.returncode != 0 or b"--listen ADDR:PORT" not in result.stdout:
        return result
    return differ(0, program("--version").returncode)


def wrong_scenarios():
    with Server(build) as place:
        for text, words in (("{", "scenario.json:1"), ('{"version":1,"ruls":[]}', "rules"),
                            ('{"version":1,"rules":[{"at":"RCPT"}]}', "does nothing")):
            place.write_scenario(text)
            result = program("--scenario", place.file("scenario.json"))
            if result.returncode != 2 or words.encode() not in result.stderr:
                return f"{text}: {result}"
    return None


def family_wants_a_variant():
    family = {"version": 1, "vary": {"at": ["HELO", "MAIL"]}, "rules": [{"at": "$at", "reply": "550 no"}]}
    with Server(build) as place:
        place.write_scenario(family)
        refused = program("--scenario", place.file("scenario.json"))
        if refused.returncode != 2 or b"scenario/MAIL" not in refused.stderr:
            return refused
    with Server(build, "--variant", "MAIL", scenario=family) as server:
        sender = server.connect()
        sender.reply()
        return differ([b"250", b"550"], sender.codes(b"HELO a", b"MAIL FROM:<a@b>"))


def environment_is_against_it():
    with Server(build) as server:
        for options, words in ((["--listen", f"127.0.0.1:{server.port}"], b"in use"),
                               (["--spool", "/dev/null/x"], b"/dev/null/x"),
                               (["--journal", "/dev/null/x"], b"/dev/null/x"),
                               (["--listen", "127.0.0.1:0", "--ready-file", "/dev/null/x"],
                                b"/dev/null/x")):
            result = program(*options)
            if result.returncode != 3 or words not in result.stderr:
                return f"{options}: {result}"
    command = [os.path.join(build, "naccs-mockserver"), "--listen", "127.0.0.1:0"]
    with open("/dev/full", "wb") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60,
                                check=False)
    if result.returncode != 3 or b"standard output" not in result.stderr:
        return result
    result = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *command],
                            stderr=subprocess.PIPE, timeout=60, check=False)
    return differ(3, result.returncode)


def full_journal_is_told():
    with Server(build, "--journal", "/dev/full", "--quiet") as server:
        sender = server.connect()
        sender.reply()
        codes = sender.codes(b"HELO a", b"QUIT")
        sender.close()
        word = server.next_word()
        status, said = server.end()
        return differ(([b"250", b"221"], True, 3, ""), (codes, "/dev/full" in word, status, said))


def settings_of_the_command_line():
    with Server(build, "--domain", "MAIL.TEST.NACCS6", "--spool", "{}/mail") as server:
        sender = server.connect()
        return differ([b"220 MAIL.TEST.NACCS6 SMTP ready", b"250 MAIL.TEST.NACCS6",
                       b"250 sender ok", b"550 no such mailbox here", b"250 recipient ok"],
                      [sender.reply(), sender.ask(b"HELO a"), sender.ask(b"MAIL FROM:<a@b>"),
                       sender.ask(b"RCPT TO:<" + RECIPIENT + b">"),
                       sender.ask(b"RCPT TO:<NACCS@MAIL.TEST.NACCS6>")])


def stops_in_order():
    with Server(build, "--spool", "{}/mail") as server:
        idle, busy = server.connect(), server.connect()
        for sender in (idle, busy):
            sender.reply()
            sender.codes(b"HELO a")
        busy.envelope()
        server.signal(signal.SIGTERM)
        told = idle.reply()[:3], idle.ends_with()
        idle.close()
        busy.send(b"x\r\n.\r\n")
        told += busy.reply()[:3], busy.reply()[:3], busy.ends_with()
        busy.close()
        status, said = server.ended()
        return (differ((b"421", "fin", b"250", b"421", "fin", 0), (*told, status)) or
                differ([b"x\r\n"], server.spooled()) or
                differ(True, "2 connections, 1 messages kept" in said))


def second_signal_ends_at_once():
    with Server(build) as server:
        idle, busy = server.connect(), server.connect()
        for sender in (idle, busy):
            sender.reply()
            sender.codes(b"HELO a")
        busy.codes(b"MAIL FROM:<a@b>")
        server.signal(signal.SIGINT)
        idle.reply()  # the first signal has been obeyed
        server.signal(signal.SIGTERM)
        return differ(("rst", 0), (busy.ends_with(), server.ended()[0]))


def scenario_is_read_again():
    with Server(build, scenario=rules({"at": "NOOP", "reply": "250 old"})) as server:
        first = server.connect()
        said = [first.reply()[:3], first.ask(b"NOOP")]
        server.write_scenario("{")
        server.signal(signal.SIGHUP)
        words = server.next_word() + server.next_word()
        second = server.connect()
        said += [second.reply()[:3], second.ask(b"NOOP")]
        server.write_scenario(rules({"at": "NOOP", "reply": "250 new"}))
        server.signal(signal.SIGHUP)
        words += server.next_word()
        third = server.connect()
        said += [third.reply()[:3], third.ask(b"NOOP"), first.ask(b"NOOP")]
        return (differ([b"220", b"250 old", b"220", b"250 old", b"220", b"250 new", b"250 old"],
                       said) or
                differ((True, True), ("stays" in words, "read again" in words)))


def nothing_to_read_again():
    with Server(build) as server:
        server.signal(signal.SIGHUP)
        words = server.next_word()
        sender = server.connect()
        return differ((True, b"220"), ("no scenario file to read again" in words, sender.reply()[:3]))


def probe(port):
    said = program("--probe", "--timeout", "500ms", "--listen", f"127.0.0.1:{port}")
    return said.returncode, said.stderr


def probes_tell_who_is_there():
    with Server(build) as server:
        there = probe(server.port)
        gone = server.port
        server.end()
    missing = probe(gone)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        silent = probe(mute.getsockname()[1])
    return (differ((0, b""), there) or
            differ((3, True), (missing[0], b"refused" in missing[1])) or
            differ((3, True), (silent[0], b"nothing came in time" in silent[1])))


def real_ends():
    for close, expected in (("fin", "fin"), ("rst", "rst"), ("half", "fin")):
        for reply in ({}, {"reply": "421 bye"}):
            rule = {"at": "NOOP", "close": close, **reply}
            with Server(build, "--journal", "{}/journal", scenario=rules(rule)) as server:
                sender = server.connect()
                sender.reply()
                sender.send(b"NOOP\r\n")
                said = sender.reply() if reply else b"421 bye"
                problem = differ((b"421 bye", expected), (said, sender.ends_with()))
                if not problem and close == "half":
                    sender.send(b"still here\r\n")
                sender.close()
                server.end()
                text = json.dumps(server.journal())
                problem = problem or differ(close == "half", "still here" in text)
                if problem:
                    return f"{rule}: {problem}"
    return None


def refused_connects():
    rule = {"at": "connect", "connection": 2, "refuse": "rst"}
    with Server(build, scenario=rules(rule)) as server:
        sender = server.connect()
        first = sender.reply()[:3]
        try:
            server.connect().close()
            return "the second connect was not refused"
        except ConnectionRefusedError:
            pass
        return differ((b"220", b"221"), (first, *sender.codes(b"QUIT")))


def silent_connects():
    rule = {"at": "connect", "refuse": "silence"}
    with Server(build, scenario=rules(rule)) as server:
        try:
            server.connect(seconds=0.3).close()
            return "the connect was answered"
        except TimeoutError:
            return None


def segments_of_a_split_reply():
    rule = {"at": "NOOP", "reply": "250 hello", "split": [2, 3]}
    with Server(build, "--journal", "{}/journal", scenario=rules(rule)) as server:
        sender = server.connect()
        sender.reply()
        said = sender.ask(b"NOOP")
        sender.close()
        server.end()
        pieces = [event["octets"] for event in server.journal()
                  if event["event"] == "sent" and "rule" in event]
        return differ((b"250 hello", ["25", "0 h", "ello\r\n"]), (said, pieces))


def idle_cut():
    """120 s at a pace of 240: never early; how late is told, and bounded roughly (the machine may be
    busy)."""
    with Server(build, "--journal", "{}/journal", "--pace", "240") as server:
        sender = server.connect()
        sender.reply()
        sender.codes(b"HELO a")
        how = sender.ends_with()
        sender.close()
        server.end()
        times = {event["event"]: event["at"] for event in server.journal()}
        waited = times["centre-fin"] - times["sent"]
        print(f"# cut after {waited:.6f} s, 0.500000 s wanted")
        return differ(("fin", True), (how, 0.5 <= waited < 1.5))


def sender_that_resets_and_floods():
    with Server(build, "--quiet") as server:
        for octets in (b"", b"HELO", b"NOOP\r\n" * 20000, b"x" * 3000000, b"\0\r\n" * 50000):
            sender = server.connect()
            sender.reply()
            sender.stream.settimeout(0.2)
            try:
                sender.send(octets)
            except (TimeoutError, ConnectionError):
                pass
            sender.reset()
        sender = server.connect()
        codes = [sender.reply()[:3], *sender.codes(b"HELO a", b"QUIT")]
        sender.close()
        return differ(([b"220", b"250", b"221"], (0, "")), (codes, server.end()))


for function in (ready_line, messages_are_spooled, journal_holds_the_wire,
                 journal_on_standard_output_is_masked, wrong_usage, wrong_scenarios,
                 family_wants_a_variant, environment_is_against_it, full_journal_is_told,
                 settings_of_the_command_line, stops_in_order, second_signal_ends_at_once,
                 scenario_is_read_again, nothing_to_read_again, probes_tell_who_is_there, real_ends, refused_connects, silent_connects,
                 segments_of_a_split_reply, idle_cut, sender_that_resets_and_floods):
    tests.check(function.__name__.replace("_", " "), function)
tests.done()
