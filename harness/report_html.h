/* Parts of the dossier, the HTML report. Private to report_html*.c and report_compare_html.c. */
#ifndef HARNESS_REPORT_HTML_H
#define HARNESS_REPORT_HTML_H

#include "harness/html.h"
#include "harness/report_common.h"

struct dossier {
    struct html html;
    const struct report_context *context;
    const struct report_matrix *matrix;
};

/* Everything before and behind the content: the head with style sheet, script and security policy,
 * the switch of the language, the drawing's arrow heads. */
bool html_page_begin(struct html *html, FILE *stream, const char *title, enum language language);
bool html_page_end(struct html *html, const char *version);

/* "pass", "合格": a badge in the verdict's colour. */
void html_verdict(struct html *html, enum verdict verdict);

/* One fact: a name and a value below each other. */
void html_fact(struct html *html, const char *en, const char *ja, const char *value);

/* The id of a case's element: what a link names behind #. Letters, digits and . _ / - stay, all
 * others are ~XX, so that it survives being sent on. Returns `id`. */
enum { CASE_ANCHOR_SIZE = 512 };
const char *case_anchor(const char *case_id, char id[CASE_ANCHOR_SIZE]);

/* A link to a case. */
void html_case_link(struct html *html, const char *case_id, const char *class);

/* The folder: the first word of the id. */
size_t family_size(const char *case_id);

void dossier_head(struct dossier *dossier);
void dossier_matrix(struct dossier *dossier);
void dossier_cases(struct dossier *dossier);

/* What was expected and what was seen, in both languages. */
void dossier_finding_words(struct dossier *dossier, const struct finding *finding);

/* The diagram of one case, in SVG. */
void dossier_diagram(struct dossier *dossier, const struct run_case *result,
                     const char *labelled_by);

/* The octets around what a finding is about, with offsets; nothing where it is about none. */
void dossier_octets(struct dossier *dossier, const struct run_case *result,
                    const struct finding *finding);

#endif
