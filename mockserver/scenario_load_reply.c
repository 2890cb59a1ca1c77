/* Replies: texts, codes and octets to what stands on the wire. */
#include "mockserver/scenario_load_build.h"
#include "mockserver/scenario_load_words.h"
#include "wire/reply.h"

enum { LINE_MOST = 512 }; /* lines of one reply; the table says so too */

static const char *const variables[] = {"domain", "helo", "message", "connection"};

/* Whether "${name}" at the beginning of `octets` is a variable. What is nearly one is told: it
 * would reach the wire as it stands. */
static bool variable_at(struct builder *builder, const struct value *value, struct octets octets)
{
    const uint8_t *end = memchr(octets.at, '}', octets.count);
    char name[16], found[QUOTE_SIZE], hint[QUOTE_SIZE];
    size_t count = end ? (size_t)(end - octets.at) - 2 : sizeof name;
    if (count >= sizeof name)
        return false;
    memcpy(name, octets.at + 2, count);
    name[count] = '\0';
    struct nearest nearest = {NULL, 0};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        if (strcmp(name, variables[i]) == 0)
            return true;
        nearest_try(&nearest, name, variables[i]);
    }
    if (nearest.word)
        fault_at(builder->faults, value, "found the variable %s%s",
                 fault_quote(found, octets_of(name)), nearest_hint(&nearest, hint));
    return false;
}

static bool has_variables(struct builder *builder, const struct value *value, struct octets octets)
{
    bool has = false;
    while (octets.count > 0) {
        const uint8_t *dollar = memchr(octets.at, '$', octets.count);
        if (!dollar)
            break;
        octets = octets_from(octets, (size_t)(dollar - octets.at));
        if (octets.count > 2 && octets.at[1] == '{')
            has |= variable_at(builder, value, octets);
        octets = octets_from(octets, 1);
    }
    return has;
}

/* {"octets": …} or {"base64": …} */
static struct octets raw_octets(struct builder *builder, const struct value *record)
{
    struct octets octets = {NULL, 0};
    const struct value *text = value_member(record, "octets");
    const struct value *base64 = value_member(record, "base64");
    if (text) {
        octets_read(builder->arena, text->string, &octets);
    } else if (!base64_read(builder->arena, base64->string, &octets)) {
        fault_at(builder->faults, base64, "found no base64: its length or its padding is wrong");
        return octets;
    }
    if (!octets.at)
        builder->no_memory = true;
    return octets;
}

static void set_octets(struct builder *builder, const struct buf *buf, bool ok,
                       struct scenario_reply *reply)
{
    reply->octets = ok ? arena_octets(builder->arena, buf_octets(buf)) : (struct octets){NULL, 0};
    if (!reply->octets.at)
        builder->no_memory = true;
}

/* Lines with a code, as they stand on the wire; without one ('\n' between them) for later. */
static void set_lines(struct builder *builder, int code, const struct octets *lines, size_t count,
                      struct scenario_reply *reply)
{
    struct buf buf = BUF_INIT(0);
    bool ok = code == 0 || reply_format(&buf, code, lines, count);
    for (size_t i = 0; ok && code == 0 && i < count; i++)
        ok = (i == 0 || buf_append_octet(&buf, '\n')) && buf_append(&buf, lines[i]);
    set_octets(builder, &buf, ok, reply);
    buf_free(&buf);
}

static void set_code_alone(struct builder *builder, int code, struct scenario_reply *reply)
{
    struct buf buf = BUF_INIT(0);
    bool ok = code == 0 || buf_format(&buf, "%03d\r\n", code);
    set_octets(builder, &buf, ok, reply);
    buf_free(&buf);
    reply->code_alone = true;
}

static struct octets line_octets(struct builder *builder, const struct value *line)
{
    if (line->kind == VALUE_STRING)
        return line->string;
    struct octets octets = raw_octets(builder, line);
    if (octets.count > 0 &&
        (memchr(octets.at, '\r', octets.count) || memchr(octets.at, '\n', octets.count)))
        fault_at(builder->faults, line,
                 "a line of a text holds a CR or an LF; the octets of a whole reply can be given "
                 "instead: \"reply\": {\"octets\": ...}");
    return octets;
}

static void build_text_reply(struct builder *builder, const struct value *value, bool named,
                             struct scenario_reply *reply)
{
    const struct value *text = value_member(value, "text"), *code = value_member(value, "code");
    if (!code && !named)
        fault_at(builder->faults, value,
                 "the well-behaved centre has no reply here: the key \"code\" is missing");
    reply->code = code ? (int)code->integer : 0;
    reply->default_code = !code;
    if (text->kind == VALUE_NULL) {
        set_code_alone(builder, reply->code, reply);
        return;
    }
    struct octets lines[LINE_MOST];
    size_t count = text->kind == VALUE_ARRAY ? text->count : 1;
    for (size_t i = 0; i < count && i < LINE_MOST; i++)
        lines[i] = line_octets(builder, text->kind == VALUE_ARRAY ? text->members[i].value : text);
    set_lines(builder, reply->code, lines, count, reply);
}

static void build_line_reply(struct builder *builder, const struct value *value,
                             struct scenario_reply *reply)
{
    const uint8_t *digits = value->string.at;
    reply->code = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
    if (value->string.count == 3) {
        set_code_alone(builder, reply->code, reply);
        return;
    }
    struct octets text = octets_from(value->string, 4);
    set_lines(builder, reply->code, &text, 1, reply);
}

void build_reply(struct builder *builder, const struct value *value, bool named,
                 struct scenario_reply *reply)
{
    if (value->kind == VALUE_STRING) {
        build_line_reply(builder, value, reply);
    } else if (value_member(value, "text")) {
        build_text_reply(builder, value, named, reply);
    } else {
        reply->octets = raw_octets(builder, value);
        reply->code = reply_meant(reply->octets).code;
        if (reply->octets.at && reply->octets.count == 0)
            fault_at(builder->faults, value, "found no octets; \"stall\" sends nothing");
    }
    reply->has_variables = has_variables(builder, value, reply->octets);
}
