/* What the page does beyond HTML and CSS: it remembers the language, filters by family and text, leads
 * a link to its case, and opens for paper what matters. Nothing here makes HTML from text. */
(function () {
    "use strict";
    var root = document.documentElement;
    var key = "naccs-report-language";
    root.classList.add("scripted");

    function stored(value) {
        try {
            if (value) localStorage.setItem(key, value);
            return localStorage.getItem(key);
        } catch (nowhere) {
            return null;
        }
    }

    function speak(language) {
        document.getElementById("language-" + language).checked = true;
        root.lang = language;
    }

    function all(selector, within) {
        return Array.prototype.slice.call((within || document).querySelectorAll(selector));
    }

    var remembered = stored();
    if (remembered === "en" || remembered === "ja") speak(remembered);
    else if (/^ja\b/.test(navigator.language || "")) speak("ja");
    all(".languages input").forEach(function (input) {
        input.addEventListener("change", function () {
            speak(stored(input.id.slice(-2)) || input.id.slice(-2));
            filter();
        });
    });

    var family = document.getElementById("family");
    var text = document.getElementById("text");
    var shown = document.getElementById("shown");
    var verdicts = all(".filters input[type=radio]");

    /* What a case or a row is found by: its own words in both languages. */
    var items = all(".item").map(function (item) {
        var home = item.closest(".family");
        var words = item.querySelector(":scope > summary") || item;
        return {
            element: item,
            isCase: item.classList.contains("case"),
            family: home ? home.dataset.family : "",
            words: words.textContent.toLowerCase()
        };
    });

    function chosen() {
        var input = verdicts.filter(function (one) { return one.checked; })[0];
        return input && input.id !== "show-all" ? input.id.slice(5) : "";
    }

    function filter() {
        if (!family) return;
        var wanted = text.value.trim().toLowerCase().split(/\s+/);
        var verdict = chosen(), count = 0, total = 0, seen = {};
        items.forEach(function (item) {
            var fits = wanted.every(function (word) { return item.words.indexOf(word) >= 0; }) &&
                (!family.value || !item.isCase || item.family === family.value);
            item.element.classList.toggle("hidden", !fits);
            if (!item.isCase) return;
            total++;
            if (item.element.classList.contains("sent") ||
                (fits && (!verdict || item.element.classList.contains(verdict)))) {
                count++;
                seen[item.family] = true;
            }
        });
        all(".family").forEach(function (section) {
            section.classList.toggle("hidden", !seen[section.dataset.family]);
        });
        shown.textContent = count === total ? "" : count + " / " + total;
    }

    function release() {
        all(".sent").forEach(function (item) { item.classList.remove("sent"); });
        filter();
    }

    /* A link leads to its case, whatever is filtered. */
    function arrive() {
        var name = decodeURIComponent(location.hash.slice(1));
        var target = name && document.getElementById(name);
        var item = target && target.closest(".item");
        if (!item) return;
        release();
        item.classList.add("sent");
        if (item.tagName === "DETAILS") item.open = true;
        filter();
        item.scrollIntoView();
    }

    if (family) {
        family.addEventListener("change", release);
        text.addEventListener("input", release);
        verdicts.forEach(function (input) { input.addEventListener("change", release); });
        document.querySelector(".filters").addEventListener("submit", function (event) {
            event.preventDefault();
        });
        window.addEventListener("hashchange", arrive);
        /* The same link once more is no change. */
        document.addEventListener("click", function (event) {
            var link = event.target.closest && event.target.closest("a[href^='#']");
            if (link && link.getAttribute("href") === location.hash) arrive();
        });
        arrive();
    }

    var closed = [];
    window.addEventListener("beforeprint", function () {
        closed = all(".groups details:not([open]), .case.fail:not([open]), .case.error:not([open])");
        closed.forEach(function (one) { one.open = true; });
    });
    window.addEventListener("afterprint", function () {
        closed.forEach(function (one) { one.open = false; });
    });
})();
