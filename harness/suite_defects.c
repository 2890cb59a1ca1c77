#include "harness/suite_defects.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/select.h"

static const char blanks[] = " \t\r";

/* Adds a string to a list; false where there is no memory. */
static bool add(const char ***list, size_t *count, const char *string)
{
    const char **longer = realloc(*list, (*count + 1) * sizeof *longer);
    if (!longer)
        return false;
    longer[(*count)++] = string;
    *list = longer;
    return true;
}

static bool has_requirement(const struct suite *suite, const char *id)
{
    for (size_t i = 0; i < suite->requirement_count; i++)
        if (strcmp(suite->requirements[i].id, id) == 0)
            return true;
    return false;
}

/* Takes the words behind "defect" apart, in place. False where something is wrong: `wrong` says
 * what, or is null where there is no memory. */
static bool read_defect(const struct suite *suite, char *words, struct suite_defect *defect,
                        const char **wrong)
{
    char *rest = words, *ids, *word;
    *wrong = "expected: defect NAME REQUIREMENTS CASES";
    defect->name = strtok_r(words, blanks, &rest);
    ids = defect->name ? strtok_r(NULL, blanks, &rest) : NULL;
    if (!ids)
        return false;
    while ((word = strsep(&ids, ",")) != NULL) {
        if (!has_requirement(suite, word))
            *wrong = "it names a requirement that requirements.json has not";
        else if (add(&defect->requirements, &defect->requirement_count, word))
            continue;
        else
            *wrong = NULL;
        return false;
    }
    while ((word = strtok_r(NULL, blanks, &rest)) != NULL) {
        if (!strchr(word, '=') && !add(&defect->cases, &defect->case_count, word)) {
            *wrong = NULL;
            return false;
        }
    }
    return defect->case_count > 0;
}

static bool read_line(const struct suite *suite, char *line, struct suite_defects *defects,
                      const char **wrong)
{
    static const char begins[] = "defect ";
    line[strcspn(line, "#")] = '\0';
    if (strncmp(line, begins, sizeof begins - 1) != 0)
        return true;
    struct suite_defect *more = realloc(defects->at, (defects->count + 1) * sizeof *more);
    *wrong = NULL;
    if (!more)
        return false;
    defects->at = more;
    more[defects->count] = (struct suite_defect){0};
    return read_defect(suite, line + sizeof begins - 1, &more[defects->count++], wrong);
}

/* The whole file as a string; null with errno. */
static char *read_text(const char *file)
{
    char *text = NULL;
    size_t room = 0;
    FILE *stream = fopen(file, "r");
    if (!stream)
        return NULL;
    errno = 0;
    ssize_t got = getdelim(&text, &room, '\0', stream);
    int reason = errno ? errno : ENODATA;
    fclose(stream);
    if (got >= 0)
        return text;
    free(text);
    errno = reason;
    return NULL;
}

bool suite_defects_load(const struct suite *suite, struct suite_defects *defects,
                        struct problem *problem)
{
    struct suite_defects made = {0};
    char *file = NULL, *rest, *line;
    *defects = made;
    if (!suite->root)
        return true;
    if (asprintf(&file, "%s/defects.txt", suite->root) < 0) {
        problem_set(problem, "no memory");
        return false;
    }
    made.text = read_text(file);
    bool good = made.text || errno == ENOENT || errno == ENODATA;
    if (!good)
        problem_set(problem, "%s: %s", file, strerror(errno));
    rest = made.text;
    for (unsigned number = 1; good && (line = strsep(&rest, "\n")) != NULL; number++) {
        const char *wrong = NULL;
        good = read_line(suite, line, &made, &wrong);
        if (!good)
            problem_set(problem, "%s:%u: %s", file, number, wrong ? wrong : "no memory");
    }
    free(file);
    if (good)
        *defects = made;
    else
        suite_defects_free(&made);
    return good;
}

void suite_defects_free(struct suite_defects *defects)
{
    for (size_t i = 0; i < defects->count; i++) {
        free(defects->at[i].requirements);
        free(defects->at[i].cases);
    }
    free(defects->at);
    free(defects->text);
    *defects = (struct suite_defects){0};
}

bool suite_defect_proves(const struct suite_defect *defect, const struct suite *suite,
                         const char *requirement)
{
    bool named = false;
    for (size_t i = 0; i < defect->requirement_count; i++)
        named = named || strcmp(defect->requirements[i], requirement) == 0;
    for (size_t i = 0; named && i < suite->case_count; i++)
        for (size_t j = 0; j < defect->case_count; j++)
            if (strcmp(defect->cases[j], "all") == 0 ||
                select_fits(&suite->cases[i], defect->cases[j]))
                return true;
    return false;
}
