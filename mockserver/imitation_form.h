/* Private to mockserver/imitation_form.c and imitation_write.c: JSON. */
#ifndef MOCKSERVER_IMITATION_FORM_H
#define MOCKSERVER_IMITATION_FORM_H

#include <jansson.h>

#include "mockserver/imitation_private.h"

/* Take the value over; what could not be made is told once, at the end. */
void imitation_set(struct imitation *imitation, json_t *object, const char *key, json_t *value);
void imitation_add(struct imitation *imitation, json_t *array, json_t *value);

json_t *imitation_span_json(usec duration);
json_t *imitation_rule_json(struct imitation *imitation, const struct imitation_rule *made);

#endif
