/* Which message file a message on the wire is.
 *
 * A defective sender changes what it sends: its Message-ID, every line's ending, the octets above
 * 127. The file that has most lines in common is the one, and where a Message-ID of one stands in
 * it there is no doubt. Where several files are alike, or begin alike, it is taken for one that has
 * not been accepted or refused yet. */
#include <stdlib.h>
#include <strings.h>

#include "harness/check_lines.h"

size_t lines_added(const struct judge *judge, struct octets sent, struct octets file)
{
    return judge->input->adds_headers ? added_headers(sent, file) : 0;
}

/* Exactly as it must be? The usual case, without looking at lines twice. */
static bool is_exact(struct octets sent, struct octets file)
{
    struct text text = {sent, 0}, wanted = {file, 0};
    struct text_line line, file_line;
    while (next_line(&wanted, &file_line))
        if (!next_line(&text, &line) || !line.crlf || !sent_rightly(line.text, file_line.text))
            return false;
    return text.at == sent.count;
}

/* The file's Message-ID stands in the message. */
static bool has_its_id(struct octets sent, struct octets file)
{
    static const char name[] = "Message-ID:";
    struct text text = {file, 0};
    struct text_line line;
    while (next_line(&text, &line) && line.text.count > 0) {
        if (line.text.count < sizeof name ||
            strncasecmp((const char *)line.text.at, name, sizeof name - 1) != 0)
            continue;
        struct octets id = octets_from(line.text, sizeof name - 1);
        while (id.count > 0 && is_blank(id.at[0]))
            id = octets_from(id, 1);
        return id.count > 0 && memmem(sent.at, sent.count, id.at, id.count);
    }
    return false;
}

/* Octets of the message that are the file's, dots before dots counted with them. */
static size_t common_octets(struct octets sent, struct octets file)
{
    size_t common = 0, dots = 0;
    while (common + dots < sent.count && common < file.count &&
           sent.at[common + dots] == file.at[common]) {
        bool at_line = common == 0 || file.at[common - 1] == '\n';
        dots += at_line && file.at[common] == '.' && common + dots + 1 < sent.count &&
                sent.at[common + dots + 1] == '.';
        common++;
    }
    return common + dots;
}

/* What had become of a message before this body came. */
enum history { HISTORY_NONE, HISTORY_TRIED, HISTORY_SENT, HISTORY_SETTLED };

/* Sent is what came to its end, settled what was accepted, or refused for good. */
static enum history history_of(const struct judge *judge, const struct step *body, uint32_t message)
{
    enum history history = HISTORY_NONE;
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        const struct link *link = &judge->dialogue.links[i];
        for (size_t j = 0; j < link->step_count; j++) {
            const struct step *step = &link->steps[j];
            if (step == body)
                return history;
            if (step->kind != STEP_BODY || step->message != message)
                continue;
            bool refused = step->answer.complete && step->answer.code >= 500;
            if (step->stored || refused || answered(step, 250))
                return HISTORY_SETTLED;
            if (history != HISTORY_SENT)
                history = step->complete ? HISTORY_SENT : HISTORY_TRIED;
        }
    }
    return history;
}

/* Of two files that are as like it as each other: one that is not settled yet goes before, and one
 * with less behind it, where it may be `either`. */
static bool goes_before(const struct judge *judge, const struct step *body, uint32_t message,
                        uint32_t other, bool either)
{
    if (other == 0)
        return true;
    enum history own = history_of(judge, body, message);
    enum history others = history_of(judge, body, other);
    return own < others && (others == HISTORY_SETTLED || either);
}

/* What a line is known by, whatever became of its ending and of the dots before it. */
static uint64_t mark_of(struct octets line)
{
    while (line.count > 0 && (line.at[0] == '.' || is_blank(line.at[0])))
        line = octets_from(line, 1);
    while (line.count > 0 && (is_blank(line.at[line.count - 1]) || line.at[line.count - 1] == '\r'))
        line.count--;
    uint64_t mark = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < line.count; i++)
        mark = (mark ^ line.at[i]) * 1099511628211u;
    return mark;
}

static int by_mark(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* The marks of its lines, sorted; to be freed. Null where there is no memory. */
static uint64_t *marks_of(struct octets octets, size_t *count)
{
    struct text text = {octets, 0};
    struct text_line line;
    size_t lines = 0;
    while (next_line(&text, &line))
        lines++;
    uint64_t *marks = calloc(lines + 1, sizeof *marks);
    text.at = *count = 0;
    while (marks && next_line(&text, &line))
        marks[(*count)++] = mark_of(line.text);
    if (marks)
        qsort(marks, *count, sizeof *marks, by_mark);
    return marks;
}

/* How many lines they have in common, of 1000 of both; 0 where there is none (or no memory). */
static size_t likeness(const uint64_t *sent, size_t sent_count, struct octets file)
{
    size_t count, common = 0, i = 0, j = 0;
    uint64_t *marks = marks_of(file, &count);
    while (marks && i < sent_count && j < count) {
        common += sent[i] == marks[j];
        bool forth = sent[i] <= marks[j], back = marks[j] <= sent[i];
        i += forth;
        j += back;
    }
    free(marks);
    return common == 0 ? 0 : 1 + 2000 * common / (sent_count + count);
}

enum { COMMON_LEAST = 8 };

/* A message that breaks off: the file that begins as it does. */
static uint32_t recognise_beginning(const struct judge *judge, const struct step *body,
                                    struct octets sent)
{
    const struct check_input *input = judge->input;
    uint32_t best = 0;
    size_t most = 0;
    for (uint32_t message = 1; message <= input->message_count; message++) {
        struct octets file = input->messages[message - 1].octets;
        struct octets own = octets_from(sent, lines_added(judge, sent, file));
        size_t common = common_octets(own, file);
        bool all = common == own.count && !body->complete;
        if (has_its_id(own, file))
            return message;
        if (common <= COMMON_LEAST && !all)
            continue;
        if (common > most ||
            (common == most && goes_before(judge, body, message, best, common == own.count))) {
            most = common;
            best = message;
        }
    }
    return best;
}

static uint32_t recognise_lines(const struct judge *judge, struct octets sent)
{
    const struct check_input *input = judge->input;
    size_t count, most = 0;
    uint32_t best = 0;
    uint64_t *marks = marks_of(sent, &count);
    for (size_t i = 0; marks && i < input->message_count; i++) {
        struct octets file = input->messages[i].octets;
        if (has_its_id(sent, file)) {
            best = (uint32_t)i + 1;
            break;
        }
        size_t like = likeness(marks, count, file);
        if (like > most) {
            most = like;
            best = (uint32_t)i + 1;
        }
    }
    if (!marks)
        judge->findings->no_memory = true;
    free(marks);
    return best;
}

/* In the field any message may stand on the wire. */
static uint32_t recognise_in_field(const struct check_input *input, struct octets sent)
{
    for (size_t i = 0; i < input->message_count; i++)
        if (has_its_id(sent, input->messages[i].octets))
            return (uint32_t)i + 1;
    for (size_t i = 0; i < input->message_count; i++)
        if (check_alike(sent, input->messages[i].octets))
            return (uint32_t)i + 1;
    return 0;
}

uint32_t lines_recognise(const struct judge *judge, const struct step *body, struct octets sent,
                         bool *exact)
{
    const struct check_input *input = judge->input;
    uint32_t best = 0;
    for (uint32_t message = 1; message <= input->message_count; message++) {
        struct octets file = input->messages[message - 1].octets;
        if (is_exact(octets_from(sent, lines_added(judge, sent, file)), file) &&
            goes_before(judge, body, message, best, true))
            best = message;
    }
    *exact = best > 0;
    if (*exact)
        return best;
    if (input->field)
        return recognise_in_field(input, sent);
    if (input->message_count == 1)
        return 1;
    best = recognise_beginning(judge, body, sent);
    return body->complete || best == 0 ? recognise_lines(judge, sent) : best;
}

bool lines_are_none(const struct judge *judge, struct octets sent)
{
    if (octets_are_farewells(sent))
        return true;
    if (!judge->input->adds_headers)
        return false;
    for (size_t i = 0; i < judge->input->message_count; i++)
        if (only_added_headers(sent, judge->input->messages[i].octets))
            return true;
    return false;
}
