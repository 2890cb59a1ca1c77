"""Connections that say nothing: what they cost in memory, and how they are cut after two minutes."""

import json
import os
import selectors
import socket
import time

from peers import more_descriptors

OWN = 100  # descriptors that are not connections
MEMORY = 1024
LATE_MS, SHARE, AGAINST_BARE = 50, 0.3, 1.25
LIMIT_SECONDS, BARE_SECONDS = 120, 10


def possible(count):
    return min(count, more_descriptors() - OWN)


def connect(port, count):
    streams = []
    for _ in range(count):
        stream = socket.create_connection(("127.0.0.1", port), 60)
        streams.append(stream)
    return streams


def talk(streams):
    """Each has had its buffers once."""
    for stream in streams:
        stream.recv(1000)
        stream.sendall(b"HELO sender.example\r\n")
    for stream in streams:
        stream.recv(1000)


def run(table, peers, smoke):
    table.head("Idle connections: octets of resident memory each, beyond the start")
    for wanted in (200,) if smoke else (5000, 20000):
        count = possible(wanted)
        for make in (peers.plain, peers.bare, peers.sink, peers.aiosmtpd):
            peer = make()
            if not peer:
                continue
            before = peer.resident()
            if peer.name == "smtp-sink" and count > 5000:
                peer.end()  # gigabytes
                continue
            streams = connect(peer.port, count)
            talk(streams)
            each = (peer.resident() - before) / count
            if peer.name == "ours" and not smoke:
                table.bar(f"ours, {count} connections", each, MEMORY, f"{each:.0f}")
            else:
                table.row(f"{peer.name}, {count} connections", f"{each:.0f}")
            for stream in streams:
                stream.close()
            peer.end()


def late_by_journal(path, seconds):
    last, late = {}, []
    with open(path, encoding="ascii") as file:
        for line in file:
            event = json.loads(line)
            if event["event"] == "sent":
                last[event["connection"]] = event["at"]
            elif event["event"] == "centre-fin" and event["stage"] == "idle":
                late.append((event["at"] - last[event["connection"]] - seconds) * 1000)
    return late


def lateness(late):
    late = sorted(late)
    return f"{late[-1]:.1f} ms, half below {late[len(late) // 2]:.1f}"


def cut(peer, count, seconds):
    """Opens so many connections, which say HELO and no more, and waits until all are cut. Returns the
    milliseconds that each was late, as the one who was cut sees it, who has ten thousand to look after
    and may be late himself; the microseconds of the server's processor time each; and the share of a
    processor from the first deadline on."""
    selector = selectors.DefaultSelector()
    began = {}
    for stream in connect(peer.port, count):
        stream.recv(1000)
        stream.sendall(b"HELO sender.example\r\n")
        stream.recv(1000)  # the limit is measured from the last octet in either direction
        began[stream] = time.monotonic()
        selector.register(stream, selectors.EVENT_READ)
    late = []
    before, from_then = peer.processor_time(), min(began.values()) + seconds
    while began:
        ready = selector.select(4 * seconds)
        now = time.monotonic()
        if not ready:
            raise RuntimeError("some connections were never cut")
        for key, _ in ready:
            if not key.fileobj.recv(1000):
                late.append((now - began.pop(key.fileobj) - seconds) * 1000)
                selector.unregister(key.fileobj)
                key.fileobj.close()
    took = max(time.monotonic() - from_then, 0.001)
    busy = (peer.processor_time() - before) / 1e9
    return late, busy / count * 1e6, busy / took


def run_cut(table, peers, smoke):
    """From the last octet to the FIN, by the journal; and beside it a bare loop that cuts as many."""
    count, seconds = (100, 1) if smoke else (possible(10000), LIMIT_SECONDS)
    table.head(f"The cut of {count} idle connections after {seconds} s")
    peer = peers.ours("ours", "--pace", str(LIMIT_SECONDS / seconds), "--journal", "journal",
                      files=True)
    late, each, share = cut(peer, count, seconds)
    peer.stop()  # which writes what is left of the journal
    by_journal = late_by_journal(os.path.join(peer.folder.name, "journal"), seconds)
    peer.end()
    table.row("as the peer sees it, late at most", lateness(late))
    if len(by_journal) != count:
        raise RuntimeError(f"the journal has {len(by_journal)} cuts of {count}")
    late, text = by_journal, lateness(by_journal)
    sooner = min(seconds, BARE_SECONDS)  # what waiting costs is nothing
    peer = peers.bare(limit=sooner)
    _, bare_each, bare_share = cut(peer, count, sooner)
    peer.end()
    if smoke:
        table.row("late at most", text)
        return
    table.bar("late at most", max(late), LATE_MS, text)
    table.bar("share of a processor while cutting", share, SHARE,
              f"{share:.2f}; bare loop {bare_share:.2f}")
    table.bar("microseconds of it a cut, ours : bare loop", each / bare_each, AGAINST_BARE,
              f"{each:.1f} : {bare_each:.1f}")
