#include "harness/progress.h"

#include <stdlib.h>

enum { ID_WIDTH = 36 };

void progress_begin(struct progress *progress, FILE *stream, size_t total, enum language language)
{
    *progress = (struct progress){.stream = stream, .language = language, .total = total};
}

/* "120/658, 3 failed; 506 to come; running body/messages/max and 31 more": what is long stands
 * last, where a narrow terminal cuts it. */
static void draw(const struct progress *progress)
{
    bool japanese = progress->language == LANGUAGE_JA;
    size_t under_way = progress->done + progress->running_count;
    size_t left = progress->total > under_way ? progress->total - under_way : 0;
    fprintf(progress->stream, "\r\033[K\033[?7l%zu/%zu", progress->done, progress->total);
    if (progress->failed > 0)
        fprintf(progress->stream, japanese ? "、不合格%zu" : ", %zu failed", progress->failed);
    fprintf(progress->stream, japanese ? "、残り%zu" : "; %zu to come", left);
    if (progress->running_count > 0)
        fprintf(progress->stream, japanese ? "、実行中 %.*s" : "; running %.*s", ID_WIDTH,
                progress->running[0]->scenario->id);
    if (progress->running_count > 1)
        fprintf(progress->stream, japanese ? " ほか%zu" : " and %zu more",
                progress->running_count - 1);
    fputs("\033[?7h", progress->stream);
    fflush(progress->stream);
}

void progress_begun(void *owner, const struct suite_case *test)
{
    struct progress *progress = owner;
    if (!progress->stream)
        return;
    if (progress->running_count == progress->running_room) {
        size_t room = progress->running_room ? 2 * progress->running_room : 32;
        const struct suite_case **running = realloc(progress->running, room * sizeof *running);
        if (!running)
            return; /* it is left out of the line, no more */
        progress->running = running;
        progress->running_room = room;
    }
    progress->running[progress->running_count++] = test;
    draw(progress);
}

void progress_ended(void *owner, const struct run_case *result, size_t done, size_t total)
{
    struct progress *progress = owner;
    progress->done = done;
    progress->total = total;
    progress->failed += result->verdict == VERDICT_FAIL && !result->known_failing;
    size_t kept = 0;
    for (size_t i = 0; i < progress->running_count; i++)
        if (progress->running[i] != result->test)
            progress->running[kept++] = progress->running[i];
    progress->running_count = kept;
    if (progress->stream)
        draw(progress);
}

void progress_end(struct progress *progress)
{
    if (progress->stream) {
        fputs("\r\033[K", progress->stream);
        fflush(progress->stream);
    }
    free(progress->running);
    *progress = (struct progress){0};
}
