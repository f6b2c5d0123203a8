"""Create the tables. The append-only triggers come with the next migration."""

from django.db import migrations, models


class CreateModelWithoutRowid(migrations.CreateModel):
    """Create a table whose primary key is the table itself on SQLite, which saves an index."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Create the table; on other databases than SQLite as Django does."""
        if schema_editor.connection.vendor != "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.name)
        sql, params = schema_editor.table_sql(model)
        schema_editor.execute(f"{sql} WITHOUT ROWID", params or None)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModelWithoutRowid(
            name="AuditTerm",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "field",
                        "val",
                        "entry_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("field", models.CharField(max_length=40)),
                ("val", models.CharField(max_length=64)),
                ("entry_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "audit_token",
                "default_permissions": (),
            },
        ),
        CreateModelWithoutRowid(
            name="AuditValue",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "entry_id",
                        "field",
                        "side",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("entry_id", models.BigIntegerField()),
                ("field", models.CharField(max_length=40)),
                ("side", models.SmallIntegerField(choices=[(0, "was"), (1, "now"), (2, "held")])),
                ("salt", models.BinaryField(max_length=16)),
                ("value", models.TextField()),
            ],
            options={
                "db_table": "audit_value",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="JobCursor",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("last_id", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "sessions_ui_swept",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="JobLock",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("holder", models.CharField(max_length=64)),
                ("until", models.DateTimeField()),
            ],
            options={
                "db_table": "sessions_ui_lease",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="WatchRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("numbers", models.JSONField(default=dict)),
                ("active", models.BooleanField(default=True)),
                ("since", models.BigIntegerField(default=0)),
                ("made_by", models.CharField(max_length=150)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "sessions_ui_watch",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AuditCheckpoint",
            fields=[
                ("n", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("count", models.BigIntegerField()),
                ("ranges", models.TextField()),
                ("marks", models.BinaryField()),
                ("merkle_root", models.BinaryField(max_length=32)),
                ("prev_hash", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
                ("signature", models.BinaryField(max_length=32)),
                ("key_id", models.CharField(max_length=16)),
            ],
            options={
                "db_table": "audit_checkpoint",
                "default_permissions": (),
                "indexes": [models.Index(fields=["last_id"], name="audit_sealed_to")],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("ts", models.DateTimeField()),
                (
                    "kind",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Intent"),
                            (2, "Sent"),
                            (3, "Outcome"),
                            (4, "Read back"),
                            (5, "Refusal"),
                            (6, "Access"),
                            (7, "Note"),
                        ]
                    ),
                ),
                ("op", models.BigIntegerField(null=True)),
                ("op_key", models.UUIDField(null=True)),
                ("actor_id", models.IntegerField(null=True)),
                ("actor_label", models.CharField(max_length=150)),
                ("actor_role", models.CharField(max_length=60)),
                ("remote_addr", models.CharField(max_length=45)),
                ("user_agent_hash", models.CharField(max_length=64)),
                ("login_hash", models.CharField(max_length=64)),
                ("request_id", models.CharField(max_length=64)),
                ("session_key", models.CharField(max_length=40)),
                ("session_label", models.CharField(max_length=200)),
                ("action", models.CharField(max_length=40)),
                ("reason_code", models.CharField(max_length=40)),
                ("reason_note", models.TextField()),
                ("ticket", models.CharField(max_length=100)),
                ("status", models.CharField(max_length=20)),
                ("base_version", models.CharField(max_length=40)),
                ("new_version", models.CharField(max_length=40)),
                ("body", models.TextField()),
                ("detail", models.TextField()),
                ("outcome", models.CharField(max_length=20)),
                ("http_status", models.SmallIntegerField(null=True)),
                ("error_code", models.CharField(max_length=40)),
                ("duration_ms", models.IntegerField(null=True)),
                ("hv", models.SmallIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "db_table": "audit_entry",
                "permissions": [
                    ("read_audit", "Can read the audit"),
                    ("export_audit", "Can export the audit"),
                    ("reveal_personal", "Can reveal personal values"),
                    ("erase_personal", "Can erase personal values"),
                    ("review_audit", "Can review audit entries"),
                ],
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["session_key", "id"], name="audit_session"),
                    models.Index(
                        condition=models.Q(("op__isnull", False)),
                        fields=["op", "id"],
                        name="audit_steps",
                    ),
                    models.Index(
                        condition=models.Q(("op__isnull", True)),
                        fields=["actor_id", "id", "kind"],
                        name="audit_actor",
                    ),
                    models.Index(
                        condition=models.Q(("op__isnull", True)),
                        fields=["reason_code", "id", "kind"],
                        name="audit_reason",
                    ),
                    models.Index(
                        condition=models.Q(("kind__in", (1, 5))),
                        fields=["id", "kind"],
                        name="audit_listed",
                    ),
                    models.Index(
                        condition=models.Q(("kind", 5)), fields=["id"], name="audit_refusals"
                    ),
                    models.Index(
                        condition=models.Q(("ticket", ""), _negated=True),
                        fields=["ticket", "id"],
                        name="audit_ticket",
                    ),
                    models.Index(
                        condition=models.Q(("kind", 6)), fields=["id"], name="audit_access"
                    ),
                    models.Index(
                        condition=models.Q(("kind", 7), ("op__isnull", True)),
                        fields=["id"],
                        name="audit_notes",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", 3)), fields=("op",), name="audit_one_outcome"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", 1)), fields=("op_key",), name="audit_one_intent"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CachedSession",
            fields=[
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("sealed", models.TextField()),
                ("read_at", models.DateTimeField()),
            ],
            options={
                "db_table": "sessions_ui_lastread",
                "default_permissions": (),
                "indexes": [models.Index(fields=["read_at"], name="last_read_age")],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor_id", models.IntegerField()),
                ("session_key", models.CharField(max_length=40)),
                ("sealed", models.TextField()),
                ("kept_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("actor_id", "session_key"), name="one_draft_per_actor"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Edit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry_id", models.BigIntegerField(unique=True)),
                ("session_key", models.CharField(max_length=40)),
                ("actor_id", models.IntegerField()),
                ("actor_label", models.CharField(max_length=150)),
                ("nonce", models.CharField(max_length=43, unique=True)),
                ("values_digest", models.CharField(max_length=64)),
                ("state", models.CharField(max_length=20)),
                ("changes", models.JSONField()),
                ("base_version", models.CharField(blank=True, max_length=40)),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField()),
                ("looks", models.PositiveSmallIntegerField(default=0)),
                ("next_look_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "permissions": [
                    ("view_session_pages", "Can find and see PAVE sessions"),
                    ("edit_session", "Can edit PAVE sessions"),
                    ("view_session_history", "Can see the history of a PAVE session"),
                    ("view_fields", "Can see the fields and their rules"),
                ],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("intent", "sent", "unknown"))),
                        fields=["lease_until"],
                        name="open_edit_lease",
                    ),
                    models.Index(fields=["session_key", "-entry_id"], name="edit_of_session"),
                    models.Index(
                        condition=models.Q(("next_look_at__isnull", False)),
                        fields=["next_look_at"],
                        name="edit_next_look",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("intent", "sent", "unknown"))),
                        fields=("session_key",),
                        name="one_open_edit_per_session",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("token", models.CharField(max_length=16, unique=True)),
                ("basis", models.TextField()),
                ("asked_by", models.CharField(max_length=150)),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("edits", models.PositiveIntegerField(default=0)),
                ("values", models.PositiveIntegerField(default=0)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["-asked_at"], name="erasure_latest")],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry_id", models.BigIntegerField()),
                ("cause", models.CharField(max_length=60)),
                ("session_key", models.CharField(max_length=40)),
                ("actor_id", models.IntegerField(null=True)),
                ("note", models.TextField(blank=True)),
                ("raised_at", models.DateTimeField()),
                ("raised_by", models.CharField(max_length=150)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, max_length=150)),
                ("closing", models.TextField(blank=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["raised_at"],
                        name="flag_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("entry_id", "cause"), name="one_flag_per_cause")
                ],
            },
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session_key", models.CharField(max_length=40)),
                ("seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("status", models.CharField(max_length=40)),
                ("delivery", models.CharField(blank=True, max_length=60)),
                ("started_at", models.CharField(blank=True, max_length=40)),
                ("updated_at", models.CharField(blank=True, max_length=40)),
                ("texts", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "sessions_ui_sighting",
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["session_key", "seen_at"], name="sighting_of_session")
                ],
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("checked_at", models.DateTimeField()),
                ("by", models.CharField(default="", max_length=60)),
                ("whole", models.BooleanField(default=True)),
                ("began", models.BigIntegerField(default=0)),
                ("entries", models.BigIntegerField()),
                ("unsealed", models.BigIntegerField(default=0)),
                ("purged", models.BigIntegerField(default=0)),
                ("checkpoints", models.BigIntegerField()),
                ("copied", models.BooleanField()),
                ("doubt", models.TextField(blank=True)),
                ("doubt_id", models.BigIntegerField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["-checked_at"], name="proof_latest"),
                    models.Index(
                        condition=models.Q(("doubt", ""), _negated=True),
                        fields=["-checked_at"],
                        name="proof_doubted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecentSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor_id", models.IntegerField()),
                ("session_key", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("status", models.CharField(max_length=20)),
                ("vehicle", models.CharField(max_length=120)),
            ],
            options={
                "db_table": "sessions_ui_visit",
                "default_permissions": (),
                "indexes": [models.Index(fields=["actor_id", "-at"], name="visit_latest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("actor_id", "session_key"), name="one_visit_per_actor"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner_id", models.IntegerField()),
                ("name", models.CharField(max_length=80)),
                ("query", models.CharField(max_length=1000)),
                ("shared", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner_id", "name"), name="one_saved_view_per_name"
                    )
                ],
            },
        ),
    ]
