"""诉求: report a need, take it or a part, report progress, resolve, rate, track, urge, re-route, merge, escalate."""

from bot.capability import Handler
from handlers.needs.alarm import alarm, alarm_answer
from handlers.needs.amend import amend_need, new_phone, recalled
from handlers.needs.chase import chase_need
from handlers.needs.complaint import complaint, complaint_told
from handlers.needs.correct import correct_need
from handlers.needs.desk import appoint_officer, set_office_hours, show_officers, todo
from handlers.needs.extend import decide_delay, delay_answer, extend_need, keep_deadline
from handlers.needs.follow import my_needs, track_need, urge_need, withdraw_need
from handlers.needs.handle import close_need, mark_complex, raise_need, resolve_need, update_need
from handlers.needs.join import join_need, report_joined
from handlers.needs.more import need_more, place_alone
from handlers.needs.over import says_not_yet, says_over
from handlers.needs.parts import report_in_parts
from handlers.needs.quoted import about_quoted_need
from handlers.needs.rate import rate_answer, rate_need, rate_why
from handlers.needs.record import need_detail, need_phone
from handlers.needs.report import need_contact, report_need
from handlers.needs.right_away import named_at_desk, right_away
from handlers.needs.route import ask_help, merge_needs, return_need, unmerge_need
from handlers.needs.several import accept_all, accept_needs, resolve_needs
from handlers.needs.sure import sure
from handlers.needs.take import accept_need, claim_need, finish_part

FIRST: tuple[Handler, ...] = (correct_need,)
"""Before the corrections of readings: what is said of a need puts the need right."""

HANDLERS: tuple[Handler, ...] = (
    alarm,
    alarm_answer,
    unmerge_need,
    merge_needs,
    ask_help,
    extend_need,
    keep_deadline,
    decide_delay,
    delay_answer,
    mark_complex,
    raise_need,
    close_need,
    return_need,
    finish_part,
    claim_need,
    join_need,
    need_phone,
    need_detail,
    my_needs,
    track_need,
    about_quoted_need,
    named_at_desk,
    right_away,
    chase_need,
    amend_need,
    says_over,
    says_not_yet,
    new_phone,
    recalled,
    report_joined,
    report_in_parts,
    report_need,
    need_more,
    need_contact,
    complaint,
    complaint_told,
    accept_all,
    accept_needs,
    resolve_needs,
    accept_need,
    update_need,
    resolve_need,
    rate_answer,
    rate_need,
    rate_why,
    sure,
    urge_need,
    withdraw_need,
    todo,
    appoint_officer,
    show_officers,
    set_office_hours,
    place_alone,
)
