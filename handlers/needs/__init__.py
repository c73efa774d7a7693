"""诉求: report a need, take it, report progress, resolve, rate, track, urge, withdraw."""

from bot.capability import Handler
from handlers.needs.follow import track_need, urge_need, withdraw_need
from handlers.needs.handle import accept_need, resolve_need, return_need, update_need
from handlers.needs.join import join_need
from handlers.needs.rate import rate_answer, rate_need
from handlers.needs.record import need_detail, need_phone
from handlers.needs.report import need_contact, report_need

HANDLERS: tuple[Handler, ...] = (
    return_need,
    join_need,
    report_need,
    need_contact,
    accept_need,
    update_need,
    resolve_need,
    rate_answer,
    rate_need,
    track_need,
    urge_need,
    withdraw_need,
    need_phone,
    need_detail,
)
