#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "mockserver/imitation_private.h"
#include "mockserver/transcript.h"

/* What passed, in the journal's form (mockserver/journal.h), so that everything that reads a
 * journal reads it: what the sender did then is compared with what it does now. */

enum { TRACE_MOST = 64 * 1024 * 1024 };

struct trace {
    struct imitation *imitation;
    const struct field_connection *connection;
    struct buf streams[2]; /* by enum field_end: masked as wholes */
    size_t taken[2];
    struct buf lines;
};

static void put_base64(struct trace *trace, struct octets octets)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < octets.count; i += 3) {
        uint32_t three = (uint32_t)octets.at[i] << 16;
        three |= i + 1 < octets.count ? (uint32_t)octets.at[i + 1] << 8 : 0;
        three |= i + 2 < octets.count ? octets.at[i + 2] : 0;
        const uint8_t four[4] = {(uint8_t)digits[three >> 18], (uint8_t)digits[three >> 12 & 63],
                                 (uint8_t)(i + 1 < octets.count ? digits[three >> 6 & 63] : '='),
                                 (uint8_t)(i + 2 < octets.count ? digits[three & 63] : '=')};
        trace->imitation->no_memory |= !buf_append(&trace->lines, (struct octets){four, 4});
    }
}

static bool is_plain(struct octets octets)
{
    for (size_t i = 0; i < octets.count; i++)
        if ((octets.at[i] < ' ' && octets.at[i] != '\r' && octets.at[i] != '\n') ||
            octets.at[i] >= 0x7f || octets.at[i] == '"' || octets.at[i] == '\\')
            return false;
    return true;
}

static void put_octets(struct trace *trace, struct octets octets)
{
    struct buf *lines = &trace->lines;
    bool plain = is_plain(octets),
         good = buf_append_string(lines, plain ? ",\"octets\":\"" : ",\"base64\":\"");
    if (!plain)
        put_base64(trace, octets);
    for (size_t i = 0; plain && i < octets.count; i++)
        good = good && (octets.at[i] == '\r'   ? buf_append(lines, OCTETS("\\r"))
                        : octets.at[i] == '\n' ? buf_append(lines, OCTETS("\\n"))
                                               : buf_append_octet(lines, octets.at[i]));
    good = good && buf_append_octet(lines, '"');
    trace->imitation->no_memory |= !good;
}

static void put_event(struct trace *trace, usec at, enum transcript_kind kind, struct octets octets)
{
    char text[160], stamp[40] = "";
    int64_t wall_clock = trace->connection->began + at;
    time_t seconds = (time_t)(wall_clock / USEC_PER_SEC);
    struct tm parts;
    if (trace->connection->began && gmtime_r(&seconds, &parts))
        strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &parts);
    int length = snprintf(text, sizeof text, "{\"at\":%lld.%06lld", (long long)(at / USEC_PER_SEC),
                          (long long)(at % USEC_PER_SEC));
    if (stamp[0])
        length += snprintf(text + length, sizeof text - (size_t)length, ",\"time\":\"%s.%06lldZ\"",
                           stamp, (long long)(wall_clock % USEC_PER_SEC));
    snprintf(text + length, sizeof text - (size_t)length, ",\"connection\":%u,\"event\":\"%s\"",
             trace->connection->number, transcript_kind_name(kind));
    trace->imitation->no_memory |= !buf_append_string(&trace->lines, text);
    if (octets.count > 0)
        put_octets(trace, octets);
    trace->imitation->no_memory |= !buf_append_string(&trace->lines, "}\n");
}

/* The sender's stream has messages in it, and commands between them: passwords are looked for in
 * the messages, which are known by now; addresses everywhere. */
static bool gather_streams(struct trace *trace)
{
    const struct field_connection *connection = trace->connection;
    for (size_t i = 0; i < connection->event_count; i++)
        if (connection->events[i].kind == FIELD_OCTETS &&
            !buf_append(&trace->streams[connection->events[i].end], connection->events[i].octets))
            return false;
    for (int end = 0; end < 2; end++)
        if (trace->streams[end].count > 0)
            imitation_mask_text(trace->imitation, trace->streams[end].at,
                                trace->streams[end].count);
    return true;
}

static void put_connection(struct trace *trace)
{
    const struct field_connection *connection = trace->connection;
    const char *sender =
        connection->sender[0] && trace->imitation->options.unmasked ? connection->sender : "-";
    put_event(trace, 0, TRANSCRIPT_OPENED, octets_of(sender));
    for (size_t i = 0; i < connection->event_count; i++) {
        const struct field_event *event = &connection->events[i];
        bool ours = event->end == FIELD_CENTRE;
        struct octets octets = {NULL, event->octets.count};
        switch (event->kind) {
        case FIELD_OCTETS:
            octets.at =
                octets.count > 0 ? trace->streams[event->end].at + trace->taken[event->end] : NULL;
            trace->taken[event->end] += octets.count;
            put_event(trace, event->at, ours ? TRANSCRIPT_SENT : TRANSCRIPT_RECEIVED, octets);
            break;
        case FIELD_FIN:
            put_event(trace, event->at,
                      !ours             ? TRANSCRIPT_SENDER_FIN
                      : event->reads_on ? TRANSCRIPT_CENTRE_HALF
                                        : TRANSCRIPT_CENTRE_FIN,
                      (struct octets){0});
            break;
        case FIELD_RST:
            put_event(trace, event->at, ours ? TRANSCRIPT_CENTRE_RST : TRANSCRIPT_SENDER_RST,
                      (struct octets){0});
            break;
        case FIELD_CLOSED_WINDOW:
        case FIELD_OPEN_WINDOW:
            if (ours)
                put_event(trace, event->at,
                          event->kind == FIELD_CLOSED_WINDOW ? TRANSCRIPT_PAUSED
                                                             : TRANSCRIPT_RESUMED,
                          (struct octets){0});
            break;
        case FIELD_GAP:
            break;
        }
    }
    usec end = connection->event_count ? connection->events[connection->event_count - 1].at : 0;
    if (connection->ended)
        put_event(trace, end, TRANSCRIPT_CLOSED, (struct octets){0});
}

static bool open_trace(struct imitation *imitation)
{
    if (imitation->trace >= 0)
        return true;
    if (asprintf(&imitation->trace_beside, "%s.%ld.trace", imitation->options.file,
                 (long)getpid()) < 0) {
        imitation->trace_beside = NULL;
        imitation->no_memory = true;
        return false;
    }
    imitation->trace =
        open(imitation->trace_beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (imitation->trace >= 0)
        return true;
    problem_set(&imitation->problem, "%s: can't be written: %s", imitation->trace_beside,
                strerror(errno));
    return false;
}

static void write_lines(struct imitation *imitation, struct octets lines)
{
    while (lines.count > 0) {
        ssize_t written = write(imitation->trace, lines.at, lines.count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            problem_set(&imitation->problem, "%s: can't be written: %s", imitation->trace_beside,
                        strerror(errno));
            return;
        }
        imitation->trace_octets += (size_t)written;
        lines = octets_from(lines, (size_t)written);
    }
}

void imitation_trace(struct imitation *imitation, const struct field_connection *connection)
{
    struct trace trace = {.imitation = imitation, .connection = connection};
    if (imitation->trace_octets > TRACE_MOST) {
        imitation->trace_cut = true;
        return;
    }
    if (!open_trace(imitation))
        return;
    if (gather_streams(&trace))
        put_connection(&trace);
    else
        imitation->no_memory = true;
    if (!imitation->no_memory)
        write_lines(imitation, buf_octets(&trace.lines));
    buf_free(&trace.lines);
    buf_free(&trace.streams[0]);
    buf_free(&trace.streams[1]);
}

void imitation_trace_free(struct imitation *imitation)
{
    if (imitation->trace >= 0)
        close(imitation->trace);
    if (imitation->trace_beside)
        unlink(imitation->trace_beside);
    free(imitation->trace_beside);
}
