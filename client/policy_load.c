#include "client/policy_load.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[POLICY_KINDS] = {
    [POLICY_SUCCESS] = "success", [POLICY_UNEXPECTED] = "unexpected",
    [POLICY_TRANSIENT] = "4yz",   [POLICY_PERMANENT] = "5yz",
    [POLICY_CLOSING] = "421",     [POLICY_GARBAGE] = "garbage",
    [POLICY_SILENCE] = "silence", [POLICY_CUT] = "cut",
};

/* Of enum policy_fate; that nothing is new is said by silence. */
static const char *const fate_names[] = {
    "", "kept", "put-off", "accepted", "deferred", "refused", "unknown",
};
enum { FATES = sizeof fate_names / sizeof *fate_names };

static const char *const next_names[] = {
    "go-on", "reset", "quit-again", "quit-stop", "close-again", "close-stop",
};
enum { NEXTS = sizeof next_names / sizeof *next_names };

struct loading {
    const char *file;
    struct policy *policy;
    struct problem *problem;
    enum limit_stage stage;
};

static bool wrong(const struct loading *loading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* False, for callers to return. */
static bool wrong(const struct loading *loading, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (char *at = text; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 127)
            *at = '?';
    problem_set(loading->problem, "%s: %s", loading->file, text);
    return false;
}

/* The place of a name in a list; -1: it is none of them. */
static int place_of(const char *name, const char *const *names, int count)
{
    for (int i = 0; name && i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
}

static bool closes(enum policy_next next)
{
    return next == POLICY_CLOSE_AGAIN || next == POLICY_CLOSE_STOP;
}

/* Without a reply, or in the middle of something, nothing can be said on the connection. */
static bool must_close(enum limit_stage stage, enum policy_kind kind)
{
    return kind == POLICY_GARBAGE || kind == POLICY_SILENCE || kind == POLICY_CUT ||
           stage == LIMIT_LOOKUP || stage == LIMIT_CONNECT || stage == LIMIT_BODY;
}

/* What a sound sender could not do; null: it could. */
static const char *contradiction(enum limit_stage stage, enum policy_kind kind,
                                 const struct policy_rule *rule)
{
    bool transaction = stage >= LIMIT_MAIL && stage <= LIMIT_END_OF_DATA;
    bool at_end = stage == LIMIT_END_OF_DATA && kind == POLICY_SUCCESS;
    if ((rule->fate == POLICY_ACCEPTED) != at_end)
        return at_end ? "\"message\": \"accepted\" is what success means here"
                      : "\"accepted\" can follow from success at end-of-data alone";
    if (kind == POLICY_SUCCESS)
        return rule->next == POLICY_GO_ON && !rule->protocol_error &&
                       (at_end || rule->fate == POLICY_NO_FATE)
                   ? NULL
                   : "success means \"next\": \"go-on\" and no more";
    if ((stage == LIMIT_RSET || stage == LIMIT_QUIT) && rule->fate != POLICY_NO_FATE)
        return "what became of the message is known before; \"message\" must not be said";
    if (stage < LIMIT_RSET && rule->fate == POLICY_NO_FATE)
        return "\"message\" is missing";
    if (must_close(stage, kind) && !closes(rule->next))
        return "\"next\" must be close-again or close-stop";
    if (rule->next == POLICY_GO_ON && stage != LIMIT_QUIT)
        return "\"next\": \"go-on\" needs success";
    if (stage == LIMIT_QUIT && rule->next != POLICY_GO_ON && !closes(rule->next))
        return "behind QUIT comes go-on, close-again or close-stop";
    if (rule->next == POLICY_RESET && !transaction)
        return "\"reset\" needs a transaction";
    return NULL;
}

static bool is_remark(const char *key)
{
    return strcmp(key, "note") == 0 || strcmp(key, "source") == 0;
}

static bool take_action(const struct loading *loading, const char *name, enum policy_kind kind,
                        json_t *value, struct policy_rule *to)
{
    const char *stage = limit_stage_name(loading->stage), *key;
    json_t *member;
    int fate = 0, next = -1;
    bool protocol_error = false;
    if (!json_is_object(value))
        return wrong(loading, "/stages/%s/actions/%s: expected an object", stage, name);
    json_object_foreach(value, key, member)
    {
        if (strcmp(key, "message") == 0)
            fate = place_of(json_string_value(member), fate_names + 1, FATES - 1) + 1;
        else if (strcmp(key, "next") == 0)
            next = place_of(json_string_value(member), next_names, NEXTS);
        else if (strcmp(key, "protocol_error") == 0 && json_is_boolean(member))
            protocol_error = json_is_true(member);
        else if (!is_remark(key) || !json_is_string(member))
            return wrong(loading,
                         "/stages/%s/actions/%s/%s: expected message, next, protocol_error (true "
                         "or false), note or source",
                         stage, name, key);
        if (strcmp(key, "message") == 0 && fate == 0)
            return wrong(loading,
                         "/stages/%s/actions/%s/message: expected kept, put-off, accepted, "
                         "deferred, refused or unknown",
                         stage, name);
    }
    if (next < 0)
        return wrong(loading,
                     "/stages/%s/actions/%s/next: expected go-on, reset, quit-again, quit-stop, "
                     "close-again or close-stop",
                     stage, name);
    *to = (struct policy_rule){(enum policy_fate)fate, (enum policy_next)next, protocol_error};
    const char *why = contradiction(loading->stage, kind, to);
    return why ? wrong(loading, "/stages/%s/actions/%s: %s", stage, name, why) : true;
}

/* 200 to 599; 0 for what is no code. */
static int code_of(const char *name)
{
    if (strlen(name) != 3 || strspn(name, "0123456789") != 3)
        return 0;
    int code = atoi(name);
    return code >= 200 && code <= 599 ? code : 0;
}

/* A code that differs from its class. */
static bool take_exception(const struct loading *loading, const char *name, json_t *value)
{
    struct policy *policy = loading->policy;
    int code = code_of(name);
    enum policy_kind kind = code ? policy_kind(policy, loading->stage, code) : POLICY_SUCCESS;
    const char *stage = limit_stage_name(loading->stage);
    if (!code)
        return wrong(loading,
                     "/stages/%s/actions/%s: expected success, unexpected, 4yz, 5yz, 421, garbage, "
                     "silence, cut or a code from 200 to 599",
                     stage, name);
    if (kind == POLICY_SUCCESS)
        return wrong(loading, "/stages/%s/actions/%s: it is a code of success here", stage, name);
    if (policy->exception_count == POLICY_EXCEPTIONS)
        return wrong(loading, "/stages/%s/actions/%s: more than %d single codes", stage, name,
                     POLICY_EXCEPTIONS);
    struct policy_exception *exception = &policy->exceptions[policy->exception_count++];
    exception->stage = loading->stage;
    exception->code = code;
    return take_action(loading, name, kind, value, &exception->rule);
}

static bool take_success(const struct loading *loading, const json_t *value)
{
    const char *stage = limit_stage_name(loading->stage);
    bool no_reply = loading->stage == LIMIT_LOOKUP || loading->stage == LIMIT_CONNECT ||
                    loading->stage == LIMIT_BODY;
    size_t count = json_array_size(value);
    if (no_reply)
        return value ? wrong(loading, "/stages/%s/success: there is no reply of its own", stage)
                     : true;
    if (count < 1 || count > POLICY_CODES)
        return wrong(loading, "/stages/%s/success: expected an array of 1 to %d codes", stage,
                     POLICY_CODES);
    for (size_t i = 0; i < count; i++) {
        json_int_t code = json_integer_value(json_array_get(value, i));
        if (code < 200 || code > 399)
            return wrong(loading, "/stages/%s/success/%zu: expected a code from 200 to 399", stage,
                         i);
        loading->policy->success[loading->stage][i] = (int)code;
    }
    return true;
}

static bool take_actions(const struct loading *loading, json_t *actions)
{
    const char *stage = limit_stage_name(loading->stage), *name;
    json_t *value;
    for (int kind = 0; kind < POLICY_KINDS; kind++) {
        value = json_object_get(actions, kind_names[kind]);
        if (!value)
            return wrong(loading, "/stages/%s/actions/%s: missing", stage, kind_names[kind]);
        if (!take_action(loading, kind_names[kind], (enum policy_kind)kind, value,
                         &loading->policy->rules[loading->stage][kind]))
            return false;
    }
    json_object_foreach(actions, name, value)
    {
        if (place_of(name, kind_names, POLICY_KINDS) < 0 && !take_exception(loading, name, value))
            return false;
    }
    return true;
}

static bool take_stage(const struct loading *loading, json_t *value)
{
    const char *stage = limit_stage_name(loading->stage), *key;
    json_t *member;
    if (!json_is_object(value))
        return wrong(loading, "/stages/%s: %s", stage, value ? "expected an object" : "missing");
    json_object_foreach(value, key, member)
    {
        bool known = strcmp(key, "success") == 0 || strcmp(key, "actions") == 0;
        if (!known && !(is_remark(key) && json_is_string(member)))
            return wrong(loading, "/stages/%s/%s: expected success, actions, note or source", stage,
                         key);
    }
    return take_success(loading, json_object_get(value, "success")) &&
           take_actions(loading, json_object_get(value, "actions"));
}

static bool take_all(struct loading *loading, json_t *root)
{
    json_t *stages = json_object_get(root, "stages"), *value;
    const char *key;
    enum limit_stage stage;
    if (!json_is_string(json_object_get(root, "source")))
        return wrong(loading, "/source: expected a string that says who asks for this");
    json_object_foreach(root, key, value)
    {
        if (strcmp(key, "stages") != 0 && !(is_remark(key) && json_is_string(value)))
            return wrong(loading, "/%s: expected source, note or stages", key);
    }
    json_object_foreach(stages, key, value)
    {
        if (!limit_stage_of(key, &stage))
            return wrong(loading, "/stages/%s: unknown stage", key);
    }
    for (int i = 0; i < LIMIT_STAGES; i++) {
        loading->stage = (enum limit_stage)i;
        if (!take_stage(loading, json_object_get(stages, limit_stage_name(loading->stage))))
            return false;
    }
    return true;
}

bool policy_load(const char *file, struct policy *policy, struct problem *problem)
{
    struct policy made = {.exception_count = 0};
    struct loading loading = {.file = file, .policy = &made, .problem = problem};
    json_error_t error;
    json_t *root = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    bool good;
    if (!root && error.line > 0)
        good = wrong(&loading, "line %d, column %d: %s", error.line, error.column, error.text);
    else if (!root)
        good = wrong(&loading, "%s", error.text);
    else
        good = take_all(&loading, root);
    json_decref(root);
    if (good)
        *policy = made;
    return good;
}
