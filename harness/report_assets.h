/* The style sheet and the script of the HTML reports (report.css, report.js), built in. */
#ifndef HARNESS_REPORT_ASSETS_H
#define HARNESS_REPORT_ASSETS_H

#include "wire/octets.h"

struct octets report_style(void);
struct octets report_script(void);

/* What the page's own security policy lets run: the script whose SHA-256 this is, and no other.
 * tests/e2e/dossier.sh holds it against the file. */
#define REPORT_SCRIPT_HASH "sha256-VAZtvR0ttzld6EkSGIkcLtlyxn4ANH5WkUp/NiSWPv4="

#endif
