"""The man pages agree with the programs: see man.sh."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "lib"))
import shown  # noqa: E402 (it stands in lib/)

ROOT = shown.ROOT
BUILD = pathlib.Path(sys.argv[1]).resolve()
SOURCES = ROOT / "docs/man"
PAGES = sorted(path.stem for path in SOURCES.glob("*.scd"))
judge = shown.Judge()


def run(*command, **options):
    environment = {**os.environ, **shown.LANGUAGE}
    return subprocess.run(command, capture_output=True, text=True, timeout=shown.LIMIT,
                          env=environment, **options)


def source(page):
    return (SOURCES / f"{page}.scd").read_text()


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


def screens():
    faults = []
    for program, command in shown.every_command(BUILD):
        text = shown.help_of(BUILD, program, *command.split())
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


def options():
    faults = []
    for program, command in shown.every_command(BUILD):
        told = shown.options_of(shown.help_of(BUILD, program, *command.split()) or "")
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
    return [f"{command}: no section" for command in shown.commands_of_harness(BUILD)[1:]
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


def examples_of(page):
    text = source(page)
    blocks = text[text.index("# EXAMPLES"):].replace("\\\\", "\\").split("```")[1::2]

    def prepare(folder):
        shutil.copy(ROOT / "scenarios/messages/plain.eml", folder)

    return shown.play(shown.read(blocks), BUILD, prepare)


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
sys.exit(1 if judge.failed else 0)
