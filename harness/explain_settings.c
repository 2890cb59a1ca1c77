/* The centre's settings, and what is expected in the end, in words. */
#include <string.h>

#include "harness/explain.h"
#include "wire/ehlo.h"

/* Where the lines go, one after the other. */
struct lines {
    enum language language;
    void (*line)(void *owner, const struct words *words);
    void *owner;
    struct words words;
    bool failed;
};

static struct words *begin_line(struct lines *lines)
{
    words_begin(&lines->words, lines->language);
    return &lines->words;
}

static void end_line(struct lines *lines)
{
    lines->failed = lines->failed || lines->words.failed;
    if (!lines->failed)
        lines->line(lines->owner, &lines->words);
    words_free(&lines->words);
}

static bool same_span(struct span a, struct span b)
{
    return a.percent == b.percent && (a.percent > 0 || a.duration == b.duration);
}

static void tell_idle(struct lines *lines, const struct centre_settings *centre,
                      const struct centre_settings *usual)
{
    if (!same_span(centre->idle_limit, usual->idle_limit)) {
        struct words *words = begin_line(lines);
        words_add(words, "the centre's idle limit is ", "センターの無通信監視時間は");
        words_add_span(words, centre->idle_limit);
        end_line(lines);
    }
    if (!same_span(centre->idle_margin, usual->idle_margin)) {
        struct words *words = begin_line(lines);
        words_add(words, "it cuts an idle connection so much later than its limit: ",
                  "監視時間から実際の切断までの余裕は");
        words_add_span(words, centre->idle_margin);
        end_line(lines);
    }
    if (centre->idle_close != usual->idle_close || centre->idle_reply != usual->idle_reply) {
        struct words *words = begin_line(lines);
        words_add(words, "it cuts an idle connection with %s%s",
                  "無通信のコネクションは%s%sで切断する",
                  !centre->idle_reply              ? ""
                  : lines->language == LANGUAGE_JA ? "421を送ってから"
                                                   : "a 421 and ",
                  centre->idle_close == SCENARIO_CLOSE_RST ? "RST" : "FIN");
        end_line(lines);
    }
}

static void tell_extensions(struct lines *lines, const struct centre_settings *centre)
{
    if (!centre->ehlo)
        return;
    struct words *words = begin_line(lines);
    words_add(words, "EHLO is accepted", "EHLOを受け付ける");
    bool any = false;
    for (unsigned bit = EHLO_SIZE; bit <= EHLO_PIPELINING; bit <<= 1) {
        if (!(centre->ehlo_keywords & bit))
            continue;
        words_add(words, any ? ", %s" : "; offered: %s", any ? "、%s" : "。提示する拡張: %s",
                  ehlo_keyword_name((enum ehlo_keyword)bit));
        any = true;
    }
    for (size_t i = 0; i < centre->ehlo_other_count; i++) {
        words_add(words, any ? ", %s" : "; offered: %s", any ? "、%s" : "。提示する拡張: %s",
                  centre->ehlo_others[i]);
        any = true;
    }
    end_line(lines);
}

static void tell_number(struct lines *lines, const struct text_pair *text, uint64_t number,
                        uint64_t usual)
{
    if (number == usual)
        return;
    struct words *words = begin_line(lines);
    words_add_pair(words, *text);
    words_add(words, "%llu", "%llu", (unsigned long long)number);
    end_line(lines);
}

static void tell_limits(struct lines *lines, const struct centre_settings *centre,
                        const struct centre_settings *usual)
{
    static const struct text_pair texts[] = {
        {"longest command line, in octets: ", "コマンド行の上限(バイト): "},
        {"longest line of a message, in octets (0: no limit): ",
         "電文の1行の上限(バイト、0は無制限): "},
        {"longest message, in octets: ", "電文の上限(バイト): "},
        {"longest mail header, in octets: ", "メールヘッダーの上限(バイト): "},
        {"most recipients of a message: ", "1電文の宛先の上限: "},
        {"errors before the centre leaves (0: no limit): ",
         "切断までに許す誤りの回数(0は無制限): "},
    };
    tell_number(lines, &texts[0], centre->command_limit, usual->command_limit);
    tell_number(lines, &texts[1], centre->line_limit, usual->line_limit);
    tell_number(lines, &texts[2], centre->message_limit, usual->message_limit);
    tell_number(lines, &texts[3], centre->header_limit, usual->header_limit);
    tell_number(lines, &texts[4], centre->recipient_limit, usual->recipient_limit);
    tell_number(lines, &texts[5], centre->error_limit, usual->error_limit);
    if (centre->bare == usual->bare)
        return;
    words_add(begin_line(lines), "a message with a bare CR, a bare LF or a NUL is refused",
              "単独のCR、単独のLF、NULを含む電文を拒否する");
    end_line(lines);
}

static bool same_recipients(const struct centre_settings *a, const struct centre_settings *b)
{
    if (a->recipient_count != b->recipient_count)
        return false;
    for (size_t i = 0; i < a->recipient_count; i++)
        if (strcmp(a->recipients[i], b->recipients[i]) != 0)
            return false;
    return true;
}

static void tell_names(struct lines *lines, const struct centre_settings *centre,
                       const struct centre_settings *usual)
{
    static const char usual_domain[] = "MAIL.PROD.NACCS6";
    if (strcmp(centre->domain, usual_domain) != 0) {
        words_add(begin_line(lines), "the centre's domain is %s", "センター側のドメイン名は%s",
                  centre->domain);
        end_line(lines);
    }
    if (same_recipients(centre, usual))
        return;
    struct words *words = begin_line(lines);
    words_add(words, "it takes messages for ", "受け付ける宛先: ");
    for (size_t i = 0; i < centre->recipient_count; i++)
        words_add(words, i > 0 ? ", %s" : "%s", i > 0 ? "、%s" : "%s", centre->recipients[i]);
    end_line(lines);
}

bool explain_settings(const struct centre_settings *centre, enum language language,
                      void (*line)(void *owner, const struct words *words), void *owner)
{
    struct lines lines = {.language = language, .line = line, .owner = owner};
    struct scenario *usual = scenario_new(centre->domain);
    if (!usual)
        return false;
    tell_names(&lines, centre, &usual->centre);
    tell_idle(&lines, centre, &usual->centre);
    tell_extensions(&lines, centre);
    tell_limits(&lines, centre, &usual->centre);
    scenario_free(usual);
    return !lines.failed;
}

/* "message 2 (plain-2.eml)". */
static void add_message(struct words *words, const struct suite_case *test, uint32_t message)
{
    words_add(words, "message %u", "電文%u", message);
    if (message >= 1 && message <= test->message_count)
        words_add(words, " (%s)", "(%s)", test->messages[message - 1].name);
}

static void tell_accepted(struct lines *lines, const struct suite_case *test)
{
    const struct expectation *expect = &test->scenario->expect;
    if (!expect->has_accepted && test->scenario->rule_count > 0)
        return;
    struct words *words = begin_line(lines);
    if (!expect->has_accepted) {
        words_add(words, "in the end the centre holds every message, each once, octet for octet",
                  "最後に、センターがすべての電文を一通ずつ、1バイトも違わずに受理している");
    } else if (expect->accepted_count == 0) {
        words_add(words, "in the end the centre holds no message",
                  "最後に、センターが受理した電文は一通もない");
    } else {
        words_add(words, "in the end the centre holds ", "最後に、センターが");
        for (size_t i = 0; i < expect->accepted_count; i++) {
            if (i > 0)
                words_add(words, ", ", "、");
            add_message(words, test, expect->accepted[i]);
        }
        words_add_either(words, ", once, octet for octet",
                         expect->accepted_count == 1 ? "を一通だけ、1バイトも違わずに受理している"
                                                     : "を一通ずつ、1バイトも違わずに受理している");
    }
    end_line(lines);
}

static void add_outcomes(struct words *words, unsigned outcomes)
{
    static const struct {
        enum outcome_bit bit;
        struct text_pair text;
    } names[] = {
        {OUTCOME_ACCEPTED, {"accepted", "受理(accepted)"}},
        {OUTCOME_REFUSED, {"refused", "拒否(refused)"}},
        {OUTCOME_DEFERRED, {"deferred", "保留(deferred)"}},
        {OUTCOME_UNKNOWN, {"unknown", "不明(unknown)"}},
        {OUTCOME_UNSENT, {"unsent", "未送信(unsent)"}},
    };
    bool any = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(outcomes & names[i].bit))
            continue;
        if (any)
            words_add(words, " or ", "、");
        words_add_pair(words, names[i].text);
        any = true;
    }
}

/* An outcome for all that are not named; for every one where none is left. */
static void add_others(struct words *words, const struct suite_case *test)
{
    const struct expectation *expect = &test->scenario->expect;
    size_t others = 0, told = 0;
    for (uint32_t message = 1; message <= test->message_count; message++)
        others += !expectation_names(expect, message);
    if (others == 0 || others == test->message_count) {
        bool one = test->message_count == 1;
        words_add_either(words, one ? "the message" : "every message",
                         one ? "電文" : "すべての電文");
        return;
    }
    for (uint32_t message = 1; message <= test->message_count; message++) {
        if (expectation_names(expect, message))
            continue;
        if (told++ > 0)
            words_add(words, ", ", "、");
        add_message(words, test, message);
    }
}

static void tell_outcomes(struct lines *lines, const struct suite_case *test)
{
    const struct expectation *expect = &test->scenario->expect;
    for (size_t i = 0; i < expect->outcome_count; i++) {
        struct words *words = begin_line(lines);
        words_add(words, "the sender reports ", "送信側は");
        if (expect->outcomes[i].message > 0)
            add_message(words, test, expect->outcomes[i].message);
        else
            add_others(words, test);
        words_add(words, " as ", "の結果を");
        add_outcomes(words, expect->outcomes[i].outcomes);
        words_add_either(words, "", "と報告する");
        end_line(lines);
    }
}

static void add_commands(struct words *words, uint32_t allowed)
{
    bool any = false;
    for (int verb = 0; verb < COMMAND_VERBS; verb++) {
        if (!(allowed >> verb & 1))
            continue;
        words_add(words, "%s%s", "%s%s",
                  !any                             ? ""
                  : words->language == LANGUAGE_JA ? "、"
                                                   : ", ",
                  verb == COMMAND_UNKNOWN ? words->language == LANGUAGE_JA ? "その他" : "another"
                                          : command_name((enum command_verb)verb));
        any = true;
    }
}

static void tell_nexts(struct lines *lines, const struct expectation *expect)
{
    for (size_t i = 0; i < expect->next_count; i++) {
        const struct expected_next *next = &expect->next[i];
        struct words *words = begin_line(lines);
        words_add(words, "after that reply (%s), what comes next is ", "この応答(%s)の後、次は",
                  explain_stage(next->after, lines->language));
        add_commands(words, next->allowed);
        if (next->close_allowed)
            words_add(words, next->allowed ? ", or the sender closes" : "the end of the connection",
                      next->allowed ? "、またはコネクションの切断" : "コネクションの切断");
        bool several = (next->allowed & (next->allowed - 1)) != 0 ||
                       (next->allowed != 0 && next->close_allowed);
        words_add_either(words, "", several ? "のいずれか" : "");
        end_line(lines);
    }
}

static void tell_connections(struct lines *lines, const struct expectation *expect)
{
    if (!expect->has_connections)
        return;
    uint32_t first = expect->connections.first, last = expect->connections.last;
    struct words *words = begin_line(lines);
    if (last == UINT32_MAX)
        words_add(words, "the sender makes at least %u connection%s", "送信側の接続は%u回%s以上",
                  first, lines->language == LANGUAGE_JA || first == 1 ? "" : "s");
    else if (first == last)
        words_add(words, "the sender makes %u connection%s", "送信側の接続は%u回%s", first,
                  lines->language == LANGUAGE_JA || first == 1 ? "" : "s");
    else if (first == 0)
        words_add(words, "the sender makes at most %u connection%s", "送信側の接続は%u回%s以下",
                  last, lines->language == LANGUAGE_JA || last == 1 ? "" : "s");
    else
        words_add(words, "the sender makes %u to %u connections", "送信側の接続は%u〜%u回", first,
                  last);
    end_line(lines);
}

static void tell_same_actions(struct lines *lines, const struct expectation *expect)
{
    if (!expect->same_actions_as)
        return;
    struct words *words = begin_line(lines);
    if (strcmp(expect->same_actions_as, "plain") == 0)
        words_add(words,
                  "the sender does, octet for octet, what it does when the replies have their "
                  "usual text",
                  "送信側の動作が、通常の文字列の応答を受けたときと1バイトも違わない");
    else
        words_add(words, "the sender does, octet for octet, what it does in the case %s",
                  "送信側の動作が、ケース%sのときと1バイトも違わない", expect->same_actions_as);
    end_line(lines);
}

static void tell_always(struct lines *lines, const struct expectation *expect)
{
    struct words *words = begin_line(lines);
    words_add(words,
              "and what holds in every case: dots stuffed, octets unchanged, one command at a "
              "time, QUIT, nothing claimed that was not accepted, nothing sent twice",
              "どのケースにも共通の点: ドットの付加、バイト列の保存、コマンドは一つずつ、QUIT、"
              "受理されていない電文を送信済みとしない、二重に送らない");
    for (size_t i = 0; i < expect->void_count; i++)
        words_add(words, i == 0 ? "; not judged here: %s" : ", %s",
                  i == 0 ? "。ここでは判定しないもの: %s" : "、%s", expect->void_checks[i]);
    end_line(lines);
}

bool explain_expectations(const struct suite_case *test, enum language language,
                          void (*line)(void *owner, const struct words *words), void *owner)
{
    struct lines lines = {.language = language, .line = line, .owner = owner};
    const struct expectation *expect = &test->scenario->expect;
    tell_accepted(&lines, test);
    tell_outcomes(&lines, test);
    if (expect->has_gives_up) {
        words_add(begin_line(&lines),
                  "the sender gives up when its declared limit is over, neither much earlier nor "
                  "much later (%s)",
                  "送信側は、申告した監視時間が過ぎたら諦める。大きく早くも遅くもない(%s)",
                  explain_stage(expect->gives_up_at, language));
        end_line(&lines);
    }
    tell_nexts(&lines, expect);
    tell_connections(&lines, expect);
    if (expect->has_quit_within) {
        struct words *words = begin_line(&lines);
        words_add(words, "QUIT comes this soon after the last reply: ",
                  "最後の応答からQUITまでの時間は最大");
        words_add_span(words, expect->quit_within);
        end_line(&lines);
    }
    tell_same_actions(&lines, expect);
    tell_always(&lines, expect);
    return !lines.failed;
}
