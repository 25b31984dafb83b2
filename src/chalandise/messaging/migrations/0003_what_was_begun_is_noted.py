from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_documents_are_gathered")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="unheard_count",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
