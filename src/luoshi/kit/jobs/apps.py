from luoshi.kit.house import Room


class JobsConfig(Room):
    name = "luoshi.kit.jobs"
    label = "jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        from luoshi.kit.jobs import housekeeping  # noqa: F401 - importing it registers the app's own recurring job
