#include "mockserver/play.h"

#include <stdlib.h>

#include "mockserver/glob.h"

/* 100 years: two of them added are far from overflowing. */
#define DURATION_MOST ((usec)100 * 366 * 24 * 3600 * USEC_PER_SEC)

/* Sorts the rules by stage, in the order of the file, so that an event looks at its own alone. */
static void index_rules(struct play_book *book)
{
    const struct scenario *scenario = book->scenario;
    uint32_t next = 0;
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        book->stage_first[stage] = next;
        for (size_t i = 0; i < scenario->rule_count; i++)
            if (scenario->rules[i].stages & 1u << stage)
                book->order[next++] = (uint32_t)i;
    }
    book->stage_first[STAGE_COUNT] = next;
}

bool play_book_init(struct play_book *book, const struct scenario *scenario)
{
    size_t named = 0;
    for (size_t i = 0; i < scenario->rule_count; i++)
        named += (size_t)__builtin_popcount(scenario->rules[i].stages);
    struct play_counts *counts = calloc(1, play_counts_size(scenario->rule_count));
    uint32_t *order = calloc(named + 1, sizeof *order);
    struct glob *globs = calloc(scenario->rule_count + 1, sizeof *globs);
    if (!counts || !order || !globs) {
        free(counts);
        free(order);
        free(globs);
        return false;
    }
    *book = (struct play_book){.scenario = scenario,
                               .counts = counts,
                               .acted = counts->acted,
                               .order = order,
                               .globs = globs};
    for (size_t i = 0; i < scenario->rule_count; i++)
        if (scenario->rules[i].argument)
            globs[i] = glob_of(scenario->rules[i].argument);
    index_rules(book);
    return true;
}

static void counts_free(struct play_book *book)
{
    if (!book->counts_are_shared)
        free(book->counts);
}

void play_book_share(struct play_book *book, struct play_counts *counts)
{
    counts_free(book);
    book->counts = counts;
    book->acted = counts->acted;
    book->counts_are_shared = true;
}

void play_book_free(struct play_book *book)
{
    counts_free(book);
    free(book->order);
    free(book->globs);
    *book = (struct play_book){0};
}

void play_begin(struct play_cursor *cursor, struct play_book *book, uint64_t seed)
{
    *cursor = (struct play_cursor){.book = book, .connection = ++book->counts->connections};
    cursor->random = random_seeded(seed, cursor->connection);
}

/* Most rules leave most selectors open. */
static inline bool holds(const struct ranges *ranges, uint32_t number)
{
    return ranges->count == 0 || ranges_hold(ranges, number);
}

/* All selectors but the argument and the probability. */
static inline bool rule_fits(const struct play_cursor *cursor, uint32_t index, uint32_t occurrence)
{
    const struct rule *rule = &cursor->book->scenario->rules[index];
    return (rule->times == 0 || cursor->book->acted[index] < rule->times) &&
           holds(&rule->connections, cursor->connection) &&
           holds(&rule->messages, cursor->message) && holds(&rule->occurrences, occurrence);
}

/* Counts it; false where another process was first, and the rule has acted often enough. */
static bool rule_acts(struct play_book *book, uint32_t index)
{
    uint32_t times = book->scenario->rules[index].times;
    if (++book->acted[index] <= times || times == 0)
        return true;
    book->acted[index]--;
    return false;
}

static bool rule_drawn(struct play_cursor *cursor, const struct rule *rule)
{
    return rule->probability >= 1 || random_unit(&cursor->random) < rule->probability;
}

const struct rule *play_event(struct play_cursor *cursor, enum stage stage, struct octets argument)
{
    struct play_book *book = cursor->book;
    uint32_t occurrence = ++cursor->occurrences[stage];
    if (stage == STAGE_MAIL)
        cursor->message = ++book->counts->messages;
    else if (stage == STAGE_END_OF_DATA)
        cursor->occurrences[STAGE_BODY]++;

    for (uint32_t i = book->stage_first[stage]; i < book->stage_first[stage + 1]; i++) {
        uint32_t index = book->order[i];
        const struct rule *rule = &book->scenario->rules[index];
        if (rule_fits(cursor, index, occurrence) &&
            (!rule->argument || glob_fits(&book->globs[index], argument)) &&
            rule_drawn(cursor, rule) && rule_acts(book, index))
            return rule;
    }
    return NULL;
}

static bool turn_is_over(const struct play_turn *turn, const struct rule *rule)
{
    return rule->after < turn->after ||
           (rule->after == turn->after && rule->number <= turn->number);
}

/* The nearest rule that counts octets (lines) and has not had its turn; null where there is none.
 */
static const struct rule *nearest_body_rule(const struct play_cursor *cursor, bool in_lines)
{
    const struct play_book *book = cursor->book;
    const struct rule *nearest = NULL;
    uint32_t occurrence = cursor->occurrences[STAGE_BODY] + 1;
    for (uint32_t i = book->stage_first[STAGE_BODY]; i < book->stage_first[STAGE_BODY + 1]; i++) {
        uint32_t index = book->order[i];
        const struct rule *rule = &book->scenario->rules[index];
        if (rule->after_lines == in_lines && !turn_is_over(&cursor->turns[in_lines], rule) &&
            (!nearest || rule->after < nearest->after) && rule_fits(cursor, index, occurrence))
            nearest = rule;
    }
    return nearest;
}

static uint64_t distance(const struct rule *rule, uint64_t from)
{
    return rule->after > from ? rule->after - from : 0;
}

void play_body_begin(struct play_cursor *cursor)
{
    memset(cursor->turns, 0, sizeof cursor->turns);
}

bool play_body_next(const struct play_cursor *cursor, uint64_t octets, uint64_t lines,
                    struct play_point *point)
{
    const struct rule *by_octets = nearest_body_rule(cursor, false);
    const struct rule *by_lines = nearest_body_rule(cursor, true);
    if (!by_octets && !by_lines)
        return false;
    uint64_t octets_ahead = by_octets ? distance(by_octets, octets) : UINT64_MAX;
    uint64_t lines_ahead = by_lines ? distance(by_lines, lines) : UINT64_MAX;
    if (!by_lines)
        *point = (struct play_point){false, octets_ahead, by_octets};
    else if (!by_octets)
        *point = (struct play_point){true, lines_ahead, by_lines};
    else if (lines_ahead == 0 && (octets_ahead > 0 || by_lines->number < by_octets->number))
        *point = (struct play_point){true, 0, by_lines};
    else if (octets_ahead <= lines_ahead) /* a line has at least one octet */
        *point = (struct play_point){false, octets_ahead, by_octets};
    else /* so many octets can't pass either of them by */
        *point = (struct play_point){false, lines_ahead, NULL};
    return true;
}

bool play_body_acts(struct play_cursor *cursor, const struct play_point *point)
{
    const struct rule *rule = point->rule;
    if (!rule)
        return false;
    uint32_t index = (uint32_t)(rule - cursor->book->scenario->rules);
    bool acts = rule_drawn(cursor, rule) && rule_acts(cursor->book, index);
    cursor->turns[rule->after_lines] =
        (struct play_turn){rule->after, acts ? UINT32_MAX : rule->number};
    return acts;
}

const struct rule *play_idle(const struct play_cursor *cursor)
{
    const struct play_book *book = cursor->book;
    uint32_t occurrence = cursor->occurrences[STAGE_IDLE] + 1;
    for (uint32_t i = book->stage_first[STAGE_IDLE]; i < book->stage_first[STAGE_IDLE + 1]; i++)
        if (rule_fits(cursor, book->order[i], occurrence))
            return &book->scenario->rules[book->order[i]];
    return NULL;
}

static usec to_usec(double duration)
{
    if (!(duration > 0))
        return 0;
    return duration < (double)DURATION_MOST ? (usec)(duration + 0.5) : DURATION_MOST;
}

usec play_span(const struct play_clock *clock, struct span span)
{
    if (span.percent > 0)
        return to_usec((double)clock->sender_limit * span.percent / 100);
    if (clock->pace == 1 && span.duration <= DURATION_MOST)
        return span.duration;
    return to_usec((double)span.duration / clock->pace);
}

usec play_delay(const struct play_clock *clock, struct play_cursor *cursor,
                const struct delay *delay)
{
    usec first = play_span(clock, delay->first);
    usec second = play_span(clock, delay->second);
    switch (delay->kind) {
    case DELAY_NONE:
        return 0;
    case DELAY_FIXED:
        return first;
    case DELAY_UNIFORM: /* a share and a duration may come in the wrong order: then the first holds
                         */
        if (second <= first)
            return first;
        return first + to_usec((double)(second - first) * random_unit(&cursor->random));
    case DELAY_EXPONENTIAL:
        return first > 0 ? to_usec(random_exponential(&cursor->random, (double)first)) : 0;
    case DELAY_NORMAL:
        return to_usec(random_normal(&cursor->random, (double)first, (double)second));
    }
    return 0;
}
