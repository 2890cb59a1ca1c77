#include "harness/check_dialogue.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const verb_names[VERBS] = {
    [VERB_HELO] = "HELO", [VERB_EHLO] = "EHLO", [VERB_MAIL] = "MAIL",
    [VERB_RCPT] = "RCPT", [VERB_DATA] = "DATA", [VERB_RSET] = "RSET",
    [VERB_NOOP] = "NOOP", [VERB_QUIT] = "QUIT", [VERB_OTHER] = "another command",
};

const char *verb_name(enum verb verb)
{
    return verb_names[verb];
}

/* One link while its events are being read. */
struct reading {
    struct link *link;
    bool body;            /* what the sender sends now is message */
    size_t parsed;        /* sender's octets that steps cover */
    size_t centre_parsed; /* centre's octets that answers cover */
    struct answer open;   /* the reply being read */
    size_t open_line;     /* where its current line begins */
    size_t next_due;      /* first step without an answer */
    bool behind_window;   /* the centre reads on, and has said nothing since then */
    /* Octets are missing: what is read now has no place yet. */
    bool lost;
    bool may_resume; /* … with the command of this event, if a reply follows it */
    size_t resume_event;
    uint64_t skipped; /* of the sender's, since then */
};

static struct step *add_step(struct reading *reading, struct step step)
{
    struct link *link = reading->link;
    void *steps = link->steps;
    if (!check_grow(&steps, &link->step_room, link->step_count, sizeof *link->steps))
        return NULL;
    link->steps = steps;
    link->steps[link->step_count] = step;
    return &link->steps[link->step_count++];
}

static enum verb verb_of(const uint8_t *line, size_t count)
{
    if (count < 4 || (count > 4 && line[4] != ' ' && line[4] != '\t'))
        return VERB_OTHER;
    for (int verb = 0; verb < VERB_OTHER; verb++)
        if (strncasecmp((const char *)line, verb_names[verb], 4) == 0)
            return (enum verb)verb;
    return VERB_OTHER;
}

/* Stamps a step with the times at which its octets passed. */
static void stamp_step(const struct link *link, struct step *step)
{
    if (step->wire_end == step->begin)
        return;
    const struct segment *first = stream_locate(&link->sender, step->begin);
    const struct segment *last = stream_locate(&link->sender, step->wire_end - 1);
    step->first_at = first->at;
    step->first_event = first->event;
    step->last_at = last->at;
    step->last_event = last->event;
    step->held_back = last->held_back;
}

/* A command line that is whole, or (at the end of everything) the beginning of one. */
static bool read_command(struct reading *reading, size_t line_feed, bool whole)
{
    struct link *link = reading->link;
    const uint8_t *octets = link->sender.at;
    size_t begin = reading->parsed, end = line_feed;
    bool crlf = whole && end > begin && octets[end - 1] == '\r';
    struct step step = {.kind = STEP_COMMAND,
                        .begin = begin,
                        .end = crlf ? end - 1 : end,
                        .wire_end = whole ? end + 1 : end,
                        .complete = whole,
                        .bare_lf = whole && !crlf};
    step.verb = verb_of(octets + begin, step.end - begin);
    stamp_step(link, &step);
    reading->parsed = step.wire_end;
    return add_step(reading, step) != NULL;
}

/* Looks for CRLF . CRLF (or . CRLF at the very beginning) from where the body was left. */
static bool find_terminator(const uint8_t *octets, size_t begin, size_t count, size_t from,
                            size_t *content_end, size_t *wire_end)
{
    if (count - begin >= 3 && memcmp(octets + begin, ".\r\n", 3) == 0) {
        *content_end = begin;
        *wire_end = begin + 3;
        return true;
    }
    size_t at = from > begin + 4 ? from - 4 : begin;
    const uint8_t *found = memmem(octets + at, count - at, "\r\n.\r\n", 5);
    if (!found)
        return false;
    *content_end = (size_t)(found - octets) + 2;
    *wire_end = *content_end + 3;
    return true;
}

static void extend_body(struct reading *reading, size_t known)
{
    struct link *link = reading->link;
    struct step *step = &link->steps[link->step_count - 1];
    size_t content_end, wire_end;
    if (find_terminator(link->sender.at, step->begin, link->sender.count, known, &content_end,
                        &wire_end)) {
        step->end = content_end;
        step->wire_end = wire_end;
        step->complete = true;
        reading->body = false;
        reading->parsed = wire_end;
    } else {
        step->end = step->wire_end = reading->parsed = link->sender.count;
    }
    stamp_step(link, step);
}

/* The DATA whose reply is still due, behind which the sender's octets can't be read yet: whether
 * they are message or commands depends on that reply. */
static bool waits_for_data_reply(const struct reading *reading)
{
    const struct link *link = reading->link;
    if (link->step_count == 0)
        return false; /* a headless link, before its first command */
    const struct step *last = &link->steps[link->step_count - 1];
    return last->kind == STEP_COMMAND && last->verb == VERB_DATA && last->complete &&
           !last->answer.complete;
}

static bool read_sender(struct reading *reading, size_t known)
{
    struct link *link = reading->link;
    while (reading->parsed < link->sender.count) {
        if (reading->body) {
            extend_body(reading, known);
            if (reading->body)
                return true;
            continue;
        }
        if (waits_for_data_reply(reading))
            return true;
        const uint8_t *from = link->sender.at + reading->parsed;
        const uint8_t *line_feed = memchr(from, '\n', link->sender.count - reading->parsed);
        if (!line_feed)
            return true;
        if (!read_command(reading, (size_t)(line_feed - link->sender.at), true))
            return false;
    }
    return true;
}

/* The code that a line begins with; 0: none. What follows the digits does not matter here. */
static int leading_digits(const uint8_t *line, size_t count)
{
    bool digits = count >= 3 && line[0] >= '2' && line[0] <= '5' && line[1] >= '0' &&
                  line[1] <= '9' && line[2] >= '0' && line[2] <= '9';
    return digits ? (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0') : 0;
}

/* Reads one whole line of a reply into the open answer; true where it was the reply's last. A line
 * that LF alone ends, or whose text follows the code at once, is taken for what its three digits
 * say: whoever does not, waits or gives up, and is no worse. */
static bool take_reply_line(struct answer *answer, const uint8_t *line, size_t count, bool crlf)
{
    int code = leading_digits(line, count);
    bool parted = count == 3 || (count > 3 && (line[3] == ' ' || line[3] == '-'));
    bool other = answer->lines > 0 && code != answer->code;
    answer->lines++;
    answer->doubtful |= !crlf || !parted || other;
    if (code == 0) {
        answer->code = 0;
        return true;
    }
    answer->code = answer->digits = code;
    if (answer->lines == 1)
        answer->first_code = code;
    if (count >= 14 && strncasecmp((const char *)line + 4, "PIPELINING", 10) == 0)
        answer->offers_pipelining = true;
    if (count >= 12 && strncasecmp((const char *)line + 4, "CHUNKING", 8) == 0)
        answer->offers_chunking = true;
    return count == 3 || line[3] != '-';
}

static bool begin_body(struct reading *reading)
{
    reading->body = true;
    struct link *link = reading->link;
    const struct step *data = &link->steps[link->step_count - 1];
    struct step step = {.kind = STEP_BODY,
                        .verb = VERB_OTHER,
                        .begin = reading->parsed,
                        .end = reading->parsed,
                        .wire_end = reading->parsed,
                        .first_at = data->answer.last_at,
                        .last_at = data->answer.last_at,
                        .first_event = data->answer.last_event,
                        .last_event = data->answer.last_event,
                        .held_back = data->held_back};
    return add_step(reading, step) != NULL && read_sender(reading, reading->parsed);
}

/* A reply is whole (or all that came of it): whose is it? */
static bool settle_answer(struct reading *reading)
{
    struct link *link = reading->link;
    struct answer answer = reading->open;
    reading->open = (struct answer){0};
    if (reading->next_due >= link->step_count) {
        void *unasked = link->unasked;
        if (!check_grow(&unasked, &link->unasked_room, link->unasked_count, sizeof *link->unasked))
            return false;
        link->unasked = unasked;
        link->unasked[link->unasked_count++] = answer;
        return true;
    }
    struct step *step = &link->steps[reading->next_due++];
    step->answer = answer;
    if (step->kind == STEP_COMMAND && step->verb == VERB_EHLO && answer.code == 250) {
        link->pipelining = answer.offers_pipelining;
        link->chunking = answer.offers_chunking;
    }
    if (!answer.complete)
        return true;
    bool permits = step->kind == STEP_COMMAND && step->verb == VERB_DATA && answer.code == 354;
    if (permits && reading->next_due == link->step_count)
        return begin_body(reading);
    return read_sender(reading, reading->parsed);
}

static bool read_centre(struct reading *reading, const struct transcript_event *event, size_t index)
{
    struct link *link = reading->link;
    const uint8_t *octets = link->centre.at;
    while (reading->centre_parsed < link->centre.count) {
        struct answer *open = &reading->open;
        if (!open->present) {
            *open = (struct answer){.present = true,
                                    .rule = event->rule,
                                    .first_at = event->at,
                                    .first_event = index,
                                    .begin = reading->centre_parsed};
            reading->open_line = reading->centre_parsed;
        }
        size_t left = link->centre.count - reading->centre_parsed;
        const uint8_t *line_feed = memchr(octets + reading->centre_parsed, '\n', left);
        open->last_at = event->at;
        open->last_event = index;
        if (!line_feed) {
            open->end = reading->centre_parsed = link->centre.count;
            return true;
        }
        size_t end = (size_t)(line_feed - octets), begin = reading->open_line;
        bool crlf = end > begin && octets[end - 1] == '\r';
        open->end = reading->centre_parsed = reading->open_line = end + 1;
        if (!take_reply_line(open, octets + begin, end - begin - crlf, crlf))
            continue;
        open->complete = true;
        if (!settle_answer(reading))
            return false;
    }
    return true;
}

/* A sender that takes its leave where the message was due. */
static void note_retreat(struct link *link)
{
    struct step *last = &link->steps[link->step_count - 1];
    if (last->kind == STEP_BODY && !last->complete && last->end > last->begin)
        last->retreat = octets_are_farewells(link_octets(link, last->begin, last->end));
}

/* The first BDAT; step_count where there is none. */
static size_t first_chunk(const struct link *link)
{
    for (size_t i = 0; i < link->step_count; i++) {
        struct octets line = link_octets(link, link->steps[i].begin, link->steps[i].end);
        if (link->steps[i].kind == STEP_COMMAND && line.count >= 5 &&
            strncasecmp((const char *)line.at, "BDAT ", 5) == 0)
            return i;
    }
    return link->step_count;
}

/* What was left over when the transcript ended. */
static bool finish_link(struct reading *reading)
{
    struct link *link = reading->link;
    if (reading->open.present) {
        struct answer *open = &reading->open;
        open->code = 0;
        open->digits = leading_digits(link->centre.at + open->begin, open->end - open->begin);
        if (!settle_answer(reading))
            return false;
    }
    const uint8_t *line_feed;
    while (!reading->body && reading->parsed < link->sender.count) {
        size_t left = link->sender.count - reading->parsed;
        line_feed = memchr(link->sender.at + reading->parsed, '\n', left);
        size_t end = line_feed ? (size_t)(line_feed - link->sender.at) : link->sender.count;
        if (!read_command(reading, end, line_feed != NULL))
            return false;
    }
    /* A step that got no reply of its own was answered, as the sender sees it, by what had come
     * unasked before it: the 421 of an idle cut. */
    for (size_t i = 0, taken = 0; i < link->step_count && taken < link->unasked_count; i++) {
        struct step *step = &link->steps[i];
        if (!step->answer.present && step->first_event > link->unasked[taken].last_event) {
            step->answer = link->unasked[taken++];
            step->crossed = true;
        }
    }
    uint32_t transaction = 0;
    for (size_t i = 0; i < link->step_count; i++) {
        struct step *step = &link->steps[i];
        bool command = step->kind == STEP_COMMAND;
        if (command && step->verb == VERB_MAIL)
            transaction++;
        if (step->kind == STEP_BODY ||
            (command &&
             (step->verb == VERB_MAIL || step->verb == VERB_RCPT || step->verb == VERB_DATA)))
            step->transaction = transaction;
    }
    note_retreat(link);
    link->derailed = link->chunking ? first_chunk(link) : link->step_count;
    return true;
}

/* "127.0.0.1:50000" -> 50000 */
static uint16_t port_of(struct octets peer)
{
    unsigned port = 0;
    for (size_t i = 0; i < peer.count; i++)
        port = peer.at[i] == ':' ? 0 : (port * 10 + (unsigned)(peer.at[i] - '0')) % 100000;
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

static struct reading *open_link(struct dialogue *dialogue, struct reading **readings,
                                 const struct transcript_event *event, size_t index)
{
    size_t room = dialogue->room;
    void *links = dialogue->links, *grown = *readings;
    if (!check_grow(&links, &dialogue->room, dialogue->count, sizeof *dialogue->links))
        return NULL;
    bool moved = links != dialogue->links;
    dialogue->links = links;
    if (!check_grow(&grown, &room, dialogue->count, sizeof **readings))
        return NULL;
    *readings = grown;
    if (moved)
        for (size_t i = 0; i < dialogue->count; i++)
            (*readings)[i].link = &dialogue->links[i];
    struct link *link = &dialogue->links[dialogue->count];
    *link = (struct link){.number = event->connection,
                          .port = port_of(event->octets),
                          .opened_at = event->at,
                          .opened_event = index,
                          .sender_ended_at = USEC_NEVER,
                          .sender_reset_at = USEC_NEVER,
                          .centre_ended_at = USEC_NEVER,
                          .stalled_at = USEC_NEVER,
                          .closed_at = USEC_NEVER,
                          .paused_at = USEC_NEVER,
                          .resumed_at = USEC_NEVER,
                          .last_at = event->at};
    struct reading *reading = &(*readings)[dialogue->count++];
    *reading = (struct reading){.link = link};
    return reading;
}

static bool add_greeting(struct reading *reading, const struct transcript_event *event,
                         size_t index)
{
    struct step greeting = {.kind = STEP_GREETING,
                            .verb = VERB_OTHER,
                            .complete = true,
                            .first_at = event->at,
                            .last_at = event->at,
                            .first_event = index,
                            .last_event = index};
    return add_step(reading, greeting) != NULL;
}

static void note_sender_end(struct link *link, const struct transcript_event *event, size_t index)
{
    if (link->sender_ended_at == USEC_NEVER) {
        link->sender_ended_at = event->at;
        link->sender_ended_event = index;
    }
    if (event->kind == TRANSCRIPT_SENDER_RST && link->sender_reset_at == USEC_NEVER)
        link->sender_reset_at = event->at;
}

/* Closing its side of a connection that the sender has left is no act of the centre's own. */
static void note_centre_end(struct link *link, const struct transcript_event *event, size_t index)
{
    if (link->sender_ended_at != USEC_NEVER)
        return;
    if (link->centre_ended_at == USEC_NEVER) {
        link->centre_ended_at = event->at;
        link->centre_ended_event = index;
        link->cut_idle = event->stage == STAGE_IDLE;
        link->idle_rule = link->cut_idle && event->rule != 0;
    }
    link->centre_reset |= event->kind == TRANSCRIPT_CENTRE_RST;
    link->centre_half |= event->kind == TRANSCRIPT_CENTRE_HALF;
}

static bool read_event(struct reading *reading, const struct transcript_event *event, size_t index)
{
    struct link *link = reading->link;
    size_t known = link->sender.count;
    switch (event->kind) {
    case TRANSCRIPT_RECEIVED:
        link->last_at = event->at;
        if (!stream_append(&link->sender, event, index))
            return false;
        link->sender.segments[link->sender.segment_count - 1].held_back = reading->behind_window;
        return read_sender(reading, known);
    case TRANSCRIPT_SENT:
        link->last_at = event->at;
        reading->behind_window = false;
        return stream_append(&link->centre, event, index) && read_centre(reading, event, index);
    case TRANSCRIPT_SENDER_FIN:
    case TRANSCRIPT_SENDER_RST:
        if (link->sender_ended_at == USEC_NEVER)
            link->end_held_back = reading->behind_window;
        note_sender_end(link, event, index);
        return true;
    case TRANSCRIPT_CENTRE_FIN:
    case TRANSCRIPT_CENTRE_HALF:
    case TRANSCRIPT_CENTRE_RST:
        note_centre_end(link, event, index);
        return true;
    case TRANSCRIPT_STALLED:
        link->stalled_at = event->at;
        return true;
    case TRANSCRIPT_PAUSED:
        link->paused_at = event->at;
        link->resumed_at = USEC_NEVER;
        return true;
    case TRANSCRIPT_RESUMED:
        link->resumed_at = event->at;
        reading->behind_window = true;
        return true;
    case TRANSCRIPT_STORED:
        if (link->steps[link->step_count - 1].kind == STEP_BODY)
            link->steps[link->step_count - 1].stored = true;
        return true;
    case TRANSCRIPT_MISSING:
        reading->lost = link->tailless = true;
        return true;
    case TRANSCRIPT_OPENED:
    case TRANSCRIPT_FLAW:
    case TRANSCRIPT_FACE:
    case TRANSCRIPT_QUERY:
    case TRANSCRIPT_ANSWER:
        return true;
    case TRANSCRIPT_CLOSED:
        link->closed_at = event->at;
        return true;
    }
    return true;
}

/* Behind missing octets: where the sender begins something anew, and is answered, the connection is
 * read on as another link. */
static bool read_lost(struct dialogue *dialogue, struct reading **readings, size_t place,
                      const struct transcript *transcript, size_t index)
{
    struct reading *reading = &(*readings)[place];
    const struct transcript_event *event = &transcript->events[index];
    bool sent = event->kind == TRANSCRIPT_SENT;
    if (event->kind == TRANSCRIPT_MISSING)
        reading->may_resume = false;
    if (event->kind == TRANSCRIPT_RECEIVED) {
        reading->may_resume = resumes_with_command(event->octets);
        reading->resume_event = index;
        reading->skipped += event->octets.count;
    }
    if (!sent || !reading->may_resume || !resumes_with_reply(event->octets)) {
        reading->may_resume &= !sent;
        return true;
    }
    const struct transcript_event *command = &transcript->events[reading->resume_event];
    struct reading *resumed = open_link(dialogue, readings, command, reading->resume_event);
    if (!resumed)
        return false;
    struct link *link = resumed->link, *part = &dialogue->links[place];
    reading = &(*readings)[place];
    part->continued = dialogue->count - 1;
    link->headless = true;
    link->port = part->port;
    link->before = part->before + part->sender.count + reading->skipped - command->octets.count;
    return read_event(resumed, command, reading->resume_event) && read_event(resumed, event, index);
}

/* Connections are numbered from 1 as they open: their place is known but for transcripts that begin
 * in the middle. dialogue->count where it is not there. */
static size_t find_link(const struct dialogue *dialogue, uint32_t number)
{
    size_t place = number - 1;
    if (number > dialogue->count || dialogue->links[place].number != number)
        for (place = dialogue->count; place-- > 0;)
            if (dialogue->links[place].number == number)
                break;
    if (place >= dialogue->count)
        return dialogue->count;
    while (dialogue->links[place].continued != 0)
        place = dialogue->links[place].continued;
    return place;
}

/* One event, of whichever connection. */
static bool read_any(struct dialogue *dialogue, struct reading **readings,
                     const struct transcript *transcript, size_t index)
{
    const struct transcript_event *event = &transcript->events[index];
    size_t place = find_link(dialogue, event->connection);
    if (place == dialogue->count) {
        struct reading *opened = open_link(dialogue, readings, event, index);
        if (!opened || !add_greeting(opened, event, index))
            return false;
    }
    if ((*readings)[place].lost)
        return read_lost(dialogue, readings, place, transcript, index);
    return read_event(&(*readings)[place], event, index);
}

bool dialogue_read(const struct transcript *transcript, struct dialogue *dialogue)
{
    *dialogue = (struct dialogue){0};
    struct reading *readings = NULL;
    bool fine = true;
    for (size_t i = 0; fine && i < transcript->count; i++) {
        if (transcript->events[i].connection == 0)
            continue;
        fine = read_any(dialogue, &readings, transcript, i);
    }
    for (size_t j = 0; fine && j < dialogue->count; j++)
        fine = finish_link(&readings[j]);
    free(readings);
    dialogue->no_memory = !fine;
    return fine;
}

void dialogue_free(struct dialogue *dialogue)
{
    for (size_t i = 0; i < dialogue->count; i++) {
        struct link *link = &dialogue->links[i];
        free(link->sender.at);
        free(link->sender.segments);
        free(link->centre.at);
        free(link->centre.segments);
        free(link->steps);
        free(link->unasked);
    }
    free(dialogue->links);
    *dialogue = (struct dialogue){0};
}
