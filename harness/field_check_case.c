/* Judges a case. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/field_check_private.h"
#include "harness/patience.h"

enum { KEPT_MOST = 512 * 1024 * 1024 };

static const usec idle_limit = 120 * USEC_PER_SEC;

void field_case_free(struct field_case *field_case)
{
    if (!field_case)
        return;
    findings_free(&field_case->result.findings);
    transcript_free(field_case->result.transcript);
    free(field_case->result.reason);
    free(field_case->id);
    free(field_case->title);
    free(field_case);
}

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash && slash[1] ? slash + 1 : file;
}

/* "last-night.pcap", "last-night.pcap/192.0.2.1 to port 25, part 2" */
static bool name(struct field_case *field_case, const struct field_check *check,
                 const struct field_group *group, bool alone)
{
    char who[160] = "", part[32] = "";
    const char *file = base_name(check->file);
    if (!alone)
        snprintf(who, sizeof who, "/%s to port %u", group->sender[0] ? group->sender : "unknown",
                 (unsigned)group->port);
    if (group->part > 1)
        snprintf(part, sizeof part, ", part %u", group->part);
    if (asprintf(&field_case->id, "%s%s%s", file, who, part) < 0)
        field_case->id = NULL;
    if (asprintf(&field_case->title, "%zu connection%s of %s", group->connections,
                 group->connections == 1 ? "" : "s",
                 group->sender[0] ? group->sender : "a sender") < 0)
        field_case->title = NULL;
    return field_case->id && field_case->title;
}

static struct check_input input_of(const struct field_check *check, const struct field_group *group,
                                   const struct scenario *scenario,
                                   const struct check_claim *claims)
{
    const struct field_check_options *options = check->options;
    const struct run_options *run = options->run;
    return (struct check_input){
        .transcript = group->transcript,
        .scenario = scenario,
        .messages = options->messages,
        .message_count = options->message_count,
        .claims = claims,
        .helo = run->helo,
        .from = run->from,
        .to = options->to,
        .to_count = options->to_count,
        .sender_limit = run->timeout,
        .tolerance = run->tolerance * run->tolerance_scale,
        .slack = patience_slack(run->tolerance_scale),
        .clock = {run->pace},
        .idle_limit = (usec)((double)idle_limit / run->pace),
        .strict = run->strict,
        .sends_ehlo = run->profile.sends_ehlo,
        .adds_headers = run->profile.adds_headers,
        .attached = true,
        .field = true,
        .untimed = group->untimed,
        .inexact = group->inexact,
        .grain = group->grain,
        .sightings = group->sightings,
        .sighting_count = group->sighting_count,
    };
}

static bool judge(const struct field_check *check, struct field_group *group,
                  struct field_case *field_case)
{
    usec began = 0;
    struct check_claim *claims = calloc(check->options->message_count + 1, sizeof *claims);
    if (!claims || !field_transcript_order(group->transcript, &began)) {
        free(claims);
        return false;
    }
    for (size_t i = 0; i < group->sighting_count; i++) {
        group->sightings[i].began -= began;
        group->sightings[i].ended -= began;
    }
    struct run_case *result = &field_case->result;
    struct check_input input = input_of(check, group, &field_case->scenario, claims);
    check_all(&input, &result->findings);
    free(claims);
    result->verdict = result->findings.verdict;
    if (result->findings.no_memory) {
        result->verdict = VERDICT_ERROR;
        result->reason = strdup("no memory for judging");
    }
    if (result->verdict == VERDICT_SKIP)
        result->reason = strdup("nothing of it could be judged");
    const struct transcript *transcript = group->transcript;
    if (transcript->count > 0)
        result->duration = transcript->events[transcript->count - 1].at;
    return true;
}

/* Transcripts are for reports to show; past a bound those go first of which nothing is to be said.
 */
static void keep_transcript(struct field_check *check, struct field_group *group,
                            struct run_case *result)
{
    bool good = result->verdict == VERDICT_PASS || result->verdict == VERDICT_SKIP;
    if (check->kept + group->octets > (good ? KEPT_MOST / 2 : KEPT_MOST))
        return;
    check->kept += group->octets;
    result->transcript = group->transcript;
    group->transcript = NULL;
}

static bool keep(struct field_check *check, struct field_case *field_case)
{
    if (check->case_count == check->case_room) {
        size_t room = check->case_room ? 2 * check->case_room : 16;
        struct field_case **grown = realloc(check->cases, room * sizeof(struct field_case *));
        if (!grown)
            return false;
        check->cases = grown;
        check->case_room = room;
    }
    check->cases[check->case_count++] = field_case;
    return true;
}

bool field_check_judge(struct field_check *check, struct field_group *group, bool alone)
{
    struct field_case *field_case = calloc(1, sizeof *field_case);
    if (!field_case || !name(field_case, check, group, alone)) {
        field_case_free(field_case);
        return false;
    }
    field_case->scenario = *check->plain;
    field_case->scenario.id = field_case->id;
    field_case->scenario.title.en = field_case->title;
    field_case->test = (struct suite_case){.scenario = &field_case->scenario};
    field_case->result.test = &field_case->test;
    if (!judge(check, group, field_case) || !keep(check, field_case)) {
        field_case_free(field_case);
        return false;
    }
    check->connections += group->connections;
    keep_transcript(check, group, &field_case->result);
    return true;
}
