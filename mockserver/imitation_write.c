#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mockserver/imitation_form.h"

/* The scenario as a file for people: a line for each rule. */

/* The centre, and what is expected. */

static json_t *mailboxes_json(struct imitation *imitation, const char *const *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        char *copy = strdup(list[i]);
        imitation->no_memory |= !copy;
        if (!copy)
            break;
        imitation_mask_text(imitation, (uint8_t *)copy, strlen(copy));
        imitation_add(imitation, array, json_string(copy));
        free(copy);
    }
    return array;
}

/* Are these the centre's own mailbox alone? */
static bool is_own_mailbox(const struct imitation *imitation, const char *const *list, size_t count)
{
    return count == 0 ||
           (count == 1 && strcmp(list[0], imitation->scenario->centre.recipients[0]) == 0);
}

static json_t *centre_json(struct imitation *imitation)
{
    const struct centre_settings *centre = &imitation->scenario->centre;
    json_t *object = json_object();
    if (imitation->domain_known && strcmp(centre->domain, "MAIL.PROD.NACCS6") != 0)
        imitation_set(imitation, object, "domain", json_string(centre->domain));
    if (!is_own_mailbox(imitation, imitation->recipients, imitation->recipient_count))
        imitation_set(imitation, object, "recipients",
                      mailboxes_json(imitation, imitation->recipients, imitation->recipient_count));
    if (imitation->quiet_most > centre->idle_limit.duration * 9 / 10)
        imitation_set(
            imitation, object, "idle_limit",
            imitation_span_json((2 * imitation->quiet_most / USEC_PER_SEC + 1) * USEC_PER_SEC));
    if (imitation->content_most > centre->message_limit)
        imitation_set(imitation, object, "message_limit",
                      json_integer((json_int_t)imitation->content_most));
    return object;
}

static bool is_any(const struct imitation *imitation, enum imitation_result result)
{
    for (size_t i = 0; i < imitation->message_count; i++)
        if (imitation->messages[i].result == result)
            return true;
    return false;
}

static json_t *words_json(struct imitation *imitation, const char *const *words)
{
    json_t *list = json_array();
    for (; *words; words++)
        imitation_add(imitation, list, json_string(*words));
    return list;
}

/* What a message's fate allows a sound sender to report. Where somebody tried again, one that does
 * not try again is as sound. */
static json_t *outcome_json(struct imitation *imitation, const struct imitation_message *message)
{
    static const char *const accepted[] = {"accepted", NULL};
    static const char *const tried[] = {"accepted", "deferred", "unknown", "unsent", NULL};
    static const char *const open[] = {"deferred", "unknown", "unsent", NULL};
    static const char *const deferred[] = {"deferred", "unsent", NULL};
    static const char *const refused[] = {"refused", NULL};
    const char *const *words = open;
    switch (message->result) {
    case RESULT_NONE:
    case RESULT_UNSENT:
    case RESULT_UNKNOWN:
    case RESULT_DOUBTFUL:
        break;
    case RESULT_DEFERRED:
        words = message->again ? open : deferred;
        break;
    case RESULT_REFUSED:
        words = refused;
        break;
    case RESULT_ACCEPTED:
        words = message->again || imitation->broken > 0 ? tried : accepted;
        break;
    }
    return words_json(imitation, words);
}

/* Nothing was tried twice, is in doubt, or broke off: then it is known what the centre must hold.
 */
static bool is_plain_sailing(const struct imitation *imitation)
{
    for (size_t i = 0; i < imitation->message_count; i++)
        if (imitation->messages[i].again || imitation->messages[i].result == RESULT_DOUBTFUL)
            return false;
    return imitation->broken == 0;
}

static json_t *expect_json(struct imitation *imitation)
{
    json_t *expect = json_object(), *accepted = json_array(), *outcomes = json_object();
    bool plain = is_plain_sailing(imitation);
    for (size_t i = 0; i < imitation->message_count; i++) {
        const struct imitation_message *message = &imitation->messages[i];
        char number[24];
        snprintf(number, sizeof number, "%zu", i + 1);
        if (plain && message->result == RESULT_ACCEPTED)
            imitation_add(imitation, accepted, json_integer((json_int_t)i + 1));
        else if (message->result != RESULT_DOUBTFUL)
            imitation_set(imitation, outcomes, number, outcome_json(imitation, message));
    }
    if (plain && imitation->message_count > 0)
        imitation_set(imitation, expect, "accepted", accepted);
    else
        json_decref(accepted);
    if (json_object_size(outcomes) > 0)
        imitation_set(imitation, expect, "outcome", outcomes);
    else
        json_decref(outcomes);
    return expect;
}

static json_t *requirements_json(struct imitation *imitation, const struct imitation_rule *rules,
                                 size_t count)
{
    bool late = false, cut = false, text = false;
    for (size_t i = 0; i < count; i++) {
        const struct imitation_deed *deed = rules[i].deed;
        late |= deed->stall || rules[i].delay >= USEC_PER_SEC || deed->dribble_octets > 0;
        cut |= deed->close != SCENARIO_KEEP_OPEN || deed->refuse != SCENARIO_ANSWER;
        text |= deed->reply.count > 0 && deed->code == deed->usual_code;
    }
    json_t *list = json_array();
    if (text)
        imitation_add(imitation, list, json_string("CODE-1"));
    if (is_any(imitation, RESULT_REFUSED) || is_any(imitation, RESULT_DEFERRED))
        imitation_add(imitation, list, json_string("CODE-3"));
    if (late)
        imitation_add(imitation, list, json_string("TIME-1"));
    if (cut)
        imitation_add(imitation, list, json_string("LOSS-1"));
    return list;
}

/* "CASE.json" -> "CASE" */
static char *stem_of(const struct imitation *imitation)
{
    const char *file = imitation->options.file;
    size_t count = strlen(file);
    if (count > 5 && strcmp(file + count - 5, ".json") == 0)
        count -= 5;
    return strndup(file, count);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static json_t *title_json(struct imitation *imitation)
{
    char en[200], ja[200];
    size_t connections = imitation->answered_count, refused = imitation->refused_count;
    snprintf(en, sizeof en, "As seen in the field: %zu connection%s, %zu message%s%s", connections,
             connections == 1 ? "" : "s", imitation->message_count,
             imitation->message_count == 1 ? "" : "s", refused ? ", and connects that failed" : "");
    snprintf(ja, sizeof ja, "現場で記録されたとおりの動作: コネクション%zu本、電文%zu通%s",
             connections, imitation->message_count, refused ? "、接続失敗あり" : "");
    json_t *title = json_object();
    imitation_set(imitation, title, "en", json_string(en));
    imitation_set(imitation, title, "ja", json_string(ja));
    return title;
}

static json_t *why_json(struct imitation *imitation)
{
    char stamp[40] = "";
    time_t seconds = (time_t)(imitation->began / USEC_PER_SEC);
    struct tm parts;
    if (imitation->began && gmtime_r(&seconds, &parts))
        strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S UTC", &parts);
    char *en = NULL;
    if (asprintf(&en, "The centre behaved so in %s%s%s. %s", imitation->options.from,
                 stamp[0] ? ", beginning " : "", stamp,
                 imitation->options.unmasked          ? "Nothing is masked."
                 : imitation->options.keeps_addresses ? "Passwords are masked."
                                                      : "Passwords and addresses are masked.") < 0)
        en = NULL;
    json_t *why = en ? json_string(en) : NULL;
    free(en);
    return why;
}

/* The file's text. */

struct dump {
    struct buf *buf;
    bool failed;
};

static int put_part(const char *text, size_t count, void *owner)
{
    struct dump *dump = owner;
    dump->failed |= !buf_append(dump->buf, (struct octets){(const uint8_t *)text, count});
    return dump->failed ? -1 : 0;
}

/* Jansson goes on where a key can't be put, and says that all is well. */
static bool put_dump(struct buf *buf, const json_t *value)
{
    struct dump dump = {.buf = buf};
    return json_dump_callback(value, put_part, &dump, JSON_ENCODE_ANY) == 0 && !dump.failed;
}

/* "rules" and lists of many have a line for each entry. */
static bool put_member(struct buf *buf, const char *key, const json_t *value)
{
    if (!buf_format(buf, ",\n  \"%s\": ", key))
        return false;
    if (!json_is_array(value) || strcmp(key, "rules") != 0)
        return put_dump(buf, value);
    bool good = buf_append_octet(buf, '[');
    for (size_t i = 0; i < json_array_size(value); i++)
        good = good && buf_append_string(buf, i > 0 ? ",\n    " : "\n    ") &&
               put_dump(buf, json_array_get(value, i));
    return good && buf_append_string(buf, "\n  ]");
}

static json_t *messages_json(struct imitation *imitation, const char *stem)
{
    json_t *list = json_array();
    for (size_t i = 0; i < imitation->message_count; i++) {
        char *name;
        if (asprintf(&name, "%s-%zu.eml", base_name(stem), i + 1) < 0) {
            imitation->no_memory = true;
            break;
        }
        imitation_add(imitation, list, json_string(name));
        free(name);
    }
    return list;
}

static json_t *rules_json(struct imitation *imitation, const struct imitation_rule *rules,
                          size_t count)
{
    json_t *list = json_array();
    size_t most = count < RULES_MOST ? count : RULES_MOST;
    /* What holds everywhere stands last of its stage, and is what must not be left out. */
    for (size_t i = 0, left = count - most; i < count; i++) {
        if (!rules[i].everywhere && left > 0) {
            left--;
            continue;
        }
        imitation_add(imitation, list, imitation_rule_json(imitation, &rules[i]));
    }
    if (most < count)
        imitation_note(imitation,
                       "%zu different things were seen; %zu of them are left out, more than %d "
                       "rules are no scenario (--connection, --host, --time take a part)",
                       count, count - most, RULES_MOST);
    return list;
}

static bool form(struct imitation *imitation, const char *stem, struct buf *buf, size_t *rule_count)
{
    struct imitation_rule *rules = imitation_rules(imitation, rule_count);
    json_t *scenario = json_object();
    imitation_set(imitation, scenario, "title", title_json(imitation));
    imitation_set(imitation, scenario, "why", why_json(imitation));
    imitation_set(imitation, scenario, "requirements",
                  requirements_json(imitation, rules, *rule_count));
    if (imitation->message_count > 0) /* without one: the suite's plain message stands in */
        imitation_set(imitation, scenario, "messages", messages_json(imitation, stem));
    if (!is_own_mailbox(imitation, imitation->named, imitation->named_count))
        imitation_set(imitation, scenario, "recipients",
                      mailboxes_json(imitation, imitation->named, imitation->named_count));
    json_t *centre = centre_json(imitation);
    if (json_object_size(centre) > 0)
        imitation_set(imitation, scenario, "centre", centre);
    else
        json_decref(centre);
    if (*rule_count > 0)
        imitation_set(imitation, scenario, "rules", rules_json(imitation, rules, *rule_count));
    json_t *expect = expect_json(imitation);
    if (json_object_size(expect) > 0)
        imitation_set(imitation, scenario, "expect", expect);
    else
        json_decref(expect);
    imitation_rules_free(rules, *rule_count);
    bool good = buf_append_string(buf, "{\n  \"version\": 1");
    const char *key;
    json_t *value;
    json_object_foreach(scenario, key, value) good = good && put_member(buf, key, value);
    good = good && buf_append_string(buf, "\n}\n");
    json_decref(scenario);
    imitation->no_memory |= !good;
    return !imitation->no_memory;
}

/* Files. */

static bool put_in_place(struct imitation *imitation, const char *beside, const char *path)
{
    if (rename(beside, path) == 0)
        return true;
    problem_set(&imitation->problem, "%s: can't be written: %s", path, strerror(errno));
    return false;
}

static bool place_messages(struct imitation *imitation, const char *stem)
{
    for (size_t i = 0; i < imitation->message_count; i++) {
        struct imitation_message *message = &imitation->messages[i];
        char *path;
        if (asprintf(&path, "%s-%zu.eml", stem, i + 1) < 0) {
            imitation->no_memory = true;
            return false;
        }
        bool placed = put_in_place(imitation, message->beside, path);
        if (placed) { /* where the scenario can't be written, it goes too */
            free(message->beside);
            message->beside = path;
        } else {
            free(path);
            return false;
        }
    }
    return true;
}

static bool place_trace(struct imitation *imitation, const char *stem)
{
    char *path;
    if (imitation->trace < 0)
        return true;
    if (asprintf(&path, "%s.trace.jsonl", stem) < 0) {
        imitation->no_memory = true;
        return false;
    }
    bool masked = !imitation->options.unmasked && !imitation->options.keeps_addresses;
    if (masked && fchmod(imitation->trace, 0644) != 0)
        masked = false; /* for its owner alone, then */
    bool placed = put_in_place(imitation, imitation->trace_beside, path);
    if (placed) {
        free(imitation->trace_beside);
        imitation->trace_beside = path;
    } else {
        free(path);
    }
    return placed;
}

/* All is there: nothing is taken back. */
static void keep_files(struct imitation *imitation)
{
    for (size_t i = 0; i < imitation->message_count; i++) {
        free(imitation->messages[i].beside);
        imitation->messages[i].beside = NULL;
    }
    free(imitation->trace_beside);
    imitation->trace_beside = NULL;
}

static void tell_what_is_lost(const struct imitation *imitation)
{
    if (imitation->messages_left_out > 0)
        imitation_note(imitation, "%zu messages behind the first %d are left out",
                       imitation->messages_left_out, MESSAGES_MOST);
    if (imitation->message_count == 0)
        imitation_note(imitation,
                       "no message was sent; the suite's \"plain\" stands in for it, and "
                       "nothing is expected of it");
    if (imitation->trace_cut)
        imitation_note(imitation, "what the sender did is kept for the first connections alone");
    if (imitation->untimed > 0)
        imitation_note(imitation, "%zu connection%s had no time stamps: every reply comes at once",
                       imitation->untimed, imitation->untimed == 1 ? "" : "s");
    if (imitation->inexact > 0)
        imitation_note(imitation,
                       "%zu connection%s came from a dialogue: line ends are taken for CRLF, and "
                       "messages may not be whole",
                       imitation->inexact, imitation->inexact == 1 ? "" : "s");
    for (size_t i = 0; i < imitation->message_count; i++)
        if (!imitation->messages[i].whole)
            imitation_note(imitation, "message %zu is not known to be whole", i + 1);
    for (size_t i = 0; i < imitation->deed_count; i++)
        if (imitation->deeds[i].reply.count > 0 &&
            memmem(imitation->deeds[i].reply.at, imitation->deeds[i].reply.count, "${", 2))
            imitation_note(imitation, "a reply at %s has \"${\" in it, which a scenario fills in",
                           stage_name(imitation->deeds[i].stage));
}

static void mask_deeds(struct imitation *imitation)
{
    for (size_t i = 0; i < imitation->deed_count; i++) {
        struct octets reply = imitation->deeds[i].reply;
        if (reply.count > 0)
            imitation_mask_text(imitation, (uint8_t *)(uintptr_t)reply.at, reply.count);
    }
}

bool imitation_write(struct imitation *imitation, struct imitation_numbers *numbers,
                     struct problem *problem)
{
    struct buf text = BUF_INIT(0);
    size_t rules = 0;
    char *stem = stem_of(imitation), *beside = NULL;
    mask_deeds(imitation);
    imitation_order_messages(imitation);
    bool good = stem && asprintf(&beside, "%s.%ld", imitation->options.file, (long)getpid()) >= 0;
    imitation->no_memory |= !good;
    good = good && form(imitation, stem, &text, &rules) &&
           imitation_write_file(imitation, beside, buf_octets(&text));
    if (good) {
        good = place_messages(imitation, stem) && place_trace(imitation, stem) &&
               put_in_place(imitation, beside, imitation->options.file);
        if (!good)
            unlink(beside);
    }
    if (good) {
        tell_what_is_lost(imitation);
        keep_files(imitation);
        *numbers = (struct imitation_numbers){.connections = (uint32_t)imitation->answered_count,
                                              .refused = (uint32_t)imitation->refused_count,
                                              .messages = (uint32_t)imitation->message_count,
                                              .rules = (uint32_t)rules};
    } else {
        problem_set(problem, "%s",
                    imitation->problem.text[0] ? imitation->problem.text : "no memory");
    }
    buf_free(&text);
    free(beside);
    free(stem);
    return good;
}
