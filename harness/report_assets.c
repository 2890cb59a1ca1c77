#include "harness/report_assets.h"

/* The assembler takes them in as they are; no tool is needed, and editors know what they edit. */
#define TAKE_IN(name, file)                                                                        \
    __asm__(".section .rodata\n" #name ":\n.incbin \"" file "\"\n" #name "_end:\n.byte 0\n"        \
            ".previous\n");                                                                        \
    extern const uint8_t name[], name##_end[]

TAKE_IN(naccs_report_style, "harness/report.css");
TAKE_IN(naccs_report_script, "harness/report.js");

struct octets report_style(void)
{
    return (struct octets){naccs_report_style,
                           (size_t)(naccs_report_style_end - naccs_report_style)};
}

struct octets report_script(void)
{
    return (struct octets){naccs_report_script,
                           (size_t)(naccs_report_script_end - naccs_report_script)};
}
