from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_ui", "0011_listing")]

    operations = [
        migrations.AddField(
            model_name="sighting", name="texts", field=models.JSONField(default=dict)
        )
    ]
