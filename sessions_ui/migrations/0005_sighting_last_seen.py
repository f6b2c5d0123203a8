from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [("sessions_ui", "0004_reviewing")]

    operations = [
        migrations.AddField(
            model_name="sighting",
            name="last_seen_at",
            field=models.DateTimeField(default=timezone.now),
            preserve_default=False,
        )
    ]
