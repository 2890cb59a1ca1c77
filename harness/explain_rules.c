/* What the centre does differently, in words. */
#include "harness/explain.h"

enum { REPLY_SHOWN = 60 };

static const struct text_pair stages[STAGE_COUNT] = {
    [STAGE_CONNECT] = {"connecting", "コネクション接続要求"},
    [STAGE_BANNER] = {"greeting", "接続時の応答"},
    [STAGE_HELO] = {"HELO", "HELO"},
    [STAGE_EHLO] = {"EHLO", "EHLO"},
    [STAGE_MAIL] = {"MAIL", "MAIL"},
    [STAGE_RCPT] = {"RCPT", "RCPT"},
    [STAGE_DATA] = {"DATA", "DATA"},
    [STAGE_BODY] = {"inside the message", "電文の途中"},
    [STAGE_END_OF_DATA] = {"end of data", "電文の終端"},
    [STAGE_RSET] = {"RSET", "RSET"},
    [STAGE_NOOP] = {"NOOP", "NOOP"},
    [STAGE_QUIT] = {"QUIT", "QUIT"},
    [STAGE_VRFY] = {"VRFY", "VRFY"},
    [STAGE_EXPN] = {"EXPN", "EXPN"},
    [STAGE_HELP] = {"HELP", "HELP"},
    [STAGE_UNKNOWN] = {"unknown command", "未知のコマンド"},
    [STAGE_IDLE] = {"idle connection", "無通信のコネクション"},
};

const char *explain_stage(enum stage stage, enum language language)
{
    return language_text(stages[stage], language);
}

/* ", 1", ", 2 to 4", ", 6 and later". */
static void add_ranges(struct words *words, const struct ranges *ranges)
{
    for (size_t i = 0; i < ranges->count; i++) {
        const struct range *range = &ranges->at[i];
        if (i > 0)
            words_add(words, ", ", "、");
        if (range->last == UINT32_MAX)
            words_add(words, "%u and later", "%u以降", range->first);
        else if (range->first == range->last)
            words_add(words, "%u", "%u", range->first);
        else
            words_add(words, "%u to %u", "%u〜%u", range->first, range->last);
    }
}

static void add_stages(struct words *words, uint32_t set)
{
    if (set == STAGES_ANY) {
        words_add(words, "every reply", "すべての応答");
        return;
    }
    bool several = false;
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        if (!(set >> stage & 1))
            continue;
        words_add(words, "%s%s", "%s%s",
                  several ? words->language == LANGUAGE_JA ? "、" : ", " : "",
                  explain_stage((enum stage)stage, words->language));
        several = true;
    }
}

static void add_when(struct words *words, const struct rule *rule)
{
    bool body = rule->stages & 1u << STAGE_BODY;
    add_stages(words, rule->stages);
    if (body && rule->after_lines)
        words_add(words, ", after %llu lines", "(%llu行を受信した後)",
                  (unsigned long long)rule->after);
    else if (body)
        words_add(words, ", after %llu octets", "(%lluバイトを受信した後)",
                  (unsigned long long)rule->after);
    if (rule->argument)
        words_add(words, ", where its parameter is \"%s\"", "、パラメーターが「%s」のとき",
                  rule->argument);
    if (rule->connections.count > 0) {
        words_add(words, ", on connection ", "、コネクション");
        add_ranges(words, &rule->connections);
    }
    if (rule->messages.count > 0) {
        words_add(words, ", of transaction ", "、電文送信");
        add_ranges(words, &rule->messages);
        words_add_either(words, "", "回目");
    }
    if (rule->occurrences.count > 0) {
        words_add(words, ", time ", "、同じコネクションで");
        add_ranges(words, &rule->occurrences);
        words_add(words, " on its connection only", "回目のみ");
    }
    if (rule->times == 1)
        words_add(words, ", once only", "、最初の一度だけ");
    else if (rule->times > 1)
        words_add(words, ", the first %u times", "、最初の%u回だけ", rule->times);
    if (rule->probability < 1)
        words_add(words, ", with a probability of %g%%", "、%g%%の確率で", rule->probability * 100);
}

/* Joins the clauses of an action. */
struct clauses {
    struct words *words;
    bool any;
};

static struct words *next_clause(struct clauses *clauses)
{
    if (clauses->any)
        words_add(clauses->words, "; ", "。");
    clauses->any = true;
    return clauses->words;
}

static void add_delay_time(struct words *words, const struct delay *delay)
{
    switch (delay->kind) {
    case DELAY_NONE:
        return;
    case DELAY_FIXED:
        words_add_span(words, delay->first);
        return;
    case DELAY_UNIFORM:
        words_add_span(words, delay->first);
        words_add(words, " to ", "〜");
        words_add_span(words, delay->second);
        return;
    case DELAY_EXPONENTIAL:
        words_add_span(words, delay->first);
        words_add(words, " on average (exponential)", "(平均、指数分布)");
        return;
    case DELAY_NORMAL:
        words_add_span(words, delay->first);
        words_add(words, " on average (normal, standard deviation ", "(平均、正規分布、標準偏差");
        words_add_span(words, delay->second);
        words_add(words, ")", ")");
        return;
    }
}

static void add_refusal(struct clauses *clauses, const struct action *action)
{
    if (action->refuse == SCENARIO_ANSWER)
        return;
    struct words *words = next_clause(clauses);
    if (action->refuse == SCENARIO_REFUSE_RST)
        words_add(words, "the connect is refused (nobody listens)",
                  "接続を拒否する(ポートで待ち受けていない)");
    else
        words_add(words, "the connect is never answered (a full backlog)",
                  "接続要求に何も答えない(バックログがあふれた状態)");
    if (action->delay.kind == DELAY_NONE)
        return;
    words_add(words, " for ", "。");
    add_delay_time(words, &action->delay);
    words_add(words, ", then the centre is there again", "が過ぎると復旧する");
}

/* A reply of several lines shows them as they are on the wire. */
static void add_reply(struct words *words, const struct scenario_reply *reply)
{
    struct octets octets = reply->octets;
    if (octets.count >= 2 && memcmp(octets.at + octets.count - 2, "\r\n", 2) == 0)
        octets.count -= 2;
    if (reply->default_code && reply->code_alone) {
        words_add(words, "the usual code, with nothing behind the three digits",
                  "通常の応答コード3桁のみを返す(後ろの文字列なし)");
    } else if (reply->default_code) {
        words_add(words, "the usual code, with the text ", "通常の応答コードに文字列");
        words_add_octets(words, octets, REPLY_SHOWN);
        words_add(words, " behind it", "を付けて返す");
    } else if (reply->code != 0) {
        words_add_either(words, "the reply is ", "");
        words_add_octets(words, octets, REPLY_SHOWN);
        words_add_either(words, "", "を返す");
    } else {
        words_add(words, "in place of a reply come the octets ", "正しい応答でないバイト列");
        words_add_octets(words, reply->octets, REPLY_SHOWN);
        words_add_either(words, "", "を返す");
    }
}

static void add_pieces(struct clauses *clauses, const struct action *action)
{
    if (action->dribble_octets > 0) {
        struct words *words = next_clause(clauses);
        words_add(words, "it comes in pieces of %zu octet%s, one every ",
                  "応答は%zuバイト%sずつ、間隔", action->dribble_octets,
                  action->dribble_octets == 1 || words->language == LANGUAGE_JA ? "" : "s");
        words_add_span(words, action->dribble_every);
        words_add_either(words, "", "で少しずつ届く");
    }
    if (action->split_count == 0)
        return;
    struct words *words = next_clause(clauses);
    words_add(words, "it comes in several segments: ", "応答が分割されて届く(");
    for (size_t i = 0; i < action->split_count; i++)
        words_add(words, "%zu octet%s, ", "%zuバイト%s、", action->split[i],
                  action->split[i] == 1 || words->language == LANGUAGE_JA ? "" : "s");
    words_add(words, "then the rest", "残り)");
    for (size_t i = 0; i < action->pause_count; i++) {
        words_add_either(words, i == 0 ? ", with pauses of " : ", ", i == 0 ? "。間隔は" : "、");
        words_add_span(words, action->pauses[i]);
    }
}

static void add_speech(struct clauses *clauses, const struct rule *rule)
{
    const struct action *action = &rule->action;
    bool late = action->delay.kind != DELAY_NONE && action->refuse == SCENARIO_ANSWER;
    bool body = rule->stages == 1u << STAGE_BODY;
    if (late) {
        struct words *words = next_clause(clauses);
        words_add(words, "the centre waits for ", "センターは");
        add_delay_time(words, &action->delay);
        words_add_either(words, body ? "" : " before it goes on",
                         body ? "待つ" : "待ってから先へ進む");
    }
    if (action->has_reply)
        add_reply(next_clause(clauses), &action->reply);
    else if (!body && action->close == SCENARIO_KEEP_OPEN && !action->stall &&
             (late || action->dribble_octets > 0 || action->split_count > 0) &&
             !(rule->stages & 1u << STAGE_CONNECT))
        words_add(next_clause(clauses), "the reply is the usual one", "応答の内容は通常どおり");
    add_pieces(clauses, action);
    if (action->stall)
        words_add(next_clause(clauses), "no reply ever comes; the connection stays open",
                  "応答をまったく返さず、コネクションは開いたままにする");
    if (!action->stop_reading)
        return;
    struct words *words = next_clause(clauses);
    if (action->reads_again) {
        words_add(words, "the centre stops reading (the sender's window closes) for ",
                  "センターが受信を止める(送信側のウィンドウが閉じる)。");
        words_add_span(words, action->stopped_for);
        words_add(words, ", then it reads on", "が過ぎると受信を再開する");
    } else {
        words_add(words, "the centre reads no more (the sender's window closes)",
                  "センターが受信を止めたままにする(送信側のウィンドウが閉じる)");
    }
}

static void add_close(struct clauses *clauses, const struct rule *rule)
{
    const struct action *action = &rule->action;
    bool instead = !action->has_reply &&
                   !(rule->stages & (1u << STAGE_BODY | 1u << STAGE_IDLE | 1u << STAGE_CONNECT));
    struct words *words = action->close == SCENARIO_KEEP_OPEN ? NULL : next_clause(clauses);
    if (words && instead)
        words_add(words, "no reply: ", "応答せずに");
    else if (words && action->has_reply)
        words_add(words, "then ", "その後");
    switch (action->close) {
    case SCENARIO_KEEP_OPEN:
        return;
    case SCENARIO_CLOSE_FIN:
        words_add(words, "the centre closes the connection (FIN)", "コネクションを切断する(FIN)");
        return;
    case SCENARIO_CLOSE_RST:
        words_add(words, "the centre resets the connection (RST)",
                  "コネクションを強制的に切断する(RST)");
        return;
    case SCENARIO_CLOSE_HALF:
        words_add(words, "the centre closes its own direction alone (FIN) and reads on",
                  "センターからの方向だけを閉じ(FIN)、受信は続ける");
        return;
    }
}

static void add_storing(struct clauses *clauses, const struct action *action)
{
    switch (action->store) {
    case SCENARIO_STORE_BY_REPLY:
        return;
    case SCENARIO_STORE_YES:
        words_add(next_clause(clauses), "the message is kept all the same",
                  "それでも電文はセンターに受理されている");
        return;
    case SCENARIO_STORE_NO:
        words_add(next_clause(clauses), "the message is not kept",
                  "電文はセンターに受理されていない");
        return;
    }
}

static void add_idle(struct clauses *clauses, const struct action *action)
{
    if (action->has_idle_limit) {
        struct words *words = next_clause(clauses);
        words_add(words, "the idle limit here is ", "無通信の監視時間は");
        words_add_span(words, action->idle_limit);
    }
    if (action->has_idle_margin) {
        struct words *words = next_clause(clauses);
        words_add(words, "the margin behind the idle limit is ", "切断までの余裕は");
        words_add_span(words, action->idle_margin);
    }
}

void explain_rule(struct words *words, const struct rule *rule)
{
    struct clauses clauses = {.words = words};
    add_when(words, rule);
    words_add(words, ": ", ": ");
    add_refusal(&clauses, &rule->action);
    add_idle(&clauses, &rule->action);
    add_speech(&clauses, rule);
    add_close(&clauses, rule);
    add_storing(&clauses, &rule->action);
}

static void add_addresses(struct words *words, const struct dns_rule *rule)
{
    static const struct text_pair places[] = {
        [DNS_PLACE_CENTRE] = {"the centre's address", "センターのIPアドレス"},
        [DNS_PLACE_BACKUP] = {"the address of its backup site", "バックアップ側のIPアドレス"},
        [DNS_PLACE_DEAD] = {"an address that refuses connects", "接続を拒否するIPアドレス"},
        [DNS_PLACE_LITERAL] = {NULL, NULL},
    };
    words_add_either(words, "answers with ", "");
    for (size_t i = 0; i < rule->address_count; i++) {
        const struct dns_address *address = &rule->addresses[i];
        if (i > 0)
            words_add(words, ", then ", "、次に");
        if (address->place == DNS_PLACE_LITERAL)
            words_add(words, "%s", "%s", address->literal);
        else
            words_add_pair(words, places[address->place]);
    }
    words_add(words, "%s", "%sを返す",
              rule->address_count > 0          ? ""
              : words->language == LANGUAGE_JA ? "空の回答"
                                               : "no address");
}

void explain_dns_rule(struct words *words, const struct dns_rule *rule)
{
    words_add(words, "name server", "DNS");
    if (rule->has_type)
        words_add(words, ", asked for %s", "、%sの問い合わせ", dns_type_name(rule->type));
    if (rule->queries.count > 0) {
        words_add(words, ", query ", "、問い合わせ");
        add_ranges(words, &rule->queries);
        words_add_either(words, "", "回目");
    }
    if (rule->after_connections > 0)
        words_add(words, ", once %u connection%s came", "、%u回%s接続された後",
                  rule->after_connections,
                  rule->after_connections == 1 || words->language == LANGUAGE_JA ? "" : "s");
    words_add(words, ": ", ": ");
    if (rule->delay.percent > 0 || rule->delay.duration > 0) {
        words_add_either(words, "after ", "");
        words_add_span(words, rule->delay);
        words_add(words, " ", "待ってから");
    }
    switch (rule->answer) {
    case DNS_ANSWER_ADDRESSES:
        add_addresses(words, rule);
        return;
    case DNS_ANSWER_NXDOMAIN:
        words_add(words, "answers NXDOMAIN (no such name)", "NXDOMAIN(その名前はない)を返す");
        return;
    case DNS_ANSWER_SERVFAIL:
        words_add(words, "answers SERVFAIL", "SERVFAILを返す");
        return;
    case DNS_ANSWER_REFUSED:
        words_add(words, "answers REFUSED", "REFUSEDを返す");
        return;
    case DNS_ANSWER_SILENCE:
        words_add(words, "does not answer", "応答しない");
        return;
    case DNS_ANSWER_TRUNCATED:
        words_add(words, "answers cut short over UDP, in full over TCP",
                  "UDPでは途中までの回答を返し、TCPでは全部を返す");
        return;
    }
}
