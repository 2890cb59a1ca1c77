# From the table to fish's commands.
function quoted(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/'/, "\\'", text)
    return "'" text "'"
}
function values(argument) {
    if (argument == "-")
        return ""
    if (argument == "PATTERN")
        return " -x -a '(__naccs_ids)'"
    if (argument == "FORMAT:FILE")
        return " -x -a '(__naccs_reports)'"
    if (argument == "DIR" || argument == "FOLDER")
        return " -x -a '(__fish_complete_directories)'"
    if (argument ~ /FILE|PROGRAM/)
        return " -r -F"
    if (argument ~ /^[a-z]+\|/) {
        gsub(/\|/, " ", argument)
        return " -x -a '" argument "'"
    }
    return " -x"
}
{
    begin = "complete -c " $1
    if ($2 != "-" && $3 == "-") {
        print begin " -f -n __naccs_no_command -a " $2 " -d " quoted($5)
        if ($2 == "explain")
            print begin " -f -n '__fish_seen_subcommand_from explain' -a '(__naccs_ids)'"
        if ($2 == "run" || $2 == "list")
            print begin " -n '__fish_seen_subcommand_from " $2 "' -a '(__naccs_scenarios)'"
        next
    }
    if ($2 != "-")
        begin = begin " -n '__fish_seen_subcommand_from " $2 "'"
    name = $3
    kind = name ~ /^--/ ? " -l " : " -s "
    sub(/^-+/, "", name)
    print begin kind name " -d " quoted($5) values($4)
}
