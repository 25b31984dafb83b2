"""A refund may be on its way, and not arrive."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bank", "0007_a_payout_may_come_back")]

    operations = [
        migrations.AddField(
            "bankrefund",
            "state",
            models.CharField(
                choices=[
                    ("done", "given back"),
                    ("pending", "on its way back"),
                    ("refused", "could not be given back"),
                ],
                db_default="done",
                default="done",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "bankrefund", "is_failing", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AlterField(
            "bankfault",
            "kind",
            models.CharField(
                choices=[
                    ("server_error", "answers with an error 500, having done nothing"),
                    ("unreachable", "does not answer, having done nothing"),
                    ("slow", "answers much too late, having done it"),
                    ("garbled", "answers something unreadable, having done it"),
                    ("timeout_after_capture", "captures, then neither page nor event"),
                    ("duplicate", "sends each event three times"),
                    ("late", "sends the event three days later"),
                    ("out_of_order", "sends the event after the following ones"),
                    ("dropped", "never sends the event"),
                    ("wrong_amount", "captures another amount"),
                    ("wrong_currency", "captures in another currency"),
                    ("decline", "refuses this charge"),
                    ("dispute", "the cardholder disputes the charge afterwards"),
                    ("no_balance", "refuses a refund: the merchant’s balance is too low"),
                    ("refund_pending", "gives money back only a day later"),
                    (
                        "refund_fails",
                        "says that money is on its way back, and cannot give it a day later",
                    ),
                ],
                max_length=24,
            ),
        ),
    ]
