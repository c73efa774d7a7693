"""Activities (活动): planned and announced, signed up for, attended.

`plan` holds the activities, `themes` what a month is about, `reach` who may see and announce them, `organisers` whom to
ask about them, `lookup` and `names` find the one that is meant, `clashes` what stands in the way of one, `rooms` the
booking that it holds. `sign_ups` are the seats and the waiting list, `attendance` is who came, `codes` and `door` how
they show it, `claims` who is said to have come, `ratings` what they thought of it, `sheets` all of that in a table.
`clubs` are people who hold activities by themselves. Wording only in Refusals.
"""

from bot.domain.activities import (
    attendance,
    claims,
    clashes,
    clubs,
    codes,
    door,
    example,
    lookup,
    names,
    organisers,
    plan,
    ratings,
    reach,
    rooms,
    sheets,
    sign_ups,
    themes,
)
from bot.domain.activities.plan import Activity

__all__ = [
    "Activity",
    "attendance",
    "claims",
    "clashes",
    "clubs",
    "codes",
    "door",
    "example",
    "lookup",
    "names",
    "organisers",
    "plan",
    "ratings",
    "reach",
    "rooms",
    "sheets",
    "sign_ups",
    "themes",
]
