#include "harness/world.h"

#include <stdarg.h>
#include <stdio.h>

#include "wire/random.h"

/* Drawing a world. The weights favour what hurts: the end of data, short replies, cuts. */

struct drawing {
    struct random random;
    const struct world_options *options;
    struct arena *arena;
    bool two_recipients;
    bool no_memory;
};

static unsigned below(struct drawing *drawing, unsigned count)
{
    return (unsigned)random_below(&drawing->random, count);
}

/* True with a chance of `percent`. */
static bool chance(struct drawing *drawing, unsigned percent)
{
    return below(drawing, 100) < percent;
}

static void add_part(struct drawing *drawing, struct world_object *object, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_part(struct drawing *drawing, struct world_object *object, const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *kept = arena_string(drawing->arena, text);
    if (kept && object->count < WORLD_PARTS)
        object->parts[object->count++] = kept;
    drawing->no_memory |= !kept;
}

struct duration {
    char text[24];
};

/* From nothing to beyond the limit and beyond the idle limit; in real time never for long. */
static struct duration draw_duration(struct drawing *drawing)
{
    static const unsigned shares[] = {1, 10, 30, 50, 75, 99, 101, 130, 250};
    struct duration drawn = {"0ms"};
    switch (below(drawing, drawing->options->slow ? 3 : 5)) {
    case 0:
        snprintf(drawn.text, sizeof drawn.text, "%ums", below(drawing, 50));
        break;
    case 1:
        snprintf(drawn.text, sizeof drawn.text, "%u%%",
                 shares[below(drawing, sizeof shares / sizeof *shares)]);
        break;
    case 2:
        snprintf(drawn.text, sizeof drawn.text, "%ums", below(drawing, 1500));
        break;
    case 3:
        snprintf(drawn.text, sizeof drawn.text, "%us", below(drawing, 130));
        break;
    case 4:
        snprintf(drawn.text, sizeof drawn.text, "%us", 110 + below(drawing, 20));
        break;
    }
    return drawn;
}

/* Of what is drawn for one part, one after the other: C leaves open in which order arguments are
 * worked out, and a seed means the same world with every compiler. */

static void draw_uniform(struct drawing *drawing, struct world_object *rule)
{
    unsigned most = 81 + below(drawing, 60), least = 1 + below(drawing, 80);
    add_part(drawing, rule, "\"delay\": {\"uniform\": [\"%u%%\", \"%u%%\"]}", least, most);
}

static void draw_normal(struct drawing *drawing, struct world_object *rule)
{
    unsigned deviation = below(drawing, 900);
    add_part(drawing, rule, "\"delay\": {\"normal\": [\"%s\", \"%ums\"]}",
             draw_duration(drawing).text, deviation);
}

static void draw_delay(struct drawing *drawing, struct world_object *rule)
{
    switch (below(drawing, 8)) {
    case 0:
        draw_uniform(drawing, rule);
        break;
    case 1:
        add_part(drawing, rule, "\"delay\": {\"exponential\": \"%s\"}",
                 draw_duration(drawing).text);
        break;
    case 2:
        draw_normal(drawing, rule);
        break;
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
        add_part(drawing, rule, "\"delay\": \"%s\"", draw_duration(drawing).text);
        break;
    }
}

/* Codes: those of RFC 821 mostly, sometimes any. */
static unsigned draw_code(struct drawing *drawing)
{
    static const unsigned codes[] = {211, 214, 220, 221, 250, 250, 250, 251, 354,
                                     354, 421, 421, 450, 451, 452, 500, 501, 502,
                                     503, 504, 550, 550, 551, 552, 553, 554};
    return chance(drawing, 90) ? codes[below(drawing, sizeof codes / sizeof *codes)]
                               : 200 + below(drawing, 400);
}

static const char *draw_words(struct drawing *drawing)
{
    static const char *const words[] = {
        "OK",
        "",
        "250 OK",
        "550 no such user",
        "354 go ahead",
        "421 closing",
        "\\u6b63\\u5e38",
        "-- more",
        "QUIT",
        ".",
        "${domain} ${helo} ${message} ${connection}",
        "a text that is a good deal longer than usual, and says nothing at all; 250 or not 250",
        "\\t blanks \\t",
        "\\u0001\\u001b[2J\\u007f",
    };
    return words[below(drawing, sizeof words / sizeof *words)];
}

/* Octets that may be a reply, or nearly one, or two. */
static void draw_octets(struct drawing *drawing, struct world_object *rule)
{
    static const char *const forms[] = {
        "%u OK\\r\\n",
        "%u\\r\\n",
        "%u \\r\\n",
        "%u OK\\n",
        "%u-one\\r\\n%u two\\r\\n",
        "%u-one\\r\\n%u-two\\r\\n%u\\r\\n",
        "%u-one\\r\\n250 two\\r\\n",
        "%u OK\\r\\n%u OK\\r\\n",
        "%u OK",
        "%u",
        "%u-one\\r\\n",
        "25\\r\\n%u OK\\r\\n",
        "\\r\\n%u OK\\r\\n",
        "25O OK\\r\\n",
        "%u\\u0000OK\\r\\n",
        "%u OK\\r",
        "%uOK\\r\\n",
        "%u\\tOK\\r\\n",
        "OK\\r\\n",
        "\\u00ff\\u00fe%u\\r\\n",
        " %u OK\\r\\n",
    };
    unsigned code = draw_code(drawing);
    char octets[200];
    const char *form = forms[below(drawing, sizeof forms / sizeof *forms)];
    size_t length = 0;
    for (const char *at = form; *at && length < sizeof octets - 4; at++) {
        if (at[0] == '%' && at[1] == 'u')
            length += (size_t)snprintf(octets + length, sizeof octets - length, "%u", code), at++;
        else
            octets[length++] = *at;
    }
    octets[length] = '\0';
    add_part(drawing, rule, "\"reply\": {\"octets\": \"%s\"}", octets);
}

/* A reply with a text of so many lines. */
static void draw_lines(struct drawing *drawing, struct world_object *rule)
{
    unsigned count = 1 + (chance(drawing, 60) ? below(drawing, 3) : below(drawing, 25));
    char lines[3600];
    size_t length = 0;
    for (unsigned i = 0; i < count; i++)
        length += (size_t)snprintf(lines + length, sizeof lines - length, "%s\"%s\"",
                                   i == 0 ? "" : ", ", draw_words(drawing));
    add_part(drawing, rule, "\"reply\": {\"code\": %u, \"text\": [%s]}", draw_code(drawing), lines);
}

static void draw_line_of_reply(struct drawing *drawing, struct world_object *rule)
{
    const char *words = draw_words(drawing);
    add_part(drawing, rule, "\"reply\": \"%u %s\"", draw_code(drawing), words);
}

static void draw_reply(struct drawing *drawing, struct world_object *rule)
{
    switch (below(drawing, 6)) {
    case 0:
        draw_octets(drawing, rule);
        break;
    case 1:
        draw_lines(drawing, rule);
        break;
    case 2:
        add_part(drawing, rule, "\"reply\": {\"text\": \"%s\"}", draw_words(drawing));
        break;
    case 3:
    case 4:
    case 5:
        draw_line_of_reply(drawing, rule);
        break;
    }
}

static const char *draw_close(struct drawing *drawing, bool half)
{
    static const char *const ways[] = {"fin", "rst", "half"};
    return ways[below(drawing, half ? 3 : 2)];
}

/* Pieces that a reply goes out in: short ones, since most replies are short. In real time somebody
 * who bounds each piece alone would be kept by a long reply for many minutes. */
static void draw_pieces(struct drawing *drawing, struct world_object *rule)
{
    if (chance(drawing, 50)) {
        add_part(drawing, rule, "\"split\": [%u]", 1 + below(drawing, 2));
        return;
    }
    struct duration every;
    if (drawing->options->slow)
        snprintf(every.text, sizeof every.text, "%ums", below(drawing, 80));
    else
        every = draw_duration(drawing);
    add_part(drawing, rule, "\"dribble\": {\"octets\": %u, \"every\": \"%s\"}",
             1 + below(drawing, 2), every.text);
}

static void draw_stop(struct drawing *drawing, struct world_object *rule)
{
    if (chance(drawing, 40))
        add_part(drawing, rule, "\"stop_reading\": true");
    else
        add_part(drawing, rule, "\"stop_reading\": {\"for\": \"%s\"}", draw_duration(drawing).text);
}

/* In real time a refusal that ends would race with the start of the sender's process. */
static void draw_connect(struct drawing *drawing, struct world_object *rule)
{
    switch (below(drawing, 4)) {
    case 0:
        add_part(drawing, rule, "\"refuse\": \"%s\"", chance(drawing, 50) ? "rst" : "silence");
        break;
    case 1:
        add_part(drawing, rule, "\"refuse\": \"%s\"", chance(drawing, 50) ? "rst" : "silence");
        if (!drawing->options->slow)
            add_part(drawing, rule, "\"delay\": \"%s\"", draw_duration(drawing).text);
        break;
    case 2:
        add_part(drawing, rule, "\"delay\": \"%s\"", draw_duration(drawing).text);
        break;
    case 3:
        add_part(drawing, rule, "\"close\": \"%s\"", draw_close(drawing, false));
        break;
    }
}

static void draw_idle(struct drawing *drawing, struct world_object *rule)
{
    add_part(drawing, rule, "\"limit\": \"%us\"", 1 + below(drawing, 240));
    if (chance(drawing, 50))
        add_part(drawing, rule, "\"reply\": \"421 %s\"", draw_words(drawing));
    if (chance(drawing, 50))
        add_part(drawing, rule, "\"close\": \"%s\"", draw_close(drawing, true));
}

/* What the centre does in place of its usual reply. */
static void draw_action(struct drawing *drawing, enum stage stage, struct world_object *rule)
{
    if (stage == STAGE_END_OF_DATA && chance(drawing, 20))
        add_part(drawing, rule, "\"store\": %s", chance(drawing, 50) ? "true" : "false");
    if (chance(drawing, 12)) {
        add_part(drawing, rule, "\"stall\": true");
        return;
    }
    bool replies = chance(drawing, 60), closes = chance(drawing, 35);
    if (replies)
        draw_reply(drawing, rule);
    if (chance(drawing, 30) || (!replies && !closes))
        draw_delay(drawing, rule);
    if ((replies || !closes) && chance(drawing, 25))
        draw_pieces(drawing, rule);
    if (chance(drawing, 12))
        draw_stop(drawing, rule);
    if (closes)
        add_part(drawing, rule, "\"close\": \"%s\"", draw_close(drawing, true));
}

static void draw_early_reply(struct drawing *drawing, struct world_object *rule)
{
    const char *close = draw_close(drawing, true), *words = draw_words(drawing);
    unsigned code = chance(drawing, 70) ? 421 : 400 + below(drawing, 160);
    add_part(drawing, rule, "\"reply\": \"%u %s\", \"close\": \"%s\"", code, words, close);
}

static void draw_late_close(struct drawing *drawing, struct world_object *rule)
{
    const char *close = draw_close(drawing, true);
    add_part(drawing, rule, "\"delay\": \"%s\", \"close\": \"%s\"", draw_duration(drawing).text,
             close);
}

static void draw_body(struct drawing *drawing, struct world_object *rule)
{
    static const unsigned reach[] = {2, 80, 1000, 10000, 100000};
    unsigned most = reach[below(drawing, sizeof reach / sizeof *reach)];
    if (chance(drawing, 80))
        add_part(drawing, rule, "\"after\": %u", below(drawing, most));
    else
        add_part(drawing, rule, "\"after\": {\"lines\": %u}", below(drawing, 20));
    switch (below(drawing, 5)) {
    case 0:
        add_part(drawing, rule, "\"close\": \"%s\"", draw_close(drawing, true));
        break;
    case 1:
        draw_stop(drawing, rule);
        break;
    case 2:
        /* Without a close, a reply in the middle of a message leaves the two out of step for good.
         */
        draw_early_reply(drawing, rule);
        break;
    case 3:
        draw_late_close(drawing, rule);
        break;
    case 4:
        add_part(drawing, rule, "\"stall\": true");
        break;
    }
}

/* On which connections, in which messages, how often. */
static void draw_selectors(struct drawing *drawing, enum stage stage, struct world_object *rule)
{
    unsigned first = 1 + below(drawing, 3);
    if (chance(drawing, 25))
        add_part(drawing, rule,
                 chance(drawing, 60) ? "\"connection\": %u" : "\"connection\": \"%u-\"", first);
    if (stage != STAGE_CONNECT && stage != STAGE_BANNER && chance(drawing, 25))
        add_part(drawing, rule, "\"message\": %u", 1 + below(drawing, 4));
    if (chance(drawing, 15))
        add_part(drawing, rule, "\"occurrence\": %u", 1 + below(drawing, 3));
    if (chance(drawing, 40))
        add_part(drawing, rule, "\"times\": %u", 1 + below(drawing, 3));
    if (stage != STAGE_IDLE && stage != STAGE_CONNECT && chance(drawing, 15))
        add_part(drawing, rule, "\"probability\": 0.%u", 1 + below(drawing, 9));
}

static void draw_rule(struct drawing *drawing, struct world_object *rule)
{
    static const enum stage stages[] = {
        STAGE_CONNECT, STAGE_BANNER,      STAGE_BANNER,      STAGE_HELO,        STAGE_MAIL,
        STAGE_MAIL,    STAGE_RCPT,        STAGE_RCPT,        STAGE_DATA,        STAGE_DATA,
        STAGE_BODY,    STAGE_BODY,        STAGE_BODY,        STAGE_END_OF_DATA, STAGE_END_OF_DATA,
        STAGE_RSET,    STAGE_END_OF_DATA, STAGE_END_OF_DATA, STAGE_RSET,        STAGE_QUIT,
        STAGE_QUIT,    STAGE_IDLE,
    };
    enum stage stage = stages[below(drawing, sizeof stages / sizeof *stages)];
    bool any = stage == STAGE_HELO && chance(drawing, 30);
    *rule = (struct world_object){.count = 0};
    add_part(drawing, rule, "\"at\": \"%s\"", any ? "any" : stage_name(stage));
    draw_selectors(drawing, stage, rule);
    if (stage == STAGE_CONNECT)
        draw_connect(drawing, rule);
    else if (stage == STAGE_IDLE)
        draw_idle(drawing, rule);
    else if (stage == STAGE_BODY)
        draw_body(drawing, rule);
    else
        draw_action(drawing, stage, rule);
}

static void draw_name_server_rule(struct drawing *drawing, struct world_object *rule)
{
    static const char *const answers[] = {"\"centre\"",
                                          "\"backup\"",
                                          "\"nxdomain\"",
                                          "\"servfail\"",
                                          "\"refused\"",
                                          "\"silence\"",
                                          "\"truncated\"",
                                          "{\"addresses\": [\"dead\", \"centre\"]}",
                                          "{\"addresses\": [\"dead\"]}"};
    *rule = (struct world_object){.count = 0};
    const char *answer = answers[below(drawing, sizeof answers / sizeof *answers)];
    add_part(drawing, rule, "\"answer\": %s", answer);
    if (chance(drawing, 50))
        add_part(drawing, rule, "\"query\": %u", 1 + below(drawing, 4));
    if (chance(drawing, 30))
        add_part(drawing, rule, "\"after_connections\": %u", 1 + below(drawing, 2));
    if (strcmp(answer, "\"silence\"") != 0 && chance(drawing, 30))
        add_part(drawing, rule, "\"delay\": \"%s\"", draw_duration(drawing).text);
}

static void draw_centre(struct drawing *drawing, struct world_object *centre)
{
    if (chance(drawing, 15))
        add_part(drawing, centre, "\"idle_limit\": \"%us\"", 1 + below(drawing, 240));
    if (chance(drawing, 15))
        add_part(drawing, centre, "\"idle_close\": \"%s\"", draw_close(drawing, false));
    if (chance(drawing, 15))
        add_part(drawing, centre, "\"idle_reply\": true");
    if (chance(drawing, 10))
        add_part(drawing, centre, "\"ehlo\": true");
    if (drawing->two_recipients)
        add_part(drawing, centre,
                 "\"recipients\": [\"NACCS@MAIL.PROD.NACCS6\", \"naccs2@MAIL.PROD.NACCS6\"]");
}

/* Lines of all lengths up to the longest, made of what hurts: dots, eight bits, blanks. */
static size_t draw_line(struct drawing *drawing, uint8_t *at, size_t room)
{
    static const char alphabet[] = "....  \t\xa4\xff\x80 -0aZ250";
    size_t count = chance(drawing, 90) ? below(drawing, 80) : below(drawing, 990);
    if (count + 2 > room)
        count = room > 2 ? room - 2 : 0;
    for (size_t i = 0; i < count; i++)
        at[i] = (uint8_t)alphabet[below(drawing, sizeof alphabet - 1)];
    memcpy(at + count, "\r\n", 2);
    return count + 2;
}

/* Where a message has no empty line it is all header, of which a centre takes no more. */
enum { HEADER_MOST = 65000 };

static void draw_message(struct drawing *drawing, struct world_message *message)
{
    static const char header[] = "From: <sender@edi.example.jp>\r\nSubject: drawn\r\n\r\n";
    size_t size = chance(drawing, 70) ? 60 + below(drawing, 700)
                  : chance(drawing, 85)
                      ? 60 + below(drawing, 8000)
                      : 60 + below(drawing, drawing->options->slow ? 20000 : 120000);
    uint8_t *at = arena_take(drawing->arena, size + sizeof header + 2);
    if (!at) {
        drawing->no_memory = true;
        return;
    }
    size_t count = 0;
    if (chance(drawing, 90)) {
        memcpy(at, header, sizeof header - 1);
        count = sizeof header - 1;
    } else if (size > HEADER_MOST) {
        size = HEADER_MOST;
    }
    while (count + 2 <= size)
        count += draw_line(drawing, at + count, size + 2 - count);
    if (chance(drawing, 15))
        count -= 2;
    message->octets = (struct octets){at, count};
}

static void draw_network(struct drawing *drawing, struct run_network *network)
{
    static const size_t limits[] = {1, 2, 5, 30, 512, 1460, 65536};
    static const size_t windows[] = {1000, 4096, 20000, 65536};
    if (drawing->options->slow || chance(drawing, 50))
        return;
    bool narrow = chance(drawing, 30);
    /* A narrow window over a long way would take longer than any limit. */
    if (!narrow && chance(drawing, 50))
        network->latency = 1 + below(drawing, 400) * USEC_PER_MSEC;
    if (chance(drawing, 50)) {
        network->segment_limit = limits[below(drawing, sizeof limits / sizeof *limits)];
        network->random_segments = chance(drawing, 50);
    }
    if (narrow)
        network->window = windows[below(drawing, sizeof windows / sizeof *windows)];
}

/* A sleep begins while something passes, or in a wait that is longer. */
static void draw_sleep(struct drawing *drawing, usec latency, struct loop_clocks *clocks)
{
    usec way = latency > 0 ? latency : USEC_PER_MSEC;
    if (chance(drawing, 70))
        clocks->sleep_at = below(drawing, 60000) * way / 1000;
    else
        clocks->sleep_at = below(drawing, 150000) * USEC_PER_MSEC;
    if (chance(drawing, 50))
        clocks->sleep = (1 + below(drawing, 60)) * USEC_PER_SEC;
    else
        clocks->sleep = (1 + below(drawing, 300)) * 60 * USEC_PER_SEC;
    clocks->timers_first = chance(drawing, 50);
}

static void draw_clocks(struct drawing *drawing, struct run_network *network)
{
    static const usec steps[] = {USEC_PER_MSEC, USEC_PER_SEC, 3600 * USEC_PER_SEC,
                                 86400 * 400 * USEC_PER_SEC};
    if (drawing->options->slow)
        return;
    if (chance(drawing, 3))
        draw_sleep(drawing, network->latency, &network->clocks);
    if (chance(drawing, 5))
        network->clocks.wall_steps = steps[below(drawing, sizeof steps / sizeof *steps)];
}

bool world_draw(uint64_t seed, uint64_t number, const struct world_options *options,
                struct arena *arena, struct world *world)
{
    struct drawing drawing = {
        .random = random_seeded(seed, number), .options = options, .arena = arena};
    *world = (struct world){.seed = random_next(&drawing.random) >> 12};
    drawing.two_recipients = world->two_recipients = chance(&drawing, 5);
    draw_network(&drawing, &world->network);
    draw_centre(&drawing, &world->centre);
    world->rule_count = below(&drawing, WORLD_RULES + 1);
    for (size_t i = 0; i < world->rule_count; i++)
        draw_rule(&drawing, &world->rules[i]);
    if (!options->slow && chance(&drawing, 15)) {
        world->name_server_count = 1 + below(&drawing, WORLD_NAME_SERVER_RULES);
        for (size_t i = 0; i < world->name_server_count; i++)
            draw_name_server_rule(&drawing, &world->name_server[i]);
    }
    world->message_count = 1 + (chance(&drawing, 50) ? 0 : below(&drawing, WORLD_MESSAGES));
    for (size_t i = 0; i < world->message_count; i++) {
        draw_message(&drawing, &world->messages[i]);
        snprintf(world->messages[i].name, sizeof world->messages[i].name, "message-%zu", i + 1);
    }
    draw_clocks(&drawing, &world->network);
    return !drawing.no_memory;
}
