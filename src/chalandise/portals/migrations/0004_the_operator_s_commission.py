"""What the operator takes of each sale: zero until somebody sets it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column, the same on every portal of a tree."""

    dependencies = [("portals", "0003_the_notice_of_the_legal_guarantee")]

    operations = [
        migrations.AddField(
            "portal",
            "commission_bp",
            models.PositiveSmallIntegerField(
                db_default=0, default=0, verbose_name="commission in basis points"
            ),
        ),
        migrations.AddConstraint(
            "portal",
            models.CheckConstraint(
                condition=models.Q(("commission_bp__lte", 3000)),
                name="portals_commission_is_bounded",
            ),
        ),
    ]
