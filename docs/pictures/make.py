#!/usr/bin/env python3
"""The pictures of a dossier that the pages show, drawn of a real run.

    docs/pictures/make.py BUILD        writes dossier.png, case.en.png and case.ja.png beside it

A sender that stuffs no dots (tests/defects/) goes through a part of the suite; Chromium draws what the
harness wrote of it. Needs chromium, chromium-driver and python3-selenium.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

HERE = pathlib.Path(__file__).resolve().parent
CASE = "body/messages/dots-body"
TOP, WHOLE = {"width": 960, "height": 860}, {"width": 960, "height": 4000}


def write_dossier(build, path):
    sender = ["gateway"]  # what the page calls it
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(build / "tests/defects/sender", pathlib.Path(folder) / sender[0])
        subprocess.run([build / "naccs-harness", "run", "--timeout", "2s", "--pace", "20", "-j", "8", "--only",
                        "body/*", "--only", "quit/*", "--only", "rcpt/*", "--report", f"html:{path}", "--",
                        *sender, "--defect", "no-stuffing"], check=False, stdout=subprocess.DEVNULL,
                       env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"})


def browser(folder):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                     "--disable-dev-shm-usage", f"--user-data-dir={folder}/chromium"):
        options.add_argument(argument)
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def size_window(driver, size):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {**size, "deviceScaleFactor": 1, "mobile": False})


def draw(driver, page, language):
    size_window(driver, TOP)
    driver.get("about:blank")
    driver.get(f"file://{page}#case-{CASE}")
    driver.find_element(By.CSS_SELECTOR, f"label[for='language-{language}']").click()
    if language == "en":
        driver.execute_script("window.scrollTo(0, 0)")
        driver.save_screenshot(str(HERE / "dossier.png"))
    size_window(driver, WHOLE)
    driver.find_element(By.ID, f"case-{CASE}").screenshot(str(HERE / f"case.{language}.png"))


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "dossier.html"
        write_dossier(build, page)
        driver = browser(folder)
        try:
            for language in ("en", "ja"):
                draw(driver, page, language)
        finally:
            driver.quit()


main()
