from django.apps import AppConfig


class ProbeConfig(AppConfig):
    name = "luoshi.commands.killing.probe"
    label = "probe"

    def ready(self) -> None:
        from luoshi.commands.killing.probe import jobs  # noqa: F401 - importing it registers the jobs
