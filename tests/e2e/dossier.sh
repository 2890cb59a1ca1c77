#!/bin/sh
# The reports that leave the house: HTML, Markdown, JUnit's XML, and `naccs-harness report`, which shows,
# merges and compares what was run before. What is drawn and clicked is tests/e2e/dossier.py.
#
#     tests/e2e/dossier.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed.
set -u

# shellcheck source=tests/e2e/lib/harness.sh
. "$(dirname "$0")/lib/harness.sh"

script_hash() {
    python3 - <<'PYTHON'
import base64, hashlib, re, sys
found = base64.b64encode(hashlib.sha256(open("harness/report.js", "rb").read()).digest()).decode()
named = re.search('"sha256-(.*)"', open("harness/report_assets.h").read()).group(1)
if found != named:
    sys.exit(f"harness/report_assets.h: REPORT_SCRIPT_HASH must be sha256-{found}")
PYTHON
}
check "the page's policy names the script that there is" script_hash

# One run, in every form.
forms="--report json:$folder/all.json --report html:$folder/all.html --report junit:$folder/all.xml \
--report markdown:$folder/all.md --report tap:$folder/all.tap"
# shellcheck disable=SC2086
run run $forms
check "the reference client conforms" is 0
check "the dossier of the whole suite is below 5 MB" [ "$(wc -c <"$folder/all.html")" -lt 5000000 ]
check "and holds a diagram for each case that was played" \
    [ "$(grep -o '<svg viewBox' "$folder/all.html" | wc -l)" -gt 600 ]
check "it needs nothing from elsewhere" sh -c '! grep -Eq "(src|href)=\"[^#]" "$1"' sh "$folder/all.html"
check "the summary is short" [ "$(wc -c <"$folder/all.md")" -lt 5000 ]
run report "$folder/all.json" --quiet --report "html:$folder/again.html" --report "junit:$folder/again.xml" \
    --report "markdown:$folder/again.md" --report "tap:$folder/again.tap"
check "shown from the JSON report: status" is 0
for form in html xml md tap; do
    check "shown from the JSON report: the same $form" cmp -s "$folder/all.$form" "$folder/again.$form"
done

# In parts.
for part in 1 2 3; do
    "$harness" run --quiet --shard $part/3 --report "json:$folder/part$part.json"
done
run report "$folder/part3.json" "$folder/part1.json" "$folder/part2.json" --report "json:$folder/merged.json"
check "parts are merged" is 0
check "into all cases" says "^$("$harness" list | wc -l) cases: .* 0 fail"
check "with the same verdicts as the whole" python3 - "$folder/all.json" "$folder/merged.json" <<'PYTHON'
import json, sys
whole, merged = (json.load(open(name)) for name in sys.argv[1:])
def verdicts(report):
    return [(case["id"], case["verdict"], case["checks"], case["transcript"]) for case in report["cases"]]
assert verdicts(whole) == verdicts(merged)
assert whole["summary"] == merged["summary"] and whole["requirements"] == merged["requirements"]
assert merged["shard"] == {"index": 1, "of": 1, "cases": len(whole["cases"])}, merged["shard"]
PYTHON
run report --merge "$folder/part1.json" "$folder/part3.json"
check "a missing part is refused" is 2
check "and named" complains 'part 2/3 is missing'
run report "$folder/part1.json" "$folder/part2.json" "$folder/part3.json" "$folder/part2.json"
check "a part that stands there twice is refused" complains 'both are part 2/3'
"$harness" run --quiet --seed 2 --shard 2/3 --report "json:$folder/seed.json"
run report "$folder/part1.json" "$folder/seed.json" "$folder/part3.json"
check "parts of another run are refused" is 2
check "and what they differ in is said" complains 'not parts of one run: they differ in the seed'
python3 - "$folder" <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1] + "/part2.json"))
report["cases"].pop()
json.dump(report, open(sys.argv[1] + "/short.json", "w"))
report = json.load(open(sys.argv[1] + "/part2.json"))
report["cases"][0] = json.load(open(sys.argv[1] + "/part1.json"))["cases"][0]
json.dump(report, open(sys.argv[1] + "/overlapping.json", "w"))
PYTHON
run report "$folder/part1.json" "$folder/short.json" "$folder/part3.json"
check "a part that lacks a case is refused" complains 'cases, and the run has'
run report "$folder/part1.json" "$folder/overlapping.json" "$folder/part3.json"
check "parts that overlap are refused" complains 'the parts overlap: '
run report --merge "$folder/all.json" "$folder/part1.json"
check "a whole run is no part" is 2

# A sender that fails, compared.
quick="--timeout 2s --pace 20 -j 8 --only body/messages/dots --only quit/in-time --only reset/rset-550 --only rcpt/251"
# shellcheck disable=SC2086
run run $quick --report "json:$folder/old.json" --sender-name Gateway --sender-version 1.0 -- \
    "$sender" --defect no-stuffing
check "a defect is found" is 1
check "the text is one screen" [ "$(wc -l <"$folder/stdout")" -lt 50 ]
check "the failure says what to do next" says '^  mend: '
check "the sender's name and version are told" says '^sender: Gateway 1.0$'
# shellcheck disable=SC2086
run run $quick --report "json:$folder/new.json" --sender-name Gateway --sender-version 1.1 -- \
    "$sender" --defect no-rset
run report "$folder/old.json" "$folder/new.json" --report "html:$folder/compared.html" \
    --report "markdown:$folder/compared.md"
check "what got worse fails" is 1
check "better is named" says '^  body/messages/dots  *fail -> pass'
check "worse is named" says '^  reset/rset-550  *pass -> fail  .*RSET-1'
check "worse stands last" sh -c 'grep -n "better: \|worse: " "$1" | tail -1 | grep -q "cases, worse"' sh "$folder/stdout"
check "in Markdown too" holds compared.md '^| <code>reset/rset&#45;550</code> | pass | \*\*fail\*\* |$'
run report "$folder/new.json" "$folder/new.json"
check "nothing worse is fine" is 0
run report "$folder/all.json" "$folder/old.json" "$folder/new.json" --quiet --report "html:$folder/grid.html"
check "several senders make a grid" is 0
check "with a column for each" holds grid.html 'Gateway 1.1'
run report "$folder/old.json" "$folder/new.json" --report "junit:$folder/x"
check "a comparison is no JUnit report" is 2
# shellcheck disable=SC2086
run report "$folder/old.json" --quiet --report "html:$folder/old.html" --report "junit:$folder/old.xml" --report "markdown:$folder/old.md"
check "the failure is first in the summary" sh -c 'grep -m1 "^<details" "$1" | grep -q "BODY&#45;3"' sh "$folder/old.md"
check "its offset is told" holds old.html '<mark>2e</mark>'
LANG=ja_JP.UTF-8 run report "$folder/old.json"
check "the report speaks the language of LANG" says '^不適合$'
check "and so does the oracle" says '^    期待: 「.」で始まる行の直前に'

# A sender that changes the line in which the password stands: what was found quotes it.
cat >"$folder/mangling.py" <<'PYTHON'
import socket, sys
header, _, body = open(sys.argv[3], "rb").read().partition(b"\r\n\r\n")
with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as centre:
    replies = centre.makefile("rb")
    replies.readline()
    for line in (b"HELO edi.example.jp", b"MAIL FROM:<sender@edi.example.jp>",
                 b"RCPT TO:<NACCS@MAIL.PROD.NACCS6>", b"DATA",
                 header + b"\r\n\r\n##" + body[1:] + b".", b"QUIT"):
        centre.sendall(line + b"\r\n")
        replies.readline()
print(body[29:60].decode())
PYTHON
run run connect/plain --timeout 2s --report "json:$folder/pw.json" --report "html:$folder/pw.html" --report "junit:$folder/pw.xml" \
    --report "markdown:$folder/pw.md" --report "tap:$folder/pw.tap" -v -- python3 "$folder/mangling.py" {host} {port} {message}
check "a changed line is found" holds pw.json 'BODY-4'
check "no password is in any report" sh -c '! grep -l "SECRET" "$1"/pw.* "$1/stdout"' sh "$folder"
run run connect/plain --timeout 2s --unmasked --report "json:$folder/pw.json" --quiet -- python3 "$folder/mangling.py" {host} {port} {message}
check "but where it is asked for" holds pw.json 'SECRET12'
run report "$folder/pw.json" --verbose --report "html:$folder/pw.html"
check "and masked again where it is shown" sh -c '! grep -l "SECRET" "$1/pw.html" "$1/stdout"' sh "$folder"

# Files that are no reports.
printf '{"cases": 1}' >"$folder/x.json"
run report "$folder/x.json"
check "what is no report is refused" is 2
check "and named" complains 'x.json: it is no report of this harness'
printf '{"cases": [\n' >"$folder/x.json"
run report "$folder/x.json"
check "what is no JSON is located" complains 'x.json:[0-9]*:[0-9]*: '
run report "$folder/no.json"
check "what is not there is refused" complains 'no.json: .*No such file'
run report
check "a file is expected" is 2
run report --help
check "help fits a screen and shows an example" sh -c '[ "$(wc -l <"$1")" -lt 25 ] && grep -q "^Example: " "$1"' sh "$folder/stdout"

# A sender that means ill.
cp -r scenarios/requirements.json "$folder/" && mkdir -p "$folder/suite/messages" "$folder/suite/b" &&
    mv "$folder/requirements.json" "$folder/suite/" && cp scenarios/messages/plain.eml "$folder/suite/messages/"
cat >"$folder/suite/b/x<img src=x onerror='window.broken=6'>.json" <<'JSON'
{"version": 1, "title": {"en": "</title><script>window.broken=7</script> | `x` @all", "ja": "</script><b>"},
 "requirements": ["CONN-1"], "messages": ["plain"], "expect": {"accepted": [1]},
 "rules": [{"at": "HELO", "reply": {"octets": "250 <script>window.broken=8</script>\\r\\n"}}]}
JSON
"$harness" validate "$folder"/suite/b/*.json >"$folder/stdout" 2>"$folder/stderr" ||
    sed -i 's/{"octets": "250 \(.*\)\\\\r\\\\n"}/"250 \1"/' "$folder"/suite/b/*.json
run run --timeout 2s "$folder/suite" --mask-addresses --report "json:$folder/ill.json" --report "html:$folder/ill.html" \
    --report "junit:$folder/ill.xml" --report "markdown:$folder/ill.md" --report "tap:$folder/ill.tap" \
    --report "text:$folder/ill.txt" -v --sender-name '<script>window.broken=9</script>' -- \
    python3 tests/e2e/hostile-sender.py {host} {port} {messages}
check "a sender that means ill fails" is 1
harmless() {
    python3 - "$folder" "$@" <<'PYTHON'
import sys
for name in sys.argv[2:]:
    octets = open(f"{sys.argv[1]}/{name}", "rb").read()
    text = octets.decode("utf-8")
    bad = [c for c in text if (ord(c) < 32 and c not in "\n\t") or 0x7f <= ord(c) < 0xa0]
    assert not bad, (name, bad[:5])
PYTHON
}
check "its octets reach no report as they are" harmless ill.json ill.html ill.xml ill.md ill.tap ill.txt stdout
check "no markup of its own is in the page" python3 - "$folder/ill.html" <<'PYTHON'
import html.parser, sys
class Reader(html.parser.HTMLParser):
    scripts = 0
    def handle_starttag(self, tag, attributes):
        self.scripts += tag == "script"
        assert tag != "img", attributes
        assert not [name for name, _ in attributes if name.startswith("on")], attributes
reader = Reader()
reader.feed(open(sys.argv[1], encoding="utf-8").read())
assert reader.scripts == 1, reader.scripts
PYTHON
check "nor in the summary" sh -c '! grep -E "<(script|img|svg)|\]\(java|@all|\`x" "$1"' sh "$folder/ill.md"
check "addresses are masked where asked" sh -c '! grep -l "user.name\|private.example\|sender@edi" "$1"/ill.*' sh "$folder"
run run connect/plain --quiet --mask-addresses --report "html:$folder/masked.html"
check "their '@' and their length stay" holds masked.html 'MAIL FROM:&lt;\*\{6\}@\*\{14\}&gt;'

if command -v xmllint >/dev/null; then
    for report in all old ill; do
        check "JUnit's XML fits Jenkins' schema: $report" \
            xmllint --noout --nonet --huge --schema tests/e2e/junit.xsd "$folder/$report.xml" 2>"$folder/stderr"
    done
else
    echo "skipped: the XML schema (no xmllint here)"
fi

# Drawn and clicked.
for python in python3 /usr/bin/python3; do
    "$python" -c 'import selenium' 2>/dev/null && break
done
if ! "$python" -c 'import selenium' 2>/dev/null; then
    echo "skipped: the browser (no Selenium for Python here: python3-selenium)"
elif ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
    echo "skipped: the browser (no chromium and chromium-driver here)"
else
    "$python" tests/e2e/dossier.py "$folder" || failed=1
fi
if "$python" -c 'import html5lib' 2>/dev/null; then
    for page in old ill compared grid; do
        check "the page is HTML: $page" "$python" -c '
import html5lib, sys
html5lib.HTMLParser(strict=True).parse(open(sys.argv[1], "rb").read())' "$folder/$page.html"
    done
else
    echo "skipped: HTML's grammar (no html5lib for Python here: python3-html5lib)"
fi

exit "$failed"
