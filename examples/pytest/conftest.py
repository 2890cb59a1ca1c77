"""A fixture that gives a test a NACCS centre of its own."""
import json
import pathlib
import subprocess

import pytest


class Centre:
    """A running naccs-mockserver. `scenario`: a dict, or None for the well-behaved centre."""

    def __init__(self, folder, scenario=None):
        self.spool = pathlib.Path(folder) / "spool"
        self.journal = pathlib.Path(folder) / "journal"
        options = ["--listen", "127.0.0.1:0", "--spool", self.spool, "--journal", self.journal]
        if scenario is not None:
            file = pathlib.Path(folder) / "scenario.json"
            file.write_text(json.dumps({"version": 1, **scenario}))
            options += ["--scenario", file]
        self.process = subprocess.Popen(["naccs-mockserver", "--quiet", *options],
                                        stdout=subprocess.PIPE, text=True)
        # The ready line: when it has come, the centre listens. It ends where the scenario is wrong.
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"naccs-mockserver ended with status {self.process.wait()}")
        ready = json.loads(line)
        self.host, self.port = ready["address"], ready["port"]

    def messages(self):
        """What was accepted: it is there before the sender hears its 250."""
        return [path.read_bytes() for path in sorted((self.spool / "new").iterdir())]

    def stop(self):
        """Ends it; then the journal is complete."""
        self.process.terminate()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def events(self):
        return [json.loads(line) for line in self.journal.read_text().splitlines()]


@pytest.fixture
def make_centre(tmp_path):
    made = []

    def make(scenario=None):
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Centre(folder, scenario))
        return made[-1]

    yield make
    for centre in made:
        centre.stop()
