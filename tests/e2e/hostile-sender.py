#!/usr/bin/env python3
"""A sender that means ill: hostile-sender.py HOST PORT MESSAGE...

All that it says is made to break out of a report: markup, the ends of scripts, comments and CDATA,
terminal escapes, NULs, what is no UTF-8, and a line of a megabyte. It says the same on its standard
output and error, and in its outcome file.
"""
import json
import os
import socket
import sys

NASTY = (b"</script><script>window.broken=1</script><img src=x onerror='window.broken=2'>"
         b"\"'><svg onload=window.broken=3> ]]> --> &lt; &#60; \x1b[31m\x1b]0;x\x07 \x00 \xff\xfe\xc3( "
         b"\xe2\x80\xae ${x} `x` [x](javascript:window.broken=4) | @all <details open ontoggle=window.broken=5>")


def main():
    host, port = sys.argv[1], int(sys.argv[2])
    for stream in (sys.stdout, sys.stderr):
        stream.buffer.write(NASTY + b"\n")
        stream.buffer.flush()
    with open(os.environ["NACCS_OUTCOME"], "w", encoding="utf-8") as file:
        json.dump({"messages": [{"outcome": NASTY.decode("latin-1")}]}, file)
    with socket.create_connection((host, port), timeout=10) as centre:
        centre.recv(1000)
        for line in (b"HELO " + NASTY, b"MAIL FROM:<" + NASTY + b">", NASTY,
                     b"MAIL FROM:<user.name@private.example.jp>", b"X" * 1000000):
            centre.sendall(line + b"\r\n")
        centre.shutdown(socket.SHUT_WR)
        while centre.recv(65536):
            pass


main()
