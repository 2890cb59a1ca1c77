#include "harness/report_story.h"

#include <stdlib.h>

#include "harness/explain.h"

/* Lines as they come, first all in English, then all in Japanese: there are as many of both. */
struct lines {
    struct text_pair *at;
    size_t count, room;
    size_t japanese;
    enum language language;
    bool failed;
};

static bool make_room(struct lines *lines)
{
    if (lines->count < lines->room)
        return true;
    size_t room = lines->room ? 2 * lines->room : 8;
    struct text_pair *at = realloc(lines->at, room * sizeof *at);
    if (!at)
        return false;
    lines->at = at;
    lines->room = room;
    return true;
}

static void take_line(void *owner, const struct words *words)
{
    struct lines *lines = owner;
    char *text = strndup(words->buf.at ? (const char *)words->buf.at : "", words->buf.count);
    bool english = lines->language == LANGUAGE_EN;
    lines->failed = lines->failed || words->failed || !text || (english && !make_room(lines)) ||
                    (!english && lines->japanese == lines->count);
    if (lines->failed)
        free(text);
    else if (english)
        lines->at[lines->count++] = (struct text_pair){text, NULL};
    else
        lines->at[lines->japanese++].ja = text;
}

static void take_rules(struct lines *lines, const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->dns_rule_count; i++) {
        struct words words;
        words_begin(&words, lines->language);
        explain_dns_rule(&words, &scenario->dns_rules[i]);
        take_line(lines, &words);
        words_free(&words);
    }
    for (size_t i = 0; i < scenario->rule_count; i++) {
        struct words words;
        words_begin(&words, lines->language);
        explain_rule(&words, &scenario->rules[i]);
        take_line(lines, &words);
        words_free(&words);
    }
}

static bool tell(const struct suite_case *test, struct lines *does, struct lines *wants,
                 enum language language)
{
    does->language = wants->language = language;
    /* What was seen in the field has no centre of ours behind it. */
    bool good = !test->scenario->centre.domain ||
                explain_settings(&test->scenario->centre, language, take_line, does);
    take_rules(does, test->scenario);
    good = explain_expectations(test, language, take_line, wants) && good;
    return good && !does->failed && !wants->failed;
}

static bool copy(struct text_pair **to, size_t *count, const struct text_pair *from, size_t total)
{
    *to = calloc(total + 1, sizeof **to);
    for (size_t i = 0; *to && i < total; i++) {
        struct text_pair pair = {from[i].en ? strdup(from[i].en) : NULL,
                                 from[i].ja ? strdup(from[i].ja) : NULL};
        (*to)[(*count)++] = pair;
        if ((from[i].en && !pair.en) || (from[i].ja && !pair.ja))
            return false;
    }
    return *to != NULL;
}

bool report_story_make(const struct suite_case *test, struct suite_story *story)
{
    *story = (struct suite_story){0};
    bool good;
    if (test->story) {
        good =
            copy(&story->does, &story->does_count, test->story->does, test->story->does_count) &&
            copy(&story->wants, &story->wants_count, test->story->wants, test->story->wants_count);
    } else {
        struct lines does = {0}, wants = {0};
        good = tell(test, &does, &wants, LANGUAGE_EN) && tell(test, &does, &wants, LANGUAGE_JA);
        *story = (struct suite_story){does.at, does.count, wants.at, wants.count};
    }
    if (!good)
        report_story_free(story);
    return good;
}

static void free_lines(struct text_pair *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free((char *)lines[i].en);
        free((char *)lines[i].ja);
    }
    free(lines);
}

void report_story_free(struct suite_story *story)
{
    free_lines(story->does, story->does_count);
    free_lines(story->wants, story->wants_count);
    *story = (struct suite_story){0};
}
