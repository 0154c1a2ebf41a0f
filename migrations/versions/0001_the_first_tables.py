"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", BIG, nullable=True),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("placement_id", BIG, nullable=True),
        sa.Column("course_id", BIG, nullable=True),
        sa.Column("version_id", BIG, nullable=True),
        sa.Column("enrolment_id", BIG, nullable=True),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("mode", sa.String(length=16), nullable=True),
        sa.Column("payload", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("key", name=op.f("uq_events_key")),
    )
    op.create_index("ix_events_actor_id", "events", ["actor_id", "happened_at"], unique=False)
    op.create_index("ix_events_enrolment_id", "events", ["enrolment_id"], unique=False)
    op.create_index("ix_events_happened_at", "events", ["happened_at", "id"], unique=False)
    op.create_index("ix_events_kind_happened_at", "events", ["kind", "happened_at"], unique=False)
    op.create_index("ix_events_person_id", "events", ["person_id", "id"], unique=False)
    op.create_table(
        "facts",
        sa.Column("event_key", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=True),
        sa.Column("enrolment_id", BIG, nullable=True),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=True),
        sa.Column("institution_id", BIG, nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("record_key", BIG, nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_key", name=op.f("pk_facts")),
        sa.UniqueConstraint("measure", "enrolment_id", name=op.f("uq_facts_measure_enrolment_id")),
    )
    op.create_index("ix_facts_course_id", "facts", ["course_id", "day"], unique=False)
    op.create_index(
        "ix_facts_institution_id",
        "facts",
        ["institution_id", "measure", "day", "enrolment_id"],
        unique=False,
    )
    op.create_index("ix_facts_measure", "facts", ["measure", "day", "enrolment_id"], unique=False)
    op.create_index("ix_facts_placement_id", "facts", ["placement_id"], unique=False)
    op.create_index(
        "ix_facts_stage",
        "facts",
        ["stage"],
        unique=False,
        sqlite_where=sa.text("stage < 2"),
        postgresql_where=sa.text("stage < 2"),
    )
    op.create_table(
        "tallies",
        sa.Column("root_id", BIG, nullable=False),
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("count", BIG, nullable=False),
        sa.Column("keys", BIG, nullable=False),
        sa.Column("minutes", BIG, nullable=False),
        sa.Column("days", BIG, nullable=False),
        sa.PrimaryKeyConstraint(
            "root_id",
            "dimension",
            "month",
            "course_id",
            "value",
            "measure",
            name=op.f("pk_tallies"),
        ),
    )
    op.create_table(
        "local_tallies",
        sa.Column("dimension", sa.String(length=16), nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("enrolled", BIG, nullable=False),
        sa.Column("enrolled_keys", BIG, nullable=False),
        sa.Column("started", BIG, nullable=False),
        sa.Column("started_keys", BIG, nullable=False),
        sa.Column("completed", BIG, nullable=False),
        sa.Column("completed_keys", BIG, nullable=False),
        sa.Column("certified", BIG, nullable=False),
        sa.Column("certified_keys", BIG, nullable=False),
        sa.PrimaryKeyConstraint(
            "dimension",
            "course_id",
            "institution_id",
            "month",
            "value",
            name=op.f("pk_local_tallies"),
        ),
    )
    op.create_index(
        "ix_local_tallies_institution_id",
        "local_tallies",
        ["institution_id", "dimension", "month"],
        unique=False,
    )
    op.create_table(
        "tally_roots",
        sa.Column("root_id", BIG, nullable=False),
        sa.Column("is_checked", sa.Boolean(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("root_id", name=op.f("pk_tally_roots")),
    )
    op.create_table(
        "tally_trees",
        sa.Column("root_id", BIG, nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("root_id", "institution_id", name=op.f("pk_tally_trees")),
    )
    op.create_index(
        "ix_tally_trees_institution_id", "tally_trees", ["institution_id"], unique=False
    )
    op.create_table(
        "institutions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institutions")),
        sa.UniqueConstraint("key", name=op.f("uq_institutions_key")),
    )
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )
    op.create_table(
        "items",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("definition", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_items")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("unique_key", sa.String(length=200), nullable=True),
        sa.Column("payload", DOCUMENT, nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gives_way", sa.Boolean(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_jobs_unique_key")),
    )
    op.create_index(
        "ix_jobs_due",
        "jobs",
        ["gives_way", "run_at", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "recommendations",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("stance", sa.String(length=16), nullable=False),
        sa.Column("performed_by", sa.String(length=64), nullable=True),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_recommendations")),
    )
    op.create_table(
        "sources",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sources")),
    )
    op.create_table(
        "parcels",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["sources.hash"], name=op.f("fk_parcels_hash_sources")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_parcels")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window_start", name=op.f("pk_throttles")),
    )
    op.create_table(
        "users",
        sa.Column("id", BIG, nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("email_folded", sa.String(length=320), nullable=True),
        sa.Column("number", sa.String(length=120), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("other_name", sa.String(length=200), nullable=True),
        sa.Column("name_language", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"],
            ["users.id"],
            name=op.f("fk_users_merged_into_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email_folded", name=op.f("uq_users_email_folded")),
        sa.UniqueConstraint("number", name=op.f("uq_users_number")),
        sa.UniqueConstraint("subject", name=op.f("uq_users_subject")),
    )
    op.create_index(
        "ix_users_merged_into",
        "users",
        ["merged_into"],
        unique=False,
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index("ix_users_name", "users", ["name", "subject"], unique=False)
    op.create_table(
        "loads",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("root_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("encoding", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("head", DOCUMENT, nullable=False),
        sa.Column("counts", DOCUMENT, nullable=False),
        sa.Column("fault", DOCUMENT, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("marker", BIG, nullable=False),
        sa.Column("brought_by", BIG, nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["brought_by"], ["users.id"], name=op.f("fk_loads_brought_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_loads_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["institutions.id"], name=op.f("fk_loads_root_id_institutions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loads")),
        sa.UniqueConstraint("key", name=op.f("uq_loads_key")),
    )
    op.create_index("ix_loads_institution_id", "loads", ["institution_id", "id"], unique=False)
    op.create_index(op.f("ix_loads_root_id"), "loads", ["root_id"], unique=False)
    op.create_table(
        "load_pieces",
        sa.Column("load_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["load_id"], ["loads.id"], name=op.f("fk_load_pieces_load_id_loads")
        ),
        sa.PrimaryKeyConstraint("load_id", "number", name=op.f("pk_load_pieces")),
    )
    op.create_table(
        "load_rows",
        sa.Column("load_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fate", sa.String(length=16), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("cells", DOCUMENT, nullable=False),
        sa.Column("faults", DOCUMENT, nullable=False),
        sa.Column("told", DOCUMENT, nullable=False),
        sa.Column("subject_id", BIG, nullable=True),
        sa.Column("before", DOCUMENT, nullable=True),
        sa.PrimaryKeyConstraint("load_id", "number", name=op.f("pk_load_rows")),
    )
    op.create_index("ix_load_rows_fate", "load_rows", ["load_id", "fate", "number"], unique=False)
    op.create_index(
        "ix_load_rows_subject_id",
        "load_rows",
        ["subject_id"],
        unique=False,
        sqlite_where=sa.text("subject_id IS NOT NULL"),
        postgresql_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_table(
        "agreements",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_agreements_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", "document", "version", name=op.f("pk_agreements")),
    )
    op.create_table(
        "courses",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("owners_revision", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_courses_institution_id_institutions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("slug", name=op.f("uq_courses_slug")),
    )
    op.create_table(
        "grants",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("institution_id", BIG, nullable=True),
        sa.Column("granted_by", BIG, nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["users.id"], name=op.f("fk_grants_granted_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_grants_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_grants_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(
        "uq_grants_standing",
        "grants",
        ["user_id", "role", "institution_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_grants_standing_everywhere",
        "grants",
        ["user_id", "role"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND institution_id IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND institution_id IS NULL"),
    )
    op.create_table(
        "bulletins",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("institution_id", BIG, nullable=True),
        sa.Column("titles", DOCUMENT, nullable=False),
        sa.Column("frozen", DOCUMENT, nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by", BIG, nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", BIG, nullable=True),
        sa.Column("key_id", sa.String(length=16), nullable=True),
        sa.Column("manifest_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", BIG, nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_bulletins_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["signing_keys.id"], name=op.f("fk_bulletins_key_id_signing_keys")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["users.id"], name=op.f("fk_bulletins_prepared_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["users.id"], name=op.f("fk_bulletins_released_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["users.id"], name=op.f("fk_bulletins_withdrawn_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletins")),
        sa.UniqueConstraint("key", "revision", name=op.f("uq_bulletins_key_revision")),
    )
    op.create_index(
        "uq_bulletins_prepared",
        "bulletins",
        ["key"],
        unique=True,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "bulletin_files",
        sa.Column("bulletin_id", BIG, nullable=False),
        sa.Column("path", sa.String(length=160), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bulletin_id"], ["bulletins.id"], name=op.f("fk_bulletin_files_bulletin_id_bulletins")
        ),
        sa.PrimaryKeyConstraint("bulletin_id", "path", name=op.f("pk_bulletin_files")),
    )
    op.create_table(
        "institution_domains",
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_institution_domains_institution_id_institutions"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "domain", name=op.f("pk_institution_domains")),
    )
    op.create_table(
        "institution_states",
        sa.Column("id", BIG, nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("place", sa.String(length=16), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(length=16), nullable=True),
        sa.Column("successor_id", BIG, nullable=True),
        sa.Column("origin_id", BIG, nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_institution_states_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["institutions.id"],
            name=op.f("fk_institution_states_parent_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["institutions.id"],
            name=op.f("fk_institution_states_successor_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"],
            ["institutions.id"],
            name=op.f("fk_institution_states_origin_id_institutions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution_states")),
    )
    op.create_index(
        "ix_institution_states_parent_id", "institution_states", ["parent_id"], unique=False
    )
    op.create_index(
        "ix_institution_states_successor_id",
        "institution_states",
        ["successor_id"],
        unique=False,
        sqlite_where=sa.text("successor_id IS NOT NULL"),
        postgresql_where=sa.text("successor_id IS NOT NULL"),
    )
    op.create_index(
        "uq_institution_states_standing",
        "institution_states",
        ["institution_id", "valid_from"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "invitations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("roles", DOCUMENT, nullable=False),
        sa.Column("invited_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", BIG, nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["users.id"], name=op.f("fk_invitations_accepted_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_invitations_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["users.id"], name=op.f("fk_invitations_invited_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("key", name=op.f("uq_invitations_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(
        op.f("ix_invitations_institution_id"), "invitations", ["institution_id"], unique=False
    )
    op.create_table(
        "one_time_links",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_one_time_links_user_id_users")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_one_time_links")),
    )
    op.create_index(op.f("ix_one_time_links_user_id"), "one_time_links", ["user_id"], unique=False)
    op.create_table(
        "placements",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("institution_id", BIG, nullable=True),
        sa.Column("grade", sa.String(length=64), nullable=True),
        sa.Column("job_family", sa.String(length=64), nullable=True),
        sa.Column("gender", sa.String(length=16), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("place", sa.String(length=16), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", BIG, nullable=True),
        sa.Column("on_trial", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["users.id"], name=op.f("fk_placements_confirmed_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_placements_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_placements_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
    )
    op.create_index("ix_placements_institution_id", "placements", ["institution_id"], unique=False)
    op.create_index(
        "ix_placements_unconfirmed",
        "placements",
        ["institution_id"],
        unique=False,
        sqlite_where=sa.text("institution_id IS NOT NULL AND confirmed_at IS NULL"),
        postgresql_where=sa.text("institution_id IS NOT NULL AND confirmed_at IS NULL"),
    )
    op.create_index(op.f("ix_placements_user_id"), "placements", ["user_id"], unique=False)
    op.create_index(
        "uq_placements_standing",
        "placements",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"], unique=False)
    op.create_table(
        "passkeys",
        sa.Column("credential_id", sa.LargeBinary(length=1023), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("is_synced", sa.Boolean(), nullable=False),
        sa.Column("is_backed_up", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id_users")),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("key", name=op.f("uq_passkeys_key")),
    )
    op.create_index(op.f("ix_passkeys_user_id"), "passkeys", ["user_id"], unique=False)
    op.create_table(
        "federated_identities",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_federated_identities_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federated_identities")),
        sa.UniqueConstraint(
            "issuer", "subject", name=op.f("uq_federated_identities_issuer_subject")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_federated_identities_key")),
    )
    op.create_index(
        op.f("ix_federated_identities_user_id"), "federated_identities", ["user_id"], unique=False
    )
    op.create_table(
        "second_factors",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("browser", sa.String(length=32), nullable=False),
        sa.Column("system", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider", sa.String(length=32), nullable=True),
        sa.Column("is_two_steps", sa.Boolean(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_session", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id_users")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("key", name=op.f("uq_sign_ins_key")),
    )
    op.create_index(
        "ix_sign_ins_provider_session",
        "sign_ins",
        ["provider_session"],
        unique=False,
        sqlite_where=sa.text("provider_session IS NOT NULL"),
        postgresql_where=sa.text("provider_session IS NOT NULL"),
    )
    op.create_index(op.f("ix_sign_ins_user_id"), "sign_ins", ["user_id"], unique=False)
    op.create_table(
        "course_owners",
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_owners_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_course_owners_institution_id_institutions"),
        ),
        sa.PrimaryKeyConstraint("course_id", "institution_id", name=op.f("pk_course_owners")),
    )
    op.create_table(
        "owner_proposals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("answers", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", BIG, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_owner_proposals_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_owner_proposals_proposed_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_owner_proposals_decided_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_proposals")),
    )
    op.create_index("ix_owner_proposals_slug", "owner_proposals", ["slug"], unique=False)
    op.create_index(
        "ix_owner_proposals_institution_id", "owner_proposals", ["institution_id"], unique=False
    )
    op.create_index(
        "uq_owner_proposals_waiting",
        "owner_proposals",
        ["slug", "institution_id", "answers"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "course_versions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("source_language", sa.String(length=16), nullable=False),
        sa.Column("rule", DOCUMENT, nullable=False),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.Column("licence", sa.String(length=64), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", BIG, nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("keeps_progress_from", sa.Integer(), nullable=True),
        sa.Column("matters", sa.Boolean(), nullable=False),
        sa.Column("compiler", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_versions_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["users.id"], name=op.f("fk_course_versions_published_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_versions")),
        sa.UniqueConstraint(
            "course_id", "number", name=op.f("uq_course_versions_course_id_number")
        ),
        sa.UniqueConstraint(
            "course_id", "source_hash", name=op.f("uq_course_versions_course_id_source_hash")
        ),
    )
    op.create_index(
        "uq_course_versions_current",
        "course_versions",
        ["course_id"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "alignments",
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("owner_key", sa.String(length=140), nullable=False),
        sa.Column("recommendation_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_key"],
            ["recommendations.key"],
            name=op.f("fk_alignments_recommendation_key_recommendations"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_alignments_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint(
            "version_id", "owner_key", "recommendation_key", name=op.f("pk_alignments")
        ),
    )
    op.create_index(
        op.f("ix_alignments_recommendation_key"), "alignments", ["recommendation_key"], unique=False
    )
    op.create_table(
        "enrolments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("learner_id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_day", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_day", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_enrolments_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["users.id"], name=op.f("fk_enrolments_learner_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_enrolments_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint(
            "learner_id",
            "course_id",
            "round",
            name=op.f("uq_enrolments_learner_id_course_id_round"),
        ),
    )
    op.create_index(
        "ix_enrolments_course_id", "enrolments", ["course_id", "opened_at"], unique=False
    )
    op.create_index(
        "ix_enrolments_learner_id",
        "enrolments",
        ["learner_id", "opened_at", "id", "end_reason"],
        unique=False,
    )
    op.create_index(
        "ix_enrolments_version_id", "enrolments", ["version_id", "started_day", "id"], unique=False
    )
    op.create_index(
        "uq_enrolments_standing",
        "enrolments",
        ["learner_id", "course_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "modules",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_modules_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modules")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_modules_version_id_key")),
    )
    op.create_table(
        "outcomes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_outcomes_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_outcomes_version_id_key")),
    )
    op.create_table(
        "search_entries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("owner_key", sa.String(length=140), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("folded_title", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("blocks", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_search_entries_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint(
            "version_id",
            "owner_key",
            "language",
            name=op.f("uq_search_entries_version_id_owner_key_language"),
        ),
    )
    op.create_table(
        "texts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("owner_key", sa.String(length=140), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("parts", DOCUMENT, nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.Column("compiler", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_versions.id"], name=op.f("fk_texts_version_id_course_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_texts")),
        sa.UniqueConstraint(
            "version_id",
            "owner_key",
            "language",
            name=op.f("uq_texts_version_id_owner_key_language"),
        ),
    )
    op.create_table(
        "version_files",
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["hash"], ["sources.hash"], name=op.f("fk_version_files_hash_sources")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_version_files_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("version_id", "path", name=op.f("pk_version_files")),
    )
    op.create_table(
        "activities",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("module_id", BIG, nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("settings", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["module_id"], ["modules.id"], name=op.f("fk_activities_module_id_modules")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_activities_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_activities_version_id_key")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("activity_key", sa.String(length=64), nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_attempts_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_attempts_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint(
            "enrolment_id",
            "activity_key",
            "number",
            name=op.f("uq_attempts_enrolment_id_activity_key_number"),
        ),
    )
    op.create_index(
        "ix_attempts_version_id", "attempts", ["version_id", "number"], unique=False
    )
    op.create_index(
        "uq_attempts_open",
        "attempts",
        ["enrolment_id", "activity_key"],
        unique=True,
        sqlite_where=sa.text("submitted_at IS NULL"),
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_table(
        "completions",
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("placement_id", BIG, nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("trace", DOCUMENT, nullable=False),
        sa.Column("score", sa.Numeric(5, 1, asdecimal=False), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_completions_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_completions_placement_id_placements")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_completions_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_completions")),
    )
    op.create_index("ix_completions_completed_at", "completions", ["completed_at"], unique=False)
    op.create_index("ix_completions_placement_id", "completions", ["placement_id"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("lesson_key", sa.String(length=64), nullable=False),
        sa.Column("block", sa.String(length=24), nullable=False),
        sa.Column("quoted", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_notes_course_id_courses")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_notes_person_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint(
            "person_id",
            "course_id",
            "lesson_key",
            "block",
            name=op.f("uq_notes_person_id_course_id_lesson_key_block"),
        ),
    )
    op.create_table(
        "progress",
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("activity_key", sa.String(length=64), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(length=64), nullable=True),
        sa.Column("spent", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_progress_enrolment_id_enrolments")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "activity_key", name=op.f("pk_progress")),
    )
    op.create_table(
        "results",
        sa.Column("id", BIG, nullable=False),
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("activity_key", sa.String(length=64), nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("source_key", sa.String(length=140), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("out_of", sa.Float(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_results_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_results_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint("source", "source_key", name=op.f("uq_results_source_source_key")),
    )
    op.create_index(
        "ix_results_enrolment_id", "results", ["enrolment_id", "activity_key"], unique=False
    )
    op.create_table(
        "opinions",
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("worth", sa.Integer(), nullable=False),
        sa.Column("relevance", sa.Integer(), nullable=False),
        sa.Column("intent", sa.Integer(), nullable=False),
        sa.Column("aims", DOCUMENT, nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_opinions_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_opinions_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_opinions_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_opinions")),
    )
    op.create_index("ix_opinions_course_id", "opinions", ["course_id"], unique=False)
    op.create_table(
        "kept_boards",
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("quarter", sa.String(length=8), nullable=False),
        sa.Column("figures", DOCUMENT, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_kept_boards_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint(
            "version_id", "language", "quarter", name=op.f("pk_kept_boards")
        ),
    )
    op.create_table(
        "follow_ups",
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=True),
        sa.Column("aims", DOCUMENT, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_follow_ups_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_follow_ups_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_follow_ups_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_follow_ups_token_hash")),
    )
    op.create_index("ix_follow_ups_course_id", "follow_ups", ["course_id"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_reminders_enrolment_id_enrolments")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "days", name=op.f("pk_reminders")),
    )
    op.create_table(
        "reminder_choices",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_reminder_choices_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_reminder_choices")),
        sa.UniqueConstraint("token", name=op.f("uq_reminder_choices_token")),
    )
    op.create_table(
        "inquiries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("asker_id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("lesson_key", sa.String(length=64), nullable=False),
        sa.Column("block", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", BIG, nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["users.id"], name=op.f("fk_inquiries_answered_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["users.id"], name=op.f("fk_inquiries_asker_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_inquiries_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_inquiries_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
        sa.UniqueConstraint("key", name=op.f("uq_inquiries_key")),
    )
    op.create_index("ix_inquiries_asker_id", "inquiries", ["asker_id"], unique=False)
    op.create_index("ix_inquiries_course_id", "inquiries", ["course_id", "closed_at"], unique=False)
    op.create_table(
        "attempt_items",
        sa.Column("attempt_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_key", sa.String(length=64), nullable=False),
        sa.Column("item_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("shown", DOCUMENT, nullable=False),
        sa.Column("answer", DOCUMENT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_flagged", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_items_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["item_hash"], ["items.hash"], name=op.f("fk_attempt_items_item_hash_items")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_attempt_items")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", BIG, nullable=False),
        sa.Column("completion_id", BIG, nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("holder_name", sa.String(length=200), nullable=True),
        sa.Column("name_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder_language", sa.String(length=16), nullable=False),
        sa.Column("printed", DOCUMENT, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["completion_id"],
            ["completions.enrolment_id"],
            name=op.f("fk_certificates_completion_id_completions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint(
            "completion_id", "issue", name=op.f("uq_certificates_completion_id_issue")
        ),
    )
    op.create_index(
        "uq_certificates_standing",
        "certificates",
        ["completion_id"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "quiz_items",
        sa.Column("activity_id", BIG, nullable=False),
        sa.Column("item_key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("outcome_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_quiz_items_activity_id_activities")
        ),
        sa.ForeignKeyConstraint(
            ["item_hash"], ["items.hash"], name=op.f("fk_quiz_items_item_hash_items")
        ),
        sa.PrimaryKeyConstraint("activity_id", "item_key", name=op.f("pk_quiz_items")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("based_on", BIG, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", BIG, nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", BIG, nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_drafts_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["based_on"], ["course_versions.id"], name=op.f("fk_drafts_based_on_course_versions")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_drafts_made_by_users")),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["users.id"], name=op.f("fk_drafts_changed_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(
        "uq_drafts_open",
        "drafts",
        ["slug"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "draft_files",
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_draft_files_draft_id_drafts")
        ),
        sa.ForeignKeyConstraint(
            ["hash"], ["sources.hash"], name=op.f("fk_draft_files_hash_sources")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["users.id"], name=op.f("fk_draft_files_changed_by_users")
        ),
        sa.PrimaryKeyConstraint("draft_id", "path", name=op.f("pk_draft_files")),
    )
    op.create_table(
        "draft_states",
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_draft_states_draft_id_drafts")
        ),
        sa.ForeignKeyConstraint(
            ["hash"], ["sources.hash"], name=op.f("fk_draft_states_hash_sources")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["users.id"], name=op.f("fk_draft_states_saved_by_users")
        ),
        sa.PrimaryKeyConstraint("draft_id", "revision", "path", name=op.f("pk_draft_states")),
    )
    op.create_table(
        "submissions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", BIG, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_submissions_draft_id_drafts")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["users.id"], name=op.f("fk_submissions_submitted_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_submissions_decided_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
    )
    op.create_index(op.f("ix_submissions_draft_id"), "submissions", ["draft_id"], unique=False)
    op.create_index(
        "uq_submissions_open",
        "submissions",
        ["draft_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "guests",
        sa.Column("id", BIG, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", BIG, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_guests_draft_id_drafts")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["users.id"], name=op.f("fk_guests_invited_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guests")),
        sa.UniqueConstraint("hash", name=op.f("uq_guests_hash")),
    )
    op.create_index(op.f("ix_guests_draft_id"), "guests", ["draft_id"], unique=False)
    op.create_table(
        "comments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("passage", sa.String(length=255), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", BIG, nullable=True),
        sa.Column("guest_id", BIG, nullable=True),
        sa.Column("reply_to", BIG, nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_comments_draft_id_drafts")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_comments_made_by_users")),
        sa.ForeignKeyConstraint(
            ["guest_id"], ["guests.id"], name=op.f("fk_comments_guest_id_guests")
        ),
        sa.ForeignKeyConstraint(
            ["reply_to"], ["comments.id"], name=op.f("fk_comments_reply_to_comments")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["users.id"], name=op.f("fk_comments_resolved_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(op.f("ix_comments_draft_id"), "comments", ["draft_id"], unique=False)
    op.create_table(
        "draft_mutes",
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_mutes_draft_id_drafts")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_draft_mutes_user_id_users")),
        sa.PrimaryKeyConstraint("draft_id", "user_id", name=op.f("pk_draft_mutes")),
    )
    op.create_table(
        "draft_templates",
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by", BIG, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_templates_draft_id_drafts")),
        sa.ForeignKeyConstraint(["marked_by"], ["users.id"], name=op.f("fk_draft_templates_marked_by_users")),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_draft_templates")),
    )
    op.create_table(
        "origins",
        sa.Column("id", BIG, nullable=False),
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_origins_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_origins_draft_id_drafts")
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["users.id"], name=op.f("fk_origins_taken_by_users")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_origins_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origins")),
    )
    op.create_index(op.f("ix_origins_course_id"), "origins", ["course_id"], unique=False)
    op.create_index(op.f("ix_origins_draft_id"), "origins", ["draft_id"], unique=False)
    op.create_table(
        "releases",
        sa.Column("id", BIG, nullable=False),
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("submission_id", BIG, nullable=False),
        sa.Column("whole_only", sa.Boolean(), nullable=False),
        sa.Column("matters", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_releases_draft_id_drafts")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_releases_submission_id_submissions"),
        ),
        sa.ForeignKeyConstraint(
            ["planned_by"], ["users.id"], name=op.f("fk_releases_planned_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_releases_version_id_course_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
    )
    op.create_index(
        "uq_releases_waiting",
        "releases",
        ["draft_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("institution_id", BIG, nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("page", sa.String(length=32), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("letters", sa.String(length=8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"],
            name=op.f("fk_saved_views_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_saved_views_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("key", name=op.f("uq_saved_views_key")),
    )
    op.create_index(op.f("ix_saved_views_person_id"), "saved_views", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_saved_views_institution_id"), "saved_views", ["institution_id"], unique=False
    )
    op.create_table(
        "long_files",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("roots", DOCUMENT, nullable=False),
        sa.Column("marker", BIG, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("enrolment_id", BIG, nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_long_files_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_long_files")),
        sa.UniqueConstraint("key", name=op.f("uq_long_files_key")),
    )
    op.create_index(op.f("ix_long_files_person_id"), "long_files", ["person_id"], unique=False)
    op.create_table(
        "long_file_pieces",
        sa.Column("file_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", BIG, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["long_files.id"], name=op.f("fk_long_file_pieces_file_id_long_files")
        ),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_long_file_pieces")),
    )
    op.create_table(
        "mutes",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mutes_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_mutes")),
    )
    op.create_table(
        "requirements",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_requirements_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["users.id"], name=op.f("fk_requirements_ended_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_requirements_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_requirements_made_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirements")),
        sa.UniqueConstraint("key", name=op.f("uq_requirements_key")),
    )
    op.create_index("ix_requirements_course_id", "requirements", ["course_id"], unique=False)
    op.create_index(
        "ix_requirements_institution_id", "requirements", ["institution_id"], unique=False
    )
    op.create_table(
        "duties",
        sa.Column("id", BIG, nullable=False),
        sa.Column("requirement_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("exempt_until", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_placement_id", BIG, nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reopens_on", sa.Date(), nullable=True),
        sa.Column("missed_on", sa.Date(), nullable=True),
        sa.Column("missed_placement_id", BIG, nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["done_placement_id"],
            ["placements.id"],
            name=op.f("fk_duties_done_placement_id_placements"),
        ),
        sa.ForeignKeyConstraint(
            ["missed_placement_id"],
            ["placements.id"],
            name=op.f("fk_duties_missed_placement_id_placements"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_duties_person_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["requirements.id"],
            name=op.f("fk_duties_requirement_id_requirements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
        sa.UniqueConstraint(
            "requirement_id",
            "person_id",
            "round",
            name=op.f("uq_duties_requirement_id_person_id_round"),
        ),
    )
    op.create_index(
        "ix_duties_requirement_id", "duties", ["requirement_id", "due_on", "id"], unique=False
    )
    for name in ("done", "missed"):
        op.create_index(
            f"ix_duties_{name}_placement_id", "duties", [f"{name}_placement_id"], unique=False
        )
    op.create_index(
        "uq_duties_standing",
        "duties",
        ["person_id", "requirement_id"],
        unique=True,
        sqlite_where=sa.text("stands = 1"),
        postgresql_where=sa.text("stands"),
    )
    op.create_table(
        "requirement_terms",
        sa.Column("id", BIG, nullable=False),
        sa.Column("requirement_id", BIG, nullable=False),
        sa.Column("audience_id", BIG, nullable=False),
        sa.Column("grades", sa.String(length=500), nullable=False),
        sa.Column("job_families", sa.String(length=500), nullable=False),
        sa.Column("condition", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("every_months", sa.Integer(), nullable=True),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["institutions.id"],
            name=op.f("fk_requirement_terms_audience_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["requirements.id"],
            name=op.f("fk_requirement_terms_requirement_id_requirements"),
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["users.id"], name=op.f("fk_requirement_terms_set_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_terms")),
    )
    op.create_index(
        "uq_requirement_terms_standing",
        "requirement_terms",
        ["requirement_id"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "petitions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("duty_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_granted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_petitions_asked_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_petitions_decided_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["duty_id"], ["duties.id"], name=op.f("fk_petitions_duty_id_duties")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petitions")),
        sa.UniqueConstraint("key", name=op.f("uq_petitions_key")),
    )
    op.create_index(
        "uq_petitions_open",
        "petitions",
        ["duty_id"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("starts_with", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("scopes", DOCUMENT, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("steps", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_api_tokens_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_api_tokens_made_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("key", name=op.f("uq_api_tokens_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index(
        op.f("ix_api_tokens_institution_id"), "api_tokens", ["institution_id"], unique=False
    )
    op.create_table(
        "webhooks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("kinds", DOCUMENT, nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("former_secret", sa.String(length=100), nullable=True),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_webhooks_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_webhooks_made_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("key", name=op.f("uq_webhooks_key")),
    )
    op.create_index(
        op.f("ix_webhooks_institution_id"), "webhooks", ["institution_id"], unique=False
    )
    op.create_table(
        "api_answers",
        sa.Column("token_id", BIG, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", DOCUMENT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_tokens.id"], name=op.f("fk_api_answers_token_id_api_tokens")
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_api_answers")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("webhook_id", BIG, nullable=False),
        sa.Column("event_key", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("message", DOCUMENT, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(length=64), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_deliveries_webhook_id_webhooks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint(
            "webhook_id", "event_key", name=op.f("uq_webhook_deliveries_webhook_id_event_key")
        ),
    )
    op.create_index(
        "ix_webhook_deliveries_made_at", "webhook_deliveries", ["made_at"], unique=False
    )
    op.create_table(
        "demands",
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_demands_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_demands_set_by_users")),
        sa.PrimaryKeyConstraint("institution_id", name=op.f("pk_demands")),
    )
    op.create_table(
        "data_requests",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("institution_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("entered_by", BIG, nullable=True),
        sa.Column("came_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extension", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", BIG, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["users.id"], name=op.f("fk_data_requests_closed_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["users.id"], name=op.f("fk_data_requests_entered_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_data_requests_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_data_requests_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
        sa.UniqueConstraint("key", name=op.f("uq_data_requests_key")),
    )
    op.create_index(
        "ix_data_requests_institution_id",
        "data_requests",
        ["institution_id", "closed_at"],
        unique=False,
    )
    op.create_index(
        "uq_data_requests_open",
        "data_requests",
        ["person_id", "kind"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "retentions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.Column("record_class", sa.String(length=32), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=500), nullable=False),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_retentions_institution_id_institutions"),
        ),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_retentions_set_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retentions")),
    )
    op.create_index(
        "uq_retentions_standing",
        "retentions",
        ["institution_id", "record_class"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "idle_warnings",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_idle_warnings_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_idle_warnings")),
    )
    op.create_table(
        "merges",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("stays_id", BIG, nullable=False),
        sa.Column("gone_id", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("marker", BIG, nullable=False),
        sa.Column("merged_by", BIG, nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", BIG, nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["gone_id"], ["users.id"], name=op.f("fk_merges_gone_id_users")),
        sa.ForeignKeyConstraint(
            ["merged_by"], ["users.id"], name=op.f("fk_merges_merged_by_users")
        ),
        sa.ForeignKeyConstraint(["stays_id"], ["users.id"], name=op.f("fk_merges_stays_id_users")),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["users.id"], name=op.f("fk_merges_undone_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sa.UniqueConstraint("key", name=op.f("uq_merges_key")),
    )
    op.create_index(
        "uq_merges_standing",
        "merges",
        ["gone_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "merge_changes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("merge_id", BIG, nullable=False),
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("row_key", DOCUMENT, nullable=False),
        sa.Column("before", DOCUMENT, nullable=False),
        sa.Column("after", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merges.id"], name=op.f("fk_merge_changes_merge_id_merges")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_changes")),
    )
    op.create_index(
        op.f("ix_merge_changes_merge_id"), "merge_changes", ["merge_id"], unique=False
    )
    keep_events()
    index_searches()


def index_searches() -> None:
    """Each database keeps the index of its search entries by itself."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE search_entries ADD COLUMN words tsvector NOT NULL GENERATED ALWAYS AS ("
            "setweight(to_tsvector('simple', folded_title), 'A') || "
            "to_tsvector('simple', folded)) STORED"
        )
        op.execute("CREATE INDEX ix_search_entries_words ON search_entries USING gin (words)")
        op.execute(
            "ALTER TABLE search_entries ADD COLUMN title_words tsvector NOT NULL "
            "GENERATED ALWAYS AS (to_tsvector('simple', folded_title)) STORED"
        )
        # The planner does not know what unpacking a vector costs, so it would read them all.
        op.execute(
            "CREATE FUNCTION search_matches(asked text) RETURNS TABLE (id bigint, version_id bigint, "
            "owner_key varchar, kind varchar, language varchar, title_words tsvector) "
            "LANGUAGE sql STABLE ROWS 5000 SET enable_seqscan = off AS $$ "
            "SELECT id, version_id, owner_key, kind, language, title_words "
            "FROM search_entries WHERE words @@ to_tsquery('simple', asked) $$"
        )
        return
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5(folded_title, folded, "
        "content='search_entries', content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
    )
    added = (
        "INSERT INTO search_index(rowid, folded_title, folded) "
        "VALUES (new.id, new.folded_title, new.folded);"
    )
    gone = (
        "INSERT INTO search_index(search_index, rowid, folded_title, folded) "
        "VALUES ('delete', old.id, old.folded_title, old.folded);"
    )
    for verb, steps in (("INSERT", added), ("DELETE", gone), ("UPDATE", gone + added)):
        op.execute(
            f"CREATE TRIGGER search_entries_on_{verb.lower()} AFTER {verb} ON search_entries "
            f"BEGIN {steps} END"
        )


def keep_events() -> None:
    """The ledger only grows: the database itself refuses to change or delete an event."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events "
                "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def release_events() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER events_no_update")
        op.execute("DROP TRIGGER events_no_delete")
        return
    op.execute("DROP TRIGGER events_no_change ON events")
    op.execute("DROP FUNCTION refuse_change()")


def downgrade() -> None:
    release_events()
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("search_index")
    else:
        op.execute("DROP FUNCTION search_matches(text)")
    for name in (
        "merge_changes",
        "merges",
        "idle_warnings",
        "retentions",
        "data_requests",
        "demands",
    ):
        op.drop_table(name)
    op.drop_index("ix_webhook_deliveries_made_at", table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_table("api_answers")
    op.drop_index(op.f("ix_webhooks_institution_id"), table_name="webhooks")
    op.drop_table("webhooks")
    op.drop_index(op.f("ix_api_tokens_institution_id"), table_name="api_tokens")
    op.drop_table("api_tokens")
    for index, table, where in (
        ("uq_petitions_open", "petitions", "decided_at IS NULL"),
        ("uq_requirement_terms_standing", "requirement_terms", "replaced_at IS NULL"),
        ("uq_duties_standing", "duties", "stands"),
    ):
        op.drop_index(
            index,
            table_name=table,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    for name in ("done", "missed"):
        op.drop_index(f"ix_duties_{name}_placement_id", table_name="duties")
    op.drop_index("ix_duties_requirement_id", table_name="duties")
    op.drop_index("ix_requirements_institution_id", table_name="requirements")
    op.drop_index("ix_requirements_course_id", table_name="requirements")
    op.drop_index(op.f("ix_saved_views_institution_id"), table_name="saved_views")
    op.drop_index(op.f("ix_saved_views_person_id"), table_name="saved_views")
    op.drop_table("saved_views")
    op.drop_table("long_file_pieces")
    op.drop_index(op.f("ix_long_files_person_id"), table_name="long_files")
    op.drop_table("long_files")
    for name in ("petitions", "requirement_terms", "duties", "requirements", "mutes"):
        op.drop_table(name)
    op.drop_index(
        "uq_releases_waiting",
        table_name="releases",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_table("releases")
    op.drop_index(op.f("ix_origins_draft_id"), table_name="origins")
    op.drop_index(op.f("ix_origins_course_id"), table_name="origins")
    op.drop_table("origins")
    op.drop_table("draft_templates")
    op.drop_table("draft_mutes")
    op.drop_index(op.f("ix_comments_draft_id"), table_name="comments")
    op.drop_table("comments")
    op.drop_index(op.f("ix_guests_draft_id"), table_name="guests")
    op.drop_table("guests")
    op.drop_index(
        "uq_submissions_open",
        table_name="submissions",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(op.f("ix_submissions_draft_id"), table_name="submissions")
    op.drop_table("submissions")
    op.drop_table("draft_states")
    op.drop_table("draft_files")
    op.drop_index(
        "uq_drafts_open",
        table_name="drafts",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_table("drafts")
    op.drop_table("quiz_items")
    op.drop_index(
        "uq_certificates_standing",
        table_name="certificates",
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.drop_table("certificates")
    op.drop_table("attempt_items")
    op.drop_index("ix_inquiries_course_id", table_name="inquiries")
    op.drop_index("ix_inquiries_asker_id", table_name="inquiries")
    op.drop_table("inquiries")
    op.drop_table("reminder_choices")
    op.drop_table("reminders")
    op.drop_index("ix_follow_ups_course_id", table_name="follow_ups")
    op.drop_table("follow_ups")
    op.drop_table("kept_boards")
    op.drop_index("ix_opinions_course_id", table_name="opinions")
    op.drop_table("opinions")
    op.drop_index("ix_results_enrolment_id", table_name="results")
    op.drop_table("results")
    op.drop_table("progress")
    op.drop_table("notes")
    op.drop_index("ix_completions_placement_id", table_name="completions")
    op.drop_index("ix_completions_completed_at", table_name="completions")
    op.drop_table("completions")
    op.drop_index("ix_attempts_version_id", table_name="attempts")
    op.drop_index(
        "uq_attempts_open",
        table_name="attempts",
        sqlite_where=sa.text("submitted_at IS NULL"),
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.drop_table("attempts")
    op.drop_table("activities")
    op.drop_table("version_files")
    op.drop_table("texts")
    op.drop_table("search_entries")
    op.drop_table("outcomes")
    op.drop_table("modules")
    op.drop_index(
        "uq_enrolments_standing",
        table_name="enrolments",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_enrolments_version_id", table_name="enrolments")
    op.drop_index("ix_enrolments_course_id", table_name="enrolments")
    op.drop_index("ix_enrolments_learner_id", table_name="enrolments")
    op.drop_table("enrolments")
    op.drop_index(op.f("ix_alignments_recommendation_key"), table_name="alignments")
    op.drop_table("alignments")
    op.drop_index(
        "uq_course_versions_current",
        table_name="course_versions",
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.drop_table("course_versions")
    op.drop_index(
        "uq_owner_proposals_waiting",
        table_name="owner_proposals",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_owner_proposals_institution_id", table_name="owner_proposals")
    op.drop_index("ix_owner_proposals_slug", table_name="owner_proposals")
    op.drop_table("owner_proposals")
    op.drop_table("course_owners")
    op.drop_index(op.f("ix_sign_ins_user_id"), table_name="sign_ins")
    op.drop_index(
        "ix_sign_ins_provider_session",
        table_name="sign_ins",
        sqlite_where=sa.text("provider_session IS NOT NULL"),
        postgresql_where=sa.text("provider_session IS NOT NULL"),
    )
    op.drop_table("sign_ins")
    op.drop_table("second_factors")
    op.drop_index(op.f("ix_federated_identities_user_id"), table_name="federated_identities")
    op.drop_table("federated_identities")
    op.drop_index(op.f("ix_passkeys_user_id"), table_name="passkeys")
    op.drop_table("passkeys")
    op.drop_index(op.f("ix_recovery_codes_user_id"), table_name="recovery_codes")
    op.drop_table("recovery_codes")
    op.drop_index(
        "uq_placements_standing",
        table_name="placements",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_placements_user_id"), table_name="placements")
    op.drop_index(
        "ix_placements_unconfirmed",
        table_name="placements",
        sqlite_where=sa.text("institution_id IS NOT NULL AND confirmed_at IS NULL"),
        postgresql_where=sa.text("institution_id IS NOT NULL AND confirmed_at IS NULL"),
    )
    op.drop_index("ix_placements_institution_id", table_name="placements")
    op.drop_table("placements")
    op.drop_index(op.f("ix_one_time_links_user_id"), table_name="one_time_links")
    op.drop_table("one_time_links")
    op.drop_index(
        "uq_institution_states_standing",
        table_name="institution_states",
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.drop_index(
        "ix_institution_states_successor_id",
        table_name="institution_states",
        sqlite_where=sa.text("successor_id IS NOT NULL"),
        postgresql_where=sa.text("successor_id IS NOT NULL"),
    )
    op.drop_index("ix_institution_states_parent_id", table_name="institution_states")
    op.drop_table("institution_states")
    op.drop_table("institution_domains")
    op.drop_index(op.f("ix_invitations_institution_id"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_index(
        "uq_grants_standing_everywhere",
        table_name="grants",
        sqlite_where=sa.text("ended_at IS NULL AND institution_id IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND institution_id IS NULL"),
    )
    op.drop_index(
        "uq_grants_standing",
        table_name="grants",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("grants")
    op.drop_table("bulletin_files")
    op.drop_index("uq_bulletins_prepared", table_name="bulletins")
    op.drop_table("bulletins")
    op.drop_table("courses")
    op.drop_table("agreements")
    op.drop_index(
        "ix_load_rows_subject_id",
        table_name="load_rows",
        sqlite_where=sa.text("subject_id IS NOT NULL"),
        postgresql_where=sa.text("subject_id IS NOT NULL"),
    )
    op.drop_index("ix_load_rows_fate", table_name="load_rows")
    op.drop_table("load_rows")
    op.drop_table("load_pieces")
    op.drop_index(op.f("ix_loads_root_id"), table_name="loads")
    op.drop_index("ix_loads_institution_id", table_name="loads")
    op.drop_table("loads")
    op.drop_index("ix_users_name", table_name="users")
    op.drop_table("users")
    op.drop_table("throttles")
    op.drop_table("parcels")
    op.drop_table("sources")
    op.drop_table("recommendations")
    op.drop_index("ix_jobs_due", table_name="jobs")
    op.drop_table("jobs")
    op.drop_table("items")
    op.drop_table("signing_keys")
    op.drop_table("institutions")
    op.drop_index("ix_tally_trees_institution_id", table_name="tally_trees")
    op.drop_table("tally_trees")
    op.drop_table("tally_roots")
    op.drop_index("ix_local_tallies_institution_id", table_name="local_tallies")
    op.drop_table("local_tallies")
    op.drop_table("tallies")
    op.drop_index("ix_facts_stage", table_name="facts")
    op.drop_index("ix_facts_placement_id", table_name="facts")
    op.drop_index("ix_facts_measure", table_name="facts")
    op.drop_index("ix_facts_institution_id", table_name="facts")
    op.drop_index("ix_facts_course_id", table_name="facts")
    op.drop_table("facts")
    op.drop_index("ix_events_person_id", table_name="events")
    op.drop_index("ix_events_kind_happened_at", table_name="events")
    op.drop_index("ix_events_happened_at", table_name="events")
    op.drop_index("ix_events_enrolment_id", table_name="events")
    op.drop_index("ix_events_actor_id", table_name="events")
    op.drop_table("events")
