#!/usr/bin/env python3
"""A small SMTP receiver for the end-to-end tests, with nothing of ours in it.

    receiver.py FOLDER [FAULT]

Binds a free port of 127.0.0.1, prints it, and keeps each message as FOLDER/N.eml, its dots removed,
and each connection's commands in FOLDER/commands. Ends when its standard input does. FAULT is one of
  refuse       550 to every RCPT
  defer        450 to every MAIL
  lost-reply   RST in place of the first final reply
  closing      421 and FIN to the first MAIL
  babble       no reply at all to HELO
  silent       nothing is said to DATA
"""

import os
import socket
import socketserver
import struct
import sys
import threading


class Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode("ascii") + b"\r\n")

    def once(self):
        with self.server.lock:
            first, self.server.faulty = self.server.faulty, False
        return first

    def reset(self):
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.request.close()

    def message(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        else:
            return
        with self.server.lock:
            self.server.kept += 1
            name = os.path.join(self.server.folder, "%d.eml" % self.server.kept)
        with open(name, "wb") as file:
            file.write(b"".join(lines))

    def handle(self):
        fault = self.server.fault
        self.say("220 receiver")
        for line in self.rfile:
            with self.server.lock, open(os.path.join(self.server.folder, "commands"), "ab") as log:
                log.write(line)
            verb = line[:4].upper()
            if verb == b"QUIT":
                self.say("221 bye")
                return
            if fault == "babble" and verb == b"HELO":
                self.say("\x1b[31mwhat?")
            elif fault == "defer" and verb == b"MAIL":
                self.say("450 not now")
            elif fault == "refuse" and verb == b"RCPT":
                self.say("550 nobody here")
            elif fault == "closing" and verb == b"MAIL" and self.once():
                self.say("421 closing")
                return
            elif fault == "silent" and verb == b"DATA":
                self.rfile.read()
                return
            elif verb == b"DATA":
                self.say("354 go on")
                self.message()
                if fault == "lost-reply" and self.once():
                    self.reset()
                    return
                self.say("250 kept")
            else:
                self.say("250 OK")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        """A connection that was reset ends its session, and nothing else."""


def main():
    with Server(("127.0.0.1", 0), Session) as server:
        server.folder = sys.argv[1]
        server.fault = sys.argv[2] if len(sys.argv) > 2 else ""
        server.faulty, server.kept, server.lock = True, 0, threading.Lock()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
