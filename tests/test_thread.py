"""What practitioners said in the founding thread, each on the page where a reader would look for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from publish import read_page

PLACES = [
    ("", r"become a better product manager by piloting: on the job, or on the side"),
    ("", r"certificate will not hurt, and will not make you a product manager"),
    ("", r"MBA may help most.*neither necessary, nor sufficient, nor right for everyone"),
    ("", r"Free resources shape the mindset"),
    ("about/opinions/", r"fastest way into product management"),
    ("certifications/software-engineering-plus-scrum/", r"fastest way"),
    ("certifications/mba/", r"neither necessary nor sufficient"),
    ("certifications/cspo/", r"there is no exam"),
    ("domains/industry/", r"B2B SaaS.*internal-tools.*social-platform"),
    ("domains/industry/", r"be diverse.*know which you know"),
    ("domains/business/", r"Strategy says.*Vision says.*mission says.*Metrics say"),
    ("domains/business/", r"Measure a feature, measure an experience"),
    ("domains/user-design/", r"Interviews.*map.*Design basics.*Service and product design"),
    ("domains/tech/", r"literate, not fluent"),
    ("domains/tech/", r"Too technical.*wizardry"),
    ("resources/", r"Product School YouTube channel"),
]


@pytest.mark.parametrize(("path", "words"), PLACES)
def test_the_thread_has_its_place_on_the_site(site: Path, path: str, words: str) -> None:
    text = " ".join(read_page(site, site / path / "index.html").text.split())
    assert re.search(words, text), f"{path or 'home'} does not say: {words}"


def test_cspo_scrum_and_mba_are_compared_in_one_table(site: Path) -> None:
    html = (site / "certifications" / "index.html").read_text(encoding="utf-8")
    table = html[html.index("kb-wide") :].split("</table>")[0]
    for name in ("Do none", "CSPO", "CSM", "PSPO I", "PSM I", "MBA", "SE program + Scrum"):
        assert name in table
