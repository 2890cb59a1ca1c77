"""Completions: see completion.sh. Each shell gets the same questions."""
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
FILES = BUILD / "completion"
LIMIT = 120
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "PATH": f"{BUILD}:/usr/bin:/bin", "TERM": "xterm",
               "NACCS_SCENARIOS": str(ROOT / "scenarios")}

failed = 0


def judge(name, fault):
    global failed
    print("not ok" if fault else "ok", "-", name)
    if fault:
        print("   ", fault)
    failed += bool(fault)


def ids():
    listed = subprocess.run([BUILD / "naccs-harness", "list"], env=ENVIRONMENT, timeout=LIMIT,
                            capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in listed.splitlines()]


def options_of(program, *command):
    text = subprocess.run([BUILD / program, *command, "--help"], env=ENVIRONMENT, timeout=LIMIT,
                          capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z](?![\w-])", text)) - {"--timeout-STAGE"}


CASES = ids()
# A line, what must be offered, and what must not. The folder holds mine.json, other.txt, sub/.
QUESTIONS = [
    ("naccs-harness ", {"run", "list", "validate", "explain", "schema"}, {"mine.json"}),
    ("naccs-harness ru", {"run"}, {"list"}),
    ("naccs-harness run --", options_of("naccs-harness", "run"), {"--requirements"}),
    ("naccs-harness list --", options_of("naccs-harness", "list"), {"--only"}),
    ("naccs-harness run --only BODY", {"BODY-1", "BODY-5"}, {"RCPT-1"}),
    ("naccs-harness run --only rcpt/", {id for id in CASES if id.startswith("rcpt/")}, {"body"}),
    ("naccs-harness run --report j", {"junit:", "json:"}, {"tap:"}),
    ("naccs-harness run --language ", {"en", "ja"}, {"mine.json"}),
    ("naccs-harness run rc", {"rcpt", "rcpt/251"}, {"body"}),
    ("naccs-harness run --strict min", {"mine.json"}, {"other.txt"}),
    ("naccs-harness validate m", {"mine.json"}, {"other.txt"}),
    ("naccs-harness explain RSE", {"RSET-1"}, {"RCPT-1"}),
    ("naccs-harness explain rcpt/25", {"rcpt/251"}, {"RCPT-1"}),
    ("naccs-mockserver --", options_of("naccs-mockserver"), {"--retry"}),
    ("naccs-mockserver --spool s", {"sub"}, {"other.txt"}),
    ("naccs-mockserver --scenario m", {"mine.json"}, {"sub"}),
    ("naccs-client --", options_of("naccs-client") | {"--timeout-body"}, {"--spool"}),
    ("naccs-client oth", {"other.txt"}, {"mine.json"}),
]
# The command under test.
COMMAND_QUESTIONS = [
    ("naccs-harness run -- ech", {"echo"}, {"other.txt"}),
    ("naccs-harness run -- cat oth", {"other.txt"}, {"echo"}),
]
# What only bash is asked.
BASH_QUESTIONS = COMMAND_QUESTIONS + [
    ("naccs-harness run --report=ju", {"junit:"}, {"tap:"}),
    # Behind a colon, bash wants what follows it alone.
    ("naccs-harness run --report junit:oth", {"other.txt"}, {"mine.json"}),
    ("./naccs-harness run --language j", {"ja"}, {"en"}),
]


def compare(offered, wanted, unwanted):
    # What comes behind a folder or a format is no part of it.
    offered = {word.rstrip("/: ") for word in offered}
    wanted = {word.rstrip(":") for word in wanted}
    missing, needless = sorted(wanted - offered), sorted(unwanted & offered)
    if missing or needless:
        return f"missing: {missing[:5]}, not wanted: {needless}, offered: {sorted(offered)[:8]}"
    return None


def ask_bash(folder, line):
    script = """
        source "$1" || exit 9
        COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9 COMP_KEY=9
        read -ra words <<<"$COMP_LINE"
        spec=$(complete -p naccs-harness) || exit 8
        function=${spec#*-F } function=${function%% *}
        "$function" "${words[0]}"
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    result = subprocess.run(["bash", "--norc", "-c", script, "bash", FILES / "naccs.bash", line],
                            cwd=folder, env=ENVIRONMENT, capture_output=True, text=True,
                            timeout=LIMIT)
    if result.returncode != 0 or result.stderr:
        return {f"status {result.returncode}: {result.stderr}"}
    return set(result.stdout.splitlines())


def ask_fish(folder, line):
    program = line.split()[0]
    script = f"source {FILES / program}.fish; complete -C $argv[1]"
    result = subprocess.run(["fish", "--no-config", "-c", script, line], cwd=folder,
                            env={**ENVIRONMENT, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
                            capture_output=True, text=True, timeout=LIMIT)
    if result.returncode not in (0, 1) or result.stderr:
        return {f"status {result.returncode}: {result.stderr}"}
    return {offer.split("\t")[0] for offer in result.stdout.splitlines()}


class Zsh:
    """An interactive one in a terminal of its own: completion exists nowhere else. What it offers is
    read from the screen."""

    SETUP = r"""
        PS1='' RPS1='' PROMPT_EOL_MARK=''
        unsetopt beep
        fpath=(%s $fpath)
        autoload -Uz compinit && compinit -u -D
        ask () { zle list-choices; zle -R; print -r -- done >%s; zle kill-whole-line }
        zle -N ask
        bindkey '^X' ask
        print READY
    """

    def __init__(self, folder):
        self.asked = pathlib.Path(folder) / ".asked"
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execve(shutil.which("zsh"), ["zsh", "-f", "-i"],
                      {**ENVIRONMENT, "HOME": str(folder), "ZDOTDIR": str(folder), "COLUMNS": "200",
                       "LINES": "2000"})
        setup = pathlib.Path(folder) / ".setup"
        setup.write_text(self.SETUP % (FILES, self.asked))
        self.type("source .setup\n")
        self.read_until(lambda seen: "READY" in seen.replace("print READY", ""))

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, done):
        seen = ""
        while not done(seen):
            ready, _, _ = select.select([self.terminal], [], [], 20)
            if not ready:
                raise TimeoutError(f"zsh said only {seen[-300:]!r}")
            seen += os.read(self.terminal, 65536).decode(errors="replace")
        return seen

    def ask(self, line):
        self.asked.unlink(missing_ok=True)
        self.type(line + "\x18")
        # Where the line is killed, the list is on the screen.
        seen = self.read_until(lambda _: self.asked.exists() and self.asked.read_text())
        while select.select([self.terminal], [], [], 0)[0]:
            seen += os.read(self.terminal, 65536).decode(errors="replace")
        shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0e-\x1f]", " ", seen)
        return set(shown.split()) - set(line.split())

    def close(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)


def ask_all(shell, ask, questions):
    for line, wanted, unwanted in questions:
        try:
            judge(f"{shell}: {line}", compare(ask(line), wanted, unwanted))
        except (OSError, TimeoutError, subprocess.TimeoutExpired) as fault:
            judge(f"{shell}: {line}", str(fault))


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "mine.json").write_text("{}")
    (folder / "other.txt").write_text("")
    (folder / "sub").mkdir()
    (folder / "naccs-harness").symlink_to(BUILD / "naccs-harness")
    ask_all("bash", lambda line: ask_bash(folder, line), QUESTIONS + BASH_QUESTIONS)
    if shutil.which("fish"):
        ask_all("fish", lambda line: ask_fish(folder, line), QUESTIONS)
    else:
        print("skipped: no fish (apt-get install fish)")
    if shutil.which("zsh"):
        zsh = Zsh(folder)
        ask_all("zsh", zsh.ask, QUESTIONS + COMMAND_QUESTIONS)
        zsh.close()
    else:
        print("skipped: no zsh (apt-get install zsh)")
sys.exit(1 if failed else 0)
