#include "mockserver/imitation_form.h"

#include <stdio.h>
#include <stdlib.h>

/* Replies and rules as JSON. */

/* A value that could not be made is told once, at the end. */
void imitation_set(struct imitation *imitation, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        imitation->no_memory = true;
}

void imitation_add(struct imitation *imitation, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        imitation->no_memory = true;
}

/* The vocabulary has room for twelve digits, and for a hundred years. */
json_t *imitation_span_json(usec duration)
{
    static const usec digits_most = 999999999999, most = (usec)36500 * 24 * 3600 * USEC_PER_SEC;
    char text[40];
    duration = duration < most ? duration : most;
    if (duration % USEC_PER_SEC == 0 || duration / USEC_PER_MSEC > digits_most)
        snprintf(text, sizeof text, "%llds", (long long)(duration / USEC_PER_SEC));
    else if (duration % USEC_PER_MSEC == 0 || duration > digits_most)
        snprintf(text, sizeof text, "%lldms", (long long)(duration / USEC_PER_MSEC));
    else
        snprintf(text, sizeof text, "%lldus", (long long)duration);
    return json_string(text);
}

/* Replies. */

/* Each octet as the character of its number. */
static json_t *octets_json(struct octets octets)
{
    struct buf buf = BUF_INIT(0);
    bool good = true;
    for (size_t i = 0; i < octets.count; i++) {
        uint8_t octet = octets.at[i];
        good = good && (octet < 0x80 ? buf_append_octet(&buf, octet)
                                     : buf_append_octet(&buf, (uint8_t)(0xc0 | octet >> 6)) &&
                                           buf_append_octet(&buf, (uint8_t)(0x80 | (octet & 63))));
    }
    json_t *value = good ? json_stringn(buf.at ? (const char *)buf.at : "", buf.count) : NULL;
    buf_free(&buf);
    return value;
}

static bool is_text(struct octets octets)
{
    for (size_t i = 0; i < octets.count; i++)
        if (octets.at[i] < ' ' || octets.at[i] == 0x7f)
            return false;
    return true;
}

/* One line of a well-formed reply: its text where that can be written as one, in UTF-8; null where
 * it can't. */
static json_t *line_json(struct octets text)
{
    if (!is_text(text))
        return NULL;
    return json_stringn(text.count > 0 ? (const char *)text.at : "", text.count);
}

/* "250-a CRLF 250 b CRLF" -> ["a", "b"]; null where the octets are not exactly what the scenario's
 * reader would make of that. */
static json_t *lines_json(struct octets reply, int code)
{
    json_t *lines = json_array();
    char digits[8];
    snprintf(digits, sizeof digits, "%03d", code);
    while (lines && reply.count > 0) {
        const uint8_t *end = memmem(reply.at, reply.count, "\r\n", 2);
        size_t count = end ? (size_t)(end - reply.at) : 0;
        bool last = end && count + 2 == reply.count;
        bool good = end && count >= 4 && memcmp(reply.at, digits, 3) == 0 &&
                    reply.at[3] == (last ? ' ' : '-') && json_array_size(lines) < 500;
        json_t *line = good ? line_json((struct octets){reply.at + 4, count - 4}) : NULL;
        if (!line || json_array_append_new(lines, line) != 0) {
            json_decref(lines);
            return NULL;
        }
        reply = octets_from(reply, count + 2);
    }
    return lines;
}

static json_t *reply_json(struct imitation *imitation, const struct imitation_deed *deed)
{
    struct octets reply = deed->reply;
    json_t *object = json_object();
    json_t *lines = deed->code ? lines_json(reply, deed->code) : NULL;
    if (lines && json_array_size(lines) == 1) {
        json_t *line = json_stringn((const char *)reply.at, reply.count - 2);
        json_decref(lines);
        json_decref(object);
        return line;
    }
    if (lines) {
        imitation_set(imitation, object, "code", json_integer(deed->code));
        imitation_set(imitation, object, "text", lines);
    } else if (deed->code && reply.count == 5 && memcmp(reply.at + 3, "\r\n", 2) == 0) {
        imitation_set(imitation, object, "code", json_integer(deed->code));
        imitation_set(imitation, object, "text", json_null());
    } else {
        imitation_set(imitation, object, "octets", octets_json(reply));
    }
    return object;
}

/* Rules. */

static json_t *runs_json(struct imitation *imitation, const struct imitation_run *runs,
                         size_t count)
{
    json_t *list = json_array();
    struct imitation_run whole = {0, runs[0].first, runs[count - 1].last};
    if (count > RULES_MOST) {
        imitation_note(imitation,
                       "what was seen on many connections between %u and %u is stated of all of "
                       "them",
                       whole.first, whole.last);
        runs = &whole;
        count = 1;
    }
    for (size_t i = 0; i < count; i++) {
        char text[32];
        snprintf(text, sizeof text, "%u-%u", runs[i].first, runs[i].last);
        imitation_add(imitation, list,
                      runs[i].first == runs[i].last ? json_integer(runs[i].first)
                                                    : json_string(text));
    }
    if (count != 1)
        return list;
    json_t *only = json_incref(json_array_get(list, 0));
    json_decref(list);
    return only;
}

static json_t *occurrences_json(struct imitation *imitation, const struct imitation_rule *rule)
{
    struct imitation_run *runs = calloc(rule->occurrence_count, sizeof *runs);
    size_t count = 0;
    for (size_t i = 0; runs && i < rule->occurrence_count; i++) {
        uint32_t number = rule->occurrences[i];
        if (count > 0 && runs[count - 1].last + 1 == number)
            runs[count - 1].last = number;
        else
            runs[count++] = (struct imitation_run){0, number, number};
    }
    json_t *value = runs ? runs_json(imitation, runs, count) : NULL;
    free(runs);
    return value;
}

static void put_pieces(struct imitation *imitation, const struct imitation_deed *deed, json_t *rule)
{
    if (deed->dribble_octets > 0) {
        json_t *dribble = json_object();
        imitation_set(imitation, dribble, "octets", json_integer((json_int_t)deed->dribble_octets));
        imitation_set(imitation, dribble, "every", imitation_span_json(deed->dribble_every));
        imitation_set(imitation, rule, "dribble", dribble);
    }
    if (deed->split_count == 0)
        return;
    json_t *split = json_array(), *pauses = json_array();
    bool pausing = false;
    for (size_t i = 0; i < deed->split_count; i++) {
        imitation_add(imitation, split, json_integer((json_int_t)deed->split[i]));
        imitation_add(imitation, pauses, imitation_span_json(deed->pauses[i]));
        pausing |= deed->pauses[i] > 0;
    }
    imitation_set(imitation, rule, "split", split);
    if (pausing)
        imitation_set(imitation, rule, "pauses", pauses);
    else
        json_decref(pauses);
}

static void put_ending(struct imitation *imitation, const struct imitation_deed *deed, json_t *rule)
{
    if (deed->stall)
        imitation_set(imitation, rule, "stall", json_true());
    if (deed->stops_reading && deed->reads_again) {
        json_t *stop = json_object();
        imitation_set(imitation, stop, "for", imitation_span_json(deed->stopped_for));
        imitation_set(imitation, rule, "stop_reading", stop);
    } else if (deed->stops_reading) {
        imitation_set(imitation, rule, "stop_reading", json_true());
    }
    switch (deed->close) {
    case SCENARIO_KEEP_OPEN:
        break;
    case SCENARIO_CLOSE_FIN:
        imitation_set(imitation, rule, "close", json_string("fin"));
        break;
    case SCENARIO_CLOSE_RST:
        imitation_set(imitation, rule, "close", json_string("rst"));
        break;
    case SCENARIO_CLOSE_HALF:
        imitation_set(imitation, rule, "close", json_string("half"));
        break;
    }
    if (deed->refuse != SCENARIO_ANSWER)
        imitation_set(imitation, rule, "refuse",
                      json_string(deed->refuse == SCENARIO_REFUSE_RST ? "rst" : "silence"));
    if (deed->stage == STAGE_IDLE)
        imitation_set(imitation, rule, "limit", imitation_span_json(deed->limit));
}

json_t *imitation_rule_json(struct imitation *imitation, const struct imitation_rule *made)
{
    const struct imitation_deed *deed = made->deed;
    json_t *rule = json_object();
    imitation_set(imitation, rule, "at", json_string(stage_name(deed->stage)));
    if (deed->stage == STAGE_BODY && deed->after > 0)
        imitation_set(imitation, rule, "after", json_integer((json_int_t)deed->after));
    if (!made->everywhere)
        imitation_set(imitation, rule, "connection",
                      runs_json(imitation, made->connections, made->connection_count));
    if (!made->everywhere && made->occurrence_count > 0)
        imitation_set(imitation, rule, "occurrence", occurrences_json(imitation, made));
    if (deed->reply.count > 0)
        imitation_set(imitation, rule, "reply", reply_json(imitation, deed));
    if (made->delay_most > made->delay) {
        json_t *delay = json_object(), *both = json_array();
        imitation_add(imitation, both, imitation_span_json(made->delay));
        imitation_add(imitation, both, imitation_span_json(made->delay_most));
        imitation_set(imitation, delay, "uniform", both);
        imitation_set(imitation, rule, "delay", delay);
    } else if (made->delay > 0) {
        imitation_set(imitation, rule, "delay", imitation_span_json(made->delay));
    }
    put_pieces(imitation, deed, rule);
    put_ending(imitation, deed, rule);
    return rule;
}
