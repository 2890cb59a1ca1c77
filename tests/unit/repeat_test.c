#include "harness/repeat.h"

#include <string.h>

#include "tests/unit/unit.h"

static void expect(const char *given, const char *expected)
{
    char text[512], found[512] = "";
    char *argv[40];
    int argc = 0;
    struct repeat repeat;
    snprintf(text, sizeof text, "%s", given);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    CU_ASSERT_FATAL(repeat_make(argc, argv, 7, &repeat));
    for (char **word = repeat.words; *word; word++) {
        strncat(found, *word, sizeof found - strlen(found) - 1);
        strncat(found, word[1] ? " " : "", sizeof found - strlen(found) - 1);
    }
    CU_ASSERT_STRING_EQUAL(found, expected);
    repeat_free(&repeat);
}

static void test_words(void)
{
    expect("run", "naccs-harness run --seed 7");
    expect("run rcpt --seed 9", "naccs-harness run rcpt --seed 9");
    expect("run --seed=9 rcpt", "naccs-harness run --seed=9 rcpt");
    expect("run --report html:x -q --report=json:y --shard 1/2 body -v --only q",
           "naccs-harness run body --only q --seed 7");
    expect("run --report", "naccs-harness run --seed 7");
}

/* Behind -- all words are the command's. */
static void test_command(void)
{
    expect("run -j 4 -- sender --report x -q {message}",
           "naccs-harness run -j 4 --seed 7 -- sender --report x -q {message}");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {{"words", test_words}, {"command", test_command}};
    return unit_main("repeat", tests, sizeof tests / sizeof *tests, argc, argv);
}
