"""诉求's table of transitions: generated walks keep every invariant, the manual shows it, deadlines follow the data."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy.engine import Connection

from bot.db import metadata
from bot.domain import needs, people
from bot.domain.needs import OPEN, STATES, TOP, By, Need, deadlines, transitions
from bot.domain.needs.history import FOLDED
from bot.domain.needs.tables import need as need_row
from bot.domain.needs.tables import need_event
from bot.domain.needs.transitions import CLOCK, TABLE
from bot.errors import Refusal
from bot.schema import AREAS

ROOT = Path(__file__).parents[2]
START = datetime.fromisoformat("2025-07-22T09:10:00+08:00")
ROLES = {
    "reporter": "company",
    "guo": "handler",
    "cui": "handler",
    "huayi": "company",
    "cai": "staff",
    "zhao": "member",
}
WHO = {
    "reporter": "reporter",
    "joiner": "zhao",
    "holder": "guo",
    "worker": "guo",
    "company": "huayi",
    "unit": "huayi",
    "officer": "cai",
    "staff": "cai",
    "anyone": "zhao",
    CLOCK: CLOCK,
}
VERBS = sorted({verb for _, verb, _ in TABLE})
COMPLAINTS = ("物业服务", "人才服务", "综合服务")
assert AREAS


def alliance(conn: Connection) -> dict[str, int]:
    """A chat and people of every role; returns the ids of the people."""
    conn.execute(sa.insert(people.organisation).values(id=1, name="联盟", short_name="", kind="district"))
    people.bind_chat(conn, people.meet_chat(conn, "test", "haina").id, 1)
    ids = {name: people.meet_person(conn, "test", name, name).id for name in ROLES}
    for name, role in ROLES.items():
        people.grant(conn, ids[name], role, organisation_id=1)
    return ids


@cache
def world() -> tuple[Connection, dict[str, int]]:
    """One database for all walks: to make one takes longer than a walk."""
    conn = sa.create_engine("sqlite://").connect()
    metadata.create_all(conn)
    return conn, alliance(conn)


class Walk(RuleBasedStateMachine):
    """Anybody tries anything with two needs, in any order, while time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.conn, self.ids = world()
        self.now = START
        self.numbers: list[int] = []

    def teardown(self) -> None:
        for table in (need_event, need_row):
            self.conn.execute(sa.delete(table))

    def by(self, who: str) -> By:
        self.now += timedelta(minutes=7)
        return By(self.ids[who], self.now, None, ROLES[who]) if who != CLOCK else By(None, self.now)

    @initialize(categories=st.tuples(st.sampled_from(COMPLAINTS), st.sampled_from(COMPLAINTS)), urgent=st.booleans())
    def report(self, categories: tuple[str, str], urgent: bool) -> None:
        for category in categories:
            by = self.by("reporter")
            need = needs.report(self.conn, by, category=category, text="坏了", chat_id=1, urgent=urgent)
            self.numbers.append(need.id)

    def attempt(self, number: int, verb: str, who: str, choice: int) -> None:
        """A step either obeys the table, or is refused in one sentence and leaves no trace."""
        before, events = needs.get(self.conn, number), len(needs.events(self.conn, number))
        by, savepoint = self.by(who), self.conn.begin_nested()
        try:
            self.do(number, verb, by, choice)
        except Refusal as refusal:
            savepoint.rollback()
            assert refusal.text.endswith("。") and refusal.text.count("。") == 1
            assert needs.get(self.conn, number) == before
            return
        savepoint.commit()
        assert len(needs.events(self.conn, number)) > events

    def do(self, number: int, verb: str, by: By, choice: int) -> None:
        conn, other = self.conn, next(one for one in self.numbers if one != number)
        rating = ("satisfied", "dissatisfied", "neutral")[choice]
        steps: dict[str, Callable[[], object]] = {
            "accepted": lambda: needs.accept(conn, number, by),
            "progress": lambda: needs.progress(conn, number, by, "配件到了"),
            "resolved": lambda: needs.resolve(conn, number, by, "好了"),
            "rated": lambda: needs.rate(conn, number, by, rating),
            "closed": lambda: needs.close(conn, number, by, "结案"),
            "reopened": lambda: needs.reopen(conn, number, by, "又坏了"),
            "returned": lambda: needs.give_back(conn, number, by, COMPLAINTS[choice], "不归我们"),
            "escalated": lambda: needs.escalate(conn, number, by, "超时"),
            "extended": lambda: needs.extend(conn, number, by, by.at + timedelta(days=9 * choice), "等配件"),
            "delay_asked": lambda: needs.ask_delay(conn, number, by, by.at + timedelta(days=9), "等配件"),
            "delay_refused": lambda: needs.decide_delay(conn, number, by, granted=bool(choice)),
            "complex": lambda: needs.make_complex(conn, number, by, ""),
            "urgent": lambda: needs.make_urgent(conn, number, by, ""),
            "claimed": lambda: needs.claim(conn, number, by, "华艺", "出场地"),
            "joined": lambda: needs.join(conn, number, by, 1, "我们也是"),
            "merged": lambda: needs.merge(conn, number, other, by),
            "unmerged": lambda: needs.unmerge(conn, number, by),
            "withdrawn": lambda: needs.change(conn, number, "withdrawn", by, remind_at=None, step_at=None),
        }
        steps.get(verb, lambda: needs.change(conn, number, verb, by, unit="法律服务组"))()

    @rule(at=st.integers(0, 10_000), choice=st.integers(0, 2))
    def step_onward(self, at: int, choice: int) -> None:
        """A step that the table allows somebody, and that leads to another state where work goes on."""
        state = needs.get(self.conn, self.numbers[0]).state
        onward = {after: (verb, party) for (before, verb, party), after in sorted(TABLE.items()) if before == state}
        ways = [way for after, way in sorted(onward.items()) if after not in (state, "withdrawn", "merged")]
        if ways:
            verb, party = ways[at % len(ways)]
            self.attempt(self.numbers[0], verb, WHO[party], choice)

    @rule(which=st.integers(0, 1), at=st.integers(0, 10_000), choice=st.integers(0, 2))
    def step_of_the_table(self, which: int, at: int, choice: int) -> None:
        """A step that the table allows somebody now."""
        state = needs.get(self.conn, self.numbers[which]).state
        allowed = sorted((verb, party) for before, verb, party in TABLE if before == state)
        verb, party = allowed[at % len(allowed)]
        self.attempt(self.numbers[which], verb, WHO[party], choice)

    @rule(which=st.integers(0, 1), who=st.sampled_from([*ROLES, CLOCK]), verb=st.sampled_from(VERBS))
    def anything(self, which: int, who: str, verb: str) -> None:
        """A step that anybody may try, and that the table need not allow."""
        self.attempt(self.numbers[which], verb, who, which)

    @precondition(lambda self: self.numbers)
    @rule(days=st.integers(1, 30))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def rows_and_events_agree(self) -> None:
        for number in self.numbers:
            need, history = needs.get(self.conn, number), needs.events(self.conn, number)
            said = needs.replay(history)
            assert {name: said.get(name) for name in FOLDED} == {name: getattr(need, name) for name in FOLDED}
            state = "reported"
            for event in history[1:]:
                state = transitions.NEXT[state, event.kind]
            assert state == need.state
            assert [event.at for event in history] == sorted(event.at for event in history)
            self.check(need, sum(event.kind == "reopened" for event in history))

    def check(self, need: Need, reopened: int) -> None:
        assert 0 <= need.level <= TOP
        assert need.reopened == reopened
        assert (need.handler_id is not None) or need.state not in ("accepted", "in_progress", "resolved")
        assert (need.resolved_at is not None) or need.state not in ("resolved", "rated")
        assert need.step_at is None or need.state in (*OPEN, "resolved")
        assert (need.merged_into_id is not None) == (need.state == "merged")
        assert need.rating == "dissatisfied" or need.state != "rated"
        assert not (need.urgent and need.complex)
        if need.state != "merged":
            return
        going_on = need
        while going_on.merged_into_id:
            going_on = needs.get(self.conn, going_on.merged_into_id)
        assert need.reporter_id in {one.person_id for one in needs.reporters(self.conn, going_on)}


Walks = Walk.TestCase
Walks.settings = settings(
    max_examples=200, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_the_manual_shows_the_table() -> None:
    """Where it fails: `python -m bot.notices.lifecycle` writes the table into the manual."""
    assert transitions.as_markdown() in (ROOT / "docs/manual.md").read_text("utf-8")


def test_every_state_can_be_reached_and_left() -> None:
    reached, fresh = {"reported"}, {"reported"}
    while fresh:
        fresh = {after for (before, _, _), after in TABLE.items() if before in fresh} - reached
        reached |= fresh
    assert reached == set(STATES)
    assert {before for before, _, _ in TABLE} >= {*OPEN, "resolved", "rated"}


@pytest.mark.parametrize(
    ("kind", "what", "level", "start", "end"),
    [
        ("urgent", "respond", 0, "2025-10-01T23:30", "2025-10-02T00:30"),  # a holiday, at night
        ("urgent", "resolve", 0, "2025-10-01T23:30", "2025-10-02T23:30"),
        ("utilities", "respond", 0, "2025-07-22T11:30", "2025-07-22T15:00"),  # over lunch
        ("utilities", "resolve", 0, "2025-07-25T16:00", "2025-07-29T17:30"),  # over a weekend
        ("ordinary", "respond", 0, "2025-09-26T16:30", "2025-09-28T11:30"),  # a Sunday that is worked
        ("ordinary", "resolve", 0, "2025-09-26T16:30", "2025-10-10T17:30"),  # over National Day and Mid-Autumn
        ("ordinary", "resolve", 2, "2025-07-22T09:00", "2025-07-24T17:30"),  # higher up it goes faster
        ("complex", "resolve", 0, "2025-07-22T09:00", "2025-08-12T17:30"),
    ],
)
def test_deadlines(kind: str, what: str, level: int, start: str, end: str) -> None:
    begins, ends = (datetime.fromisoformat(f"{moment}+08:00") for moment in (start, end))
    assert deadlines.limit(kind, what, level).after(begins) == ends


def test_an_organisation_keeps_its_own_hours() -> None:
    hours = deadlines.parse_hours("9:00-12:00 14:00-18:00")
    begins = datetime.fromisoformat("2025-07-22T11:00:00+08:00")
    assert deadlines.limit("utilities", "respond").after(begins, hours) == begins.replace(hour=15)
    for wrong in ("九点", "9:00-8:00", "9:00-12:00 11:00-18:00", "25:00-26:00"):
        with pytest.raises(Refusal):
            deadlines.parse_hours(wrong)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("A座3楼着火了，快来人", "119"),
        ("货梯里关了两个人出不来了", "119"),
        ("食堂后厨好大的煤气味", "119"),
        ("师傅触电晕倒了", "120"),
        ("明天消防演练，假装着火", None),
        ("员工上班受伤算工伤吗，要赔偿多少", None),
        ("楼道堆满杂物，真着火了跑不出去", None),
        ("3号楼货梯坏两天了", None),
        ("大厅的插座在打火花", "119"),
        ("配电箱烧起来了", "119"),
        ("有人站在天台上要往下跳", "110"),
        ("好几个孩子上吐下泻", "120"),
        ("保安跟人打起来了", "110"),
        ("我妈被人骗了，今天转了三万过去", "96110"),
        ("热死了，快着火了", None),
        ("嗓子都冒烟了", None),
        ("工人受伤老板不赔", None),
        ("车打不着火了", None),
        ("有个孩子锁车里了", "119"),
        ("脚手架要倒了", "119"),
        ("有人煤气中毒", "120"),
        ("电瓶车充着电着起来了", "119"),
        ("火锅冒着烟呢", None),
        ("会开得我快晕倒了", None),
        ("我气得冒烟", None),
    ],
)
def test_danger(text: str, number: str | None) -> None:
    advice = deadlines.danger_in(text)
    assert (number in advice) if number and advice else advice == number
