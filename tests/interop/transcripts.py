"""Is what a JSON report holds against a sender shown by the transcript beside it?

A verdict is believed for its octets: the event that it points at must be there, and what it quotes
must have passed, or stand in the message (which did not pass, then: that is the fault). That much is
looked up here, with nothing of the harness.
"""
import base64
import os
import re

MESSAGES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scenarios/messages")

QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL)
NAMED = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b'"': b'"', b"\\": b"\\"}


def octets(event):
    """What passed."""
    if "base64" in event:
        return base64.b64decode(event["base64"])
    return event.get("octets", "").encode("latin-1")


def unescaped(text):
    """A quotation's octets."""
    def one(match):
        found = match.group(1)
        if found[:1] == b"x" and len(found) == 3:
            return bytes([int(found[1:], 16)])
        return NAMED.get(found, match.group(0))
    return ESCAPE.sub(one, text.encode("utf-8"))


def quoted(text):
    """What a finding quotes; a quotation that was cut short ends in dots."""
    for match in QUOTED.finditer(text):
        found = match.group(1)
        if found.endswith("..."):
            found = found[:-3]
        if found:
            yield unescaped(found)


def passed(transcript):
    """All that was sent and received, in order, for each direction and connection."""
    streams = {}
    for event in transcript:
        if event["kind"] in ("sent", "received"):
            key = (event["connection"], event["kind"])
            streams[key] = streams.get(key, b"") + octets(event)
    return list(streams.values())


def messages(case, made):
    """The messages of a case: files of the suite, or in the folder of those that a recipe makes."""
    files = []
    for claim in case["claims"]:
        path = os.path.join(MESSAGES, claim["message"])
        if not os.path.exists(path):
            path = os.path.join(made, claim["message"])
        with open(path, "rb") as file:
            files.append(file.read())
    return files


def unbacked(case, made):
    """The findings of a case that its transcript does not show, in words. `made` is the folder that
    --keep-messages filled."""
    against = [check for check in case["checks"] if check["verdict"] in ("fail", "warn")]
    if not against:
        return []
    transcript = case["transcript"]
    streams = passed(transcript) + messages(case, made)
    texts = []
    for check in against:
        where = f"{case['id']}: {check['requirement']}"
        if not check.get("actual"):
            texts.append(f"{where}: nothing is said")
            continue
        if not transcript:
            texts.append(f"{where}: no transcript")
        if "event" in check and not case.get("omitted_events") and (
                check["event"] >= len(transcript) or
                transcript[check["event"]]["connection"] != check["connection"]):
            texts.append(f"{where}: the event that it points at is not there")
        for text in quoted(check["actual"]):
            if not any(text in stream for stream in streams):
                texts.append(ascii(f"{where}: {text!r} did not pass")[1:-1])
    return texts
