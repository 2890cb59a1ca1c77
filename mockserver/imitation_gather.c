#include <stdio.h>
#include <stdlib.h>

#include "mockserver/imitation_private.h"
#include "wire/reply.h"

/* Times that differ by less are one time: 10 ms, or 2.5 %. */
static usec tolerance(usec duration)
{
    usec share = duration / 40;
    return share > 10 * USEC_PER_MSEC ? share : 10 * USEC_PER_MSEC;
}

/* A pause within a reply, so that noise makes no difference. */
static usec rounded(usec pause)
{
    usec step = USEC_PER_MSEC;
    while (10 * step <= tolerance(pause))
        step *= 10; /* 1 ms, 10 ms, …: so that a round number stays one */
    return (pause + step / 2) / step * step;
}

static int code_of(struct octets octets)
{
    struct reply_reader reader;
    struct reply reply;
    size_t consumed;
    reply_reader_init(&reader);
    enum reply_status status = reply_read(&reader, octets, &consumed, &reply, NULL, NULL);
    reply_reader_free(&reader);
    return status == REPLY_COMPLETE ? reply.code : 0;
}

/* Pieces of one size, after pauses of one length. */
static bool is_dribble(const struct imitation_deed *deed, size_t count)
{
    size_t last = count;
    for (size_t i = 0; i < deed->split_count; i++)
        last -= deed->split[i];
    if (deed->split_count < 3 || last > deed->split[0] || deed->pauses[0] == 0)
        return false;
    for (size_t i = 1; i < deed->split_count; i++) {
        usec difference = deed->pauses[i] - deed->pauses[0];
        if (deed->split[i] != deed->split[0] || difference > tolerance(deed->pauses[0]) ||
            -difference > tolerance(deed->pauses[0]))
            return false;
    }
    return true;
}

/* How the reply was cut up. What followed at once and ended a segment is a piece too: a sender may
 * take each for a whole. */
static void take_pieces(struct imitation *imitation, const struct imitation_moment *moment,
                        struct imitation_deed *deed)
{
    if (moment->piece_count < 2)
        return;
    deed->split_count = moment->piece_count - 1;
    deed->split = calloc(deed->split_count, sizeof *deed->split);
    deed->pauses = calloc(deed->split_count, sizeof *deed->pauses);
    if (!deed->split || !deed->pauses) {
        imitation->no_memory = true;
        deed->split_count = 0;
        return;
    }
    usec least = imitation->delay_least;
    for (size_t i = 0; i < deed->split_count; i++) {
        size_t begin = i > 0 ? moment->pieces[i - 1].end : 0;
        usec pause = moment->pieces[i + 1].at - moment->pieces[i].at;
        deed->split[i] = moment->pieces[i].end - begin;
        deed->pauses[i] = pause < least ? 0 : rounded(pause);
    }
    if (!is_dribble(deed, moment->reply.count))
        return;
    usec sum = 0;
    for (size_t i = 0; i < deed->split_count; i++)
        sum += deed->pauses[i];
    deed->dribble_octets = deed->split[0];
    deed->dribble_every = rounded(sum / (usec)deed->split_count);
    deed->split_count = 0;
}

static uint64_t hash_octets(uint64_t hash, const void *octets, size_t count)
{
    const uint8_t *at = octets;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ at[i]) * 0x100000001b3;
    return hash;
}

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
    return hash_octets(hash, &number, sizeof number);
}

static uint64_t deed_hash(const struct imitation_deed *deed)
{
    uint64_t hash = 0xcbf29ce484222325;
    hash = hash_number(hash, (uint64_t)deed->stage << 32 | (uint64_t)deed->close << 16 |
                                 (uint64_t)deed->refuse << 8 | (uint64_t)deed->stall << 3 |
                                 (uint64_t)deed->stops_reading << 2 |
                                 (uint64_t)deed->reads_again << 1 | (uint64_t)deed->says_usual);
    hash = hash_number(hash, deed->after);
    hash = hash_octets(hash, deed->reply.at, deed->reply.count);
    for (size_t i = 0; i < deed->split_count; i++)
        hash = hash_number(hash_number(hash, deed->split[i]), (uint64_t)deed->pauses[i]);
    hash = hash_number(hash_number(hash, deed->dribble_octets), (uint64_t)deed->dribble_every);
    return hash_number(hash_number(hash, (uint64_t)deed->limit), (uint64_t)deed->stopped_for);
}

static bool deeds_equal(const struct imitation_deed *a, const struct imitation_deed *b)
{
    return a->hash == b->hash && a->stage == b->stage && a->after == b->after &&
           octets_equal(a->reply, b->reply) && a->says_usual == b->says_usual &&
           a->split_count == b->split_count && a->dribble_octets == b->dribble_octets &&
           a->dribble_every == b->dribble_every && a->limit == b->limit &&
           a->stopped_for == b->stopped_for && a->close == b->close && a->refuse == b->refuse &&
           a->stall == b->stall && a->stops_reading == b->stops_reading &&
           a->reads_again == b->reads_again &&
           (a->split_count == 0 ||
            (memcmp(a->split, b->split, a->split_count * sizeof *a->split) == 0 &&
             memcmp(a->pauses, b->pauses, a->split_count * sizeof *a->pauses) == 0));
}

static void deed_free(struct imitation_deed *deed)
{
    for (size_t i = 0; i < deed->cluster_count; i++)
        free(deed->clusters[i].runs.at);
    free(deed->clusters);
    free(deed->split);
    free(deed->pauses);
}

void imitation_gather_free(struct imitation *imitation)
{
    for (size_t i = 0; i < imitation->deed_count; i++)
        deed_free(&imitation->deeds[i]);
    free(imitation->deeds);
    free(imitation->table);
}

static bool table_grow(struct imitation *imitation)
{
    if (imitation->deed_count * 2 < imitation->table_size)
        return true;
    size_t size = imitation->table_size ? imitation->table_size * 2 : 256;
    uint32_t *table = calloc(size, sizeof *table);
    if (!table) {
        imitation->no_memory = true;
        return false;
    }
    for (size_t i = 0; i < imitation->deed_count; i++) {
        size_t at = imitation->deeds[i].hash & (size - 1);
        while (table[at])
            at = (at + 1) & (size - 1);
        table[at] = (uint32_t)i + 1;
    }
    free(imitation->table);
    imitation->table = table;
    imitation->table_size = size;
    return true;
}

/* The deed that is like this one, which it takes over where there is none. Null: no memory. */
static struct imitation_deed *find_deed(struct imitation *imitation, struct imitation_deed *deed)
{
    void *deeds = imitation->deeds;
    if (!table_grow(imitation))
        return NULL;
    size_t at = deed->hash & (imitation->table_size - 1);
    for (; imitation->table[at]; at = (at + 1) & (imitation->table_size - 1))
        if (deeds_equal(&imitation->deeds[imitation->table[at] - 1], deed)) {
            deed_free(deed);
            return &imitation->deeds[imitation->table[at] - 1];
        }
    if (!imitation_grow(imitation, &deeds, &imitation->deed_room, imitation->deed_count,
                        sizeof *deed))
        return NULL;
    imitation->deeds = deeds;
    deed->reply = arena_octets(imitation->arena, deed->reply);
    imitation->no_memory |= !deed->reply.at;
    imitation->deeds[imitation->deed_count] = *deed;
    imitation->table[at] = (uint32_t)imitation->deed_count + 1;
    return &imitation->deeds[imitation->deed_count++];
}

static struct imitation_cluster *find_cluster(struct imitation *imitation,
                                              struct imitation_deed *deed, usec delay)
{
    for (size_t i = 0; i < deed->cluster_count; i++) {
        struct imitation_cluster *cluster = &deed->clusters[i];
        usec least = delay < cluster->least ? delay : cluster->least;
        usec most = delay > cluster->most ? delay : cluster->most;
        if ((delay == 0) != (cluster->most == 0) || most - least > tolerance(most))
            continue;
        cluster->least = least;
        cluster->most = most;
        return cluster;
    }
    void *clusters = deed->clusters;
    if (!imitation_grow(imitation, &clusters, &deed->cluster_room, deed->cluster_count,
                        sizeof *deed->clusters))
        return NULL;
    deed->clusters = clusters;
    deed->clusters[deed->cluster_count] = (struct imitation_cluster){.least = delay, .most = delay};
    return &deed->clusters[deed->cluster_count++];
}

static void add_run(struct imitation *imitation, struct imitation_cluster *cluster,
                    uint32_t occurrence, uint32_t connection)
{
    enum { LOOKED_AT = 8 };
    struct imitation_runs *runs = &cluster->runs;
    cluster->count++;
    for (size_t i = runs->count; i-- > 0 && runs->count - i <= LOOKED_AT;) {
        struct imitation_run *run = &runs->at[i];
        if (run->occurrence == occurrence && connection >= run->first &&
            connection <= run->last + 1) {
            run->last = connection > run->last ? connection : run->last;
            return;
        }
    }
    void *at = runs->at;
    if (!imitation_grow(imitation, &at, &runs->room, runs->count, sizeof *runs->at))
        return;
    runs->at = at;
    runs->at[runs->count++] = (struct imitation_run){occurrence, connection, connection};
}

static int run_order(const void *a, const void *b)
{
    const struct imitation_run *left = a, *right = b;
    if (left->occurrence != right->occurrence)
        return left->occurrence < right->occurrence ? -1 : 1;
    return left->first < right->first ? -1 : left->first > right->first;
}

void imitation_runs_settle(struct imitation_runs *runs)
{
    size_t kept = 0;
    if (runs->count > 0)
        qsort(runs->at, runs->count, sizeof *runs->at, run_order);
    for (size_t i = 0; i < runs->count; i++) {
        struct imitation_run *last = kept > 0 ? &runs->at[kept - 1] : NULL;
        const struct imitation_run *run = &runs->at[i];
        if (last && last->occurrence == run->occurrence && run->first <= last->last + 1)
            last->last = run->last > last->last ? run->last : last->last;
        else
            runs->at[kept++] = *run;
    }
    runs->count = kept;
}

/* When it came, since the centre was asked; what is sooner than noise came at once. */
static usec delay_of(const struct imitation *imitation, const struct imitation_moment *moment)
{
    usec delay = moment->piece_count > 0 ? moment->pieces[0].at - moment->asked : moment->delay;
    usec least = imitation->delay_least;
    bool waits = moment->stage != STAGE_IDLE && moment->stage != STAGE_CONNECT && !moment->stall &&
                 !moment->stops_reading;
    return waits && delay >= least && delay > 0 ? delay : 0;
}

void imitation_gather(struct imitation *imitation, const struct imitation_moment *moment)
{
    struct imitation_deed deed = {.stage = moment->stage,
                                  .after = moment->after,
                                  .close = moment->close,
                                  .refuse = moment->refuse,
                                  .stall = moment->stall,
                                  .stops_reading = moment->stops_reading,
                                  .reads_again = moment->reads_again,
                                  .stopped_for = rounded(moment->stopped_for),
                                  .limit = rounded(moment->limit),
                                  .code = code_of(moment->reply),
                                  .usual_code = code_of(moment->usual)};
    usec delay = delay_of(imitation, moment);
    deed.says_usual = moment->reply.count > 0 && octets_equal(moment->reply, moment->usual);
    if (!deed.says_usual || deed.close != SCENARIO_KEEP_OPEN)
        deed.reply = moment->reply;
    if (moment->stage != STAGE_IDLE)
        take_pieces(imitation, moment, &deed);
    bool usual = deed.says_usual && delay == 0 && deed.split_count == 0 &&
                 deed.dribble_octets == 0 && deed.close == SCENARIO_KEEP_OPEN;
    const usec limit = imitation->scenario->centre.idle_limit.duration;
    usual |= deed.stage == STAGE_IDLE && deed.reply.count == 0 &&
             deed.close == SCENARIO_CLOSE_FIN && deed.limit - limit <= USEC_PER_SEC &&
             limit - deed.limit <= USEC_PER_SEC;
    bool nothing = moment->reply.count == 0 && deed.close == SCENARIO_KEEP_OPEN && !deed.stall &&
                   !deed.stops_reading && deed.refuse == SCENARIO_ANSWER;
    if (usual || nothing) {
        imitation->usual[moment->stage]++;
        deed_free(&deed);
        return;
    }
    deed.hash = deed_hash(&deed);
    struct imitation_deed *kept = find_deed(imitation, &deed);
    struct imitation_cluster *cluster = kept ? find_cluster(imitation, kept, delay) : NULL;
    if (cluster)
        add_run(imitation, cluster, moment->occurrence, moment->connection);
    else if (!kept)
        deed_free(&deed);
}
