"""The documents agree with the programs: see docs.sh."""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "lib"))
import shown  # noqa: E402 (it stands in lib/)

ROOT = shown.ROOT
BUILD = pathlib.Path(sys.argv[1]).resolve()
PAGES = [ROOT / page for page in sys.argv[2:]] or [
    ROOT / "README.md", ROOT / "README.ja.md", *sorted((ROOT / "docs").glob("*.md"))]
judge = shown.Judge()


def name_of(page):
    return str(page.relative_to(ROOT))


def blocks(text):
    """Fenced blocks: language and content. A block may be indented, as a part of a list."""
    found = re.findall(r"^( *)```([\w]*)\n(.*?)^\1```$", text, re.M | re.S)
    return [(language, re.sub(rf"^{indent}", "", content, flags=re.M))
            for indent, language, content in found]


def prose(text):
    return re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.M | re.S)


def prepare(folder):
    """A clone in which everything was built, as far as a page's commands see it."""
    (folder / "build").symlink_to(BUILD)
    (folder / "scenarios").symlink_to(ROOT / "scenarios")


def commands(text):
    """What a page shows of our programs: in blocks, in indented lines, and in line."""
    for language, content in blocks(text):
        if language != "console":
            yield from content.replace("\\\n", " ").splitlines()
    rest = prose(text).replace("\\\n", " ")
    yield from re.findall(r"^    .*naccs-.*$", rest, re.M)
    rest = re.sub(r"^    .*$", "", rest, flags=re.M)
    # A span of code may go over a line's end, but not over a paragraph's.
    yield from re.findall(r"`((?:[^`\n]|\n(?!\n))*naccs-(?:[^`\n]|\n(?!\n))*)`", rest)


def known_options():
    known = {(program, command): shown.options_of(shown.help_of(BUILD, program, *command.split())) |
             {"--help", "--version"} for program, command in shown.every_command(BUILD)}
    # "and what run takes about a sender", says its help.
    known["naccs-harness", "explore"] |= known["naccs-harness", "run"]
    return known


def options(text, known):
    faults = []
    seen = 0
    programs = "|".join({program for program, _ in known})
    for line in commands(text):
        # Each command ends where another one begins: a pipe, a list, the sender behind " -- ".
        for part in re.split(r" -- |[|;&]|\s>", line):
            match = re.search(rf"\b({programs})\b((?: +[a-z]+\b)?)(.*)", part)
            if not match:
                continue
            program, command, rest = match.group(1), match.group(2).strip(), match.group(3)
            if (program, command) not in known:
                command, rest = "", match.group(2) + rest
            told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z](?![\w-])", rest))
            seen += len(told)
            faults += [f"{program} {command}: no option {option}: {line.strip()}"
                       for option in sorted(told - known[program, command])]
    return faults, seen


def headings(page):
    """The anchors that GitHub gives a page's headings."""
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", prose(page.read_text()), re.M)}


def links(page):
    faults = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page.read_text())):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = page.parent / path if path else page
        if not file.exists():
            faults.append(f"no such file: {target}")
        elif anchor and anchor not in headings(file):
            faults.append(f"no such heading: {target}")
    # Files that stand in code type, from the root of the tree.
    folders = "|".join(entry.name for entry in ROOT.iterdir()
                       if entry.is_dir() and entry.name != "build" and not entry.name.startswith("."))
    for path in re.findall(rf"`((?:{folders})/[\w./-]*)`", prose(page.read_text())):
        stands_for_some = any(part.isupper() for part in path.split("/"))
        if not stands_for_some and not (ROOT / path).exists():
            faults.append(f"no such file: {path}")
    return faults


def reference():
    result = subprocess.run([sys.executable, ROOT / "docs/reference.py", BUILD, "--check"],
                            capture_output=True, text=True, timeout=shown.LIMIT)
    return [] if result.returncode == 0 else [result.stderr.strip()]


def main():
    known = known_options()
    count = 0
    for page in PAGES:
        text = page.read_text()
        shows = [content for language, content in blocks(text) if language == "console"]
        if shows:
            judge(f"{name_of(page)}: its commands print what it shows",
                  shown.play(shown.read(shows), BUILD, prepare))
        faults, seen = options(text, known)
        count += seen
        judge(f"{name_of(page)}: its options are known", faults)
        judge(f"{name_of(page)}: what it links to is there", links(page))
    if len(sys.argv) == 2:
        judge("options were seen at all", [] if count > 30 else [f"only {count}"])
        judge("docs/scenarios.md: its reference is what docs/reference.py makes", reference())
    return 1 if judge.failed else 0


sys.exit(main())
