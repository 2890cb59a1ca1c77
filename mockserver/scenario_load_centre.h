/* Private to the scenario loader: a centre profile as the value that it was read as. */
#ifndef MOCKSERVER_SCENARIO_LOAD_CENTRE_H
#define MOCKSERVER_SCENARIO_LOAD_CENTRE_H

#include "mockserver/scenario_load_shape.h"

/* Null for null. */
const struct value *scenario_centre_value(const struct scenario_centre *centre);

#endif
