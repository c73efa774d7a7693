"""接龙: lists that a group writes by posting them again and again, put together from all posts.

Posts of the same title in a chat within two weeks are one list. A copy that somebody made from an old post takes
nobody off; whoever leaves out their own line takes themselves off. `lists` holds the lists, `posts` merges a post
into its list, `changes` keeps what that changed, `enrolment` makes sign-ups of the lines where the title names an
activity, `presence` check-ins where it is a list of who came.
"""

from bot.domain.solitaires import changes, enrolment, lists, posts, presence
from bot.domain.solitaires.lists import Line, Listing

__all__ = ["Line", "Listing", "changes", "enrolment", "lists", "posts", "presence"]
