#include "harness/lookup_virtual.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>

/* A and AAAA are asked for at the same time, in this order. */
enum { FAMILY_A, FAMILY_AAAA, FAMILIES };

/* How long an answer to one of them waits for the other. */
static const usec grace = 500 * USEC_PER_MSEC;

enum phase {
    PHASE_IDLE,
    PHASE_ASKED,   /* the query is on its way */
    PHASE_DELAYED, /* the name server takes its time */
    PHASE_REPLIED, /* the reply is on its way */
    PHASE_SILENT,  /* nothing will come */
};

struct virtual_lookup;

struct question {
    struct virtual_lookup *asker;
    ldns_rr_type type;
    enum dns_transport transport;
    enum phase phase;
    struct timer timer;
    struct dns_reply reply;
    enum client_lookup_status status;
    struct endpoint addresses[CLIENT_LOOKUP_ADDRESSES];
    size_t count;
    char text[64]; /* why not */
};

struct virtual_lookup {
    struct client_lookup lookup;
    struct loop *loop;
    struct dns *dns;
    struct lookup_virtual_options options;
    char *name;
    struct question questions[FAMILIES];
    struct timer grace;
    uint16_t queries;
    client_lookup_answered *answered;
    void *owner;
};

static struct virtual_lookup *self(struct client_lookup *lookup)
{
    return OWNER_OF(lookup, struct virtual_lookup, lookup);
}

static void set_phase(struct question *question, enum phase phase, usec wait)
{
    struct loop *loop = question->asker->loop;
    question->phase = phase;
    if (!loop_timer_set(loop, &question->timer, loop_now(loop) + wait))
        question->phase = PHASE_SILENT;
}

static void hand_out(struct virtual_lookup *asker)
{
    struct client_lookup_answer answer = {.status = CLIENT_LOOKUP_NO_SUCH_NAME};
    for (int i = 0; i < FAMILIES; i++) {
        const struct question *question = &asker->questions[i];
        for (size_t j = 0; j < question->count && answer.count < CLIENT_LOOKUP_ADDRESSES; j++)
            answer.addresses[answer.count++] = question->addresses[j];
        if (question->status == CLIENT_LOOKUP_FAILED)
            answer.status = CLIENT_LOOKUP_FAILED;
        if (question->status != CLIENT_LOOKUP_FOUND)
            snprintf(answer.text, sizeof answer.text, "the name server says %s", question->text);
    }
    if (answer.count > 0)
        answer.status = CLIENT_LOOKUP_FOUND;
    asker->lookup.cancel(&asker->lookup);
    asker->answered(asker->owner, &answer);
}

static void grace_over(struct timer *timer)
{
    hand_out(OWNER_OF(timer, struct virtual_lookup, grace));
}

static void take_address(struct question *question, const ldns_rr *record)
{
    char *text = ldns_rr_rd_count(record) > 0 ? ldns_rdf2str(ldns_rr_rdf(record, 0)) : NULL;
    if (text && question->count < CLIENT_LOOKUP_ADDRESSES) {
        struct endpoint *address = &question->addresses[question->count++];
        *address = (struct endpoint){.port = 0};
        snprintf(address->address, sizeof address->address, "%s", text);
    }
    free(text);
}

static void take_packet(struct question *question, const ldns_pkt *packet)
{
    char *code = ldns_pkt_rcode2str(ldns_pkt_get_rcode(packet));
    snprintf(question->text, sizeof question->text, "%s", code ? code : "nothing of use");
    free(code);
    question->status = CLIENT_LOOKUP_FAILED;
    if (ldns_pkt_get_rcode(packet) == LDNS_RCODE_NXDOMAIN)
        question->status = CLIENT_LOOKUP_NO_SUCH_NAME;
    if (ldns_pkt_get_rcode(packet) != LDNS_RCODE_NOERROR)
        return;
    const ldns_rr_list *answers = ldns_pkt_answer(packet);
    for (size_t i = 0; i < ldns_rr_list_rr_count(answers); i++)
        if (ldns_rr_get_type(ldns_rr_list_rr(answers, i)) == question->type)
            take_address(question, ldns_rr_list_rr(answers, i));
    question->status = question->count > 0 ? CLIENT_LOOKUP_FOUND : CLIENT_LOOKUP_NO_SUCH_NAME;
}

static void settle(struct virtual_lookup *asker)
{
    bool due = false, found = false;
    for (int i = 0; i < FAMILIES; i++) {
        due |= asker->questions[i].phase != PHASE_IDLE;
        found |= asker->questions[i].count > 0;
    }
    if (!due)
        hand_out(asker);
    else if (found && !timer_is_set(&asker->grace))
        (void)loop_timer_set(asker->loop, &asker->grace, loop_now(asker->loop) + grace);
}

static void come_back(struct question *question)
{
    ldns_pkt *packet = NULL;
    ldns_status read = ldns_wire2pkt(&packet, question->reply.octets, question->reply.count);
    dns_reply_free(&question->reply);
    if (read == LDNS_STATUS_OK && ldns_pkt_tc(packet) && question->transport == DNS_UDP) {
        ldns_pkt_free(packet);
        question->transport = DNS_TCP;
        set_phase(question, PHASE_ASKED, 3 * question->asker->options.latency); /* handshake */
        return;
    }
    question->phase = PHASE_IDLE;
    question->status = CLIENT_LOOKUP_FAILED;
    snprintf(question->text, sizeof question->text, "what can't be read");
    if (read == LDNS_STATUS_OK)
        take_packet(question, packet);
    ldns_pkt_free(packet);
    settle(question->asker);
}

/* The query as octets, to be freed; null: it can't be made. */
static uint8_t *encode(struct question *question, size_t *count)
{
    ldns_pkt *packet = NULL;
    uint8_t *octets = NULL;
    if (ldns_pkt_query_new_frm_str(&packet, question->asker->name, question->type, LDNS_RR_CLASS_IN,
                                   LDNS_RD) != LDNS_STATUS_OK)
        return NULL;
    ldns_pkt_set_id(packet, ++question->asker->queries);
    if (ldns_pkt2wire(&octets, packet, count) != LDNS_STATUS_OK)
        octets = NULL;
    ldns_pkt_free(packet);
    return octets;
}

static void arrive(struct question *question)
{
    const struct lookup_virtual_options *options = &question->asker->options;
    size_t count = 0;
    uint8_t *query = encode(question, &count);
    bool asked = query && dns_ask(question->asker->dns, (struct octets){query, count},
                                  question->transport, &question->reply);
    free(query);
    question->phase = PHASE_SILENT;
    if (!asked)
        return;
    dns_tell_query(&options->sink, question->asker->loop, &question->reply);
    if (question->reply.octets)
        set_phase(question, PHASE_DELAYED, question->reply.delay);
    else
        dns_tell_answer(&options->sink, question->asker->loop, &question->reply);
}

static void go_on(struct timer *timer)
{
    struct question *question = OWNER_OF(timer, struct question, timer);
    const struct lookup_virtual_options *options = &question->asker->options;
    switch (question->phase) {
    case PHASE_ASKED:
        arrive(question);
        return;
    case PHASE_DELAYED:
        dns_tell_answer(&options->sink, question->asker->loop, &question->reply);
        set_phase(question, PHASE_REPLIED, options->latency);
        return;
    case PHASE_REPLIED:
        come_back(question);
        return;
    case PHASE_IDLE:
    case PHASE_SILENT:
        return;
    }
}

static bool virtual_begin(struct client_lookup *lookup, const char *name,
                          client_lookup_answered *answered, void *owner, struct problem *problem)
{
    static const ldns_rr_type types[FAMILIES] = {LDNS_RR_TYPE_A, LDNS_RR_TYPE_AAAA};
    struct virtual_lookup *asker = self(lookup);
    free(asker->name);
    asker->name = strdup(name);
    asker->answered = answered;
    asker->owner = owner;
    if (!asker->name) {
        problem_set(problem, "no memory to look up %s", name);
        return false;
    }
    for (int i = 0; i < FAMILIES; i++) {
        struct question *question = &asker->questions[i];
        *question = (struct question){.asker = asker, .type = types[i]};
        timer_init(&question->timer, go_on);
        set_phase(question, PHASE_ASKED, asker->options.latency);
    }
    return true;
}

static void virtual_cancel(struct client_lookup *lookup)
{
    struct virtual_lookup *asker = self(lookup);
    loop_timer_cancel(asker->loop, &asker->grace);
    for (int i = 0; i < FAMILIES; i++) {
        loop_timer_cancel(asker->loop, &asker->questions[i].timer);
        dns_reply_free(&asker->questions[i].reply);
        asker->questions[i].phase = PHASE_IDLE;
    }
}

static void virtual_free(struct client_lookup *lookup)
{
    struct virtual_lookup *asker = self(lookup);
    virtual_cancel(lookup);
    free(asker->name);
    free(asker);
}

struct client_lookup *lookup_virtual_new(struct loop *loop, struct dns *dns,
                                         const struct lookup_virtual_options *options)
{
    struct virtual_lookup *asker = calloc(1, sizeof *asker);
    if (!asker)
        return NULL;
    asker->lookup = (struct client_lookup){virtual_begin, virtual_cancel, virtual_free};
    asker->loop = loop;
    asker->dns = dns;
    asker->options = *options;
    timer_init(&asker->grace, grace_over);
    return &asker->lookup;
}
