from luoshi.kit.house import Room


class EvidenceConfig(Room):
    name = "luoshi.core.evidence"
    label = "evidence"
    verbose_name = "佐证"
    pages = "evidence/"

    def ready(self) -> None:
        from luoshi.core.evidence import jobs, storage  # noqa: F401 - importing jobs registers the recurring job
        from luoshi.kit import belongings

        belongings.register(
            belongings.Belonging("evidence", "附件", "evidence", "StoredFile", "sha256", storage.path_of)
        )
