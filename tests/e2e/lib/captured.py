"""captured.py FILE: until everything that has passed so far is in the capture that tcpdump is writing.

Sends a datagram to port 9 of 127.0.0.1, which the capture's filter must let through ("or udp port 9"), and
waits for it: packets stand in the file in their order. Exit status 1 where it has not come in a minute.
"""
import os
import select
import socket
import sys
import time

MARK = b"captured until here: " + os.urandom(16)
LIMIT_S, LOOK_S = 60, 0.01


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(MARK, ("127.0.0.1", 9))
    until, kept = time.monotonic() + LIMIT_S, b""
    with open(sys.argv[1], "rb") as capture:
        while MARK not in kept:
            if time.monotonic() > until:
                sys.exit(f"{sys.argv[1]}: tcpdump does not keep up")
            kept = kept[-len(MARK):] + capture.read()
            select.select([], [], [], LOOK_S)


main()
