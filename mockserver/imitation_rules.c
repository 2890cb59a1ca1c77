#include <stdlib.h>

#include "mockserver/imitation_private.h"

/* What was gathered, put into words: rules. The first rule that fits acts, so that what holds for
 * some connections stands before what holds everywhere. */

enum { SCATTERED = 12 }; /* more times than that for one thing: they are drawn */

struct making {
    struct imitation *imitation;
    struct imitation_rule *rules;
    size_t count, room;
};

static int by_number(const void *a, const void *b)
{
    const struct imitation_begun *left = a, *right = b;
    return left->number < right->number ? -1 : left->number > right->number;
}

/* Which of the connections that were answered this is, from 1; of one that was not: the next. */
static uint32_t rank(const struct imitation *imitation, uint32_t number)
{
    size_t low = 0, high = imitation->answered_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (imitation->answered[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low + 1;
}

static void to_ranks(const struct imitation *imitation, struct imitation_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++) {
        runs->at[i].first = rank(imitation, runs->at[i].first);
        /* A run may have connections in it that were not looked at. */
        uint32_t behind = rank(imitation, runs->at[i].last + 1);
        runs->at[i].last = behind > runs->at[i].first ? behind - 1 : runs->at[i].first;
    }
    imitation_runs_settle(runs);
}

static struct imitation_rule *add_rule(struct making *making, const struct imitation_deed *deed,
                                       const struct imitation_cluster *cluster)
{
    void *rules = making->rules;
    if (!imitation_grow(making->imitation, &rules, &making->room, making->count,
                        sizeof *making->rules))
        return NULL;
    making->rules = rules;
    struct imitation_rule *rule = &making->rules[making->count++];
    usec middle = cluster->least + (cluster->most - cluster->least) / 2;
    *rule = (struct imitation_rule){.deed = deed, .delay = middle};
    if (middle >= USEC_PER_MSEC)
        rule->delay = (middle + 500) / 1000 * 1000;
    rule->delay_most = rule->delay;
    if (cluster->drawn) {
        rule->delay = cluster->least / 1000 * 1000;
        rule->delay_most = (cluster->most + 999) / 1000 * 1000;
    }
    return rule;
}

/* How many runs at `from` have its occurrence. */
static size_t group(const struct imitation_runs *runs, size_t from)
{
    size_t end = from;
    while (end < runs->count && runs->at[end].occurrence == runs->at[from].occurrence)
        end++;
    return end - from;
}

static bool same_connections(const struct imitation_rule *rule, const struct imitation_run *runs,
                             size_t count)
{
    bool same = rule->connection_count == count;
    for (size_t i = 0; same && i < count; i++)
        same = rule->connections[i].first == runs[i].first &&
               rule->connections[i].last == runs[i].last;
    return same;
}

static bool add_occurrence(struct making *making, struct imitation_rule *rule, uint32_t occurrence)
{
    uint32_t *grown = realloc(rule->occurrences, (rule->occurrence_count + 1) * sizeof *grown);
    if (!grown) {
        making->imitation->no_memory = true;
        return false;
    }
    rule->occurrences = grown;
    rule->occurrences[rule->occurrence_count++] = occurrence;
    return true;
}

/* One rule for each set of connections, with the occurrences that have it. */
static void add_rules_of(struct making *making, const struct imitation_deed *deed,
                         struct imitation_cluster *cluster)
{
    struct imitation_runs *runs = &cluster->runs;
    size_t first = making->count;
    for (size_t i = 0; i < runs->count && !making->imitation->no_memory;) {
        size_t count = group(runs, i);
        struct imitation_rule *rule = NULL;
        for (size_t j = first; j < making->count && !rule; j++)
            if (same_connections(&making->rules[j], runs->at + i, count))
                rule = &making->rules[j];
        if (!rule) {
            rule = add_rule(making, deed, cluster);
            struct imitation_run *copy = rule ? calloc(count, sizeof *copy) : NULL;
            if (!copy) {
                making->imitation->no_memory = true;
                return;
            }
            memcpy(copy, runs->at + i, count * sizeof *copy);
            rule->connections = copy;
            rule->connection_count = count;
        }
        if (making->imitation->occurrences[deed->stage] > 1 && deed->stage != STAGE_CONNECT &&
            deed->stage != STAGE_IDLE && !add_occurrence(making, rule, runs->at[i].occurrence))
            return;
        i += count;
    }
}

/* Another text or another time for what the well-behaved centre says, too: it holds wherever the
 * sender gets there. */
static bool is_manner(const struct imitation_deed *deed)
{
    bool alike = deed->says_usual || deed->code == deed->usual_code ||
                 (deed->code / 100 == 2 && deed->code / 100 != deed->usual_code / 100 &&
                  deed->stage == STAGE_EHLO);
    return alike && deed->close == SCENARIO_KEEP_OPEN && !deed->stall && !deed->stops_reading &&
           deed->refuse == SCENARIO_ANSWER && deed->stage != STAGE_BODY &&
           deed->stage != STAGE_IDLE && deed->stage != STAGE_CONNECT;
}

/* Many times for one thing are noise: anything between the first and the last. */
static void join_scattered(struct imitation *imitation, struct imitation_deed *deed)
{
    if (deed->cluster_count <= SCATTERED || !is_manner(deed))
        return;
    struct imitation_cluster joined = deed->clusters[0];
    for (size_t i = 1; i < deed->cluster_count; i++) {
        struct imitation_cluster *cluster = &deed->clusters[i];
        joined.least = cluster->least < joined.least ? cluster->least : joined.least;
        joined.most = cluster->most > joined.most ? cluster->most : joined.most;
        joined.count += cluster->count;
        for (size_t j = 0; j < cluster->runs.count; j++) {
            void *at = joined.runs.at;
            if (!imitation_grow(imitation, &at, &joined.runs.room, joined.runs.count,
                                sizeof *joined.runs.at))
                break;
            joined.runs.at = at;
            joined.runs.at[joined.runs.count++] = cluster->runs.at[j];
        }
        free(cluster->runs.at);
    }
    joined.drawn = true;
    deed->clusters[0] = joined;
    deed->cluster_count = 1;
    imitation_note(imitation,
                   "%llu replies at %s came after %.3f s to %.3f s; the delay is drawn between the "
                   "two",
                   (unsigned long long)joined.count, stage_name(deed->stage),
                   (double)joined.least / 1e6, (double)joined.most / 1e6);
}

/* What a stage's replies mostly were, where the usual one was none of them; null otherwise. */
static struct imitation_cluster *find_general(struct imitation *imitation, enum stage stage,
                                              struct imitation_deed **of)
{
    struct imitation_cluster *general = NULL;
    if (imitation->usual[stage] > 0)
        return NULL;
    for (size_t i = 0; i < imitation->deed_count; i++) {
        struct imitation_deed *deed = &imitation->deeds[i];
        if (deed->stage != stage || !is_manner(deed))
            continue;
        for (size_t j = 0; j < deed->cluster_count; j++)
            if (!general || deed->clusters[j].count > general->count ||
                (deed->clusters[j].count == general->count &&
                 deed->clusters[j].most < general->least)) {
                general = &deed->clusters[j];
                *of = deed;
            }
    }
    return general;
}

static void add_stage(struct making *making, enum stage stage)
{
    struct imitation *imitation = making->imitation;
    struct imitation_deed *of = NULL;
    const struct imitation_cluster *general = find_general(imitation, stage, &of);
    for (size_t i = 0; i < imitation->deed_count; i++) {
        struct imitation_deed *deed = &imitation->deeds[i];
        for (size_t j = 0; j < deed->cluster_count && deed->stage == stage; j++)
            if (&deed->clusters[j] != general)
                add_rules_of(making, deed, &deed->clusters[j]);
    }
    if (!general)
        return;
    struct imitation_rule *rule = add_rule(making, of, general);
    if (rule)
        rule->everywhere = true;
}

/* While nobody could connect the next connection was waited for; `delay`: how long, from the one
 * before it. */
static void time_refusal(const struct imitation *imitation, struct imitation_rule *rule)
{
    uint32_t next = rule->connections[0].first;
    if (next > imitation->answered_count)
        return; /* for good */
    int64_t answered = imitation->answered[next - 1].began, last = 0, first = 0;
    for (size_t i = 0; i < imitation->refused_count; i++)
        if (rank(imitation, imitation->refused[i].number) == next) {
            int64_t began = imitation->refused[i].began;
            first = first == 0 || began < first ? began : first;
            last = began > last ? began : last;
        }
    int64_t since = next > 1 ? imitation->answered[next - 2].began : first;
    if (since > 0 && last >= since && answered > last)
        rule->delay = rule->delay_most = last - since + (answered - last) / 2;
}

struct imitation_rule *imitation_rules(struct imitation *imitation, size_t *count)
{
    struct making making = {.imitation = imitation};
    if (imitation->answered_count > 0)
        qsort(imitation->answered, imitation->answered_count, sizeof *imitation->answered,
              by_number);
    for (size_t i = 0; i < imitation->deed_count; i++) {
        struct imitation_deed *deed = &imitation->deeds[i];
        join_scattered(imitation, deed);
        for (size_t j = 0; j < deed->cluster_count; j++) {
            imitation_runs_settle(&deed->clusters[j].runs);
            to_ranks(imitation, &deed->clusters[j].runs);
        }
    }
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        add_stage(&making, (enum stage)stage);
    if (imitation->no_memory) { /* some are not whole */
        imitation_rules_free(making.rules, making.count);
        *count = 0;
        return NULL;
    }
    for (size_t i = 0; i < making.count; i++)
        if (making.rules[i].deed->refuse != SCENARIO_ANSWER)
            time_refusal(imitation, &making.rules[i]);
    *count = making.count;
    return making.rules;
}

void imitation_rules_free(struct imitation_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(rules[i].connections);
        free(rules[i].occurrences);
    }
    free(rules);
}
