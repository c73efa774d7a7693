"""What is in the documents that people send, read before a transaction opens: tables of work orders."""

from bot.clock import local
from bot.files import SHEET, FileStore
from bot.inbox import Row
from knowledge import tables, work_orders
from knowledge.work_orders import Batch


def orders_in(files: FileStore, row: Row) -> Batch | None:
    """The work orders of the first table that came with a message; None where none is one of work orders."""
    for file in row.attached:
        path = files.find(file.digest) if file.kind == SHEET else None
        if path is None:
            continue
        try:
            rows = tables.read(path.read_bytes())
        except (OSError, tables.UnreadableTable):
            continue
        if len(rows) > 1 and work_orders.head_of(rows):
            return work_orders.table(rows, local(row.at))
    return None
