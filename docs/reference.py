#!/usr/bin/env python3
"""The reference in docs/scenarios.md, made of the table that the loader of scenarios checks with.

    docs/reference.py BUILD            writes it between the two marks
    docs/reference.py BUILD --check    says whether what stands there is what would be written; exit status 1
                                       where it is not

BUILD/naccs-harness schema prints that table as a JSON Schema. Each object becomes a Markdown table.
"""
import json
import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().with_name("scenarios.md")
BEGIN = "<!-- made by docs/reference.py: begin -->"
END = "<!-- made by docs/reference.py: end -->"
# The objects that have a table, in this order; what a table calls them, and the key that they are
# the value of. All others are told where they are used.
OBJECTS = [
    ("", "The file", ""),
    ("generated", "A generated message", "messages"),
    ("centre", "Settings of the centre", "centre"),
    ("rule", "A rule", "rules"),
    ("reply", "A reply", "reply"),
    ("dnsRule", "A rule of the name server", "dns"),
    ("expect", "What is expected", "expect"),
    ("next", "What may come next", "next"),
]
# The values that several keys have: they stand in a list of their own.
TERMS = {
    "span": "duration",
    "delay": "delay",
    "numbers": "numbers",
    "stage": "stage",
    "stageOrAny": "stage or any",
    "command": "command",
    "words": "words",
    "requirement": "requirement",
    "outcomeWord": "outcome",
    "line": "line",
    "octets": "octets",
    "base64": "base64",
    "values": "values",
}
LINKS = {name: heading for name, heading, _ in OBJECTS if name}
# Patterns of strings, in words.
PATTERNS = {
    "^[!-~]{1,255}$": "a name",
    "^[!-~]{1,256}$": "an address",
    "^[!-~][ -~]*$": "a line of printable ASCII",
    "^[2-5][0-9][0-9]( [^\r\n]*)?$": '"CODE text"',
    "^[^\r\n]*$": "a string without line ends",
    "^[1-9][0-9]{0,8}(-([1-9][0-9]{0,8})?)?$": '"n", "n-m" or "n-"',
}
MOST = 700000  # greater limits only keep numbers within bounds, and tell a reader nothing


class Unknown(Exception):
    """The schema says something that this program has no words for."""


def anchor(heading):
    return "#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def escape(text):
    return re.sub(r"([|<>])", lambda match: {"|": "\\|", "<": "&lt;", ">": "&gt;"}[match.group(0)],
                  text)


def code(value):
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def either(parts):
    parts = list(dict.fromkeys(parts))
    if len(parts) == 1:
        return parts[0]
    # Parts that are themselves a choice are kept apart.
    nested = any(" or " in part or ", " in part for part in parts)
    return (", or ".join(parts) if nested else ", ".join(parts[:-1]) + " or " + parts[-1])


def is_placeholder(node):
    return node.get("$ref") == "#/$defs/placeholder"


def bounds(node):
    least, most = node.get("minimum"), node.get("maximum")
    if least is None and most is None:
        return "a number"
    if least == most:
        return f"`{least}`"
    if most is None or most > MOST:
        return f"a number from {least}"
    return f"a number from {least} to {most}"


def string(node):
    if "pattern" not in node:
        return "a string"
    if node["pattern"] not in PATTERNS:
        raise Unknown(f"pattern {node['pattern']}")
    return PATTERNS[node["pattern"]]


def members(node):
    """An object that has no table of its own: its keys, each with its values."""
    if "properties" not in node:
        return f"an object of {values(node['additionalProperties'])}, by name"
    if has_table(node):
        return "an object (below)"
    told = []
    for key, value in node["properties"].items():
        text = described(value)
        told.append(f'`{{"{key}": …}}`: {values(value)}' + (f" ({escape(text)})" if text else ""))
    return ", ".join(told)


def values(node):
    """What may stand there, in words."""
    if not node:
        return "anything"
    if "anyOf" in node:
        return either(values(part) for part in node["anyOf"] if not is_placeholder(part))
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        if name in LINKS:
            return f"[{LINKS[name].lower()}]({anchor(LINKS[name])})"
        if name in TERMS:
            return f"[{TERMS[name]}](#values)"
        return values(SCHEMA["$defs"][name])
    if "enum" in node:
        return either(code(value) for value in node["enum"])
    if "const" in node:
        return code(node["const"])
    kind = node.get("type")
    if kind == "array":
        return f"a list of: {values(node['items'])}"
    if kind == "object":
        return members(node)
    told = {"boolean": "`true` or `false`", "null": "`null`", "integer": bounds(node),
            "number": bounds(node), "string": string(node) if kind == "string" else ""}
    if kind not in told:
        raise Unknown(json.dumps(node)[:200])
    return told[kind]


def split_default(text, bracketed):
    """A description may end in its default: "another message of the same kind (1)". Where the
    object says that its defaults stand in brackets (`bracketed`), words are defaults too."""
    match = re.search(r" \((\d\w*|true|false|NACCS at its domain" + (r"|[\w.]+" if bracketed else "") +
                      r")\)(?=;|$)", text)
    if match:
        return text[:match.start()] + text[match.end():], match.group(1)
    match = re.search(r" \((true|false): [^()]*\)$", text)
    if match:
        return text, match.group(1)
    match = re.search(r"; (\S+) where (?:it is not given|nothing is said)", text)
    if match:
        return text[:match.start()] + text[match.end():], match.group(1)
    return text, ""


def rows(node):
    required = node.get("required", [])
    bracketed = "in brackets" in described(node)
    for key, value in node["properties"].items():
        text, default = split_default(described(value), bracketed)
        if key in required:
            default = "required"
        elif default and " " not in default:
            default = f"`{default}`"
        yield f"| `{key}` | {values(value)} | {escape(text)} | {default} |"


def has_table(node):
    return len(node.get("properties", {})) > 1


def inner(node):
    """The objects of one key's value that stand in the schema itself and have a table."""
    for part in node.get("anyOf", [node]):
        if part.get("type") == "object" and has_table(part):
            yield part
        if part.get("type") == "array":
            yield from inner(part["items"])


def table(lines, node):
    lines += ["| key | value | what it is | default |", "|---|---|---|---|", *rows(node), ""]


def described(node):
    return node.get("description", "")


def objects():
    lines = []
    for name, heading, key in OBJECTS:
        node = SCHEMA["$defs"][name] if name else SCHEMA
        lines += [f"### {heading}", ""]
        # The tables have a column for what stands in brackets.
        text = re.sub(r"; in brackets [^;.]*", "", escape(described(node)))
        lines += [" ".join([f"In `{key}`."] * bool(key) + [text]).strip(), ""]
        if "properties" in node:
            table(lines, node)
        whole = [part for part in node.get("anyOf", []) if has_table(part)]
        if whole:
            others = [values(part) for part in node["anyOf"] if part not in whole]
            lines += [f"Written as {either(others)}; or as an object:", ""]
            for part in whole:
                table(lines, part)
        for key_of, value in node.get("properties", {}).items():
            for part in inner(value):
                lines += [f"The object of `{key_of}`:", ""]
                table(lines, part)
    return lines


def written(node):
    """Of a value: as `values`, but patterns are what its description tells."""
    if node.get("type") == "string" and "pattern" in node:
        return "a string"
    for part in node.get("anyOf", []):
        if has_table(part):
            keys = ", ".join(f'"{key}": …' for key in part["properties"])
            return f"a string or `{{{keys}}}`"
    return values(node)


def terms():
    lines = ["### Values", "", "| value | written as | what it is |", "|---|---|---|"]
    for name, term in TERMS.items():
        node = SCHEMA["$defs"][name]
        lines.append(f"| {term} | {written(node)} | {escape(described(node))} |")
    return lines + [""]


def reference():
    return "\n".join([BEGIN, "", *objects(), *terms(), END])


def main():
    global SCHEMA
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    SCHEMA = json.loads(subprocess.run([pathlib.Path(arguments[0]) / "naccs-harness", "schema"],
                                       check=True, capture_output=True, text=True).stdout)
    page = PAGE.read_text()
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        sys.exit(f"{PAGE.name}: the two marks are not there")
    before, rest = page.split(BEGIN)
    made = before + reference() + rest.split(END)[1]
    if "--check" not in sys.argv:
        PAGE.write_text(made)
    elif made != page:
        sys.exit(f"{PAGE.name}: its reference is not what `docs/reference.py BUILD` makes now")


if __name__ == "__main__":
    main()
