"""Statistics (统计): figures of a period, the ledger of needs, the lists of a quarter, links to files of them.

`scope` says whose figures somebody may see, `cases` reads needs off their events, `figures` counts, `exports`
holds the links. Figures are computed from rows when they are asked for; there are no counters.
"""

from bot.domain.statistics import activity_list, cases, exports, figures, scope
from bot.domain.statistics.exports import Export
from bot.domain.statistics.scope import EVERYTHING, Period, Scope

__all__ = ["EVERYTHING", "Export", "Period", "Scope", "activity_list", "cases", "exports", "figures", "scope"]
