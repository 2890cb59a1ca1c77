"""Commands as pages show them, each with what it prints: read, played, compared.

A page shows "$ command" (lines that end in a backslash go on) and below it what the command prints. There
… stands for anything, and a line that is … alone for any number of lines. How long a run took varies:
"(0.07 s, virtual time" fits whatever it took.

What "$ cat FILE" shows is a file of the reader's own: it is made, unless a command before has named it.
All commands of a page run in one shell and one folder, so that a page is played as a reader plays it.
"""
import fnmatch
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
LANGUAGE = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
# A program with a sanitizer takes its time.
LIMIT = 120
# What pages call the centre's port; another one is free where the test runs.
PORT = "2525"
MARK = "@@ shown @@"
# A report's line about the machine, not about the sender.
BUSY = "The machine was busy: "


class Shown:
    """A command and the lines that it is said to print."""

    def __init__(self, command):
        self.command = command
        self.lines = []

    def listens_at(self, port):
        self.command = re.sub(rf"\b{PORT}\b", port, self.command)
        self.lines = [re.sub(rf"\b{PORT}\b", port, line) for line in self.lines]


def read(blocks):
    """The commands of some blocks (texts), in their order."""
    found = []
    for block in blocks:
        continued = False
        for line in block.strip("\n").splitlines():
            begins = line.startswith("$ ")
            if begins:
                found.append(Shown(line[2:]))
            elif continued:
                found[-1].command += "\n" + line
            elif found:
                found[-1].lines.append(line)
            continued = (begins or continued) and line.endswith("\\")
    return found


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def made_by_reader(shown, before):
    """The name of the file that this command shows and the reader has made, or None."""
    match = re.fullmatch(r"cat ([\w./-]+)", shown.command)
    if not match or any(match.group(1) in earlier.command for earlier in before):
        return None
    return match.group(1)


def script(page, folder):
    """One shell script: a mark before each command, and $? as the command before left it."""
    lines = []
    for number, shown in enumerate(page):
        command = shown.command
        name = made_by_reader(shown, page[:number])
        if name:
            (folder / f"made-{number}").write_text("\n".join(shown.lines) + "\n")
            command = f"cp {folder}/made-{number} {name}; {command}"
        elif command.endswith(" &") and shown.lines:
            # What runs on prints its lines some time: nothing goes on before they are there.
            pipe = f"{folder}/pipe-{number}"
            command = (f"mkfifo {pipe}\n{command[:-1]} >{pipe} &\nexec 9<{pipe}\n" +
                       'read -r line <&9; echo "$line"\n' * len(shown.lines))
        lines.append(f"status=$?; echo '{MARK}'; (exit $status)\n{command}")
    return "\n".join(lines) + "\n"


def run(text, build, work, output, port):
    environment = {**os.environ, **LANGUAGE, "PATH": f"{build}:{os.environ['PATH']}",
                   "NACCS_SCENARIOS": str(ROOT / "scenarios"), "PYTHONDONTWRITEBYTECODE": "1",
                   "NACCS_PORT": port}
    for name in ("NO_COLOR", "LC_MESSAGES", "NACCS_HOST"):
        environment.pop(name, None)
    with output.open("wb") as stream:
        shell = subprocess.Popen(["sh", "-c", text], cwd=work, env=environment, stdout=stream,
                                 stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT,
                                 start_new_session=True)
        try:
            return shell.wait(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return f"none within {LIMIT} s"
        finally:
            # Centres that the page leaves running.
            try:
                os.killpg(shell.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            shell.wait()


def pattern(line):
    line = re.sub(r"\(\d+\.\d+ s(?=[,)])", "(… s", line)
    return "*".join(re.sub(r"([*?[])", r"[\1]", part) for part in line.split("…"))


def without_end(lines):
    """A block's last blank lines are not seen."""
    while lines and not lines[-1]:
        lines = lines[:-1]
    return lines


def fits(wanted, printed):
    """Whether the printed lines are those that the page shows."""
    wanted, printed = without_end(wanted), without_end(printed)
    # reached: so many printed lines may lie behind what was compared of the page.
    reached = {0}
    for line in wanted:
        if line == "…":
            reached = set(range(min(reached), len(printed) + 1)) if reached else reached
        else:
            glob = pattern(line)
            reached = {at + 1 for at in reached
                       if at < len(printed) and fnmatch.fnmatchcase(printed[at], glob)}
    return len(printed) in reached


def play(page, build, prepare):
    """Faults of a page: its commands are run in a folder that `prepare` has filled."""
    if not page:
        return ["no example"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        work = folder / "work"
        work.mkdir()
        prepare(work)
        output = folder / "output"
        port = free_port()
        for command in page:
            command.listens_at(port)
        status = run(script(page, folder), build, work, output, port)
        printed = output.read_text(errors="replace").split(MARK + "\n")[1:]
    faults = []
    for shown, text in zip(page, printed):
        lines = [line for line in text.splitlines() if not line.startswith(BUSY)]
        if not fits(shown.lines, lines):
            faults.append("\n      ".join([shown.command, "the page:", *shown.lines,
                                          "it printed:", *lines]))
    if len(printed) != len(page):
        faults.append(f"ended early, status {status}")
    return faults


def options_of(text):
    """The options that a --help names. --timeout-STAGE stands for the stages that it names."""
    found = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z](?![\w-])", text))
    stages = re.search(r"--timeout-STAGE DURATION[^:]*: ([a-z\s-]+?)\n  --", text)
    if stages:
        found |= {f"--timeout-{stage}" for stage in stages.group(1).split()}
    return found


def help_of(build, program, *command):
    """What --help prints, or None."""
    result = subprocess.run([build / program, *command, "--help"], capture_output=True, text=True,
                            timeout=LIMIT, env={**os.environ, **LANGUAGE})
    return result.stdout if result.returncode == 0 else None


def commands_of_harness(build):
    """'' for the program alone, and each command."""
    return [""] + re.findall(r"^  ([a-z]+) ", help_of(build, "naccs-harness"), re.M)


def every_command(build):
    yield "naccs-mockserver", ""
    yield "naccs-client", ""
    for command in commands_of_harness(build):
        yield "naccs-harness", command


class Judge:
    """Prints a line for each test; `failed` counts those that did not pass."""

    def __init__(self):
        self.failed = 0

    def __call__(self, name, faults):
        faults = [str(fault) for fault in faults]
        print("not ok" if faults else "ok", "-", name)
        for fault in faults:
            print("   ", fault)
        self.failed += bool(faults)
