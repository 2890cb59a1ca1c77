#!/bin/sh
# `naccs-harness explore`: what it finds, what it does not, and that it all follows from the seed.
#
#     tests/e2e/explore.sh BUILD
set -u

# shellcheck source=tests/e2e/lib/harness.sh
. "$(dirname "$0")/lib/harness.sh"

hash() { sed -n 's/^transcripts //p' "$folder/stdout"; }

# The reference client is sound, in all of them; and the same again.
run explore --runs 3000 --seed 5 --out "$folder"
check "the reference client is sound" is 0
check "all were played" says '^3000 worlds of seed 5, something found in 0 '
first=$(hash)
run explore --runs 3000 --seed 5 --out "$folder"
check "one seed, the same octets" [ "$(hash)" = "$first" ]
run explore --runs 3000 --seed 6 --out "$folder"
check "another seed, others" [ "$(hash)" != "$first" ]

# A sender with a defect: found, made small, and written down so that `run` finds it again.
run explore --runs 30 --timeout 1s --pace 20 -j 8 --out "$folder" -- "$sender" --defect no-stuffing
check "a defect is found" is 1
check "by its name" says '^FOUND BODY-3 in world '
check "made small" says '(0 rules, 1 message; '
file=$(sed -n '/^FOUND BODY-3/,/smallest/s/^  smallest: \(.*\.json\) .*/\1/p' "$folder/stdout")
check "written down" [ -s "$file" ]
run validate "$file"
check "as a scenario" is 0
run run "$file" --timeout 1s -- "$sender" --defect no-stuffing
check "that shows it again" is 1
check "at the same requirement" says '^FAIL BODY-3 '
run run "$file" --timeout 1s -- "$sender"
check "and not of a sound sender" is 0

# Chance: a sender that showed its defect once, and never again, is told of as that; and one that
# shows it again in another world is told of by that one.
seen=${file##*/drawn-}
seen=${seen%.json}
export folder sender
rm -f "$folder"/drawn-*
cat >"$folder/once" <<'END'
#!/bin/sh
mkdir "$folder/was" 2>/dev/null && exec "$sender" --defect no-stuffing "$@"
exec "$sender" "$@"
END
cat >"$folder/elsewhere" <<'END'
#!/bin/sh
for word; do
    cmp -s "$word" "$folder/seen.eml" && exec "$folder/once" "$@"
done
exec "$sender" --defect no-stuffing "$@"
END
chmod +x "$folder/once" "$folder/elsewhere"
run explore --world "$seen" --timeout 1s --pace 20 --out "$folder" -- "$folder/once"
check "what shows once is found" is 1
check "and said not to show again" says "^  not seen again; as it was drawn: .*/drawn-$seen\\.json "
mv "$folder/drawn-$seen-1.eml" "$folder/seen.eml"
rmdir "$folder/was"
run explore --runs 30 --timeout 1s --pace 20 -j 8 --out "$folder" -- "$folder/elsewhere"
check "another world that shows it again is told of" says '^  smallest: '
check "in place of the first" [ "$(grep -c "^FOUND BODY-3 in world $seen\$" "$folder/stdout")" = 0 ]
check "and once" [ "$(grep -c '^FOUND BODY-3 ' "$folder/stdout")" = 1 ]

# Interrupted while a finding is made smaller: it is told as it is by then, and nothing more is tried.
cat >"$folder/interrupts" <<'END'
#!/bin/sh
echo >>"$folder/plays"
[ "$(wc -l <"$folder/plays")" -eq 3 ] && kill -TERM $PPID
exec "$sender" --defect no-stuffing "$@"
END
chmod +x "$folder/interrupts"
run explore --world "$seen" --timeout 1s --pace 20 --out "$folder" -- "$folder/interrupts"
check "an interruption ends it" is 3
check "with what is there" says '^  smallest: '
check "and that is said" says '; interrupted '
check "at once" same "$(wc -l <"$folder/plays")" 3

rm "$folder/plays"
sed -i 's/-eq 3/-eq 2/' "$folder/interrupts"
run explore --world "$seen" --timeout 1s --pace 20 --out "$folder" -- "$folder/interrupts"
check "what could not be tried again is told" says '^  as it was drawn: '

# Interrupted in its very first world, which has no verdict then: nothing is tried, and nothing found.
rm "$folder/plays"
sed -i 's/-eq 2/-eq 1/' "$folder/interrupts"
run explore --world "$seen" --timeout 1s --pace 20 --out "$folder" -- "$folder/interrupts"
check "an interrupted world ends it" is 3
check "and is no finding" says '^1 worlds of seed 1, something found in 0; interrupted '
check "at once as well" same "$(wc -l <"$folder/plays")" 1

# The network of virtual time is there for `run` as well.
run run connect/plain --latency 40ms --segments random:3 --window 1000 --seed 9
check "a network of one's own" is 0
check "changes what passes" [ "$(hash)" != "" ]
run run connect/plain --segments 0
check "segments of nothing are refused" is 2

# So are its clocks: what falls due in a sleep happens when it is over, and the wall clock is for stamps.
run run connect/plain --seed 9
plain=$(hash)
run run connect/plain --seed 9 --sleep 4500us,5m --report "json:$folder/slept.json"
check "a sender that slept is sound" is 0
check "though it gave up" [ "$(hash)" != "$plain" ]
check "as it woke" grep -Eq '"time_s": *300\.00' "$folder/slept.json"
slept=$(hash)
run run connect/plain --seed 9 --sleep timers:4500us,5m
check "timers first is another world" [ "$(hash)" != "$slept" ]
check "and it is sound as well" is 0
run run connect/plain --seed 9 --sleep 9h,5m
check "a sleep behind the end changes nothing" [ "$(hash)" = "$plain" ]
run run connect/plain --seed 9 --wall-steps 9000h
check "nor does a wall clock that steps" [ "$(hash)" = "$plain" ]
for sleep in 5m "5m," ,5m 40ms,0s 40ms,5 timers:5m 1234567890123456789012345678901234567890us,5m; do
    run run connect/plain --sleep "$sleep"
    check "a sleep of $sleep is refused" is 2
    check "and why" complains 'when and for how long, such as 40ms,5m'
done
run run connect/plain --wall-steps 0s
check "a wall clock that steps by nothing is none" is 2

run explore --runs many
check "a number is a number" is 2
check "and that is said" complains 'runs: found "many", expected a whole number'
run explore --out "$folder/none"
check "a folder is a folder" is 2
run explore connect/plain
check "worlds are drawn, not named" is 2
run explore --help
check "--help" says '^  --world N '
exit $failed
