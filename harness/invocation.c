#include "harness/invocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/buf.h"

/* A vector of strings that grows; `failed` is sticky, so that callers check once. */
struct vector {
    char **at;
    size_t count, room;
    bool failed;
};

static void vector_free(struct vector *vector)
{
    for (size_t i = 0; i < vector->count; i++)
        free(vector->at[i]);
    free(vector->at);
}

/* Takes `string` over; null counts as a failure. */
static void vector_take(struct vector *vector, char *string)
{
    if (!string || vector->failed) {
        free(string);
        vector->failed = true;
        return;
    }
    if (vector->count + 1 >= vector->room) {
        size_t room = vector->room ? 2 * vector->room : 16;
        char **at = realloc(vector->at, room * sizeof *at);
        if (!at) {
            free(string);
            vector->failed = true;
            return;
        }
        vector->at = at;
        vector->room = room;
    }
    vector->at[vector->count++] = string;
    vector->at[vector->count] = NULL;
}

static bool seconds(struct buf *buf, usec duration)
{
    char text[48];
    int count = snprintf(text, sizeof text, "%lld.%06lld", (long long)(duration / USEC_PER_SEC),
                         (long long)(duration % USEC_PER_SEC));
    while (count > 0 && text[count - 1] == '0')
        text[--count] = '\0';
    if (count > 0 && text[count - 1] == '.')
        text[--count] = '\0';
    return buf_append_string(buf, text);
}

static bool recipients(struct buf *buf, const struct invocation_values *values)
{
    for (size_t i = 0; i < values->to_count; i++)
        if ((i > 0 && !buf_append_octet(buf, ',')) || !buf_append_string(buf, values->to[i]))
            return false;
    return true;
}

enum placeholder {
    HOST,
    PORT,
    HELO,
    FROM,
    TO,
    TIMEOUT,
    MESSAGE,
    MESSAGES,
    CASE,
    RESOLVER,
    PLACEHOLDERS
};

static const char *const placeholder_names[PLACEHOLDERS] = {
    "{host}",    "{port}",    "{helo}",     "{from}", "{to}",
    "{timeout}", "{message}", "{messages}", "{case}", "{resolver}",
};

/* Which placeholder stands at the beginning of `text`; PLACEHOLDERS: none. */
static enum placeholder placeholder_at(const char *text)
{
    for (size_t i = 0; i < PLACEHOLDERS; i++)
        if (strncmp(text, placeholder_names[i], strlen(placeholder_names[i])) == 0)
            return (enum placeholder)i;
    return PLACEHOLDERS;
}

static bool fill(struct buf *buf, enum placeholder which, const struct invocation_values *values,
                 const char *message)
{
    switch (which) {
    case HOST:
        return buf_append_string(buf, values->host);
    case PORT:
        return buf_format(buf, "%u", values->port);
    case HELO:
        return buf_append_string(buf, values->helo);
    case FROM:
        return buf_append_string(buf, values->from);
    case TO:
        return recipients(buf, values);
    case TIMEOUT:
        return seconds(buf, values->timeout);
    case MESSAGE:
    case MESSAGES:
        return buf_append_string(buf, message);
    case CASE:
        return buf_append_string(buf, values->case_id);
    case RESOLVER:
        return buf_append_string(buf, values->resolver ? values->resolver : "");
    case PLACEHOLDERS:
        break;
    }
    return false;
}

/* `template` with its placeholders filled in, as a string of its own; null: no memory. */
static char *expand(const char *template, const struct invocation_values *values,
                    const char *message)
{
    struct buf buf = BUF_INIT(0);
    bool fits = true;
    for (const char *at = template; fits && *at;) {
        enum placeholder which = placeholder_at(at);
        if (which == PLACEHOLDERS) {
            fits = buf_append_octet(&buf, (uint8_t)*at++);
            continue;
        }
        fits = fill(&buf, which, values, message);
        at += strlen(placeholder_names[which]);
    }
    if (!fits || !buf_append_octet(&buf, '\0')) {
        buf_free(&buf);
        return NULL;
    }
    return (char *)buf.at;
}

static bool holds(char *const *command, enum placeholder which)
{
    for (; *command; command++)
        if (strstr(*command, placeholder_names[which]))
            return true;
    return false;
}

static char **make_arguments(const struct invocation_template *template,
                             const struct invocation_values *values)
{
    struct vector vector = {0};
    const char *first = values->message_count > 0 ? values->messages[0] : "";
    for (char *const *argument = template->command; *argument; argument++) {
        if (!strstr(*argument, placeholder_names[MESSAGES])) {
            vector_take(&vector, expand(*argument, values, first));
            continue;
        }
        for (size_t i = 0; i < values->message_count; i++)
            vector_take(&vector, expand(*argument, values, values->messages[i]));
    }
    bool appended = !template->standard_input && !holds(template->command, MESSAGE) &&
                    !holds(template->command, MESSAGES);
    for (size_t i = 0; appended && i < values->message_count; i++)
        vector_take(&vector, strdup(values->messages[i]));
    if (!vector.failed && vector.at)
        return vector.at;
    vector_free(&vector);
    return NULL;
}

static void take_pair(struct vector *vector, const char *name, const char *template,
                      const struct invocation_values *values)
{
    const char *first = values->message_count > 0 ? values->messages[0] : "";
    char *value = expand(template, values, first);
    size_t size = value ? strlen(name) + strlen(value) + 2 : 0;
    char *pair = value ? malloc(size) : NULL;
    if (pair)
        snprintf(pair, size, "%s=%s", name, value);
    free(value);
    vector_take(vector, pair);
}

static void take_messages(struct vector *vector, const struct invocation_values *values)
{
    struct buf buf = BUF_INIT(0);
    bool fits = buf_append_string(&buf, "NACCS_MESSAGES=");
    for (size_t i = 0; fits && i < values->message_count; i++)
        fits = (i == 0 || buf_append_octet(&buf, '\n')) &&
               buf_append_string(&buf, values->messages[i]);
    if (fits && buf_append_octet(&buf, '\0')) {
        vector_take(vector, (char *)buf.at);
    } else {
        buf_free(&buf);
        vector_take(vector, NULL);
    }
}

/* Is `entry` ("NAME=value") a variable that the harness or the profile sets itself? */
static bool replaced(const char *entry, const struct invocation_template *template)
{
    if (strncmp(entry, "NACCS_", 6) == 0)
        return true;
    for (size_t i = 0; i < template->environment_count; i++) {
        size_t count = strlen(template->environment[i].name);
        if (strncmp(entry, template->environment[i].name, count) == 0 && entry[count] == '=')
            return true;
    }
    return false;
}

static char **make_environment(const struct invocation_template *template, char *const *inherited,
                               const struct invocation_values *values)
{
    static const struct invocation_pair ours[] = {
        {"NACCS_HOST", "{host}"}, {"NACCS_PORT", "{port}"}, {"NACCS_HELO", "{helo}"},
        {"NACCS_FROM", "{from}"}, {"NACCS_TO", "{to}"},     {"NACCS_TIMEOUT", "{timeout}"},
        {"NACCS_CASE", "{case}"},
    };
    struct vector vector = {0};
    for (; *inherited; inherited++)
        if (!replaced(*inherited, template))
            vector_take(&vector, strdup(*inherited));
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        take_pair(&vector, ours[i].name, ours[i].value, values);
    if (values->resolver)
        take_pair(&vector, "NACCS_RESOLVER", values->resolver, values);
    take_messages(&vector, values);
    if (values->token)
        take_pair(&vector, "NACCS_RUN", values->token, values);
    if (values->outcome_file)
        take_pair(&vector, "NACCS_OUTCOME", values->outcome_file, values);
    for (size_t i = 0; i < template->environment_count; i++)
        take_pair(&vector, template->environment[i].name, template->environment[i].value, values);
    if (!vector.failed && vector.at)
        return vector.at;
    vector_free(&vector);
    return NULL;
}

static void strings_free(char **strings)
{
    for (char **at = strings; at && *at; at++)
        free(*at);
    free(strings);
}

bool invocation_make(const struct invocation_template *template, char *const *inherited,
                     const struct invocation_values *values, struct invocation *invocation)
{
    char **arguments = make_arguments(template, values);
    char **environment = arguments ? make_environment(template, inherited, values) : NULL;
    if (!environment) {
        strings_free(arguments);
        return false;
    }
    *invocation = (struct invocation){arguments, environment};
    return true;
}

void invocation_free(struct invocation *invocation)
{
    strings_free(invocation->arguments);
    strings_free(invocation->environment);
    *invocation = (struct invocation){0};
}

bool invocation_takes_one(char *const *command)
{
    return holds(command, MESSAGE) && !holds(command, MESSAGES);
}

bool invocation_takes_resolver(char *const *command)
{
    return holds(command, RESOLVER);
}

bool invocation_tells_resolver(char *const *command)
{
    const char *slash = strrchr(command[0], '/');
    return holds(command, RESOLVER) || strcmp(slash ? slash + 1 : command[0], "naccs-client") == 0;
}
