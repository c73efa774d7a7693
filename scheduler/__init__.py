"""What happens by itself. A job that is not listed here does not run."""

from scheduler import activities, answers, broadcasts, menus, needs, points, resources, upkeep, venues
from scheduler.clock import Job

JOBS: tuple[Job, ...] = (
    *needs.JOBS,
    *broadcasts.JOBS,
    *activities.JOBS,
    *menus.JOBS,
    *points.JOBS,
    *resources.JOBS,
    *venues.JOBS,
    *answers.JOBS,
    *upkeep.JOBS,
)
