#include "harness/explain.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A page as it is printed. */
struct page {
    FILE *stream;
    enum language language;
    bool failed;
};

static void heading(struct page *page, const char *en, const char *ja)
{
    fprintf(page->stream, "\n%s\n", page->language == LANGUAGE_JA ? ja : en);
}

static void paragraph(struct page *page, const char *lead, struct text_pair text)
{
    const char *string = language_text(text, page->language);
    page->failed = !words_print_text(page->stream, lead, string) || page->failed;
}

static void bullet(void *owner, const struct words *words)
{
    struct page *page = owner;
    page->failed = !words_print(page->stream, "  - ", words) || page->failed;
}

static bool covers(const struct suite_case *test, const char *id)
{
    for (size_t i = 0; i < test->scenario->requirement_count; i++)
        if (strcmp(test->scenario->requirements[i], id) == 0)
            return true;
    return false;
}

static struct text_pair level_words(enum level level)
{
    switch (level) {
    case LEVEL_MUST:
        return (struct text_pair){"must: a sender that does not is failed",
                                  "必須(must): 満たさない送信側は不合格"};
    case LEVEL_SHOULD:
        return (struct text_pair){"should: a sender that does not gets a warning",
                                  "推奨(should): 満たさない送信側には警告"};
    case LEVEL_INFO:
        return (struct text_pair){"info: worth a note", "情報(info): 参考として指摘"};
    }
    return (struct text_pair){NULL, NULL};
}

/* Does the case come from the same file as the one before it in this list? */
static bool same_family(const struct suite_case *a, const struct suite_case *b)
{
    return a->scenario->file && b->scenario->file &&
           strcmp(a->scenario->file, b->scenario->file) == 0;
}

/* How much the two ids have in common, up to and with a slash. */
static size_t common_folder(const char *a, const char *b, size_t most)
{
    size_t common = 0;
    for (size_t i = 0; i < most && a[i] && a[i] == b[i]; i++)
        if (a[i] == '/')
            common = i + 1;
    return common;
}

/* The cases of a requirement, those of one file on one line. */
static void print_cases(struct page *page, const struct suite *suite, const char *id)
{
    for (size_t i = 0; i < suite->case_count;) {
        const struct suite_case *first = &suite->cases[i];
        size_t count = 1, common = strlen(first->scenario->id);
        size_t next = i + 1;
        for (; next < suite->case_count && same_family(first, &suite->cases[next]); next++) {
            common = common_folder(first->scenario->id, suite->cases[next].scenario->id, common);
            count++;
        }
        i = next;
        if (!covers(first, id))
            continue;
        struct words words;
        words_begin(&words, page->language);
        words_add(&words, "%.*s%s", "%.*s%s", (int)common, first->scenario->id,
                  count > 1 ? "*" : "");
        if (count > 1)
            words_add(&words, " (%zu cases)", "(%zuケース)", count);
        words_add(&words, ": ", ": ");
        words_add_pair(&words, first->scenario->title);
        bullet(page, &words);
        words_free(&words);
    }
}

bool explain_requirement(FILE *stream, const struct suite *suite,
                         const struct suite_requirement *requirement, enum language language)
{
    struct page page = {.stream = stream, .language = language};
    bool japanese = language == LANGUAGE_JA;
    fprintf(stream, "%s\n", requirement->id);
    fprintf(stream, japanese ? "出典: %s\n" : "source: %s\n",
            language_text(requirement->source, language));
    paragraph(&page, japanese ? "区分: " : "level: ", level_words(requirement->level));
    heading(&page, "The sender", "送信側に求められること");
    paragraph(&page, "  ", requirement->text);
    if (requirement->sound.en || requirement->sound.ja) {
        heading(&page, "What a sound sender does", "正しい送信側の動作");
        paragraph(&page, "  ", requirement->sound);
    }
    if (requirement->defect.en || requirement->defect.ja) {
        heading(&page, "The usual defect", "よくある不具合");
        paragraph(&page, "  ", requirement->defect);
    }
    if (requirement->mend.en || requirement->mend.ja) {
        heading(&page, "How to mend it", "修正方法");
        paragraph(&page, "  ", requirement->mend);
    }
    bool tested = false;
    for (size_t i = 0; i < suite->case_count; i++)
        tested |= covers(&suite->cases[i], requirement->id);
    if (tested) {
        heading(&page, "Cases that test it", "確認するケース");
        print_cases(&page, suite, requirement->id);
        heading(&page, "Run them", "実行方法");
        fprintf(stream, "  naccs-harness run --only %s -- %s\n", requirement->id,
                japanese ? "送信コマンド" : "YOUR-COMMAND");
    }
    return !page.failed && !ferror(stream);
}

static void print_centre(struct page *page, const struct scenario *scenario)
{
    heading(page, "What this centre does", "このケースのセンターの動作");
    page->failed =
        !explain_settings(&scenario->centre, page->language, bullet, page) || page->failed;
    for (size_t i = 0; i < scenario->dns_rule_count; i++) {
        struct words words;
        words_begin(&words, page->language);
        explain_dns_rule(&words, &scenario->dns_rules[i]);
        bullet(page, &words);
        words_free(&words);
    }
    for (size_t i = 0; i < scenario->rule_count; i++) {
        struct words words;
        words_begin(&words, page->language);
        explain_rule(&words, &scenario->rules[i]);
        bullet(page, &words);
        words_free(&words);
    }
    paragraph(
        page, "  - ",
        scenario->rule_count > 0 || scenario->dns_rule_count > 0
            ? (struct text_pair){"in all else it behaves well", "それ以外は、正常なセンターと同じ"}
            : (struct text_pair){"it answers every command as it should",
                                 "どのコマンドにも正常に応答する"});
}

static void print_requirements(struct page *page, const struct suite *suite,
                               const struct scenario *scenario)
{
    if (scenario->requirement_count == 0)
        return;
    heading(page, "Requirements that it judges", "判定する要件");
    for (size_t i = 0; i < scenario->requirement_count; i++) {
        const char *id = scenario->requirements[i];
        const struct suite_requirement *found = NULL;
        for (size_t j = 0; j < suite->requirement_count && !found; j++)
            if (strcmp(suite->requirements[j].id, id) == 0)
                found = &suite->requirements[j];
        struct words words;
        words_begin(&words, page->language);
        if (found) {
            words_add(&words, "%s (%s; %s): ", "%s(%s、%s): ", id, level_name(found->level),
                      language_text(found->source, page->language));
            words_add_pair(&words, found->text);
        } else {
            words_add(&words, "%s", "%s", id);
        }
        bullet(page, &words);
        words_free(&words);
    }
}

/* A case id may hold what a shell would take for a pattern. */
static bool needs_quotes(const char *id)
{
    return strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-") !=
           strlen(id);
}

static bool of_suite(const struct suite *suite, const char *file)
{
    size_t count = suite->root ? strlen(suite->root) : 0;
    return count > 0 && strncmp(file, suite->root, count) == 0 && file[count] == '/';
}

bool explain_case(FILE *stream, const struct suite *suite, const struct suite_case *test,
                  enum language language)
{
    const struct scenario *scenario = test->scenario;
    struct page page = {.stream = stream, .language = language};
    bool japanese = language == LANGUAGE_JA;
    fprintf(stream, "%s\n", scenario->id);
    paragraph(&page, "", scenario->title);
    if (scenario->why.en || scenario->why.ja) {
        heading(&page, "Why", "目的");
        paragraph(&page, "  ", scenario->why);
    }
    print_centre(&page, scenario);
    heading(&page, "What is expected", "期待すること");
    page.failed = !explain_expectations(test, language, bullet, &page) || page.failed;
    print_requirements(&page, suite, scenario);
    heading(&page, "Messages that are sent", "送信する電文");
    for (size_t i = 0; i < test->message_count; i++)
        fprintf(stream, japanese ? "  %zu. %s(%zuバイト)\n" : "  %zu. %s (%zu octets)\n", i + 1,
                test->messages[i].name, test->messages[i].octets.count);
    heading(&page, "Run it alone", "このケースだけの実行方法");
    const char *quote = needs_quotes(scenario->id) ? "'" : "";
    bool own = scenario->file && !of_suite(suite, scenario->file);
    fprintf(stream, "  naccs-harness run %s%s--only %s%s%s -- %s\n", own ? scenario->file : "",
            own ? " " : "", quote, scenario->id, quote, japanese ? "送信コマンド" : "YOUR-COMMAND");
    if (scenario->file && !own)
        fprintf(stream, japanese ? "  (定義: %s)\n" : "  (it is defined in %s)\n", scenario->file);
    return !page.failed && !ferror(stream);
}

/* How many letters must be changed, added or left out; `most` + 1 where it is more than that. */
static unsigned distance(const char *a, const char *b, unsigned most)
{
    enum { LONGEST = 128 };
    unsigned row[LONGEST + 1];
    size_t count = strlen(b);
    if (count > LONGEST)
        return most + 1;
    for (size_t j = 0; j <= count; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; a[i - 1]; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= count; j++) {
            unsigned change = diagonal + (strncasecmp(&a[i - 1], &b[j - 1], 1) != 0);
            unsigned other = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = change < other ? change : other;
        }
    }
    return row[count] <= most ? row[count] : most + 1;
}

struct candidate {
    const char *id;
    unsigned rank; /* the lower, the likelier */
};

enum { SAME_FOLDER = 1000 };

/* A part of an id stands before all misspellings, and those before what is only near it. */
static unsigned rank_of(const char *known, const char *id)
{
    unsigned most = (unsigned)strlen(id) / 3 + 1;
    size_t count = strlen(id);
    if (count > 0 && strncasecmp(known, id, count) == 0)
        return known[count] == '/' ? 0 : 1;
    if (count > 2 && strcasestr(known, id))
        return 2;
    unsigned steps = distance(id, known, most);
    if (steps <= most)
        return 2 + steps;
    return common_folder(known, id, count) > 0 ? SAME_FOLDER : UINT32_MAX;
}

/* Keeps the likest `room`, in order; equals in the order in which they came. */
static size_t keep(struct candidate *kept, size_t count, size_t room, struct candidate candidate)
{
    if (candidate.rank == UINT32_MAX)
        return count;
    size_t at = count;
    while (at > 0 && kept[at - 1].rank > candidate.rank)
        at--;
    if (at == room)
        return count;
    count = count < room ? count + 1 : room;
    for (size_t i = count - 1; i > at; i--)
        kept[i] = kept[i - 1];
    kept[at] = candidate;
    return count;
}

size_t explain_nearest(const struct suite *suite, const char *id, const char **nearest, size_t room)
{
    enum { MOST = 16 };
    struct candidate kept[MOST];
    size_t count = 0;
    room = room < MOST ? room : MOST;
    for (size_t i = 0; i < suite->requirement_count; i++) {
        const char *known = suite->requirements[i].id;
        count = keep(kept, count, room, (struct candidate){known, rank_of(known, id)});
    }
    for (size_t i = 0; i < suite->case_count; i++) {
        const char *known = suite->cases[i].scenario->id;
        count = keep(kept, count, room, (struct candidate){known, rank_of(known, id)});
    }
    for (size_t i = 0; i < count; i++)
        nearest[i] = kept[i].id;
    return count;
}
