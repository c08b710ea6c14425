from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0002_programs_read_and_write'),
    ]

    operations = [
        migrations.RunSQL('CREATE SEQUENCE records_row_number', 'DROP SEQUENCE records_row_number'),
    ]
