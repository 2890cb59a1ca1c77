"""The servers and senders that are measured side by side, and how their cost is read."""

import atexit
import json
import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
RECIPIENT = "NACCS@MAIL.PROD.NACCS6"
ENVELOPE = ["-f", "load@sender.example", "-t", RECIPIENT, "-M", "sender.example"]

# smtp-source's arguments, how many messages make one measurement, and the octets of one.
LOADS = {
    "1 kB, a connection each": (["-s", "50", "-l", "1000"], 3000, 1150),
    "1 kB": (["-d", "-s", "50", "-l", "1000"], 6000, 1150),
    "50 kB": (["-d", "-s", "50", "-l", "50000"], 2000, 51000),
    "700 kB": (["-d", "-s", "50", "-l", "699000"], 300, 708000),
}


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


class Peer:
    """A server that runs. `wrapped`: by valgrind or strace, whose child it may be."""

    def __init__(self, name, command, port=None, folder=None, wrap=()):
        self.name = name
        self.folder = folder
        self.process = subprocess.Popen(list(wrap) + command, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                        cwd=folder.name if folder else None, text=True)
        atexit.register(self.kill)
        self.port = port or self.read_port()
        self.wait_until_it_answers()

    def read_port(self):
        line = self.process.stdout.readline()
        return json.loads(line)["port"] if line.startswith("{") else int(line)

    def wait_until_it_answers(self):
        """Not all say when they listen: it is asked again, unless it has ended meanwhile."""
        ended = os.pidfd_open(self.process.pid)
        for _ in range(1000):
            try:
                with socket.create_connection(("127.0.0.1", self.port), 60) as stream:
                    stream.recv(100)
                    stream.sendall(b"QUIT\r\n")
                    stream.recv(100)
                break
            except ConnectionRefusedError:
                if select.select([ended], [], [], 0.01)[0]:
                    raise RuntimeError(f"{self.name} has ended") from None
        else:
            raise RuntimeError(f"{self.name} does not answer")
        os.close(ended)

    def processor_time(self):
        """Nanoseconds that its one thread has run."""
        with open(f"/proc/{self.process.pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0])

    def resident(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return 1024 * next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))

    def empty_folder(self):
        """Files that a round has left: the journal, the Maildir."""
        if not self.folder:
            return
        for name in os.listdir(self.folder.name):
            path = os.path.join(self.folder.name, name)
            if name == "journal":
                os.truncate(path, 0)
            elif name == "mail":
                for file in os.scandir(os.path.join(path, "new")):
                    os.unlink(file.path)

    def stop(self):
        """Its files stay until end(), and are whole."""
        child = children_of(self.process.pid)
        os.kill(child[0] if child else self.process.pid, signal.SIGTERM)
        self.process.communicate()

    def end(self):
        if self.process.poll() is None:
            self.stop()
        if self.folder:
            self.folder.cleanup()

    def kill(self):
        """Whatever the bench has come to, nothing of it is left."""
        if self.process.poll() is None:
            for pid in children_of(self.process.pid) + [self.process.pid]:
                os.kill(pid, signal.SIGKILL)
            self.process.wait()


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


class Peers:
    """Which servers there are, by name."""

    def __init__(self, build, folder):
        self.build = build
        self.folder = folder  # where files go

    def ours(self, name, *options, files=False, wrap=()):
        folder = tempfile.TemporaryDirectory(prefix="naccs-bench-", dir=self.folder) if files else None
        return Peer(name, [os.path.join(self.build, "naccs-mockserver"), "--listen", "127.0.0.1:0",
                           "--quiet", *options], folder=folder, wrap=wrap)

    def plain(self, wrap=()):
        return self.ours("ours", wrap=wrap)

    def rules(self, wrap=()):
        return self.ours("ours, 50 rules", "--scenario", os.path.join(HERE, "fifty-rules.json"),
                         wrap=wrap)

    def journal(self, wrap=()):
        return self.ours("ours, journal", "--journal", "journal", files=True, wrap=wrap)

    def spool(self, wrap=()):
        return self.ours("ours, spool", "--spool", "mail", files=True, wrap=wrap)

    def bare(self, wrap=(), limit=None):
        command = [os.path.join(self.build, "tests/bench/bare")]
        return Peer("bare loop", command + (["127.0.0.1", str(limit)] if limit else []), wrap=wrap)

    def sink(self, wrap=()):
        program = find("smtp-sink")
        if not program:
            return None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        user = ["-u", "root"] if os.getuid() == 0 else []
        return Peer("smtp-sink", [program, *user, "-m", "6000", f"127.0.0.1:{port}", "4096"], port,
                    tempfile.TemporaryDirectory(prefix="naccs-bench-"), wrap)

    def aiosmtpd(self, wrap=()):
        if subprocess.run(["/usr/bin/python3", "-c", "import aiosmtpd"], stderr=subprocess.DEVNULL,
                          check=False).returncode != 0:
            return None
        return Peer("aiosmtpd", ["/usr/bin/python3", os.path.join(HERE, "aiosmtpd-sink.py")],
                    wrap=wrap)


def send(port, load, count):
    subprocess.run([find("smtp-source"), *ENVELOPE, *load, "-m", str(count), f"127.0.0.1:{port}"],
                   check=True, stdout=subprocess.DEVNULL)


def processor_time_of(commands):
    """Runs commands at the same time; the seconds of processor time that they took together."""
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for command in commands]
    took = 0
    for process in running:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{process.args[0]} failed")
        took += usage.ru_utime + usage.ru_stime
    return took


def more_descriptors():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
