"""Indexes for a long history: what is sought of it must not go through all of it"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_files",
            ["channel", "chat", "id"],
            unique=False,
            sqlite_where=sa.text("files IS NOT NULL"),
            postgresql_where=sa.text("files IS NOT NULL"),
        )

    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.create_index(
            "ix_job_run_retry",
            ["retry_at"],
            unique=False,
            sqlite_where=sa.text("state = 'retry'"),
            postgresql_where=sa.text("state = 'retry'"),
        )

    with op.batch_alter_table("need_event", schema=None) as batch_op:
        batch_op.create_index("ix_need_event_deed", ["actor_id", "kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_need_event_inbox_id"), ["inbox_id"], unique=False)

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_under_way",
            ["channel"],
            unique=False,
            sqlite_where=sa.text("state IN ('sending', 'pausing', 'stopping')"),
            postgresql_where=sa.text("state IN ('sending', 'pausing', 'stopping')"),
        )

    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presence_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presence_person_id"))

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_under_way",
            sqlite_where=sa.text("state IN ('sending', 'pausing', 'stopping')"),
            postgresql_where=sa.text("state IN ('sending', 'pausing', 'stopping')"),
        )

    with op.batch_alter_table("need_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_event_inbox_id"))
        batch_op.drop_index("ix_need_event_deed")

    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_job_run_retry", sqlite_where=sa.text("state = 'retry'"), postgresql_where=sa.text("state = 'retry'")
        )

    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_inbox_files", sqlite_where=sa.text("files IS NOT NULL"), postgresql_where=sa.text("files IS NOT NULL")
        )
