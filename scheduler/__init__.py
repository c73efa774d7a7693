"""What happens by itself. A job that is not listed here does not run."""

from scheduler import (
    activities,
    answers,
    broadcasts,
    clubs,
    duty,
    menus,
    needs,
    obligations,
    points,
    resources,
    solitaires,
    topics,
    upkeep,
    venues,
)
from scheduler.job import Job

JOBS: tuple[Job, ...] = (
    *needs.JOBS,
    *broadcasts.JOBS,
    *activities.JOBS,
    *clubs.JOBS,
    *menus.JOBS,
    *duty.JOBS,
    *obligations.JOBS,
    *solitaires.JOBS,
    *points.JOBS,
    *resources.JOBS,
    *venues.JOBS,
    *answers.JOBS,
    *topics.JOBS,
    *upkeep.JOBS,
)
