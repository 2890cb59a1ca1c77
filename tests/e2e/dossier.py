#!/usr/bin/env python3
"""The dossier in a browser: dossier.py FOLDER, with all.html, old.html, ill.html, compared.html and
grid.html in it (tests/e2e/dossier.sh makes them).

Prints a line "ok" or "not ok" for each test; exit status 1 where one failed.
"""
import glob
import os
import sys

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

FOLDER = os.path.abspath(sys.argv[1])
failed = 0


def check(name, good):
    global failed
    failed += not good
    print(f"{'ok' if good else 'not ok'} - {name}", flush=True)


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--window-size=1200,1000", f"--user-data-dir={FOLDER}/chromium"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def page(driver, name, hash=""):
    """Opens it anew, though only what is behind the # is new."""
    driver.get("about:blank")
    driver.get(f"file://{FOLDER}/{name}.html{hash}")


def seen(driver, selector):
    return driver.execute_script(
        "return Array.from(document.querySelectorAll(arguments[0]))"
        ".filter(e => e.checkVisibility()).map(e => e.textContent)", selector)


def click(driver, id):
    driver.find_element(By.CSS_SELECTOR, f"label[for='{id}']").click()


def emulate(driver, **media):
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)


def languages(driver):
    page(driver, "old")
    check("one language is shown", seen(driver, ".verdict [lang]") == ["does not conform"])
    click(driver, "language-ja")
    check("and then the other", seen(driver, ".verdict [lang]") == ["不適合"])
    check("no English is left beside it", seen(driver, "body [lang=en]") == [])
    check("the page says so itself", driver.execute_script("return document.documentElement.lang") == "ja")
    check("it is remembered, on other pages too", remembered(driver))
    click(driver, "language-en")


def remembered(driver):
    """What a page keeps reaches the next one a little later, where the browser gives that a process of its own."""
    for _ in range(100):
        page(driver, "compared")
        if seen(driver, "h1 [lang]") == ["前回との比較"]:
            return True
    return False


def filters(driver):
    page(driver, "old")
    every = len(seen(driver, ".case > summary"))
    click(driver, "show-fail")
    failing = seen(driver, ".case > summary code")
    check("a verdict is chosen", 0 < len(failing) < every and "body/messages/dots" in failing)
    check("among requirements too", [text for text in seen(driver, "tr.item code")] == ["BODY-3"])
    driver.find_element(By.ID, "text").send_keys("quit/in-time")
    check("what does not fit is gone", seen(driver, ".case > summary code") == [])
    driver.execute_script("location.hash = 'case-rcpt/251'")
    driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    check("a link leads to its case all the same",
          seen(driver, ".case[open] > summary code") == ["rcpt/251"])
    click(driver, "show-all")
    check("text alone finds", seen(driver, ".case > summary code") == ["quit/in-time"])
    driver.find_element(By.ID, "text").clear()
    driver.find_element(By.ID, "text").send_keys("x\b")
    driver.execute_script("const f = document.getElementById('family'); f.value = 'quit';"
                          "f.dispatchEvent(new Event('change'))")
    families = {text.split("/")[0] for text in seen(driver, ".case > summary code")}
    check("a family is chosen", families == {"quit"})
    page(driver, "old", "#case-body/messages/dots")
    check("a link opens its case", seen(driver, ".case[open] > summary code") == ["body/messages/dots"])
    check("the diagram is drawn", driver.execute_script(
        "return document.querySelector('.case[open] svg').getBoundingClientRect().height") > 200)
    check("the offending place is red", len(seen(driver, ".case[open] path.b.x")) == 1)
    page(driver, "all", "#case-connect/late-greeting/20~25")
    check("also where the id has signs of its own",
          seen(driver, ".case[open] > summary code") == ["connect/late-greeting/20%"])


def hostile(driver):
    page(driver, "ill")
    driver.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    check("no foreign script has run", driver.execute_script("return window.broken") is None)
    check("no foreign element is there",
          driver.find_elements(By.CSS_SELECTOR, "img, script + script, [onerror], [onload], [ontoggle]") == [])
    check("what was sent is shown as text", any("<script>" in text for text in seen(driver, "svg text")))
    driver.execute_script("const s = document.createElement('script'); s.textContent = 'window.broken = 10';"
                          "document.body.append(s)")
    check("and would not run if it were there", driver.execute_script("return window.broken") is None)
    # The line above has made the policy complain.
    driver.get_log("browser")


def without_script(driver):
    page(driver, "old")
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    page(driver, "old", "#case-quit/in-time")
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    # What ran above ran without the page's script; what is asked here is the harness's own.
    check("without a script a link opens its case too",
          seen(driver, ".case[open] > summary code") == ["quit/in-time"])
    click(driver, "language-ja")
    check("the languages are switched", seen(driver, ".verdict [lang]") == ["不適合"])
    click(driver, "show-fail")
    check("verdicts are chosen", "body/messages/dots" in seen(driver, ".case > summary code")
          and "quit/in-time" not in seen(driver, ".case > summary code"))
    check("what needs one is not there", seen(driver, "#text") == [])


def on_paper_and_phone(driver):
    page(driver, "old")
    pdf = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})["data"]
    check("it can be printed", len(pdf) > 20000)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True})
    for name in ("old", "compared", "grid"):
        page(driver, name, "#case-body/messages/dots")
        check(f"nothing is wider than a phone: {name}",
              driver.execute_script("return document.documentElement.scrollWidth") <= 360)
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def accessible(driver):
    """axe-core from npm, where NACCS_AXE names its axe.min.js, or it is installed globally."""
    places = [os.environ.get("NACCS_AXE", "")] + glob.glob("/usr/*/node_modules/axe-core/axe.min.js") + \
        glob.glob("/usr/lib/node_modules/axe-core/axe.min.js")
    axe = next((place for place in places if place and os.path.exists(place)), None)
    if not axe:
        print("skipped: accessibility (no axe-core here: npm install axe-core, NACCS_AXE=…/axe.min.js)")
        return
    with open(axe, encoding="utf-8") as file:
        source = file.read()
    for name, scheme in (("old", "light"), ("old", "dark"), ("compared", "light"), ("grid", "dark")):
        emulate(driver, features=[{"name": "prefers-color-scheme", "value": scheme}])
        page(driver, name)
        driver.execute_script("document.querySelectorAll('.case.fail, td details').forEach(d => d.open = true)")
        # The page's own policy lets nothing in: the driver puts it there from outside.
        driver.execute_cdp_cmd("Runtime.evaluate", {"expression": source})
        found = driver.execute_async_script(
            "const done = arguments[0]; axe.run().then(r => done(r.violations.map("
            "v => v.id + ': ' + v.nodes.length + ' ' + v.nodes[0].html.slice(0, 200) + v.nodes[0].failureSummary)))")
        for violation in found:
            print("    |", violation)
        check(f"accessible: {name}, {scheme}", found == [])
    emulate(driver, features=[])


def main():
    driver = browser()
    try:
        driver.set_script_timeout(120)
        languages(driver)
        filters(driver)
        hostile(driver)
        check("the browser has nothing to complain of",
              [entry for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == [])
        without_script(driver)
        on_paper_and_phone(driver)
        accessible(driver)
    finally:
        driver.quit()
    return failed > 0


sys.exit(main())
