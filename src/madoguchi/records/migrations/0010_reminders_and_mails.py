from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_conversions'),
        ('records', '0009_mass_changes_and_staff_notices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='staffnotice',
            name='key',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='staffnotice',
            name='mailed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='staffnotice',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('staff', 'app', 'record_id', 'key'), name='staff_notice_key_once'),
        ),
    ]
