# What a man page describes, a line each: command, option, argument, description, parted by tabs; "-"
# where there is none. A command itself has no option. Descriptions are the first sentence.
function sentence(text) {
    gsub(/[*_\t\\]/, "", text)
    sub(/[.:] .*|[.:]$/, "", text)
    return text
}
BEGIN { command = "-" }
/^## naccs-harness / {
    command = $3
    begun = 1
    next
}
/^#/ {
    command = "-"
    begun = 0
}
begun && /^[A-Z]/ {
    printf "%s\t-\t-\t%s\n", command, sentence($0)
    begun = 0
}
/^\*-/ {
    argument = "-"
    if (match($0, /_[^ ].*_$/)) {
        argument = substr($0, RSTART + 1, RLENGTH - 2)
        $0 = substr($0, 1, RSTART - 1)
    }
    count = split($0, name, /[*, ]+/)
    if ((getline text) <= 0)
        exit
    while ((getline line) > 0 && line ~ /^\t/)
        text = text " " substr(line, 2)
    for (i = 1; i <= count; i++)
        if (name[i] != "")
            printf "%s\t%s\t%s\t%s\n", command, name[i], argument, sentence(text)
}
