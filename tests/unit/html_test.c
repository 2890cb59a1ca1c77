#include "harness/html.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

struct setting {
    struct html html;
    FILE *stream;
    char *text;
    size_t count;
};

static void begin(struct setting *s)
{
    *s = (struct setting){.text = NULL};
    s->stream = open_memstream(&s->text, &s->count);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s->stream);
    CU_ASSERT_FATAL(html_begin(&s->html, s->stream));
}

static void expect(struct setting *s, const char *expected)
{
    CU_ASSERT(html_end(&s->html));
    fclose(s->stream);
    CU_ASSERT_STRING_EQUAL(s->text, expected);
    free(s->text);
}

static void test_elements(void)
{
    struct setting s;
    begin(&s);
    html_open(&s.html, "p", "class", "a", "hidden", NULL, "id", "b", (char *)NULL);
    html_text(&s.html, "one");
    html_empty(&s.html, "br", (char *)NULL);
    html_element(&s.html, "i", "", (char *)NULL);
    html_format(&s.html, "%d", 2);
    html_close(&s.html);
    html_own(&s.html, OCTETS("<!-- & -->"));
    expect(&s, "<!DOCTYPE html>\n<p class=\"a\" id=\"b\">one<br/><i></i>2</p><!-- & -->\n");
}

/* Whatever the text, there is one element and no attribute of its making. */
static void test_escaped(void)
{
    struct setting s;
    begin(&s);
    html_element(&s.html, "p", "<b>&\"'\033\001\177\200]]></p><script>", "title",
                 "\"><img onerror='x'>&\n\033", (char *)NULL);
    html_text_of(&s.html, "a\0<", 3);
    expect(&s,
           "<!DOCTYPE html>\n<p title=\"&quot;&gt;&lt;img onerror='x'&gt;&amp;&#10;\\x1B\">"
           "&lt;b&gt;&amp;&quot;'\\x1B\\x01\\x7F?]]&gt;&lt;/p&gt;&lt;script&gt;</p>a\\x00&lt;\n");
}

static void test_pairs(void)
{
    struct setting s;
    begin(&s);
    html_either(&s.html, "a<", "あ");
    html_pair(&s.html, (struct text_pair){"b", NULL});
    html_pair(&s.html, (struct text_pair){NULL, NULL});
    html_pair_as(&s.html, "li", (struct text_pair){NULL, "い"});
    expect(&s, "<!DOCTYPE html>\n<span lang=\"en\">a&lt;</span><span lang=\"ja\">あ</span>"
               "<span lang=\"en\">b</span><span lang=\"ja\">b</span>"
               "<li lang=\"en\">い</li><li lang=\"ja\">い</li>\n");
}

/* A stream that takes nothing fails at the end, and not before. */
static void test_full(void)
{
    struct html html;
    FILE *stream = fopen("/dev/full", "w");
    if (!stream)
        return;
    CU_ASSERT_FATAL(html_begin(&html, stream));
    for (int i = 0; i < 100000; i++)
        html_element(&html, "p", "text", (char *)NULL);
    CU_ASSERT_FALSE(html_end(&html));
    fclose(stream);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"elements", test_elements},
        {"escaped", test_escaped},
        {"pairs", test_pairs},
        {"full", test_full},
    };
    return unit_main("html", tests, sizeof tests / sizeof *tests, argc, argv);
}
