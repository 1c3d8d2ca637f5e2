"""What a record is: one pydantic model per kind, the only place that lists its fields.

The validator, the JSON Schemas that editors read, the issue form and the tests all come from these models.
A field that names another record carries `Ref(kind)`; `kb.rules` follows those, so a new link needs no new rule.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
DATE_PATTERN = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def _plain(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("holds a control or invisible character")
    return text


def _day(text: str) -> str:
    if len(text) == 10:
        date.fromisoformat(text)  # raises ValueError for the 31st of February
    return text


def _web(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise ValueError(f"is not a web address ({error})") from None
    if not url.startswith(("http://", "https://")):
        raise ValueError("is not an http:// or https:// address")
    if "@" in parts.netloc or "." not in host or re.search(r"[\s<>\"'`{}|\\^]", url):
        raise ValueError("is not a web address")
    return url


def _text(most: int) -> Any:
    return StringConstraints(min_length=1, max_length=most, strip_whitespace=True)


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=60)]
Line = Annotated[str, _text(200), AfterValidator(_plain)]
Text = Annotated[str, _text(800), AfterValidator(_plain)]
Url = Annotated[str, StringConstraints(max_length=600), AfterValidator(_web)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"), AfterValidator(_day)]
AsOf = Annotated[str, StringConstraints(pattern=DATE_PATTERN[:-1] + r"$|^unknown$"), AfterValidator(_day)]
Year = Annotated[int, Field(ge=1900, le=2100)]
Hours = Annotated[float, Field(gt=0, le=20000)]
Money = Annotated[float, Field(ge=0, le=10_000_000)]

Level = Literal["awareness", "working", "practitioner", "expert"]
Confidence = Literal["high", "medium", "low"]
Speaker = Literal["issuer", "seller", "employer", "independent", "public"]
DomainId = Literal["industry", "business", "user-design", "tech"]
LEVELS: tuple[str, ...] = ("awareness", "working", "practitioner", "expert")


class Ref:
    """Marks a field whose value is the id of a record of `kind`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        return {**handler(core), "description": f"id of a {self.kind}"}


DomainRef = Annotated[DomainId, Ref("domain")]
SkillRef = Annotated[Id, Ref("skill")]
PilotRef = Annotated[Id, Ref("pilot")]
ConceptRef = Annotated[Id, Ref("concept")]
CredentialRef = Annotated[Id, Ref("credential")]
IndustryRef = Annotated[Id, Ref("industry")]


class Part(BaseModel):
    """A piece of a record. Unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Record(Part):
    """Anything with a permanent id."""

    kind: ClassVar[str]
    title_field: ClassVar[str] = "name"
    id: Id

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return str(getattr(self, self.title_field))


class Tombstone(Part):
    """What a renamed or removed record leaves behind, so that its address still lands somewhere."""

    id: Id
    moved_to: Id | None = None
    retired: Line | None = None

    @model_validator(mode="after")
    def _one_reason(self) -> Tombstone:
        if (self.moved_to is None) == (self.retired is None):
            raise ValueError("give either moved_to (an id) or retired (the reason), not both")
        return self


class Domain(Record):
    """One of the four: Industry, Business, User & Design, Tech."""

    kind: ClassVar[str] = "domain"
    id: DomainId
    name: Line
    one_line: Text
    teaser: Line
    mistake: Text


class Levels(Part):
    """Behaviors a colleague could tick, level by level."""

    awareness: Annotated[list[Text], Field(min_length=1)]
    working: Annotated[list[Text], Field(min_length=1)]
    practitioner: Annotated[list[Text], Field(min_length=1)]
    expert: Annotated[list[Text], Field(min_length=1)]


class Probe(Part):
    """How an interviewer tests a skill."""

    question: Text
    listens_for: Text | None = None


class Skill(Record):
    """Belongs to one domain; four levels of observable behavior."""

    kind: ClassVar[str] = "skill"
    domain: DomainRef
    name: Line
    meaning: Text
    levels: Levels
    failure_mode: Text
    interview_probe: Probe
    evidence: Text
    related: list[SkillRef] = []
    aliases: list[Line] = []
    asks: list[Line] = []
    sources: list[Url] = []


class Rule(Part):
    """A law or standard that binds a product type: orientation, never legal advice."""

    name: Line
    binds: Line
    since: Line
    step: Line
    source: Url
    also: list[Url] = []
    note: Line | None = None


class Failure(Part):
    """A true failure of a product type, with where it is documented, and what we take from it."""

    name: Line
    what: Annotated[list[Text], Field(min_length=1)]
    lesson: Text
    sources: Annotated[list[Url], Field(min_length=1)]


class Industry(Record):
    """A product type: who pays, who uses, how it ships, which rules bind."""

    kind: ClassVar[str] = "industry"
    name: Line
    short: Annotated[str, _text(18)]
    who_pays: Text
    who_uses: Text
    buying_cycle: Text
    release_cadence: Text
    north_stars: Annotated[list[Line], Field(min_length=1)]
    guardrails: Annotated[list[Line], Field(min_length=1)]
    payer: Literal["user", "business", "advertiser", "employer", "public"]
    pace: Literal["days", "weeks", "months", "years"]
    regulation: list[Line]
    rules: list[Rule] = []
    rules_checked: Day | None = None
    discovery: Text
    classic_failure: Text
    failure: Failure | None = None
    first_week: list[Line]
    easy_pilot: PilotRef
    aliases: list[Line] = []
    asks: list[Line] = []
    sources: list[Url] = []


class Material(Part):
    """Public material that lets one person do a pilot alone."""

    name: Line
    url: Url
    license: Line


class Pilot(Record):
    """A time-boxed thing to do, with a deliverable and a success test written before the start."""

    kind: ClassVar[str] = "pilot"
    domain: DomainRef
    name: Line
    level: Level
    setting: Literal["on-the-job", "side-project", "both"]
    goal: Text
    skills: Annotated[list[SkillRef], Field(min_length=1)]
    hours: Hours
    people: Line
    permission: Text
    without_the_job: Text | None = None
    steps: Annotated[list[Text], Field(min_length=2)]
    deliverable: Text
    success_test: Text
    reflection: list[Text]
    can_go_wrong: Text
    materials: list[Material] = []
    check_values: list[Text] = []
    aliases: list[Line] = []
    asks: list[Line] = []
    sources: list[Url] = []

    @model_validator(mode="after")
    def _open_to_all(self) -> Pilot:
        if self.setting == "on-the-job" and self.without_the_job is None:
            raise ValueError("without_the_job: say how somebody does this pilot who is not a product manager yet")
        return self


FactField = Literal[
    "accreditation", "admission", "credits", "exam", "exam.attempts", "exam.change", "exam.content", "exam.format",
    "exam.history", "exam.minutes", "exam.open_book", "exam.pass_mark", "exam.questions", "exam.retake",
    "exam.retake_fee", "exists", "holders", "issuer_disclaimer", "job_search", "learners_enrolled", "members",
    "prerequisites", "prerequisites.experience", "price", "price.history", "price.membership", "price.net_per_year",
    "price.per_credit", "price.private_per_year", "price.total", "price.tuition_per_year", "price.budget_per_year",
    "price.optional", "renewal.alternative", "renewal.fee", "renewal.period", "renewal.units", "side_benefit",
    "sponsorship", "structure", "syllabus.version", "training", "training.days", "training.hours", "time",
    "time.hours",
]  # fmt: skip

Unit = Literal[
    "USD", "EUR", "GBP", "AUD", "CAD", "INR", "USD per month", "USD per credit", "hours", "hours a year", "days",
    "weeks", "months",
    "minutes", "questions", "essay questions", "percent", "certificates", "people", "credit hours", "SEU", "PDU",
]  # fmt: skip


class Fact(Part):
    """One sourced figure or statement about a credential; never a bare number.

    `value` is a number or words; `to` is the upper end of a range; `value: null` means looked for and not found;
    `also` holds other pages that say the same.
    """

    field: FactField
    value: int | float | Line | None
    to: int | float | None = None
    unit: Unit | None = None
    covers: Line | None = None
    source: Url
    also: list[Url] = []
    speaker: Speaker
    speaker_note: Line | None = None
    as_of: AsOf
    as_of_note: Line | None = None
    confidence: Confidence
    note: Text | None = None

    @model_validator(mode="after")
    def _range(self) -> Fact:
        if self.to is not None and (not isinstance(self.value, int | float) or self.to <= self.value):
            raise ValueError("'to' is the upper end of a range: it must be above a number in 'value'")
        if isinstance(self.value, int | float) and self.unit is None:
            raise ValueError("a number needs a unit")
        return self


class Disagreement(Part):
    """Where sources differ: every position, and what we make of it."""

    topic: Line
    positions: Annotated[list[Line], Field(min_length=1)]
    resolution: Text | None = None


Score = Annotated[int, Field(ge=0, le=3)]


class DomainScores(Part):
    """Our reading of a syllabus: 0 none, 1 touched, 2 taught, 3 core."""

    industry: Score
    business: Score
    user_design: Score
    tech: Score
    basis: Text

    def of(self, domain: str) -> int:
        """The score of one domain id."""
        return int(getattr(self, domain.replace("-", "_")))


class FiveYears(Part):
    """What one way to a credential takes, for `kb.cost` to add up over sixty months. None: looked for and not found.

    `renewal_months: null` means that it never lapses; `retake_fee: null` that there is no test to take again.
    """

    scenario: Line
    unit: Literal["USD", "EUR"]
    first_cost: Money | None
    first_cost_to: Money | None = None
    first_hours: Hours | None = None
    first_hours_to: Hours | None = None
    retake_fee: Money | None = None
    attempts_included: Annotated[int, Field(ge=1, le=5)] = 1
    renewal_months: Annotated[int, Field(ge=1, le=120)] | None = None
    renewal_fee: Money | None = None
    renewal_hours: Annotated[float, Field(ge=0, le=20000)] | None = None
    sum: Line | None = None
    missing: list[Line] = []

    @model_validator(mode="after")
    def _ranges(self) -> FiveYears:
        for low, high in ((self.first_cost, self.first_cost_to), (self.first_hours, self.first_hours_to)):
            if high is not None and (low is None or high <= low):
                raise ValueError("the upper end of a range ('…_to') must be above its lower end")
        return self


class Credential(Record):
    """CSPO, PSPO, an MBA, a degree, and doing none of them."""

    kind: ClassVar[str] = "credential"
    name: Line
    short: Annotated[str, _text(40)]
    issuer: Line
    family: Literal[
        "scrum-po", "scrum-master", "kanban", "agile-leadership", "scaling", "safe", "pmi", "product-school",
        "product-association", "online-certificate", "membership", "mba", "software-engineering", "combination",
        "practice",
    ]  # fmt: skip
    proves: Literal["attended", "passed a test", "finished a course", "degree", "subscription", "a thing people used"]
    verdict: Text
    best_for: Line | None = None
    avoid_if: Line | None = None
    domains: DomainScores
    facts: list[Fact] = []
    five_years: list[FiveYears] = []
    disagreements: list[Disagreement] = []
    missing: list[Line] = []
    official_url: Url | None = None
    official_note: Line | None = None
    page: Id | None = None
    aliases: list[Line] = []
    asks: list[Line] = []

    def fact(self, field: str) -> Fact | None:
        """The first fact of a field: the one that stands for it where there is room for one."""
        return next((fact for fact in self.facts if fact.field == field), None)


class Evidence(Record):
    """A study or statement for or against, graded, with who paid."""

    kind: ClassVar[str] = "evidence"
    title_field: ClassVar[str] = "claim"
    method: Line
    about: Annotated[list[Line], Field(min_length=1)]
    credentials: list[CredentialRef] = []
    claim: Text
    figure: Text | None = None
    population: Text
    sample: Line | None = None
    year: Year | None = None
    source: Url
    speaker: Speaker
    who_gains: Text
    quality: Literal["strong", "moderate", "weak", "anecdote"]
    direction: Literal["for", "against", "mixed"]
    caveat: Text


class Concept(Record):
    """A glossary term with its other names, formula and a worked number."""

    kind: ClassVar[str] = "concept"
    title_field: ClassVar[str] = "term"
    domain: DomainRef
    term: Line
    skills: list[SkillRef] = []
    aliases: list[Line] = []
    definition: Text
    formula: Text | None = None
    example: Text | None = None
    confused_with: list[ConceptRef] = []
    not_the_same_as: list[Line] = []
    sources: list[Url] = []
    source_fit: Literal["on-topic", "related"] = "on-topic"
    asks: list[Line] = []


class Resource(Record):
    """A book, video, course, … with why to read it and when to skip it."""

    kind: ClassVar[str] = "resource"
    title_field: ClassVar[str] = "name"
    name: Line
    people: list[Line] = []
    url: Url
    format: Literal[
        "article", "book", "community", "course", "newsletter", "podcast", "report", "talk", "template", "tool", "video"
    ]
    level: Level
    hours: Hours | None = None
    cost: Literal["free", "freemium", "paid", "unknown"]
    year: Year | None = None
    domains: Annotated[list[DomainRef], Field(min_length=1, max_length=4)]
    skills: list[SkillRef] = []
    pilots: list[PilotRef] = []
    concepts: list[ConceptRef] = []
    credentials: list[CredentialRef] = []
    industries: list[IndustryRef] = []
    read_for: Text
    skip_if: Text
    speaker: Speaker
    interest: Line | None = None
    seen_in: Annotated[list[Line], Field(min_length=1)]
    added: Day
    checked: Day | None = None

    @property
    def home(self) -> str:
        """The first domain: where the resource is counted."""
        return self.domains[0]


class Opinion(Record):
    """What practitioners say, for and against, in our words, attributed to where it was said."""

    kind: ClassVar[str] = "opinion"
    title_field: ClassVar[str] = "short"
    short: Line
    text: Text
    stance: Literal["for", "against", "mixed"]
    about: Line
    said_in: Line
    source: Url | None = None
    domains: list[DomainRef] = []
    skills: list[SkillRef] = []
    credentials: list[CredentialRef] = []
    our_view: Text | None = None


# Every kind in the order in which readers meet them: its model and the file (or folder) that holds it.
KINDS: dict[str, type[Record]] = {
    model.kind: model for model in (Domain, Skill, Industry, Pilot, Credential, Evidence, Resource, Concept, Opinion)
}
PLURALS: dict[str, str] = {
    "domain": "domains", "skill": "skills", "industry": "industries", "pilot": "pilots", "credential": "credentials",
    "evidence": "evidence", "resource": "resources", "concept": "concepts", "opinion": "opinions",
}  # fmt: skip
