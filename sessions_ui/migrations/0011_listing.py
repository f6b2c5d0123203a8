"""Indexes from which a list and its count are read without the entries themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_ui", "0010_proof_doubted")]

    operations = [
        migrations.RemoveIndex(model_name="auditentry", name="audit_actor"),
        migrations.RemoveIndex(model_name="auditentry", name="audit_reason"),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("op__isnull", True)),
                fields=["actor_id", "id", "kind"],
                name="audit_actor",
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("op__isnull", True)),
                fields=["reason_code", "id", "kind"],
                name="audit_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("kind__in", (1, 5))),
                fields=["id", "kind"],
                name="audit_listed",
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("kind", 5)), fields=["id"], name="audit_refusals"
            ),
        ),
    ]
