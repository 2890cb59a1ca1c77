"""What was measured, against its bar."""

import statistics


def spread(values, digits=2):
    """Median, and the least and the greatest."""
    return (f"{statistics.median(values):.{digits}f} "
            f"({min(values):.{digits}f}-{max(values):.{digits}f})")


class Table:
    def __init__(self):
        self.missed_gates = []
        self.missed = []
        self.bars = 0

    def head(self, text):
        print(f"\n{text}", flush=True)

    def row(self, name, text):
        print(f"  {name:<44} {text}", flush=True)

    def bar(self, name, value, most, text=None, gate=False):
        """A figure that is to be `most` at most. Counts that repeat are gates: to miss one is an
        error, where a time may have had a bad moment."""
        self.bars += 1
        good = value <= most
        if not good:
            (self.missed_gates if gate else self.missed).append(name)
        self.row(name, f"{text or f'{value:.2f}':<28} bar {most:g}  {'ok' if good else 'MISSED'}")

    def least(self, name, value, least, text=None):
        self.bars += 1
        if value < least:
            self.missed.append(name)
        self.row(name, f"{text or f'{value:.0f}':<28} bar {least:g} at least  "
                       f"{'ok' if value >= least else 'MISSED'}")

    def end(self):
        missed = self.missed_gates + self.missed
        print(f"\n{self.bars - len(missed)} of {self.bars} bars met"
              + (f"; missed: {', '.join(missed)}" if missed else ""))
        return 1 if self.missed_gates else 0
