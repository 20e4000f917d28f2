"""Drives report.html in a browser: filter, sort, drill-down, no request, no message of the console.

    python drive_page.py REPORT.html [PICTURES]

Needs playwright and a Chromium (PEERCLAIMS_CHROMIUM names it, else /usr/bin/chromium). With a folder for
pictures it writes the page on a screen, without JavaScript, and on paper there.
"""
import os
import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("PEERCLAIMS_CHROMIUM", "/usr/bin/chromium")


def sorted_by(table, name):
    """The cells of a column after a click on its heading."""
    names = [text.strip() for text in table.locator("thead th").all_inner_texts()]
    at = names.index(name)
    table.locator("thead th [role=button]").nth(at).click()
    return table.locator(f"tbody tr td:nth-child({at + 1})").all_inner_texts()


def no_text_is_cut(page):
    """Every text of a chart lies within its picture."""
    return page.evaluate("""() => Array.from(document.querySelectorAll("figure svg")).every((svg) => {
        const own = svg.viewBox.baseVal;
        return Array.from(svg.querySelectorAll("text")).every((text) => {
            const box = text.getBBox();
            return box.x >= -1 && box.x + box.width <= own.width + 1;
        });
    })""")


def drive(page):
    findings = page.locator("#findings ~ .findings table.list").first
    rows = findings.locator("tbody tr")
    assert rows.count() > 3, rows.count()
    rule = rows.first.locator("td").first.inner_text()
    box = page.locator(".findings input")
    box.fill(rule)
    shown = findings.locator("tbody tr:not([hidden])")
    assert 0 < shown.count() <= rows.count()
    assert all(rule in text for text in shown.all_inner_texts())
    box.fill("no such words anywhere")
    assert shown.count() == 0
    box.fill("")
    assert shown.count() == rows.count()
    whole = [text for text in page.locator("#members ~ div[data-filter] > details > summary").all_inner_texts()]
    name = whole[0].split(",")[0]
    members = page.locator("#members ~ .filter input").first
    members.fill(name)
    shown_years = page.locator("#members ~ div[data-filter] > details:not([hidden]) > summary")
    assert shown_years.count() == sum(text.split(",")[0] == name for text in whole), name
    members.fill("")
    at = [text.strip() for text in findings.locator("thead th").all_inner_texts()].index("at issue")
    for direction, sign in (("ascending", 1), ("descending", -1)):
        findings.locator("thead th [role=button]").nth(at).click()
        assert findings.locator("thead th").nth(at).get_attribute("aria-sort") == direction
        cells = rows.locator(f"td:nth-child({at + 1})").all_inner_texts()
        values = [float(text.replace("$", "").replace(",", "")) for text in cells if text]
        assert values == sorted(values, key=lambda value: sign * value), direction
    natural = [[int(part) if part.isdigit() else part for part in re.split(r"(\d+)", text)]
               for text in sorted_by(findings, "member") if text]
    assert natural == sorted(natural), "members are not in the order of their numbers"
    for section in ("practitioners", "members"):
        first = page.locator(f"#{section} ~ div[data-filter] > details").first
        assert not first.locator("table").is_visible()
        first.locator("summary").click()
        assert first.locator("table").is_visible()


def main(path, pictures):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        said, asked = [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.absolute().as_uri())
        drive(page)
        assert said == [], said
        assert asked == [path.absolute().as_uri()], asked
        assert no_text_is_cut(page), "a text of a chart is cut"
        for width in (820, 1024, 1180, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("""() => Array.from(document.querySelectorAll(".card")).every(
                (card) => card.scrollWidth <= card.clientWidth)"""), f"a card is too narrow at {width}"
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"the page is {wide} wider than the window"
        if pictures:
            page.screenshot(path=pictures / "screen.png", full_page=False)
            page.pdf(path=pictures / "paper.pdf", prefer_css_page_size=True)
        plain = browser.new_context(java_script_enabled=False).new_page()
        plain.goto(path.absolute().as_uri())
        assert plain.locator("table.list tbody tr").first.is_visible()
        assert plain.locator("svg").first.is_visible()
        plain.locator("#members ~ div > details > summary").first.click()
        assert plain.locator("#members ~ div > details table").first.is_visible()
        if pictures:
            plain.screenshot(path=pictures / "no_script.png", full_page=False)
        browser.close()
    print("filtered, sorted, opened; no request left, the console is silent")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
