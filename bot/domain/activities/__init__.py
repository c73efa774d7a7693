"""Activities (活动): planned and announced, signed up for, attended.

`plan` holds the activities, `reach` who may see and announce them, `lookup` and `names`
find the one that is meant, `sign_ups` the seats and the waiting list,
`attendance` who came. Wording only in Refusals.
"""

from bot.domain.activities import attendance, lookup, names, plan, reach, sign_ups
from bot.domain.activities.plan import Activity

__all__ = ["Activity", "attendance", "lookup", "names", "plan", "reach", "sign_ups"]
