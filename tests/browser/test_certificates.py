"""What the certificate pages add where JavaScript runs: the calculators, filters, sorting, and rows side by side."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from browser.test_pages import open_page
from kb.cost import Range, Reader, break_even, five_years
from kb.graph import Graph
from kb.model import Credential, FiveYears
from kb.render import amount


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = open_page(browser)
    yield found
    found.context.close()


def _plan(dice: random.Random) -> FiveYears:
    def maybe(value: float) -> float | None:
        return None if dice.random() < 0.2 else value

    cost, hours = maybe(round(dice.uniform(0, 3e5), 2)), maybe(dice.randint(0, 3000))
    return FiveYears(
        scenario="random", unit="USD", first_cost=cost, first_hours=hours,
        first_cost_to=None if cost is None else maybe(cost + dice.randint(1, 999)),
        first_hours_to=None if hours is None else maybe(hours + dice.randint(1, 99)),
        retake_fee=maybe(dice.randint(0, 500)), attempts_included=dice.randint(1, 5),
        renewal_months=dice.choice([None, *range(1, 121)]), renewal_fee=maybe(dice.randint(0, 400)),
        renewal_hours=maybe(dice.randint(0, 80)),
    )  # fmt: skip


def _reader(dice: random.Random) -> Reader:
    return Reader(
        hour_value=dice.choice([0, dice.uniform(0, 300)]), employer_share=dice.random(),
        pass_chance=dice.uniform(0.05, 1), overlap=dice.random(), other_cash=dice.randint(0, 9999),
        grants=dice.randint(0, 9999), forgone_pay=dice.choice([0, dice.uniform(0, 3e5)]),
    )  # fmt: skip


def test_the_browser_and_python_agree_on_a_thousand_random_inputs(page: Page, address: str) -> None:
    dice = random.Random(20261124)
    cases = [(_plan(dice), _reader(dice)) for _ in range(1000)]
    loans = [(dice.randint(0, 300000), dice.randint(0, 300000), dice.randint(0, 60000), dice.uniform(0, 0.6),
              dice.uniform(-0.1, 0.2)) for _ in range(1000)]  # fmt: skip
    page.goto(address + "certifications/cost/")
    results = page.evaluate(
        """async cases => {
            const {fiveYears} = await import(document.querySelector('script[src$="cost.js"]').src)
            return cases.map(([plan, reader]) => fiveYears(plan, reader))
        }""",
        [[plan.model_dump(), vars(reader)] for plan, reader in cases],
    )
    known: set[str] = set()
    for (plan, reader), result in zip(cases, results, strict=True):
        for name, value in vars(five_years(plan, reader)).items():
            if value is None:
                assert result[name] is None, (plan, reader, name)
            else:
                known.add(name)
                assert result[name] == [pytest.approx(value.low), pytest.approx(value.high)], (plan, reader, name)
    assert known == {"cash", "own_cash", "hours", "own_hours", "total"}
    years = page.evaluate(
        """async loans => {
            const {breakEven} = await import(document.querySelector('script[src$="cost.js"]').src)
            return loans.map(([cost, forgone_pay, raise_per_year, tax, growth]) =>
                breakEven({cost, forgone_pay, raise_per_year, tax, growth}))
        }""",
        loans,
    )
    for loan, found in zip(loans, years, strict=True):
        expected = break_even(*loan)
        assert found == (None if expected is None else pytest.approx(expected)), loan


def test_the_table_of_defaults_is_what_the_script_computes(page: Page, address: str) -> None:
    """Without a change of the boxes, the script would write what Python wrote, cents aside."""
    page.goto(address + "certifications/cost/")
    cells = page.locator("[data-plan] [data-out]")
    before = cells.all_text_contents()
    page.locator("[data-cost] [name=overlap]").fill("50")
    after = cells.all_text_contents()
    written = [(one.replace(".15", ""), two) for one, two in zip(before, after, strict=True) if one]
    assert len(written) > 80
    assert [pair for pair in written if pair[0] != pair[1]] == []


def _cash(graph: Graph, id_: str) -> Range:
    found = five_years(graph.get(id_, Credential).five_years[0], Reader()).cash
    assert found
    return found


def test_the_calculator_follows_its_boxes(page: Page, address: str, graph: Graph) -> None:
    cash = _cash(graph, "cspo")
    shown = amount(cash.low, cash.high, "USD")
    page.goto(address + "certifications/cost/")
    row = page.locator("tr[data-plan]").filter(has_text="CSPO").first
    assert row.locator("[data-out=own_cash]").inner_text() == shown
    assert not row.locator("[data-out=total]").is_visible()
    page.get_by_label("Employer pays, % of fees").fill("100")
    page.get_by_label("Your hour is worth").fill("10")
    assert row.locator("[data-out=own_cash]").inner_text() == "$0"
    assert row.locator("[data-out=total]").inner_text() == "$340–360"
    page.get_by_role("button", name="Start again").click()
    page.wait_for_timeout(100)
    assert row.locator("[data-out=own_cash]").inner_text() == shown


def test_the_break_even_follows_its_boxes(page: Page, address: str) -> None:
    page.goto(address + "certifications/mba/")
    assert "14.7 years" in page.locator("[data-break-even] p").inner_text()
    page.get_by_label("Pay given up, after tax").fill("70000")
    assert "10.0 years" in page.locator("[data-break-even] p").inner_text()


def _shown(page: Page) -> list[str]:
    return page.locator("[data-item]:visible").evaluate_all("items => items.map(item => item.dataset.item)")


def test_the_full_table_is_filtered_and_the_address_keeps_it(page: Page, address: str, graph: Graph) -> None:
    page.goto(address + "certifications/compare/")
    everything = [row.id for row in graph.of("credential")]
    assert _shown(page) == everything
    page.get_by_label("Exam").select_option("yes")
    page.get_by_label("Cash at most, $").fill("300")
    page.get_by_label("Lapses").select_option("no")
    shown = _shown(page)
    assert "pspo-1" in shown and not {"cspo", "pmp", "mba-top-us"} & set(shown)
    assert f"{len(shown)} of {len(everything)} shown" in page.locator(".kb-tools output").inner_text()
    page.goto(page.url)
    assert _shown(page) == shown
    page.get_by_role("button", name="Show all").click()
    page.wait_for_timeout(100)
    assert _shown(page) == everything and "exam" not in page.url


def test_the_full_table_is_sorted_and_unknown_stands_last(page: Page, address: str) -> None:
    page.goto(address + "certifications/compare/")
    header = page.locator("th[data-sort=cash]")
    for direction in ("ascending", "descending"):
        header.locator("button").click()
        assert header.get_attribute("aria-sort") == direction
        cash: list[Any] = page.locator("tr[data-item]").evaluate_all("rows => rows.map(row => row.dataset.cash)")
        known = [float(value) for value in cash if value]
        assert known == sorted(known, reverse=direction == "descending")
        assert not any(cash[len(known) :]), "rows without a figure stand last"


def test_rows_are_set_side_by_side_by_address_and_by_choice(page: Page, address: str, graph: Graph) -> None:
    page.goto(address + "certifications/compare/?a=cspo&b=pspo-1")
    place = page.locator("#side-by-side")
    assert place.locator("thead th").all_inner_texts() == ["CSPO", "PSPO I"]
    line = place.locator("tr", has=page.locator("th", has_text="Cash, 5 years"))
    one, two = _cash(graph, "cspo"), _cash(graph, "pspo-1")
    assert two.low == two.high
    assert line.locator("td").all_inner_texts() == [
        f"{amount(one.low, one.high, 'USD')} unverified", amount(two.low, unit="USD"),
    ]  # fmt: skip
    page.locator("tr[data-item=just-do-it] .kb-pick input").check()
    assert len(place.locator("thead th").all_inner_texts()) == 3 and "c=just-do-it" in page.url
    assert page.locator("tr[data-item=csm] .kb-pick input").is_disabled()
    page.get_by_label("Lapses").select_option("no")
    page.get_by_label("compare Do none").uncheck()
    assert place.locator("thead th").all_inner_texts() == ["CSPO", "PSPO I"], "filters leave the choice alone"
    page.goto(address + "certifications/compare/?a=nonsense&b=cspo")
    assert not place.is_visible()


def test_the_evidence_is_filtered_and_an_anchor_lands_all_the_same(page: Page, address: str, graph: Graph) -> None:
    page.goto(address + "certifications/evidence/")
    page.get_by_label("Points").select_option("against")
    page.get_by_label("Who speaks").select_option("issuer")
    right = {row.id for row in graph.of("evidence") if (row.direction, row.speaker) == ("against", "issuer")}
    assert right and set(_shown(page)) == right
    page.goto(address + "certifications/evidence/?direction=for#knudson-2017")
    assert page.locator("#knudson-2017").is_visible()
    page.get_by_label("Who speaks").select_option("issuer")
    assert not page.locator("#knudson-2017").is_visible()
    page.evaluate("location.hash = ''")
    page.evaluate("location.hash = 'knudson-2017'")
    page.wait_for_timeout(100)
    assert page.locator("#knudson-2017").is_visible(), "a link inside of the page lands, too"


def test_without_javascript_everything_is_there_and_no_tool_is(browser: Browser, address: str, graph: Graph) -> None:
    page = open_page(browser, java_script_enabled=False)
    for path in ("certifications/compare/", "certifications/evidence/", "certifications/cost/", "certifications/mba/"):
        page.goto(address + path)
        assert page.locator(".kb-tools").count() and not page.locator(".kb-tools:visible").count(), path
    page.goto(address + "certifications/compare/")
    assert page.locator("tr[data-item]:visible").count() == len(graph.of("credential"))
    page.context.close()


def test_each_mark_of_the_picture_is_a_link_with_its_figures(page: Page, address: str, graph: Graph) -> None:
    cash = _cash(graph, "cspo")
    page.goto(address + "certifications/cost/")
    marks = page.locator("svg.kb-cost-svg a")
    assert marks.count() >= 20
    title = marks.filter(has_text="CSPO").first.locator("title").text_content() or ""
    assert title.startswith(f"CSPO: ${cash.low:,.0f} to {cash.high:,.0f}, ") and title.endswith("; proves: attended")
    boxes = page.locator("svg.kb-cost-svg a text").evaluate_all(
        "texts => texts.map(text => { const box = text.getBoundingClientRect();"
        " return [box.left, box.top + 2, box.right, box.bottom - 2] })"
    )
    overlaps = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]
                if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]  # fmt: skip
    assert overlaps == []
