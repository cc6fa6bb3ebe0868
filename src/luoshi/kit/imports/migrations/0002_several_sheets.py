from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='sheets',
            field=models.JSONField(default=list, help_text='where several with one header are read as one: all of them', verbose_name='几张表'),
        ),
    ]
