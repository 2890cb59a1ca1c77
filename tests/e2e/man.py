"""The man pages agree with the programs: see man.sh."""
import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
SOURCES = ROOT / "docs/man"
PAGES = sorted(path.stem for path in SOURCES.glob("*.scd"))
LANGUAGE = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
# A program with a sanitizer takes its time.
LIMIT = 120

failed = 0


def judge(name, faults):
    global failed
    faults = [str(fault) for fault in faults]
    print("not ok" if faults else "ok", "-", name)
    for fault in faults:
        print("   ", fault)
    failed += bool(faults)


def run(*command, **options):
    environment = {**os.environ, **LANGUAGE}
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, env=environment,
                          **options)


def source(page):
    return (SOURCES / f"{page}.scd").read_text()


def help_of(program, *command):
    result = run(BUILD / program, *command, "--help")
    return result.stdout if result.returncode == 0 else None


def options_of(text):
    """--timeout-STAGE stands for the stages that it names; dots and commas end an option."""
    found = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z](?![\w-])", text))
    stages = re.search(r"--timeout-STAGE DURATION[^:]*: ([a-z\s-]+?)\n  --", text)
    if stages:
        found |= {f"--timeout-{stage}" for stage in stages.group(1).split()}
    return found


def described(text):
    """The options that a page gives a description, by command."""
    by_command, command = {}, ""
    for line in text.splitlines():
        if line.startswith("#"):
            match = re.match(r"## naccs-harness (\S+)", line)
            command = match.group(1) if match else ""
        elif line.startswith("*-"):
            by_command.setdefault(command, set()).update(re.findall(r"\*(--[a-z-]+)\*", line))
    return by_command


def lint():
    faults = []
    for page in PAGES:
        path = BUILD / "man" / page
        result = run("man", "--warnings", "-E", "UTF-8", "-l", path)
        faults += [f"{page}: {line}" for line in result.stderr.splitlines()]
        # A page that is new in this build has a date of its own; nobody has installed it yet.
        if shutil.which("mandoc"):
            result = run("mandoc", "-T", "lint", "-W", "warning", path)
            faults += [line for line in result.stdout.splitlines()]
    return faults


def commands_of_harness():
    found = re.findall(r"^  ([a-z]+) ", help_of("naccs-harness"), re.M)
    return [""] + found


def screens():
    faults = []
    for program, command in every_command():
        text = help_of(program, *command.split())
        name = f"{program} {command}".strip() + " --help"
        if text is None:
            faults.append(f"{name}: no help")
            continue
        lines = text.splitlines()
        if len(lines) > 24:
            faults.append(f"{name}: {len(lines)} lines, a screen has 24")
        faults += [f"{name}: wider than 80: {line}" for line in lines if len(line) > 80]
        if not re.search(r"^Example: naccs-", text, re.M):
            faults.append(f"{name}: shows no example")
    return faults


def every_command():
    yield "naccs-mockserver", ""
    yield "naccs-client", ""
    for command in commands_of_harness():
        yield "naccs-harness", command


def options():
    faults = []
    for program, command in every_command():
        told = options_of(help_of(program, *command.split()) or "")
        page = described(source(f"{program}.1")).get(command, set())
        name = f"{program} {command}".strip()
        if program == "naccs-harness" and not command:
            continue  # it names options of its commands
        told |= {"--help"}
        faults += [f"{name}: {option} is in --help, not in the page" for option in told - page]
        faults += [f"{name}: {option} is in the page, not in --help" for option in page - told]
    if not faults and len(described(source("naccs-harness.1"))["run"]) < 20:
        faults.append("hardly an option was seen")
    return faults


def pages_of_commands():
    text = source("naccs-harness.1")
    return [f"{command}: no section" for command in commands_of_harness()[1:]
            if f"## naccs-harness {command}\n" not in text]


def schema_keys():
    keys = set()

    def walk(node):
        if isinstance(node, dict):
            keys.update(node.get("properties", {}))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(json.loads(run(BUILD / "naccs-harness", "schema").stdout))
    # A property that is itself named "properties" would confuse this; there is none.
    text = source("naccs-scenario.5")
    body = text[text.index("# THE FILE"):text.index("# EXAMPLES")]
    page = set(re.findall(r"\*([$a-z0-9_]+)\*", body))
    faults = [f"{key}: in the schema, not in the page" for key in keys - page]
    faults += [f"{key}: in the page, not in the schema" for key in page - keys]
    return faults if len(keys) > 60 else faults + [f"only {len(keys)} keys were seen"]


def journal_words():
    text = source("naccs-journal.5")
    events = set(re.findall(r'\[TRANSCRIPT_\w+\] = "([a-z-]+)"',
                            (ROOT / "mockserver/transcript.c").read_text()))
    keys = set(re.findall(r'\\"([a-z0-9]+)\\":', (ROOT / "mockserver/journal.c").read_text()))
    page_events = set(re.findall(r"\*([a-z-]+)\*", text[text.index("# EVENTS"):text.index("# EXA")]))
    page_keys = set(re.findall(r"^\*([a-z0-9]+)\*$", text[:text.index("# EVENTS")], re.M))
    if len(events) < 10 or len(keys) < 10:
        return ["the journal's words were not found in its source"]
    return [f"{word}: in one of source and page only"
            for word in (events ^ page_events) | (keys ^ page_keys)]


def library_functions():
    header = (ROOT / "mockserver/naccsmock.h").read_text()
    declared = set(re.findall(r"^[a-z][\w *]*?\b(naccsmock_\w+)\(", header, re.M))
    page = set(re.findall(r"\*(naccsmock_\w+)\*", source("naccsmock.3")))
    if len(declared) < 20:
        return ["the functions were not found in the header"]
    return [f"{name}: in one of header and page only" for name in declared ^ page]


def read_examples(text):
    """The commands of a page, each with what it prints."""
    examples = []
    for block in text[text.index("# EXAMPLES"):].split("```")[1::2]:
        continued = False
        for line in block.replace("\\\\", "\\").strip("\n").splitlines():
            if line.startswith("$ "):
                examples.append([line[2:], []])
            elif continued:
                examples[-1][0] += "\n" + line
            elif examples:
                examples[-1][1].append(line)
            continued = (line.startswith("$ ") or continued) and line.endswith("\\")
    return examples


def prepare(folder):
    (folder / "plain.eml").write_bytes((ROOT / "scenarios/messages/plain.eml").read_bytes())
    for command, output in read_examples(source("naccs-scenario.5")):
        if command.startswith("cat "):
            (folder / command[4:]).write_text("\n".join(output) + "\n")


def pattern(line):
    """… stands for anything."""
    return "*".join(re.sub(r"([*?[])", r"[\1]", part) for part in line.split("…"))


def examples_of(page):
    examples = read_examples(source(page))
    if not examples:
        return ["no example"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare(folder)
        script = "\n".join(f"echo '@@'\n{command}" for command, _ in examples)
        environment = {**os.environ, **LANGUAGE, "PATH": f"{BUILD}:{os.environ['PATH']}",
                       "NACCS_SCENARIOS": str(ROOT / "scenarios")}
        output = folder / "output"
        with output.open("wb") as stream:
            result = subprocess.run(["sh", "-c", script], cwd=folder, env=environment,
                                    stdout=stream, stderr=subprocess.STDOUT, timeout=LIMIT)
        parts = output.read_text().split("@@\n")[1:]
    faults = [] if len(parts) == len(examples) else [f"ended early, status {result.returncode}"]
    for (command, expected), printed in zip(examples, parts):
        lines = printed.splitlines()
        if len(lines) != len(expected) or not all(
                fnmatch.fnmatchcase(line, pattern(wanted))
                for line, wanted in zip(lines, expected)):
            faults.append(f"{command}\n      the page: {expected}\n      it printed: {lines}")
    return faults


judge("each --help fits a screen and shows an example", screens())
judge("the options of --help and of the pages are the same", options())
judge("each command of the harness has its section", pages_of_commands())
judge("the keys of the schema and of naccs-scenario(5) are the same", schema_keys())
judge("the words of the journal and of naccs-journal(5) are the same", journal_words())
judge("the functions of naccsmock.h and of naccsmock(3) are the same", library_functions())
for page in PAGES:
    if page != "naccsmock.3":
        judge(f"the examples of {page} print what they print", examples_of(page))
if all((BUILD / "man" / page).exists() for page in PAGES) and shutil.which("man"):
    judge("no warnings of man and mandoc", lint())
else:
    print("skipped: the pages were not built (no scdoc), or there is no man(1)")
sys.exit(1 if failed else 0)
