"""走访: the ledger that staff read."""

from datetime import date

from sqlalchemy.engine import Connection

from bot.domain import people, visits

SHOWN = 20


def ledger(conn: Connection, first: date, last: date) -> str:
    """Visits by person, and the companies that nobody visited in those days."""
    tallies = visits.tallies(conn, first, last)
    lines = [f"走访台账（{first} 至 {last}）", f"共走访{sum(one.visits for one in tallies)}次。"]
    lines += [f"{one.name or '未留名'}：{one.visits}次，{one.companies}家" for one in tallies[:SHOWN]]
    missed = visits.unvisited(conn, first, last)
    if not missed:
        return "\n".join((*lines, "登记在册的企业都走到了。"))
    more = f"等{len(missed)}家" if len(missed) > SHOWN else ""
    return "\n".join((*lines, f"还没走访的企业（{len(missed)}家）：{'、'.join(missed[:SHOWN])}{more}"))


def figures(conn: Connection, first: date, last: date) -> str:
    """How many visits there were in those days, and how many of the known companies they reached."""
    count = sum(one.visits for one in visits.tallies(conn, first, last))
    known = len(people.organisations(conn, "company"))
    return f"走访：{count}次，走到在册企业{known - len(visits.unvisited(conn, first, last))}/{known}家。"
