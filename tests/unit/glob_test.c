#include "mockserver/glob.h"

#include <fnmatch.h>

#include "tests/unit/unit.h"
#include "wire/random.h"

static bool fits(const char *pattern, const char *text)
{
    struct glob glob = glob_of(pattern);
    return glob_fits(&glob, octets_of(text));
}

static void test_kinds(void)
{
    CU_ASSERT_TRUE(fits("", ""));
    CU_ASSERT_FALSE(fits("", "a"));
    CU_ASSERT_TRUE(fits("abc", "abc"));
    CU_ASSERT_FALSE(fits("abc", "abcd"));
    CU_ASSERT_TRUE(fits("*", ""));
    CU_ASSERT_TRUE(fits("TO:<*@b.example>", "TO:<a@b.example>"));
    CU_ASSERT_FALSE(fits("TO:<*@b.example>", "TO:<a@c.example>"));
    CU_ASSERT_FALSE(fits("ab*ba", "aba")); /* the ends may not overlap */
    CU_ASSERT_TRUE(fits("*SIZE=*BODY=*", "FROM:<a> SIZE=1 BODY=8BITMIME"));
    CU_ASSERT_FALSE(fits("*BODY=*SIZE=*", "FROM:<a> SIZE=1 BODY=8BITMIME"));
    CU_ASSERT_TRUE(fits("a[bc]?\\*", "acd*"));
    struct glob star = glob_of("a*b"), any = glob_of("a?b");
    CU_ASSERT_TRUE(glob_fits(&star, OCTETS("a\0b")));
    CU_ASSERT_TRUE(glob_fits(&any, OCTETS("a\0b")));
    CU_ASSERT_FALSE(glob_fits(&star, OCTETS("a\0c")));
}

static void spell(struct random *random, const char *letters, size_t most, char *text)
{
    size_t count = random_below(random, most + 1);
    for (size_t i = 0; i < count; i++)
        text[i] = letters[random_below(random, strlen(letters))];
    text[count] = '\0';
}

/* Whatever way is taken, it says what fnmatch says. */
static void test_like_fnmatch(void)
{
    struct random random = random_seeded(5, 1);
    for (int round = 0; round < 50000; round++) {
        char pattern[16], text[16];
        spell(&random, round % 4 ? "ab*" : "ab*?[]\\", 8, pattern);
        spell(&random, "ab", 12, text);
        if (fits(pattern, text) != (fnmatch(pattern, text, 0) == 0)) {
            CU_FAIL("a glob differs from fnmatch");
            return;
        }
    }
    CU_PASS("all alike");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"each kind", test_kinds},
        {"like fnmatch", test_like_fnmatch},
    };
    return unit_main("glob", tests, sizeof tests / sizeof *tests, argc, argv);
}
