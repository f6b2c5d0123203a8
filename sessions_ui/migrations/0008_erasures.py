"""The list of what was erased, and the right to erase."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_ui", "0007_beginnings"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="auditentry",
            options={
                "default_permissions": (),
                "permissions": [
                    ("read_audit", "Can read the audit"),
                    ("export_audit", "Can export the audit"),
                    ("reveal_personal", "Can reveal personal values"),
                    ("erase_personal", "Can erase personal values"),
                    ("review_audit", "Can review audit entries"),
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
    ]
