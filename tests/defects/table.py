"""scenarios/defects.txt: what the harness must say of tests/defects/sender, and how it is asked."""
import fnmatch
import json
import os

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scenarios/defects.txt")


def rows(patterns):
    """The table's rows that were asked for: (kind, name, requirements, cases)."""
    with open(TABLE, encoding="utf-8") as table:
        for line in table:
            words = line.split("#")[0].split()
            if words and any(fnmatch.fnmatchcase(words[1], pattern) for pattern in patterns):
                named = [] if words[2] == "-" else words[2].split(",")
                yield words[0], words[1], named, words[3:]


def write_profile(name, file):
    """What the sender with this defect or variant declares."""
    with open(file, "w", encoding="utf-8") as profile:
        json.dump({"ehlo": "ehlo" in name}, profile)


def sender(build, kind, name):
    """The sender's command line."""
    return [os.path.join(build, "tests/defects/sender"), "--" + ("defect" if kind == "defect" else "sound"),
            name]
