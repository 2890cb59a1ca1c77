"""The lists of what is true of a sender: expected/NAME.

A line for each thing that is held against it:

    VERDICT REQUIREMENT CASE[,CASE…] why that is true

VERDICT is fail or warn. CASE is a case's id or a pattern (*, ?, […]): in at least one case that fits
each of them, it must be seen ("*" alone: in any that is played); "-" where it depends on time, and is not always seen. "#" begins a comment; the first comment says what the sender is.
"""
import sys

AGAINST = ("fail", "warn")


class Line:
    """One thing that is held against a sender."""

    def __init__(self, verdict, requirement, patterns, reason):
        self.verdict = verdict
        self.requirement = requirement
        self.patterns = patterns
        self.reason = reason


def read(file):
    """The lines of a list."""
    lines = []
    with open(file, encoding="utf-8") as stream:
        for number, text in enumerate(stream, 1):
            words = text.split("#")[0].split(None, 3)
            if not words:
                continue
            if len(words) < 4 or words[0] not in AGAINST:
                sys.exit(f"{file}:{number}: expected a verdict, a requirement, the cases, a reason")
            lines.append(Line(words[0], words[1], [] if words[2] == "-" else words[2].split(","), words[3].strip()))
    return lines
