"""A gateway that is a service: it takes what is submitted over a socket, answers at once, and delivers
later, with the client that it was given, to where it was told when it was started.

    gateway.py serve SOCKET CLIENT      NACCS_HOST … NACCS_TIMEOUT say where and how
    gateway.py submit SOCKET TO FILE...
    gateway.py stop SOCKET
"""
import json
import os
import socket
import subprocess
import sys


def serve(path, client):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("up", flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                request = json.loads(connection.makefile().readline())
                connection.sendall(b"taken\n")
            if request == "stop":
                os.unlink(path)
                return
            subprocess.run([client, "--to", request["to"]] + request["files"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def ask(path, request):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(json.dumps(request).encode() + b"\n")
        assert connection.makefile().readline() == "taken\n"


if __name__ == "__main__":
    mode, place, *rest = sys.argv[1:]
    if mode == "serve":
        serve(place, *rest)
    elif mode == "submit":
        ask(place, {"to": rest[0], "files": rest[1:]})
    else:
        ask(place, "stop")
