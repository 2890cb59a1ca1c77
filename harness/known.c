#include "harness/known.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

static const char blanks[] = " \t\r\n";
static const char between[] = " \t\r\n,";

/* "CODE-1": capital letters, a hyphen, digits. Words of the reason do not look like that. */
static bool looks_like_requirement(const char *word)
{
    size_t letters = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (letters == 0 || word[letters] != '-')
        return false;
    size_t digits = strspn(word + letters + 1, "0123456789");
    return digits > 0 && word[letters + 1 + digits] == '\0';
}

static bool add_requirement(struct known_failure *known, const struct requirement *requirement)
{
    const struct requirement **more =
        realloc(known->requirements, (known->requirement_count + 1) * sizeof *more);
    if (!more)
        return false;
    known->requirements = more;
    known->requirements[known->requirement_count++] = requirement;
    return true;
}

/* The requirements at the beginning of what stands behind the case. */
static bool read_requirements(struct known_failure *known, char *text, const char *file,
                              struct problem *problem)
{
    char *rest = NULL;
    for (char *word = strtok_r(text, between, &rest); word && looks_like_requirement(word);
         word = strtok_r(NULL, between, &rest)) {
        const struct requirement *requirement = check_requirement(word);
        if (!requirement) {
            problem_set(problem,
                        "%s:%u: no requirement has the id \"%.40s\" (`naccs-harness list "
                        "--requirements` names them all)",
                        file, known->line, word);
            return false;
        }
        if (!add_requirement(known, requirement)) {
            problem_set(problem, "no memory");
            return false;
        }
    }
    return true;
}

static bool add_line(struct known_list *list, char *text, unsigned number, const char *file,
                     struct problem *problem)
{
    char *id = text + strspn(text, blanks);
    if (*id == '\0' || *id == '#')
        return true;
    struct known_failure *more = realloc(list->at, (list->count + 1) * sizeof *more);
    if (!more) {
        problem_set(problem, "no memory");
        return false;
    }
    list->at = more;
    size_t length = strcspn(id, blanks);
    char *rest = id[length] ? id + length + 1 : id + length;
    id[length] = '\0';
    struct known_failure *known = &list->at[list->count++];
    *known = (struct known_failure){.pattern = strdup(id), .line = number};
    if (!known->pattern) {
        problem_set(problem, "no memory");
        return false;
    }
    return read_requirements(known, rest, file, problem);
}

bool known_read(const char *file, struct known_list *list, struct problem *problem)
{
    FILE *stream = fopen(file, "r");
    if (!stream) {
        problem_set(problem, "%s: %s", file, strerror(errno));
        return false;
    }
    struct known_list made = {0};
    char *line = NULL;
    size_t room = 0;
    bool good = true;
    for (unsigned number = 1; good && getline(&line, &room, stream) >= 0; number++)
        good = add_line(&made, line, number, file, problem);
    if (good && ferror(stream)) {
        problem_set(problem, "%s: %s", file, strerror(errno));
        good = false;
    }
    free(line);
    fclose(stream);
    if (good)
        *list = made;
    else
        known_free(&made);
    return good;
}

void known_free(struct known_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->at[i].pattern);
        free(list->at[i].requirements);
    }
    free(list->at);
    *list = (struct known_list){0};
}

const struct known_failure *known_find(const struct known_list *list, const char *case_id)
{
    const struct known_failure *found = NULL;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->at[i].pattern, case_id) == 0)
            return &list->at[i];
        if (!found && fnmatch(list->at[i].pattern, case_id, 0) == 0)
            found = &list->at[i];
    }
    return found;
}

static bool lists(const struct known_failure *known, const char *requirement)
{
    for (size_t i = 0; i < known->requirement_count; i++)
        if (strcmp(known->requirements[i]->id, requirement) == 0)
            return true;
    return false;
}

/* Against the sender at all: a warning counts for what is listed, and is no failure where it is
 * not. */
static bool was_found(const struct findings *findings, const char *requirement)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->at[i];
        if ((finding->verdict == VERDICT_FAIL || finding->verdict == VERDICT_WARN) &&
            strcmp(finding->requirement, requirement) == 0)
            return true;
    }
    return false;
}

static const char *first_unlisted(const struct known_failure *known,
                                  const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->at[i].verdict == VERDICT_FAIL && !lists(known, findings->at[i].requirement))
            return findings->at[i].requirement;
    return NULL;
}

static const char *first_missing(const struct known_failure *known, const struct findings *findings)
{
    for (size_t i = 0; i < known->requirement_count; i++)
        if (!was_found(findings, known->requirements[i]->id))
            return known->requirements[i]->id;
    return NULL;
}

enum known_result known_compare(const struct known_failure *known, enum verdict verdict,
                                const struct findings *findings, const char **which)
{
    *which = NULL;
    switch (verdict) {
    case VERDICT_SKIP:
    case VERDICT_ERROR:
        return KNOWN_NOTHING;
    case VERDICT_PASS:
        return KNOWN_PASSES;
    case VERDICT_WARN:
        if (known->requirement_count == 0)
            return KNOWN_PASSES;
        break;
    case VERDICT_FAIL:
        if (known->requirement_count == 0)
            return KNOWN_FAILS;
        *which = first_unlisted(known, findings);
        if (*which)
            return KNOWN_OTHERWISE;
        break;
    }
    *which = first_missing(known, findings);
    return *which ? KNOWN_PASSES : KNOWN_FAILS;
}
