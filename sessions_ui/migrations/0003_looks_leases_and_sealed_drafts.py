"""Second looks, leases, PAVE's last words, and drafts that are encrypted."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Drafts that stood in the clear are dropped with their column."""

    dependencies = [("sessions_ui", "0002_append_only")]

    operations = [
        migrations.RemoveField("edit", "base"),
        migrations.AddField("edit", "looks", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("edit", "next_look_at", models.DateTimeField(null=True)),
        migrations.AddField("edit", "closed_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "edit",
            models.Index(
                condition=Q(("next_look_at__isnull", False)),
                fields=["next_look_at"],
                name="edit_next_look",
            ),
        ),
        migrations.RemoveField("draft", "values"),
        migrations.RemoveField("draft", "seen"),
        migrations.AddField(
            "draft", "sealed", models.TextField(default=""), preserve_default=False
        ),
        migrations.CreateModel(
            "LastRead",
            [
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False),
                ),
                ("sealed", models.TextField()),
                ("read_at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddIndex("lastread", models.Index(fields=["read_at"], name="last_read_age")),
        migrations.CreateModel(
            "Lease",
            [
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("holder", models.CharField(max_length=64)),
                ("until", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
    ]
