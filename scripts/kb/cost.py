"""What a credential costs over five years, in cash and in hours, as ranges from low to high.

`overrides/assets/cost.js` holds the same formulas for the calculators in the pages; a browser test holds the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass

from kb.model import FiveYears

MONTHS = 60


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both included; equal where a figure is not a range."""

    low: float
    high: float


@dataclass(frozen=True)
class Reader:
    """What only the reader knows. Money in the unit of the plan, shares from 0 to 1; forgone pay is never guessed."""

    hour_value: float = 0
    employer_share: float = 0
    pass_chance: float = 1
    overlap: float = 0.5
    other_cash: float = 0
    grants: float = 0
    forgone_pay: float = 0


@dataclass(frozen=True)
class Cost:
    """Sixty months of one plan. None where an input was not found."""

    cash: Range | None
    own_cash: Range | None
    hours: Range | None
    own_hours: Range | None
    total: Range | None


def renewals(months: int | None) -> int:
    """How many renewals fall due inside of sixty months: 24 months give two, 36 give one; None means no renewal."""
    return 0 if months is None else (MONTHS - 1) // months


def retakes(pass_chance: float, included: int) -> float:
    """Attempts to expect beyond the `included` ones, each passed with the same chance (above 0, at most 1).

    A further attempt is paid for only if all that are included fail; from there on, 1 / chance attempts are expected.
    """
    all_fail = 1.0
    for _ in range(included):
        all_fail *= 1 - pass_chance
    return all_fail / pass_chance


def five_years(plan: FiveYears, reader: Reader) -> Cost:
    """Cash and hours of a plan for this reader: fees by themselves, then what the reader pays and spends."""
    times = renewals(plan.renewal_months)
    again = 0.0 if plan.retake_fee is None else retakes(reader.pass_chance, plan.attempts_included)

    def ends(value: float | None, to: float | None) -> tuple[float, float]:
        return (value or 0, (value or 0) if to is None else to)

    cash = own_cash = hours = own_hours = total = None
    if plan.first_cost is not None and not (times and plan.renewal_fee is None):
        first, retake = ends(plan.first_cost, plan.first_cost_to), ends(plan.retake_fee, None)
        fee = ends(plan.renewal_fee, None)
        fees = [first[end] + again * retake[end] + times * fee[end] for end in (0, 1)]
        own = [max(0, part * (1 - reader.employer_share) + reader.other_cash - reader.grants) for part in fees]
        cash, own_cash = Range(*fees), Range(*own)
    if plan.first_hours is not None and not (times and plan.renewal_hours is None):
        study, renew = ends(plan.first_hours, plan.first_hours_to), times * (plan.renewal_hours or 0)
        hours = Range(*(part + renew for part in study))
        own_hours = Range(*(part + renew * (1 - reader.overlap) for part in study))
    if own_cash is not None and own_hours is not None:
        total = Range(
            own_cash.low + own_hours.low * reader.hour_value + reader.forgone_pay,
            own_cash.high + own_hours.high * reader.hour_value + reader.forgone_pay,
        )
    return Cost(cash, own_cash, hours, own_hours, total)


def break_even(cost: float, forgone_pay: float, raise_per_year: float, tax: float, growth: float, limit: int = 40
               ) -> float | None:  # fmt: skip
    """Years until raises after tax have paid back cost and forgone pay; None when not within `limit` years.

    The raise of a year is `growth` (a share) larger than that of the year before. Within a year it arrives evenly.
    """
    left, gain = cost + forgone_pay, raise_per_year * (1 - tax)
    for year in range(limit):
        if left <= gain:
            return year + (left / gain if left > 0 else 0.0)
        left -= gain
        gain *= 1 + growth
    return None
