#include "harness/world.h"

#include "wire/buf.h"

/* Writing a world down, and making it smaller. */

static bool write_object(struct buf *text, const struct world_object *object)
{
    bool good = buf_append_octet(text, '{');
    for (size_t i = 0; good && i < object->count; i++)
        good =
            (i == 0 || buf_append_string(text, ", ")) && buf_append_string(text, object->parts[i]);
    return good && buf_append_octet(text, '}');
}

static bool write_list(struct buf *text, const char *key, const struct world_object *objects,
                       size_t count)
{
    if (count == 0)
        return true;
    bool good = buf_format(text, ",\n  \"%s\": [", key);
    for (size_t i = 0; good && i < count; i++)
        good = buf_append_string(text, i == 0 ? "\n    " : ",\n    ") &&
               write_object(text, &objects[i]);
    return good && buf_append_string(text, "\n  ]");
}

bool world_write(const struct world *world, const char *title, struct buf *text)
{
    bool good = buf_format(text, "{\n  \"version\": 1,\n  \"title\": \"%s\"", title) &&
                buf_append_string(text, ",\n  \"messages\": [");
    for (size_t i = 0; good && i < world->message_count; i++)
        good = buf_format(text, "%s\"%s\"", i == 0 ? "" : ", ", world->messages[i].name);
    good = good && buf_append_octet(text, ']');
    if (world->two_recipients)
        good = good && buf_append_string(text, ",\n  \"recipients\": [\"NACCS@MAIL.PROD.NACCS6\", "
                                               "\"naccs2@MAIL.PROD.NACCS6\"]");
    if (world->centre.count > 0)
        good = good && buf_append_string(text, ",\n  \"centre\": ") &&
               write_object(text, &world->centre);
    return good && write_list(text, "rules", world->rules, world->rule_count) &&
           write_list(text, "dns", world->name_server, world->name_server_count) &&
           buf_append_string(text, "\n}\n");
}

/* The steps are numbered through all that can be left out: takes this one's share of them. */
static bool is_step(size_t *step, size_t share, size_t *which)
{
    if (*step < share) {
        *which = *step;
        return true;
    }
    *step -= share;
    return false;
}

static void leave_out_object(struct world_object *objects, size_t *count, size_t which)
{
    --*count;
    memmove(&objects[which], &objects[which + 1], (*count - which) * sizeof *objects);
}

static void leave_out_part(struct world_object *object, size_t which)
{
    object->count--;
    memmove(&object->parts[which], &object->parts[which + 1],
            (object->count - which) * sizeof *object->parts);
}

/* The parts behind the first, of all objects of a list. */
static bool leave_out_part_of(struct world_object *objects, size_t count, size_t *step)
{
    size_t which;
    for (size_t i = 0; i < count; i++) {
        if (objects[i].count > 1 && is_step(step, objects[i].count - 1, &which)) {
            leave_out_part(&objects[i], which + 1);
            return true;
        }
    }
    return false;
}

static void leave_out_message(struct world *world, size_t which)
{
    world->message_count--;
    for (size_t i = which; i < world->message_count; i++)
        world->messages[i].octets = world->messages[i + 1].octets;
}

/* What every message may become. */
static const char plain_message[] = "Subject: x\r\n\r\nx\r\n";

/* A message becomes a plain one, or its first or its second half, cut at a line's end: always a
 * shorter one. */
static bool shorten_message(struct world_message *message, size_t *step)
{
    struct octets octets = message->octets;
    size_t middle = octets.count / 2, which;
    bool halves = octets.count > 2 * sizeof plain_message;
    while (middle < octets.count && octets.at[middle - 1] != '\n')
        middle++;
    halves = halves && middle < octets.count;
    if (octets.count < sizeof plain_message || !is_step(step, halves ? 3 : 1, &which))
        return false;
    if (which == 0)
        message->octets = OCTETS(plain_message);
    else if (which == 1)
        message->octets.count = middle;
    else
        message->octets = octets_from(octets, middle);
    return true;
}

static bool is_plain_network(const struct run_network *network)
{
    return !network->random_segments && network->segment_limit == 0 && network->window == 0 &&
           network->latency == 0 && network->clocks.sleep == 0 && network->clocks.wall_steps == 0;
}

static bool make_clocks_plainer(struct loop_clocks *clocks, size_t *step)
{
    size_t which;
    if (clocks->sleep > 0 && is_step(step, 1, &which)) {
        clocks->sleep_at = clocks->sleep = 0;
        clocks->timers_first = false;
        return true;
    }
    if (clocks->timers_first && is_step(step, 1, &which)) {
        clocks->timers_first = false;
        return true;
    }
    if (clocks->wall_steps > 0 && is_step(step, 1, &which)) {
        clocks->wall_steps = 0;
        return true;
    }
    return false;
}

/* Everything of the network at once, and then one thing after the other. */
static bool make_network_plainer(struct run_network *network, size_t *step)
{
    size_t which;
    if (is_plain_network(network))
        return false;
    if (is_step(step, 1, &which)) {
        *network = (struct run_network){0};
        return true;
    }
    if (network->segment_limit > 0 && is_step(step, 1, &which)) {
        network->segment_limit = 0;
        network->random_segments = false;
        return true;
    }
    if (network->random_segments && is_step(step, 1, &which)) {
        network->random_segments = false;
        return true;
    }
    if (network->window > 0 && is_step(step, 1, &which)) {
        network->window = 0;
        return true;
    }
    if (network->latency > 0 && is_step(step, 1, &which)) {
        network->latency = 0;
        return true;
    }
    return make_clocks_plainer(&network->clocks, step);
}

static bool shrink_messages(struct world *world, size_t *step)
{
    size_t which;
    if (world->message_count > 1 && is_step(step, world->message_count, &which)) {
        leave_out_message(world, which);
        return true;
    }
    for (size_t i = 0; i < world->message_count; i++)
        if (shorten_message(&world->messages[i], step))
            return true;
    return false;
}

bool world_shrink(const struct world *world, size_t step, struct world *smaller)
{
    size_t which;
    *smaller = *world;
    if (is_step(&step, smaller->rule_count, &which)) {
        leave_out_object(smaller->rules, &smaller->rule_count, which);
        return true;
    }
    if (is_step(&step, smaller->name_server_count, &which)) {
        leave_out_object(smaller->name_server, &smaller->name_server_count, which);
        return true;
    }
    if (make_network_plainer(&smaller->network, &step) || shrink_messages(smaller, &step))
        return true;
    if (is_step(&step, smaller->centre.count, &which)) {
        leave_out_part(&smaller->centre, which);
        return true;
    }
    if (smaller->two_recipients && is_step(&step, 1, &which)) {
        smaller->two_recipients = false;
        return true;
    }
    return leave_out_part_of(smaller->rules, smaller->rule_count, &step) ||
           leave_out_part_of(smaller->name_server, smaller->name_server_count, &step);
}
