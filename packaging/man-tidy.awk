# Puts the paragraph macros of scdoc where they have something to begin: behind the end of an indented
# part instead of before it, and neither behind a heading nor before one. Linters warn of the others.
/^\.(P|PP)$/ {
    pending = 1
    next
}
/^\.RE/ {
    print
    next
}
{
    if (pending && !after_heading && !/^\.(SH|SS)/)
        print ".P"
    pending = 0
    after_heading = /^\.(SH|SS)/
    print
}
