#!/bin/sh
# naccs-harness explain and list: every requirement, and a case of every folder, in both languages.
#
#     tests/e2e/explain.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed.
set -u

# shellcheck source=tests/e2e/lib/harness.sh
. "$(dirname "$0")/lib/harness.sh"

pages() { [ "$(cat "$folder/bad")" = "" ] || { cat "$folder/bad"; false; }; }

# Each page: no error, UTF-8, no line wider than a terminal (but for a path or a command), nothing
# left to fill in.
explain_all() {
    python3 - "$harness" "$1" >"$folder/bad" 2>&1 <<'PYTHON'
import json, re, subprocess, sys, unicodedata
harness, language = sys.argv[1:]
listed = subprocess.run([harness, "list", "--language", language], capture_output=True, check=True)
ids = [line.split()[0] for line in listed.stdout.decode("utf-8").splitlines()]
requirements = json.load(open("scenarios/requirements.json", encoding="utf-8"))
assert len(ids) > 80, len(ids)
ids = list({wanted.partition("/")[0]: wanted for wanted in ids}.values())  # one of each folder
japanese = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
headings = {"en": ["What this centre does", "What is expected", "Run it alone"],
            "ja": ["このケースのセンターの動作", "期待すること", "このケースだけの実行方法"]}[language]
advice = {"en": ["The usual defect", "How to mend it", "Cases that test it"],
          "ja": ["よくある不具合", "修正方法", "確認するケース"]}[language]
for wanted in ids + [requirement["id"] for requirement in requirements]:
    done = subprocess.run([harness, "explain", wanted, "--language", language], capture_output=True)
    try:
        page = done.stdout.decode("utf-8")
    except UnicodeDecodeError as problem:
        print(wanted, problem)
        continue
    if done.returncode != 0 or done.stderr:
        print(wanted, done.returncode, done.stderr)
    lines = page.splitlines()
    if not lines or lines[0] != wanted:
        print(wanted, "does not begin with its id")
    for heading in advice if wanted.isupper() else headings:
        if heading not in lines:
            print(wanted, "lacks", heading)
    if bool(japanese.search(page)) != (language == "ja"):
        print(wanted, "is not in", language)
    for line in lines:
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        if width > 80 and not re.search("scenarios/|--only", line):
            print(wanted, "is too wide:", line)
        if "(null)" in line or re.search("  - .*: *$", line):
            print(wanted, "says nothing:", line)
PYTHON
    pages
}
check "every case and requirement is explained in English" explain_all en
check "and in Japanese" explain_all ja

check "every requirement has its advice, in both languages" python3 - <<'PYTHON'
import json
for requirement in json.load(open("scenarios/requirements.json", encoding="utf-8")):
    for member in ("text", "defect", "mend"):
        assert set(requirement[member]) == {"en", "ja"}, requirement["id"]
        assert all(len(text) > 10 for text in requirement[member].values()), requirement["id"]
    source = requirement["source"]
    nacc = source if isinstance(source, str) else source["ja"]
    assert "NACCS EDI仕様" in nacc or nacc.startswith("RFC "), requirement["id"]
PYTHON

run explain body-3
check "a requirement's id is read in lower case too" says '^BODY-3$'
run explain rcpt/251
check "a case's command runs that case" says '^  naccs-harness run --only rcpt/251 -- YOUR-COMMAND$'
run run --only replies/segments/1 --list
check "and that one alone" [ "$(wc -l <"$folder/stdout")" -eq 1 ]

run explain BODY-33
check "an unknown id is refused" is 2
check "the nearest are named" complains 'the nearest: BODY-3'
check "nothing else is said" [ ! -s "$folder/stdout" ]
run explain time-limits/silence
check "a family's name leads to its cases" complains "the nearest: time-limits/silence/"
run explain "$(printf 'a\033[2Jb')"
check "what a terminal would obey is not repeated" [ "$(grep -c "$(printf '\033')" "$folder/stderr")" -eq 0 ]
run explain
check "an id is expected" is 2
printf '{"version": 1, "title": "Of my own", "requirements": ["CODE-3"]}' >"$folder/own.json"
run explain "$folder/own.json"
check "a file with one case is that case" says '^Of my own$'
check "and is run by its file" says "run $folder/own.json --only own -- YOUR-COMMAND"
run explain own "$folder/own.json"
check "the same by its id" says '^Of my own$'
run explain scenarios/lookup/late.json
check "of a file with several, one has to be named" is 2
check "as it says" complains '2 cases are in .*name one'
run explain CONN-1 "$folder/own.json"
check "what a requirement asks is told beside cases of one's own" says '^level: must'
check "without the suite's cases" lacks stdout '^Cases that test it'
"$harness" list | head -n 1 >"$folder/first" 2>"$folder/stderr"
check "who reads no further hears no complaint" same '' "$(cat "$folder/stderr")"
cp "$folder/own.json" "$folder/$(printf 'a\033[2Jb').json"
run list "$folder/$(printf 'a\033[2Jb').json"
check "a file whose name a terminal would obey is refused" is 2
check "and its name is not repeated" [ "$(cat "$folder/stdout" "$folder/stderr" | grep -c "$(printf '\033')")" -eq 0 ]
run explain CONN-1 CONN-2
check "one id" is 2
run explain --language fr CONN-1
check "a language that is not known is refused" complains 'expected --language en|ja'

LANG=ja_JP.UTF-8 run explain CONN-1
check "LANG chooses the language" says '出典'
LANG=ja_JP.UTF-8 LC_ALL=C run explain CONN-1
check "LC_ALL goes before it" says '^source'
LC_MESSAGES=ja run list
check "list has titles in that language" says '正常なセンターに一通送る'
LANG=ja run run --only connect/plain --list
check "run --list too" says '正常なセンターに一通送る'
LANG=ja run run --only connect/plain --list --language en
check "--language goes before the environment" says 'One message to the well-behaved centre'
run list --requirements --language ja
check "the matrix names the sources in that language" says '表4-3-2'

exit "$failed"
