"""scenarios/defects.txt: what the harness must say of tests/defects/sender, and how it is asked."""
import collections
import fnmatch
import json
import os

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scenarios/defects.txt")

# `named`: the requirements; `settings`: what stands among the cases as "timeout=4s".
Row = collections.namedtuple("Row", "kind name named cases settings")


def rows(patterns):
    """The table's rows that were asked for."""
    with open(TABLE, encoding="utf-8") as table:
        for line in table:
            words = line.split("#")[0].split()
            if words and any(fnmatch.fnmatchcase(words[1], pattern) for pattern in patterns):
                yield Row(words[0], words[1], [] if words[2] == "-" else words[2].split(","),
                          [word for word in words[3:] if "=" not in word],
                          dict(word.split("=", 1) for word in words[3:] if "=" in word))


def write_profile(row, file):
    """What the row's sender declares."""
    declared = ["resolver", *row.settings.get("declares", "").split(",")]
    with open(file, "w", encoding="utf-8") as profile:
        json.dump({key: True for key in declared if key}, profile)


def sender(build, row):
    """The sender's command line."""
    return [os.path.join(build, "tests/defects/sender"),
            "--" + ("defect" if row.kind == "defect" else "sound"), row.name]
