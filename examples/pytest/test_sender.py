"""The tests of a sender. smtplib stands for yours."""
import smtplib
import subprocess
import sys

import pytest

MESSAGE = b"Subject: test\r\n\r\n.a line that begins with a dot\r\n"


def send(centre):
    with smtplib.SMTP(centre.host, centre.port, timeout=10) as sender:
        sender.helo("GW01.USER.NACCS6")
        sender.sendmail("USER01@GW01.USER.NACCS6", ["NACCS@MAIL.PROD.NACCS6"], MESSAGE)


def test_the_message_arrives_octet_for_octet(make_centre):
    centre = make_centre()
    send(centre)
    assert centre.messages() == [MESSAGE]


def test_a_busy_centre_keeps_nothing(make_centre):
    centre = make_centre({"rules": [{"at": "RCPT", "reply": "450 mailbox busy"}]})
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(centre)
    assert refused.value.recipients["NACCS@MAIL.PROD.NACCS6"][0] == 450
    assert centre.messages() == []


def test_it_leaves_with_quit(make_centre):
    centre = make_centre()
    send(centre)
    centre.stop()
    said = [event["octets"] for event in centre.events()
            if event["event"] == "received" and not event.get("body")]
    assert said[-1].upper() == "QUIT\r\n"


def test_it_passes_the_suite(tmp_path):
    """The harness makes its own centres, and starts the command once per case."""
    sender = tmp_path / "sender.py"
    sender.write_text("""
import smtplib, sys
host, port, helo, sent_by, sent_to, message = sys.argv[1:]
with smtplib.SMTP(host, int(port), timeout=10) as sender:
    sender.helo(helo)
    sender.sendmail(sent_by, [sent_to], open(message, "rb").read())
""")
    run = subprocess.run(["naccs-harness", "run", "--timeout", "10s", "--only", "rcpt/251", "--",
                          sys.executable, sender, "{host}", "{port}", "{helo}", "{from}",
                          "{to}", "{message}"],
                         capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
