#include "harness/field_check_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* More than this is another case. */
enum { CASE_CONNECTIONS = 5000, CASE_OCTETS = 96 * 1024 * 1024 };

struct field_check *field_check_new(const struct field_check_options *options)
{
    struct field_check *check = calloc(1, sizeof *check);
    if (!check)
        return NULL;
    check->options = options;
    check->plain = scenario_new(NULL);
    if (!check->plain) {
        free(check);
        return NULL;
    }
    check->plain->expect.has_accepted = true; /* none of them must be */
    return check;
}

/* SMTP: the centre speaks in replies, or the sender in its first command; or nobody said anything
 * yet. Where the port was named, everything on it is. */
static bool is_smtp(const struct field_check *check, const struct field_connection *connection)
{
    bool said[2] = {false, false};
    if (check->options->choice.port != 0 || connection->beginning == FIELD_REFUSED ||
        connection->beginning == FIELD_UNANSWERED)
        return true;
    for (size_t i = 0; i < connection->event_count; i++) {
        const struct field_event *event = &connection->events[i];
        const char *at = (const char *)event->octets.at;
        if (event->kind != FIELD_OCTETS || event->octets.count < 4 || said[event->end])
            continue;
        said[event->end] = true;
        if (event->end == FIELD_CENTRE && at[0] >= '2' && at[0] <= '5' && at[1] >= '0' &&
            at[1] <= '9' && at[2] >= '0' && at[2] <= '9' && memchr(" -\r\n", at[3], 4))
            return true;
        if (event->end == FIELD_SENDER &&
            (strncasecmp(at, "HELO", 4) == 0 || strncasecmp(at, "EHLO", 4) == 0))
            return true;
    }
    return !said[0] && !said[1];
}

static struct field_group *group_of(struct field_check *check,
                                    const struct field_connection *connection)
{
    struct endpoint sender = {.port = 0}, centre = {.port = 0};
    endpoint_parse(connection->sender, &sender);
    endpoint_parse(connection->centre, &centre);
    for (size_t i = 0; i < check->group_count; i++)
        if (check->groups[i].port == centre.port &&
            strcmp(check->groups[i].sender, sender.address) == 0)
            return &check->groups[i];
    if (check->group_count == check->group_room) {
        size_t room = check->group_room ? 2 * check->group_room : 16;
        struct field_group *grown = realloc(check->groups, room * sizeof *grown);
        if (!grown)
            return NULL;
        check->groups = grown;
        check->group_room = room;
    }
    struct field_group *group = &check->groups[check->group_count++];
    *group = (struct field_group){.port = centre.port, .part = 1};
    memcpy(group->sender, sender.address, sizeof group->sender);
    return group;
}

/* What there is of it is a case; the next ones begin another. */
static bool next_part(struct field_check *check, struct field_group *group)
{
    struct field_group next = {.port = group->port, .part = group->part + 1};
    memcpy(next.sender, group->sender, sizeof next.sender);
    bool good = field_check_judge(check, group, false);
    field_group_free(group);
    *group = next;
    return good;
}

static bool take(void *owner, const struct field_connection *connection)
{
    struct field_check *check = owner;
    if (!is_smtp(check, connection)) {
        check->others++;
        return true;
    }
    struct field_group *group = group_of(check, connection);
    bool good = group && field_group_take(group, connection);
    if (good && (group->connections >= CASE_CONNECTIONS || group->octets >= CASE_OCTETS))
        good = next_part(check, group);
    check->no_memory |= !good;
    return good;
}

static void note(void *owner, const char *text)
{
    const struct field_check *check = owner;
    struct problem problem;
    problem_set(&problem, "%.300s: %s", check->file, text);
    if (check->options->note)
        check->options->note(check->options->owner, problem.text);
}

static void tell_others(struct field_check *check)
{
    char text[160];
    snprintf(text, sizeof text,
             "%zu connection%s of something else than SMTP left out (--port judges whatever goes "
             "to a port)",
             check->others, check->others == 1 ? "" : "s");
    if (check->others > 0)
        note(check, text);
    check->others = 0;
}

bool field_check_file(struct field_check *check, const char *file, struct problem *problem)
{
    const struct field_sink sink = {take, note, check};
    check->file = file;
    bool good = field_read(file, &check->options->choice, &sink, problem);
    tell_others(check);
    size_t filled = 0;
    for (size_t i = 0; i < check->group_count; i++)
        filled += check->groups[i].connections > 0 || check->groups[i].part > 1;
    for (size_t i = 0; i < check->group_count; i++) {
        struct field_group *group = &check->groups[i];
        if (good && group->connections > 0 && !field_check_judge(check, group, filled == 1))
            good = !(check->no_memory = true);
        field_group_free(group);
    }
    check->group_count = 0;
    if (check->no_memory)
        problem_set(problem, "%.300s: no memory to judge all of it", file);
    return good;
}

size_t field_check_connections(const struct field_check *check)
{
    return check->connections;
}

struct run_results *field_check_results(struct field_check *check, struct suite *suite)
{
    struct run_results *results = &check->results;
    size_t room = check->case_count + 1;
    check->tests = calloc(room, sizeof *check->tests);
    results->cases = calloc(room, sizeof *results->cases);
    if (!check->tests || !results->cases)
        return NULL;
    for (size_t i = 0; i < check->case_count; i++) {
        results->cases[i] = check->cases[i]->result; /* what it owns stays the case's */
        check->tests[i] = check->cases[i]->test;
        run_results_count(results, &results->cases[i]);
    }
    results->count = check->case_count;
    *suite = *check->options->suite;
    suite->cases = check->tests;
    suite->case_count = check->case_count;
    return results;
}

void field_check_free(struct field_check *check)
{
    if (!check)
        return;
    for (size_t i = 0; i < check->group_count; i++)
        field_group_free(&check->groups[i]);
    for (size_t i = 0; i < check->case_count; i++)
        field_case_free(check->cases[i]);
    free(check->groups);
    free(check->cases);
    free(check->tests);
    free(check->results.cases);
    scenario_free(check->plain);
    free(check);
}
