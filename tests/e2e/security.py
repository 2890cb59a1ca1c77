"""What docs/security.md says of the programs as they are built and run: whose files they are, who may
read them, what they are called, what is run."""

import os
import pwd
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile

from centre import Sender, Server, Tests, differ

build = os.path.abspath(sys.argv[1])
tests = Tests()

NASTY = (b"../../../tmp/x", b"/etc/passwd", b"a/../b", b"$(touch x)", b"`id`", b";id;", b"|id", b"%s%n",
         b"..", b"~root", b"-rf", b"\xe3\x81\x82/../")
LOW_PORTS = (25, 24, 26, 587, 465)


def modes(folder):
    """The mode of each file and folder below."""
    found = {}
    for path, folders, files in os.walk(folder):
        for name in folders + files:
            place = os.path.join(path, name)
            found[os.path.relpath(place, folder)] = stat.S_IMODE(os.stat(place).st_mode)
    return found


def talk(server, word=b"a"):
    sender = server.connect()
    sender.reply()
    sender.codes(b"HELO " + word, b"VRFY " + word, word, b"HELO a")
    code = sender.message(b"Subject: " + word + b"\r\nMessage-Id: <" + word + b">\r\n\r\n" + word)
    sender.codes(b"MAIL FROM:<" + word + b"@b>", b"RSET", b"QUIT")
    sender.close()
    return code


def nobody_else_reads_what_is_kept():
    before = os.umask(0)
    try:
        with Server(build, "--spool", "{}/mail", "--journal", "{}/journal") as server:
            code = talk(server)
            found = modes(server.path)
            files = {mode for name, mode in found.items() if os.path.isfile(server.file(name))}
            folders = {mode for name, mode in found.items() if os.path.isdir(server.file(name))}
            return differ((b"250", 5, {0o600}, {0o700}), (code, len(found) - 1, files, folders))
    finally:
        os.umask(before)


def reports_are_not_world_readable():
    formats = ("text", "json", "junit", "tap", "html", "markdown")
    found = {}
    for mask in (0, 0o022, 0o077):
        before = os.umask(mask)
        try:
            with tempfile.TemporaryDirectory() as folder:
                options = [f"--report={name}:{folder}/{name}" for name in formats]
                subprocess.run([os.path.join(build, "naccs-harness"), "run", "connect/plain", *options],
                               check=True, capture_output=True, timeout=60)
                found[mask] = set(modes(folder).values())
                os.chmod(os.path.join(folder, "html"), 0o644)
                subprocess.run([os.path.join(build, "naccs-harness"), "run", "connect/plain", *options],
                               check=True, capture_output=True, timeout=60)
                found[mask, "again"] = modes(folder)["html"]
        finally:
            os.umask(before)
    return differ({0: {0o660}, 0o022: {0o640}, 0o077: {0o600},
                   (0, "again"): 0o644, (0o022, "again"): 0o644, (0o077, "again"): 0o644}, found)


def nothing_of_the_peer_becomes_a_name():
    with Server(build, "--spool", "{}/mail", "--journal", "{}/journal") as server:
        codes = {talk(server, word) for word in NASTY}
        names = [name for name in modes(server.path) if name.startswith("mail/new/")]
        others = {name for name in modes(server.path) if name not in names}
        odd = [name for name in names if not re.fullmatch(r"mail/new/\d+\.M\d{6}P\d+Q\d+", name)]
        return differ(({b"250"}, len(NASTY), [], {"mail", "mail/new", "mail/tmp", "mail/cur", "journal"}),
                      (codes, len(names), odd, others))


def no_shell_is_invoked():
    """None of the programs calls one; the server and the client start no program at all."""
    found = {}
    for name in ("naccs-mockserver", "naccs-client", "naccs-harness"):
        listed = subprocess.run(["nm", "-D", "--undefined-only", os.path.join(build, name)],
                                check=True, capture_output=True, text=True).stdout
        wanted = {line.split()[-1].split("@")[0] for line in listed.splitlines()}
        found[name] = sorted(word for word in wanted
                             if re.fullmatch(r"system|popen|wordexp|exec.*|fexecve|posix_spawnp?", word))
    return differ({"naccs-mockserver": [], "naccs-client": [], "naccs-harness": ["execve"]}, found)


def listens_on_the_loopback_alone():
    with Server(build) as server:
        refused = 0
        for line in open(f"/proc/{server.process.pid}/net/tcp", encoding="ascii"):
            word = line.split()
            if word[3] == "0A" and int(word[1].split(":")[1], 16) == server.port:
                refused += word[1].split(":")[0] != "0100007F"
        listens = b'"address":"127.0.0.1"' in server.ready_line
    said = subprocess.run([os.path.join(build, "naccs-mockserver"), "--help"], check=True,
                          capture_output=True, text=True).stdout
    return differ((0, True, True), (refused, listens, "where (127.0.0.1:2525)" in said))


# --- --user ---


def free_low_port():
    for port in LOW_PORTS:
        with socket.socket() as stream:
            try:
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                stream.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    return None


def ids(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        lines = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    return {name: lines[name].split() for name in ("Uid", "Gid", "Groups", "CapPrm", "CapEff")}


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def become_nobody(*options):
    port = free_low_port()
    entry = pwd.getpwnam("nobody")
    user, group = [str(entry.pw_uid)] * 4, [str(entry.pw_gid)] * 4
    none = ["0000000000000000"]
    expected = {"Uid": user, "Gid": group, "Groups": group[:1], "CapPrm": none, "CapEff": none}
    folder = tempfile.mkdtemp()
    try:
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        process = subprocess.Popen(
            [os.path.join(build, "naccs-mockserver"), "--listen", f"127.0.0.1:{port}", "--user", "nobody",
             "--spool", f"{folder}/mail", "--journal", f"{folder}/journal", "--ready-file",
             f"{folder}/ready", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        found = [ids(pid) for pid in [process.pid, *children(process.pid)]]
        sender = Sender(socket.create_connection(("127.0.0.1", port), 20))
        sender.reply()
        sender.codes(b"HELO a")
        code = sender.message(b"A: b\r\n\r\n")
        sender.close()
        owners = {os.stat(os.path.join(folder, name)).st_uid for name in modes(folder)}
        process.terminate()
        process.communicate(timeout=60)
        wrong = [one for one in found if one != expected]
        return differ(([], b"250", {entry.pw_uid}, 0, 1 if not options else 3),
                      (wrong, code, owners, process.returncode, len(found)))
    finally:
        shutil.rmtree(folder)


def rights_are_dropped_behind_a_low_port():
    return become_nobody()


def workers_drop_their_rights_too():
    return become_nobody("--workers", "2")


def what_can_not_be_dropped_ends_the_server():
    with tempfile.TemporaryDirectory() as folder:  # nobody can't write there
        found = []
        # The leak checker can't look into a process that has changed its ids.
        environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
        for options in (["--user", "root"], ["--user", "no-such-user"],
                        ["--user", "nobody", "--spool", f"{folder}/mail"],
                        ["--user", "nobody", "--journal", f"{folder}/journal"],
                        ["--user", "nobody", "--ready-file", f"{folder}/ready"]):
            run = subprocess.run([os.path.join(build, "naccs-mockserver"), "--listen", "127.0.0.1:0",
                                  *options], capture_output=True, timeout=60, check=False,
                                 env=environment)
            found.append((run.returncode, run.stdout, bool(run.stderr)))
        # Who is not root may stay who he is, and become nobody else.
        copy = os.path.join(folder, "naccs-mockserver")
        shutil.copy(os.path.join(build, "naccs-mockserver"), copy)
        os.chmod(folder, 0o755)
        run = subprocess.run([copy, "--listen", "127.0.0.1:0", "--user", "daemon"], user="nobody",
                             capture_output=True, timeout=60, check=False)
        found.append((run.returncode, run.stdout, b"can't become" in run.stderr))
        return differ([(2, b"", True)] * 2 + [(3, b"", True)] * 2 + [(3, found[4][1], True)] +
                      [(3, b"", True)], found)


for function in (nobody_else_reads_what_is_kept, reports_are_not_world_readable,
                 nothing_of_the_peer_becomes_a_name, listens_on_the_loopback_alone):
    tests.check(function.__name__.replace("_", " "), function)
if shutil.which("nm"):
    tests.check("no shell is invoked", no_shell_is_invoked)
else:
    print("skipped: no shell: there is no nm here")
if os.geteuid() == 0 and free_low_port():
    for function in (rights_are_dropped_behind_a_low_port, workers_drop_their_rights_too,
                     what_can_not_be_dropped_ends_the_server):
        tests.check(function.__name__.replace("_", " "), function)
else:
    print("skipped: dropping rights: not root here, or no low port is free")
tests.done()
