#include "harness/words.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

/* What is printed; to be freed. */
static char *printed(const char *lead, const char *text)
{
    char *output = NULL;
    size_t count = 0;
    FILE *stream = open_memstream(&output, &count);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT(words_print_text(stream, lead, text));
    fclose(stream);
    return output;
}

static void prints(const char *lead, const char *text, const char *expected)
{
    char *output = printed(lead, text);
    CU_ASSERT_STRING_EQUAL(output, expected);
    free(output);
}

static void test_lines(void)
{
    prints("- ", "short", "- short\n");
    prints("- ", "", "");
    prints("  ", "one\ntwo", "  one\n  two\n");
    /* Exactly 78 columns stay one line; one more letter does not fit. */
    prints("- ", "1234567890 234567890 234567890 234567890 234567890 234567890 234567890 23456",
           "- 1234567890 234567890 234567890 234567890 234567890 234567890 234567890 23456\n");
    prints("- ", "1234567890 234567890 234567890 234567890 234567890 234567890 234567890 234567",
           "- 1234567890 234567890 234567890 234567890 234567890 234567890 234567890\n  234567\n");
}

static void test_wide_lines(void)
{
    /* 38 characters of two columns each fill a line behind a lead of two. */
    prints(
        "- ", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九",
        "- 一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八\n  九\n");
    /* No line begins with a full stop, and none ends with an opening bracket. */
    prints(
        "- ", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八。",
        "- 一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七\n  八。\n");
    prints(
        "- ", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七「九",
        "- 一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七\n  「九\n");
}

/* A word that is wider than the line is not lost. */
static void test_long_word(void)
{
    char word[200];
    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    char *output = printed("", word);
    CU_ASSERT_EQUAL(strlen(output), sizeof word);
    CU_ASSERT_EQUAL(strncmp(output, word, sizeof word - 1), 0);
    free(output);
}

static void test_safe(void)
{
    prints("", "a\033[31m\377b", "a\\x1B[31m?b\n");
}

static void adds(enum language language, struct span span, const char *expected)
{
    struct words words;
    words_begin(&words, language);
    words_add_span(&words, span);
    CU_ASSERT_EQUAL(words.buf.count, strlen(expected));
    CU_ASSERT_EQUAL(strncmp((const char *)words.buf.at, expected, words.buf.count), 0);
    CU_ASSERT_FALSE(words.failed);
    words_free(&words);
}

static void test_durations(void)
{
    adds(LANGUAGE_EN, (struct span){.duration = 120 * USEC_PER_SEC}, "2 min");
    adds(LANGUAGE_JA, (struct span){.duration = 90 * USEC_PER_SEC}, "90秒");
    adds(LANGUAGE_EN, (struct span){.duration = 1500 * USEC_PER_MSEC}, "1500 ms");
    adds(LANGUAGE_EN, (struct span){.duration = 7}, "7 us");
    adds(LANGUAGE_EN, (struct span){.percent = 75}, "75% of the sender's limit");
    adds(LANGUAGE_JA, (struct span){.percent = 75}, "送信側の監視時間の75%");
}

static void environment(const char *all, const char *messages, const char *lang)
{
    CU_ASSERT_EQUAL(setenv("LC_ALL", all, 1), 0);
    CU_ASSERT_EQUAL(setenv("LC_MESSAGES", messages, 1), 0);
    CU_ASSERT_EQUAL(setenv("LANG", lang, 1), 0);
}

static void test_language(void)
{
    static const struct {
        const char *locale;
        enum language language;
    } locales[] = {
        {"ja_JP.UTF-8", LANGUAGE_JA}, {"ja", LANGUAGE_JA},          {"ja_JP.utf8", LANGUAGE_JA},
        {"ja_JP", LANGUAGE_JA},       {"ja_JP.eucJP", LANGUAGE_EN}, {"jam_JM", LANGUAGE_EN},
        {"C", LANGUAGE_EN},           {"en_US.UTF-8", LANGUAGE_EN}, {"", LANGUAGE_EN},
    };
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) {
        environment("", "", locales[i].locale);
        CU_ASSERT_EQUAL(language_of_environment(), locales[i].language);
    }
    environment("C", "ja", "ja");
    CU_ASSERT_EQUAL(language_of_environment(), LANGUAGE_EN);
    environment("", "ja", "C");
    CU_ASSERT_EQUAL(language_of_environment(), LANGUAGE_JA);
    enum language language = LANGUAGE_JA;
    CU_ASSERT_FALSE(language_of("fr", &language));
    CU_ASSERT_EQUAL(language, LANGUAGE_JA);
    CU_ASSERT(language_of("en", &language));
    CU_ASSERT_EQUAL(language, LANGUAGE_EN);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"lines", test_lines}, {"wide lines", test_wide_lines}, {"long word", test_long_word},
        {"safe", test_safe},   {"durations", test_durations},   {"language", test_language},
    };
    return unit_main("words", tests, sizeof tests / sizeof *tests, argc, argv);
}
