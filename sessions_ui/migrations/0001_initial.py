"""The tables. The append-only triggers come with the next migration."""

from django.db import migrations, models


class CreateModelWithoutRowid(migrations.CreateModel):
    """On SQLite the primary key is the table: half the bytes of an index beside it."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Create the table; elsewhere than on SQLite as Django does."""
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
        CreateModelWithoutRowid(
            name="AuditToken",
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
                        fields=["actor_id", "id"],
                        name="audit_actor",
                    ),
                    models.Index(
                        condition=models.Q(("op__isnull", True)),
                        fields=["reason_code", "id"],
                        name="audit_reason",
                    ),
                    models.Index(
                        condition=models.Q(("ticket", ""), _negated=True),
                        fields=["ticket", "id"],
                        name="audit_ticket",
                    ),
                    models.Index(
                        condition=models.Q(("kind", 6)), fields=["id"], name="audit_access"
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
                ("values", models.JSONField()),
                ("seen", models.TextField()),
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
                ("base", models.JSONField(null=True)),
                ("base_version", models.CharField(blank=True, max_length=40)),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField()),
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
            name="Visit",
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
                "default_permissions": (),
                "indexes": [models.Index(fields=["actor_id", "-at"], name="visit_latest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("actor_id", "session_key"), name="one_visit_per_actor"
                    )
                ],
            },
        ),
    ]
