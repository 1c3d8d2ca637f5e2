"""Five-year cost: the formula by hand, its inputs from the facts, and what is unknown stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from kb.cost import Range, Reader, break_even, five_years, renewals, retakes
from kb.model import FiveYears


def plan(**more: Any) -> FiveYears:
    return FiveYears(**{"scenario": "a class", "unit": "USD", "first_cost": 900, "first_hours": 15, **more})


LAPSES = {"renewal_months": 24, "renewal_fee": 90, "renewal_hours": 18}


@pytest.mark.parametrize(
    ("months", "times"), [(None, 0), (60, 0), (59, 1), (36, 1), (30, 1), (24, 2), (12, 4), (1, 59)]
)
def test_renewals_inside_of_sixty_months(months: int | None, times: int) -> None:
    assert renewals(months) == times


@pytest.mark.parametrize(
    ("chance", "included", "expected"), [(1, 1, 0), (0.8, 1, 0.25), (0.5, 1, 1), (0.5, 2, 0.5), (0.5, 3, 0.25)]
)
def test_expected_retakes(chance: float, included: int, expected: float) -> None:
    assert retakes(chance, included) == pytest.approx(expected)


def test_the_worked_example_of_the_page() -> None:
    cost = five_years(plan(**LAPSES), Reader(hour_value=30, employer_share=0.5))
    assert (cost.cash, cost.hours) == (Range(1080, 1080), Range(51, 51))
    assert (cost.own_cash, cost.own_hours, cost.total) == (Range(540, 540), Range(33, 33), Range(1530, 1530))
    test = plan(first_cost=200, first_hours=25, retake_fee=200)
    total = five_years(test, Reader(hour_value=30, pass_chance=0.8)).total
    assert total and total.low == pytest.approx(1000)


def test_a_range_stays_a_range() -> None:
    cost = five_years(plan(first_cost_to=1600, first_hours_to=16, **LAPSES), Reader(overlap=0))
    assert (cost.cash, cost.own_hours) == (Range(1080, 1780), Range(51, 52))


def test_grants_and_employer_never_pay_more_than_all() -> None:
    assert five_years(plan(), Reader(grants=5000, other_cash=100)).own_cash == Range(0, 0)


def test_forgone_pay_counts_only_where_it_is_given() -> None:
    assert five_years(plan(), Reader(forgone_pay=1000)).total == Range(1900, 1900)


@pytest.mark.parametrize(
    ("more", "unknown"),
    [({"first_cost": None}, {"cash", "own_cash", "total"}), ({"first_hours": None}, {"hours", "own_hours", "total"}),
     ({"renewal_months": 12, "renewal_hours": 0}, {"cash", "own_cash", "total"}),
     ({"renewal_months": 12, "renewal_fee": 9}, {"hours", "own_hours", "total"})],
)  # fmt: skip
def test_what_was_not_found_stays_unknown(more: dict[str, Any], unknown: set[str]) -> None:
    cost = five_years(plan(**more), Reader())
    assert {name for name, value in vars(cost).items() if value is None} == unknown


@pytest.mark.parametrize(
    ("more", "cash", "hours"),
    [({"first_cost": 800, "first_cost_to": 1600, "first_hours": 14, "first_hours_to": 16, "renewal_months": 24,
       "renewal_fee": 100, "renewal_hours": 20}, Range(1000, 1800), Range(54, 56)),
     ({"first_cost": 200, "first_hours": 15, "first_hours_to": 45, "retake_fee": 200}, Range(200, 200), Range(15, 45)),
     ({"first_cost": 266048, "first_hours": None}, Range(266048, 266048), None),
     ({"first_cost": None, "first_hours": 16, "first_hours_to": 18}, None, Range(16, 18))],
)  # fmt: skip
def test_rows_come_out_as_by_hand(more: dict[str, Any], cash: Range | None, hours: Range | None) -> None:
    found = five_years(plan(**more), Reader())
    assert (found.cash, found.hours) == (cash, hours)


@pytest.mark.parametrize(
    ("cost", "pay", "gain", "tax", "growth", "years"),
    [(80000, 140000, 15000, 0, 0, 220 / 15), (40000, 0, 15000, 0, 0, 40 / 15), (100, 0, 100, 0.5, 0, 2),
     (0, 0, 0, 0, 0, 0), (100, 0, 0, 0, 0, None), (300, 0, 100, 0, 1.0, 2), (100, 0, -5, 0, 0, None)],
)  # fmt: skip
def test_break_even(cost: float, pay: float, gain: float, tax: float, growth: float, years: float | None) -> None:
    found = break_even(cost, pay, gain, tax, growth)
    assert found == (None if years is None else pytest.approx(years))
