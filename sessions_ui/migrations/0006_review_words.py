from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_ui", "0005_sighting_last_seen"),
    ]

    operations = [
        migrations.AddField(
            model_name="flag",
            name="closing",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="watch",
            name="since",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("kind", 7), ("op__isnull", True)),
                fields=["id"],
                name="audit_notes",
            ),
        ),
    ]
