from luoshi.kit.house import Room


class JobsConfig(Room):
    name = "luoshi.kit.jobs"
    label = "jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        from luoshi.kit.health import register
        from luoshi.kit.jobs import (
            health,
            housekeeping,  # noqa: F401 - importing it registers the app's own recurring job
        )

        register("jobs.work", "后台任务", health.jobs, order=70)
