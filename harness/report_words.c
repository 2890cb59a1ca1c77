#include <string.h>

#include "harness/report_common.h"

/* What people read, in both languages. */

struct text_pair verdict_words(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return (struct text_pair){"pass", "合格"};
    case VERDICT_FAIL:
        return (struct text_pair){"fail", "不合格"};
    case VERDICT_WARN:
        return (struct text_pair){"warn", "警告"};
    case VERDICT_SKIP:
        return (struct text_pair){"skip", "対象外"};
    case VERDICT_ERROR:
        break;
    }
    return (struct text_pair){"error", "判定不能"};
}

struct text_pair level_words(enum level level)
{
    switch (level) {
    case LEVEL_MUST:
        return (struct text_pair){"must", "必須"};
    case LEVEL_SHOULD:
        return (struct text_pair){"should", "推奨"};
    case LEVEL_INFO:
        break;
    }
    return (struct text_pair){"info", "参考"};
}

struct text_pair report_overall(const struct run_results *results)
{
    if (results->interrupted)
        return (struct text_pair){"interrupted: no verdict", "中断のため判定なし"};
    if (results->failed > 0)
        return (struct text_pair){"does not conform", "不適合"};
    if (results->unexpected > 0)
        return (struct text_pair){"conforms, but passes what is listed as known to fail",
                                  "適合(ただし既知の不合格が合格した)"};
    if (results->open > 0)
        return (struct text_pair){"no verdict: some cases are still to be done (--resume)",
                                  "未実施のケースがあるため判定なし"};
    if (results->errors > 0)
        return (struct text_pair){"no verdict: the harness could not do all of its work",
                                  "判定できないケースがあるため判定なし"};
    if (results->count == results->skipped)
        return (struct text_pair){"no verdict: everything was skipped",
                                  "すべて対象外のため判定なし"};
    return (struct text_pair){"conforms", "適合"};
}

struct text_pair report_mode_words(const struct run_options *options)
{
    static const struct {
        const char *name; /* as run_mode_name says */
        struct text_pair words;
    } modes[] = {
        {"virtual", {"virtual time", "仮想時間"}},
        {"real", {"real time", "実時間"}},
        {"attached", {"attached, real time", "接続待ち受け、実時間"}},
        {"field", {"as seen in the field", "実環境の記録"}},
    };
    const char *name = run_mode_name(options);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i].name, name) == 0)
            return modes[i].words;
    return (struct text_pair){name, NULL};
}
