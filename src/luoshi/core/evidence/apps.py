from luoshi.kit.house import Room


class EvidenceConfig(Room):
    name = "luoshi.core.evidence"
    label = "evidence"
    verbose_name = "佐证"
    pages = "evidence/"

    def ready(self) -> None:
        from luoshi.core.evidence import (
            health,
            jobs,  # noqa: F401 - importing it registers the recurring job
            storage,
        )
        from luoshi.kit import belongings
        from luoshi.kit.health import register

        belongings.register(
            belongings.Belonging("evidence", "附件", "evidence", "StoredFile", "sha256", storage.path_of)
        )
        register("evidence.files", "附件", health.files, order=40)
